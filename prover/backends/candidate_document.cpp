#include "prover/backends/candidate_document.h"

#include <algorithm>
#include <array>
#include <utility>

#include "prover/source/lean_commands.h"

namespace rmt::prover {
namespace {

int line_ends(std::string_view text) {
  return static_cast<int>(std::ranges::count(text, '\n'));
}

std::string spaces(int count) {
  return std::string(static_cast<size_t>(count), ' ');
}

/// Everything but line ends replaced by as many spaces, so that all else stays in its column.
std::string blanked(std::string_view text) {
  std::string blank;
  for (const char c : text) {
    if (c == '\n') blank += '\n';
    if (c != '\n' && (static_cast<unsigned char>(c) & 0xC0) != 0x80) blank += ' ';
  }
  return blank;
}

/// Of the name as a word, or as the beginning of a longer one: `t`, `t.symm`.
size_t occurrences(std::string_view text, std::string_view name) {
  size_t count = 0;
  LeanLexer lexer(text);
  while (const auto token = lexer.next()) {
    if (token->kind != TokenKind::word) continue;
    const std::string_view word = text.substr(token->begin, token->end - token->begin);
    count += word.starts_with(name) && (word.size() == name.size() || word[name.size()] == '.') ? 1 : 0;
  }
  return count;
}

/// Attributes before the keyword act on whoever comes later, or make more constants.
std::string without_attributes(std::string_view head) {
  CommandReader reader(head);
  LeanCommand command;
  if (!reader.next(command) || command.keyword == LeanCommand::kNone) return std::string(head);
  std::string result;
  size_t copied = 0, begin = 0;
  int depth = 0;
  for (size_t i = 0; i < command.keyword; ++i) {
    const LeanToken& token = command.tokens[i];
    const std::string_view word = head.substr(token.begin, token.end - token.begin);
    if (word == "@[" && depth == 0) begin = token.begin;
    if (word == "@[" || (word == "[" && depth > 0)) ++depth;
    if (word != "]" || depth == 0 || --depth > 0) continue;
    result += head.substr(copied, begin - copied);
    result += blanked(head.substr(begin, token.end - begin));
    copied = token.end;
  }
  return result += head.substr(copied);
}

/// The theorem under another name, which is the one place where its own stands (can_hold_several).
Theorem marked(const Theorem& theorem, const std::string& mark) {
  Theorem copy = theorem;
  copy.before.clear();
  copy.head = without_attributes(theorem.head);
  LeanLexer lexer(copy.head);
  while (const auto token = lexer.next())
    if (copy.head.compare(token->begin, token->end - token->begin, theorem.name) == 0) {
      copy.head.insert(token->end, mark);
      break;
    }
  return copy;
}

size_t line_begin(std::string_view text, int line) {
  size_t begin = 0;
  for (; line > 0 && begin < text.size(); --line) begin = std::min(text.find('\n', begin), text.size() - 1) + 1;
  return begin;
}

/// UTF-16 counts two for what UTF-8 writes in four bytes, one for everything else.
int code_points(std::string_view line, int utf16) {
  int count = 0;
  for (const char c : line.substr(0, line.find('\n'))) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) == 0x80) continue;
    utf16 -= byte >= 0xF0 ? 2 : 1;
    if (utf16 < 0) break;
    ++count;
  }
  return count;
}

std::string without_mark(std::string text, const std::string& mark) {
  for (size_t at = text.find(mark); !mark.empty() && at != std::string::npos; at = text.find(mark, at))
    text.erase(at, mark.size());
  return text;
}

}  // namespace

bool CandidateDocument::can_hold_several(const Theorem& theorem) {
  constexpr auto kNamed = std::to_array<std::string_view>({"theorem", "lemma", "def", "abbrev", "example"});
  CommandReader reader(theorem.head);
  LeanCommand command;
  if (!reader.next(command) || command.keyword == LeanCommand::kNone) return false;
  const LeanToken& keyword = command.tokens[command.keyword];
  const std::string_view word = std::string_view(theorem.head).substr(keyword.begin, keyword.end - keyword.begin);
  if (std::ranges::find(kNamed, word) == kNamed.end()) return false;
  if (theorem.name == "example") return word == "example";
  return occurrences(theorem.head, theorem.name) == 1 && may_stand_beside_others(theorem, theorem.tail);
}

