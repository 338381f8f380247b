// Bytes of a text that come in pieces, as text that is known to be valid: what an upload goes through.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rmt::corpora {

/// Gives the same text as Utf8Text does of the whole, and refuses the same bytes.
class Utf8Feed {
 public:
  /// `name` is for messages, which give byte offsets in the text.
  explicit Utf8Feed(std::string name) : name_(std::move(name)) {}

  /// Whole code points; the start of a sequence waits for its end. Throws Error(bad_text): invalid UTF-8, or NUL.
  std::string push(std::string_view bytes);

  /// Throws Error(bad_text) where the text ends inside a code point.
  void finish() const;

 private:
  void refuse_binary(std::string_view bytes);
  [[noreturn]] void refuse(std::string_view bytes, size_t at) const;

  std::string name_;
  std::string head_;    // the first bytes, by which a file of another kind is known
  std::string carry_;   // the start of a sequence
  int64_t offset_ = 0;  // in the text, of the first byte that was not handed out
};

}  // namespace rmt::corpora
