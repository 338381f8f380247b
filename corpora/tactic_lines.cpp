#include "corpora/tactic_lines.h"

#include <utility>

namespace rmt::corpora {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

// Beyond ASCII all counts as a symbol: `⟨by` ends in `by`, and no word is told from another by what stands there.
bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '\'' ||
         c == '!' || c == '?' || c == '.';
}

}  // namespace

void TacticLines::add(std::string_view piece) {
  for (const char byte : piece) {
    add(byte);
    ++at_;
  }
}

std::vector<ByteRange> TacticLines::take() {
  return std::exchange(found_, {});
}

std::optional<int64_t> TacticLines::begun() const {
  if (has_comment_ || begins_in_text_) return std::nullopt;
  return first_ || held_ == 0 ? first_ : at_ - 1;
}

void TacticLines::add(char byte) {
  if (held_ != 0) {
    const char first = std::exchange(held_, 0);
    if (opens_comment(first, byte)) return;
    if (first == '"') {
      if (byte == '\'') return;  // of '"'
      open_text();
    } else {
      --at_;
      add_code(first);
      ++at_;
    }
  }
  if (byte == '\n') return end_line();
  switch (inside_) {
    case Inside::code:
      if (!is_held_back(byte)) return add_code(byte);
      held_ = byte;
      return;
    case Inside::line_comment: return;
    case Inside::block_comment: return add_to_block_comment(byte);
    case Inside::text: return add_to_text(byte);
    case Inside::raw_text: return add_to_raw_text(byte);
  }
}

// A comment may begin, or the quote be a character's: '"' or '\"'.
bool TacticLines::is_held_back(char byte) const {
  return byte == '-' || byte == '/' || (byte == '"' && (previous_ == '\'' || previous_ == '\\'));
}

bool TacticLines::opens_comment(char first, char second) {
  const bool line = first == '-' && second == '-', block = first == '/' && second == '-';
  if (!line && !block) return false;
  inside_ = line ? Inside::line_comment : Inside::block_comment;
  depth_ = block ? 1 : 0;
  has_comment_ = true;
  in_word_ = false;
  previous_ = 0;
  return true;
}

void TacticLines::add_code(char byte) {
  if (!first_ && !is_blank(byte)) first_ = at_;
  if (byte == '"') {
    open_text();
    return;
  }
  previous_ = byte;
  hashes_ = byte == '#' && word_ == "r" && in_word_ ? hashes_ + 1 : 0;
  if (hashes_ > 0) return;  // r# may open a raw text
  add_to_word(byte);
}

void TacticLines::add_to_word(char byte) {
  if (is_blank(byte)) {
    in_word_ = false;
    return;
  }
  if (!in_word_) word_.clear();
  in_word_ = is_word_byte(byte);
  if (!in_word_)
    word_.clear();
  else if (word_.size() < 3)
    word_ += byte;
}

void TacticLines::open_text() {
  inside_ = word_ == "r" && in_word_ ? Inside::raw_text : Inside::text;
  escaped_ = false;
  closing_ = -1;
  word_.clear();
  in_word_ = false;
  previous_ = 0;
}

void TacticLines::add_to_block_comment(char byte) {
  const bool opens = previous_ == '/' && byte == '-', closes = previous_ == '-' && byte == '/';
  depth_ += opens - closes;
  previous_ = opens || closes ? '\0' : byte;
  if (depth_ == 0) inside_ = Inside::code;
}

void TacticLines::add_to_text(char byte) {
  if (byte == '"' && !escaped_) inside_ = Inside::code;
  escaped_ = byte == '\\' && !escaped_;
}

void TacticLines::add_to_raw_text(char byte) {
  if (byte == '"')
    closing_ = 0;
  else if (byte == '#' && closing_ >= 0)
    ++closing_;
  else
    closing_ = -1;
  if (closing_ < hashes_) return;
  inside_ = Inside::code;
  hashes_ = 0;
}

// Blocks within the outermost one do not matter: who is in them is in that one, too.
void TacticLines::move_in_blocks(int64_t column) {
  if (block_ && column < *block_)
    block_.reset();
  else if (!block_ && after_by_ && column > 0)
    block_ = column;
}

void TacticLines::end_line() {
  if (inside_ == Inside::line_comment) inside_ = Inside::code;
  if (first_) {
    if (!begins_in_text_) move_in_blocks(*first_ - line_);
    const bool whole = !begins_in_text_ && !has_comment_ && inside_ == Inside::code;
    if (block_ && whole) found_.push_back({*first_, at_ + 1});
    after_by_ = word_ == "by";
  }
  line_ = at_ + 1;
  first_.reset();
  has_comment_ = inside_ == Inside::block_comment;
  begins_in_text_ = inside_ == Inside::text || inside_ == Inside::raw_text;
  escaped_ = false;
  in_word_ = false;
  previous_ = 0;
}

std::vector<ByteRange> tactic_lines(std::string_view source) {
  TacticLines lines;
  lines.add(source);
  return lines.take();
}

}  // namespace rmt::corpora