bool CandidateDocument::may_stand_beside_others(const Theorem& theorem, std::string_view script) {
  return theorem.name == "example" || occurrences(script, theorem.name) == 0;
}

CandidateDocument::CandidateDocument(const Theorem& theorem, const std::vector<std::string>& scripts, int heartbeats)
    : head_(theorem.before.substr(0, theorem.before.find_last_not_of(' ') + 1)),
      column_(end_of(theorem.before).column),
      several_(scripts.size() > 1) {
  if (!head_.empty() && head_.back() != '\n') head_ += '\n';
  head_lines_ = line_ends(head_);
  for (const std::string& script : scripts) add_copy(theorem, script, heartbeats);
}

void CandidateDocument::add_copy(const Theorem& theorem, const std::string& script, int heartbeats) {
  Copy copy;
  if (several_ && theorem.name != "example") copy.mark = "._rmt" + std::to_string(copies_.size());
  copy.source = source_of(copy.mark.empty() ? theorem : marked(theorem, copy.mark), script);
  copy.first_line = head_lines_ + tail_lines_;
  copy.column = column_;
  std::string text = "set_option maxHeartbeats " + std::to_string(heartbeats) + " in\n";
  copy.source_line = copy.first_line + line_ends(text);
  text += spaces(column_) + copy.source.text + "\n/-! -/\n";
  copy.end_line = copy.first_line + line_ends(text);
  tail_lines_ += line_ends(text);
  tail_ += text;
  copies_.push_back(std::move(copy));
}

LeanMessage CandidateDocument::message_of(const ServerDiagnostic& diagnostic, std::string_view text,
                                          int first_line) const {
  const auto place = [&](int line, int column) {
    const std::string_view from_line = text.substr(line_begin(text, line - first_line));
    return TextPosition{line, code_points(from_line, column)};
  };
  return {diagnostic.severity, place(diagnostic.line, diagnostic.column),
          place(diagnostic.end_line, diagnostic.end_column), diagnostic.text};
}

std::vector<Elaboration> CandidateDocument::share_out(const std::vector<ServerDiagnostic>& diagnostics) const {
  std::vector<Elaboration> shares(copies_.size());
  for (const ServerDiagnostic& diagnostic : diagnostics) {
    const auto copy = std::ranges::upper_bound(copies_, diagnostic.line, {}, &Copy::first_line);  // the one behind
    if (copy == copies_.begin() || diagnostic.line < head_lines_) continue;
    const Copy& own = *std::prev(copy);
    LeanMessage message = message_of(diagnostic, tail_, head_lines_);
    const auto in_source = [&](TextPosition& place) {
      place.line = std::max(place.line - own.source_line, 0) + 1;
      if (place.line == 1) place.column = std::max(place.column - own.column, 0);
    };
    in_source(message.from);
    in_source(message.to);
    message.text = without_mark(std::move(message.text), own.mark);
    shares[static_cast<size_t>(std::prev(copy) - copies_.begin())].messages.push_back(std::move(message));
  }
  // A server tells as it finds. Here the script is read from top to bottom, and then what is said of its surroundings:
  // that goals are left in a block is told at the block's beginning.
  for (size_t i = 0; i < shares.size(); ++i) {
    const TextPosition script = copies_[i].source.script;
    std::ranges::stable_sort(shares[i].messages, {}, [&](const LeanMessage& message) {
      return std::pair(message.from < script, message.from);
    });
  }
  return shares;
}

std::optional<LeanMessage> CandidateDocument::error_in_head(const std::vector<ServerDiagnostic>& diagnostics) const {
  const ServerDiagnostic* first = nullptr;
  for (const ServerDiagnostic& diagnostic : diagnostics) {
    if (diagnostic.line >= head_lines_ || diagnostic.severity != Diagnostic::Severity::error) continue;
    const auto place = [](const ServerDiagnostic& one) { return std::pair(one.line, one.column); };
    if (first == nullptr || place(diagnostic) < place(*first)) first = &diagnostic;
  }
  if (first == nullptr) return std::nullopt;
  LeanMessage message = message_of(*first, head_, 0);
  ++message.from.line;
  ++message.to.line;
  return message;
}

}  // namespace rmt::prover
