#include "prover/source/lean_lexer.h"

#include <algorithm>
#include <array>
#include <string>

#include "prover/source/lean_letters.h"

namespace rmt::prover {
namespace {

constexpr std::string_view kQuoteOpen = "«", kQuoteClose = "»";

/// Longest first. Others, of which a library may have any number, come out in pieces, which nobody minds.
constexpr std::array<std::string_view, 9> kSymbols = {"<;>", "<|>", ":=", "=>", "<|", "|>", "@[", "#[", ".."};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Behind the closing quote of a text whose inside begins at `from`, or npos.
size_t text_end(std::string_view source, size_t from) {
  while (from < source.size() && source[from] != '"') from += source[from] == '\\' ? 2 : 1;
  return from < source.size() ? from + 1 : std::string_view::npos;
}

/// Behind the end of a comment that opens at `from`, or npos.
size_t comment_end(std::string_view source, size_t from) {
  for (size_t depth = 0, at = from; at + 1 < source.size();) {
    const std::string_view pair = source.substr(at, 2);
    const bool opens = pair == "/-", closes = pair == "-/";
    depth += opens ? 1 : 0;
    depth -= closes ? 1 : 0;
    at += opens || closes ? 2 : 1;
    if (depth == 0) return at;
  }
  return std::string_view::npos;
}

}  // namespace

void LeanLexer::advance_to(size_t place) {
  for (; here_ < place; ++here_) {
    const char c = source_[here_];
    if (c == '\n') {
      ++line_;
      column_ = 0;
      line_is_blank_ = true;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++column_;
    }
  }
}

bool LeanLexer::skip_comment() {
  if (starts("--")) {
    advance_to(std::min(source_.find('\n', here_), source_.size()));
    return true;
  }
  const bool is_doc = starts("/--") && at(here_ + 3) != '/';
  if (!starts("/-") || is_doc) return false;
  const size_t end = comment_end(source_, here_);
  ends_in_comment_ = end == std::string_view::npos;
  advance_to(std::min(end, source_.size()));
  return true;
}

void LeanLexer::skip_blanks() {
  do advance_to(std::min(source_.find_first_not_of(" \t\r\n", here_), source_.size()));
  while (skip_comment());
}

LeanToken LeanLexer::token(TokenKind kind, size_t end, bool closed) {
  const LeanToken token{kind, line_is_blank_, closed, line_, column_, here_, end};
  advance_to(end);
  line_is_blank_ = false;
  return token;
}

std::optional<LeanToken> LeanLexer::next() {
  skip_blanks();
  if (here_ >= source_.size()) return std::nullopt;
  if (auto raw = raw_text()) return raw;
  if (const size_t end = word_end(here_); end > here_) return token(TokenKind::word, end);
  const char first = source_[here_];
  if (is_digit(first)) return token(TokenKind::number, number_end());
  if (first == '"') {
    const size_t end = text_end(source_, here_ + 1);
    return token(TokenKind::text, std::min(end, source_.size()), end != std::string_view::npos);
  }
  if (first == '\'') {
    if (const size_t end = character_end(); end > here_) return token(TokenKind::character, end);
  }
  if (first == '#') {
    if (const size_t end = word_end(here_ + 1); end > here_ + 1) return token(TokenKind::word, end);
  }
  if (first == '`') {
    const size_t quoted = here_ + (at(here_ + 1) == '`' ? 2 : 1);
    if (const size_t end = word_end(quoted); end > quoted) return token(TokenKind::name, end);
  }
  if (starts("/--")) {
    const size_t end = comment_end(source_, here_);
    return token(TokenKind::doc_comment, std::min(end, source_.size()), end != std::string_view::npos);
  }
  return token(TokenKind::symbol, symbol_end());
}

/// r"…", r#"…"#: without escapes.
std::optional<LeanToken> LeanLexer::raw_text() {
  if (at(here_) != 'r') return std::nullopt;
  const size_t quote = std::min(source_.find_first_not_of('#', here_ + 1), source_.size());
  if (at(quote) != '"') return std::nullopt;
  const std::string closing = '"' + std::string(quote - here_ - 1, '#');
  const size_t end = source_.find(closing, quote + 1);
  if (end == std::string_view::npos) return token(TokenKind::text, source_.size(), false);
  return token(TokenKind::text, end + closing.size());
}

/// Of a character in quotes at this place; this place itself where none is, as in f '' s.
size_t LeanLexer::character_end() const {
  if (at(here_ + 1) == '\\') {
    const size_t end = source_.find('\'', here_ + 3);  // '\'' has its quote before that
    return end != std::string_view::npos && end - here_ <= 12 ? end + 1 : here_;
  }
  if (here_ + 1 >= source_.size() || at(here_ + 1) == '\'' || at(here_ + 1) == '\n') return here_;
  const size_t end = here_ + 1 + code_point_at(source_, here_ + 1).bytes;
  return at(end) == '\'' ? end + 1 : here_;
}

/// `from` itself where no word begins.
size_t LeanLexer::word_end(size_t from) const {
  for (size_t part = from;;) {
    size_t end = part;
    if (source_.substr(part).starts_with(kQuoteOpen)) {
      const size_t close = source_.find(kQuoteClose, part);
      if (close != std::string_view::npos) end = close + kQuoteClose.size();
    } else if (part < source_.size() && begins_identifier(code_point_at(source_, part).value)) {
      do end += code_point_at(source_, end).bytes;
      while (end < source_.size() && continues_identifier(code_point_at(source_, end).value));
    }
    if (end == part) return part == from ? from : part - 1;  // without the dot before it
    if (at(end) != '.') return end;
    part = end + 1;
  }
}

size_t LeanLexer::number_end() const {
  size_t end = here_;
  const auto skip_digits = [&] {
    while (is_digit(at(end)) || (at(end) >= 'a' && at(end) <= 'f') || (at(end) >= 'A' && at(end) <= 'F')) ++end;
  };
  if (at(here_) == '0' && (at(here_ + 1) == 'x' || at(here_ + 1) == 'X')) {
    end += 2;
    skip_digits();
    return end;
  }
  while (is_digit(at(end))) ++end;
  if (at(end) == '.' && is_digit(at(end + 1)))
    for (++end; is_digit(at(end));) ++end;
  return end;
}

size_t LeanLexer::symbol_end() const {
  for (const std::string_view symbol : kSymbols)
    if (starts(symbol)) return here_ + symbol.size();
  return here_ + code_point_at(source_, here_).bytes;
}

}  // namespace rmt::prover
