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

/// `text` with `mark` behind every token that is this name.
std::string renamed(std::string_view text, std::string_view name, const std::string& mark) {
  std::string result;
  size_t copied = 0;
  LeanLexer lexer(text);
  while (const auto token = lexer.next()) {
    if (token->kind != TokenKind::word || text.substr(token->begin, token->end - token->begin) != name) continue;
    result += text.substr(copied, token->end - copied);
    result += mark;
    copied = token->end;
  }
  return result += text.substr(copied);
}

/// Attributes before the keyword act on whoever comes later, or make more constants.
std::string without_attributes(const std::string& head) {
  CommandReader reader(head);
  LeanCommand command;
  std::string result = head;
  if (!reader.next(command) || command.keyword == LeanCommand::kNone) return result;
  for (size_t i = 0; i < command.keyword; ++i) {
    if (head.compare(command.tokens[i].begin, 2, "@[") != 0) continue;
    const size_t begin = command.tokens[i].begin;
    for (int depth = 0; i < command.keyword; ++i) {
      const char c = head[command.tokens[i].begin];
      depth += c == '[' || c == '@' ? 1 : c == ']' ? -1 : 0;
      if (depth == 0) break;
    }
    const size_t end = command.tokens[std::min(i, command.keyword - 1)].end;
    // As many bytes as code points in all that people write there; else columns of the same line move, no more.
    result.replace(begin, end - begin, blanked(std::string_view(head).substr(begin, end - begin)));
    if (result.size() != head.size()) return without_attributes(result);
  }
  return result;
}

Theorem marked(const Theorem& theorem, const std::string& mark) {
  Theorem copy = theorem;
  copy.before.clear();
  copy.head = renamed(without_attributes(theorem.head), theorem.name, mark);
  copy.tail = renamed(theorem.tail, theorem.name, mark);
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
  return std::ranges::find(kNamed, word) != kNamed.end();
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
  copy.source = copy.mark.empty() ? source_of(theorem, script)
                                  : source_of(marked(theorem, copy.mark), renamed(script, theorem.name, copy.mark));
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

std::vector<LeanMessage> CandidateDocument::of_head(const std::vector<ServerDiagnostic>& diagnostics) const {
  std::vector<LeanMessage> messages;
  for (const ServerDiagnostic& diagnostic : diagnostics) {
    if (diagnostic.line >= head_lines_) continue;
    messages.push_back(message_of(diagnostic, head_, 0));
    ++messages.back().from.line;
    ++messages.back().to.line;
  }
  std::ranges::stable_sort(messages, {}, &LeanMessage::from);
  return messages;
}

}  // namespace rmt::prover
