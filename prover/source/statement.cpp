#include "prover/source/statement.h"

#include <string>
#include <vector>

#include "prover/source/brackets.h"
#include "prover/source/lean_commands.h"
#include "prover/source/lean_file.h"
#include "prover/source/lean_text.h"

namespace rmt::prover {
namespace {

bool is_declaration(std::string_view word) {
  return word == "theorem" || word == "lemma" || word == "example";
}

std::string before_with_line_end(std::string_view preamble) {
  std::string before = lean_text(preamble);
  if (!before.empty() && before.back() != '\n') before += '\n';
  if (!before.empty()) before += '\n';
  return before;
}

/// The commands a statement is read as; a bare proposition is one whose keyword is none.
std::vector<LeanCommand> commands_of(std::string_view text) {
  std::vector<LeanCommand> commands;
  CommandReader reader(text);
  for (LeanCommand command; reader.next(command);) commands.push_back(command);
  return commands;
}

/// Of the statement's tokens those before `:=`, `:= by`, `:= sorry` or `:= by sorry` at its end.
size_t statement_tokens(std::string_view text, const std::vector<LeanToken>& tokens) {
  size_t count = tokens.size();
  for (const std::string_view word : {"sorry", "by", ":="})
    if (count > 0 && text.substr(tokens[count - 1].begin, tokens[count - 1].end - tokens[count - 1].begin) == word)
      --count;
  return count;
}

void require_no_proof(std::string_view text, const LeanCommand& command, size_t count) {
  int depth = 0;
  for (size_t i = command.keyword; i < count; ++i) {
    const LeanToken& token = command.tokens[i];
    const std::string_view word = text.substr(token.begin, token.end - token.begin);
    depth += bracket_change(word);
    if (word == ":=" && depth == 0)
      throw SourceError("the statement has a proof already: leave out what follows `:=`, or put `sorry` there",
                        token.line, token.column + 1);
  }
}

}  // namespace

Theorem theorem_from_statement(std::string_view statement, std::string_view preamble) {
  std::string text = lean_text(statement);
  std::vector<LeanCommand> commands = commands_of(text);
  if (commands.empty()) throw SourceError("there is no statement", 0, 0);
  const auto word_at = [&](const LeanToken& token) {
    return std::string_view(text).substr(token.begin, token.end - token.begin);
  };
  const size_t keyword = commands[0].keyword;
  const bool declared = keyword != LeanCommand::kNone && is_declaration(word_at(commands[0].tokens[keyword]));
  if (commands.size() > 1) {
    const LeanToken& second = commands[1].tokens.front();
    throw SourceError("one statement at a time: another command begins with `" + std::string(word_at(second)) + "`",
                      second.line, second.column + 1);
  }
  const LeanCommand& command = commands[0];
  const size_t count = statement_tokens(text, command.tokens);
  if (count == 0) throw SourceError("there is no statement before the proof", 1, 1);
  if (declared) require_no_proof(text, command, count);

  Theorem theorem;
  theorem.before = before_with_line_end(preamble);
  theorem.name = declared ? declared_name(text, command, command.tokens.size()) : "example";
  const size_t end = command.tokens[count - 1].end;
  if (declared) {
    theorem.head = text.substr(command.begin(), end - command.begin());
    const LeanToken& what = command.tokens[keyword];
    if (word_at(what) == "lemma") theorem.head.replace(what.begin - command.begin(), 5, "theorem");
  } else {
    theorem.head = "example : " + text.substr(command.begin(), end - command.begin());
  }
  theorem.head += " := by\n  ";
  return theorem;
}

}  // namespace rmt::prover
