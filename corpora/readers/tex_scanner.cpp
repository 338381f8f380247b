#include "corpora/readers/tex_scanner.h"

#include <algorithm>
#include <array>

namespace rmt::corpora {

namespace {

using Kind = TexPiece::Kind;

template <size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr std::array<std::string_view, 4> kIncludes = {"input", "include", "subfile", "subfileinclude"};
constexpr std::array<std::string_view, 6> kImports = {"import",       "subimport",   "inputfrom",
                                                      "subinputfrom", "includefrom", "subincludefrom"};
constexpr std::array<std::string_view, 3> kInlineVerbatim = {"verb", "lstinline", "mintinline"};
constexpr std::array<std::string_view, 11> kVerbatim = {"verbatim",  "verbatim*",    "Verbatim",     "Verbatim*",
                                                        "BVerbatim", "LVerbatim",    "lstlisting",   "minted",
                                                        "comment",   "filecontents", "filecontents*"};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// A cursor over one command; `cut` is set when the text ended before the command did.
struct Cursor {
  std::string_view text;
  size_t at = 0;
  bool cut = false;

  bool has() {
    if (at < text.size()) return true;
    cut = true;
    return false;
  }
  void skip_spaces() {
    while (has() && is_space(text[at])) ++at;
  }
  std::string_view letters() {
    const size_t from = at;
    while (has() && is_letter(text[at])) ++at;
    return text.substr(from, at - from);
  }
  // The inside of {…} or […], without nesting; nothing (and at stays) when `open` does not stand here.
  bool group(char open, char close, std::string_view& inside) {
    if (!has() || text[at] != open) return false;
    const size_t end = text.find(close, at + 1);
    if (end == std::string_view::npos) {
      cut = true;
      return false;
    }
    inside = text.substr(at + 1, end - at - 1);
    at = end + 1;
    return true;
  }
};

std::string trimmed(std::string_view name) {
  while (!name.empty() && is_space(name.front())) name.remove_prefix(1);
  while (!name.empty() && is_space(name.back())) name.remove_suffix(1);
  if (name.size() >= 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
  return std::string(name);
}

// A name TeX would have to compute is none that can be looked up.
std::string literal_name(std::string_view argument) {
  if (argument.find_first_of("\\{}#%~$^&|\n") != std::string_view::npos) return {};
  return trimmed(argument);
}

// `\input chapter1 ` of plain TeX: the name ends at a space.
bool bare_name(Cursor& cursor, std::string_view& name) {
  const size_t from = cursor.at;
  while (cursor.has() && !is_space(cursor.text[cursor.at]) && cursor.text[cursor.at] != '%') ++cursor.at;
  name = cursor.text.substr(from, cursor.at - from);
  return !name.empty() && (is_letter(name[0]) || (name[0] >= '0' && name[0] <= '9') || name[0] == '.') &&
         name.find_first_of("\\{}#~$^&|[]") == std::string_view::npos;
}

TexPiece include_piece(std::string_view command, Cursor& cursor) {
  TexPiece piece{Kind::text, 0, {std::string(command), {}, {}}, {}};
  std::string_view directory, file;
  cursor.skip_spaces();
  if (is_one_of(command, kImports)) {
    if (cursor.has() && cursor.text[cursor.at] == '*') ++cursor.at;
    if (!cursor.group('{', '}', directory)) return piece;
    cursor.skip_spaces();
    if (!cursor.group('{', '}', file)) return piece;
  } else if (!cursor.group('{', '}', file)) {
    if (cursor.cut || command != "input" || !bare_name(cursor, file)) return piece;
  }
  piece.kind = Kind::include;
  piece.include.directory = literal_name(directory);
  const bool computed = !directory.empty() && piece.include.directory.empty();
  if (!computed) piece.include.file = literal_name(file);
  return piece;
}

TexPiece class_piece(Cursor& cursor) {
  TexPiece piece{Kind::text, 0, {}, {}};
  std::string_view options, name;
  cursor.skip_spaces();
  cursor.group('[', ']', options);
  cursor.skip_spaces();
  if (!cursor.group('{', '}', name)) return piece;
  piece.kind = Kind::document_class;
  piece.name = trimmed(name);
  return piece;
}

// \verb|…|, \lstinline[…]|…|, \mintinline[…]{…}|…|: up to the closing delimiter, or the line's end.
void skip_inline_verbatim(std::string_view command, Cursor& cursor) {
  std::string_view ignored;
  if (cursor.has() && cursor.text[cursor.at] == '*') ++cursor.at;
  if (command != "verb") cursor.group('[', ']', ignored);
  if (command == "mintinline") cursor.group('{', '}', ignored);
  if (!cursor.has()) return;
  const char open = cursor.text[cursor.at];
  if (is_space(open) || is_letter(open) || static_cast<unsigned char>(open) >= 0x80) return;
  const char close[] = {open == '{' && command != "verb" ? '}' : open, '\n'};
  const size_t end = cursor.text.find_first_of(std::string_view(close, 2), cursor.at + 1);
  cursor.cut = end == std::string_view::npos;
  if (!cursor.cut) cursor.at = end + (cursor.text[end] != '\n');
}

// The command at the front of `text`, which begins with a backslash. `verbatim` is set to what ends the
// passage when it opens one.
TexPiece command_at(std::string_view text, bool at_end, std::string& verbatim) {
  const bool all = at_end || text.size() >= TexScanner::kMaxCommandBytes;
  Cursor cursor{text.substr(0, TexScanner::kMaxCommandBytes), 1};
  TexPiece piece{Kind::text, 0, {}, {}};
  const std::string_view name = cursor.letters();
  if (is_one_of(name, kIncludes) || is_one_of(name, kImports)) {
    piece = include_piece(name, cursor);
  } else if (name == "documentclass" || name == "documentstyle") {
    piece = class_piece(cursor);
  } else if (is_one_of(name, kInlineVerbatim)) {
    skip_inline_verbatim(name, cursor);
  } else if (name == "begin") {
    std::string_view environment;
    cursor.skip_spaces();
    if (cursor.group('{', '}', environment)) {
      if (environment == "document") piece.kind = Kind::begin_document;
      if (is_one_of(environment, kVerbatim)) verbatim = "\\end{" + std::string(environment) + "}";
    }
  } else if (name.empty() && cursor.has()) {
    ++cursor.at;  // \% \\ \{: one sign, which begins nothing
  }
  if (cursor.cut && !all) return {};
  if (piece.kind == Kind::text && cursor.cut) cursor.at = 1 + name.size();
  piece.length = cursor.at;
  return piece;
}

}  // namespace

size_t TexScanner::skip_verbatim(std::string_view text, bool at_end) {
  if (const size_t end = text.find(verbatim_); end != std::string_view::npos) {
    const size_t length = end + verbatim_.size();
    verbatim_.clear();
    return length;
  }
  if (at_end) return text.size();
  // The end may have begun in the last bytes; it begins with a backslash and has no other.
  const size_t may_begin = text.size() - std::min(text.size(), verbatim_.size() - 1);
  return std::min(text.find('\\', may_begin), text.size());
}

TexPiece TexScanner::next(std::string_view text, bool at_end) {
  size_t at = 0;
  const auto text_piece = [&] { return TexPiece{at > 0 ? Kind::text : Kind::more, at, {}, {}}; };
  while (at < text.size()) {
    const std::string_view rest = text.substr(at);
    if (in_comment_) {
      const size_t line = rest.find('\n');
      in_comment_ = line == std::string_view::npos;
      at += in_comment_ ? rest.size() : line + 1;
    } else if (!verbatim_.empty()) {
      const size_t skipped = skip_verbatim(rest, at_end);
      at += skipped;
      if (skipped == 0) return text_piece();
    } else if (rest[0] == '%') {
      in_comment_ = true;
      ++at;
    } else if (rest[0] != '\\') {
      at += std::min(rest.find_first_of("\\%"), rest.size());
    } else {
      TexPiece piece = command_at(rest, at_end, verbatim_);
      if (piece.kind != Kind::text) return at > 0 ? text_piece() : piece;
      at += piece.length;
    }
  }
  return text_piece();
}

}  // namespace rmt::corpora
