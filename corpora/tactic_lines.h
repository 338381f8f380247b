// The lines of tactic proofs in Lean 4 source, found while the text passes by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rmt::corpora {

/// Bytes [from, to) of a text.
struct ByteRange {
  int64_t from = 0, to = 0;

  bool operator==(const ByteRange&) const = default;
};

/// Finds the lines of `by` blocks that begin on a line of their own: a line whose last word is `by` opens one, the
/// indentation of the next line with code is the block's, and it lasts until a line of code stands further left. (Where
/// the opening line itself stands does not matter: statements over several lines end further right than their proof
/// begins.) A line is found from its first character that is no blank to its line break inclusive; a tactic over
/// several lines is as many of them. Not found are blank lines, lines with a comment in them, lines that begin or end
/// inside a string, and a last line without a line break, since nothing says that it ends there. Any text will do; only
/// in Lean source does what is found mean something.
///
/// Besides the lines that were not taken yet, memory depends neither on the text's length nor on a line's.
class TacticLines {
 public:
  /// The next piece; pieces may be cut anywhere.
  void add(std::string_view piece);

  /// The lines that have ended since the last call, in order.
  std::vector<ByteRange> take();

  /// Where the line under way begins, if it may yet become one of them.
  std::optional<int64_t> begun() const;

 private:
  enum class Inside { code, line_comment, block_comment, text, raw_text };

  void add(char byte);
  void add_code(char byte);
  void add_to_word(char byte);
  void add_to_block_comment(char byte);
  void add_to_text(char byte);
  void add_to_raw_text(char byte);
  bool opens_comment(char first, char second);
  bool is_held_back(char byte) const;
  void open_text();
  void move_in_blocks(int64_t column);
  void end_line();

  int64_t at_ = 0;  // of the byte that is looked at
  Inside inside_ = Inside::code;
  int64_t depth_ = 0;  // of block comments
  char previous_ = 0;  // the byte before, within a comment or code
  bool escaped_ = false;
  int64_t hashes_ = 0;    // of r##"…"##
  int64_t closing_ = -1;  // hashes seen behind a quote of a raw text; -1: no quote
  char held_ = 0;         // a byte of code whose meaning the next one decides

  std::string word_;              // the last thing of code if it is a word, its first three bytes
  bool in_word_ = false;          // the word goes up to this byte
  bool after_by_ = false;         // the last line of code ended in `by`
  std::optional<int64_t> block_;  // the indentation of the outermost block we are in

  int64_t line_ = 0;              // where the line begins
  std::optional<int64_t> first_;  // where its code begins
  bool begins_in_text_ = false, has_comment_ = false;
  std::vector<ByteRange> found_;
};

/// All of a text.
std::vector<ByteRange> tactic_lines(std::string_view source);

}  // namespace rmt::corpora
