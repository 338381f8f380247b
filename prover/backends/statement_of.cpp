#include "prover/backends/statement_of.h"

#include "prover/backends/script_source.h"
#include "prover/source/lean_commands.h"

namespace rmt::prover {

Theorem named(const Theorem& theorem, bool as_definition) {
  if (theorem.name != "example") return theorem;
  Theorem result = theorem;
  CommandReader reader(theorem.head);
  LeanCommand command;
  if (!reader.next(command) || command.keyword == LeanCommand::kNone) return result;
  const LeanToken& token = command.tokens[command.keyword];
  const std::string keyword = theorem.head.substr(token.begin, token.end - token.begin);
  if (keyword != "example" && keyword != "instance") return result;
  result.name = kGivenName;
  const std::string kind = keyword == "instance" ? keyword : as_definition ? "noncomputable def" : "theorem";
  const int column = end_of(theorem.before + theorem.head.substr(0, token.end)).column;
  result.head.replace(token.begin, keyword.size(),
                      kind + " " + result.name + "\n" + std::string(static_cast<size_t>(column), ' '));
  return result;
}

TellingFile telling_file(const Theorem& theorem, std::string_view script) {
  TellingFile file{file_of(theorem, script) + "\n", 0, 0, 0};
  const auto add = [&](const std::string& command) {
    file.text += command + "\n";
    return end_of(file.text).line - 1;
  };
  add("set_option pp.all true in");
  file.type_line = add("#check @" + theorem.name);
  file.readable_line = add("#check @" + theorem.name);
  file.axioms_line = add("#print axioms " + theorem.name);
  return file;
}

}  // namespace rmt::prover
