// Bytes to text: where all plain text enters. What comes out is valid UTF-8 in whole code points,
// without a byte order mark; what is no text at all is refused by what it looks like.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "corpora/document.h"
#include "corpora/readers/bytes.h"

namespace rmt::corpora {

/// How far some bytes are well-formed, and what ends that. `valid == size` is all of them; else `bad`
/// is the length of the ill-formed sequence at `valid` (the Unicode standard's "maximal subpart"), or
/// 0 where the bytes merely end inside a sequence.
struct Utf8Prefix {
  size_t valid = 0;
  size_t bad = 0;
};
Utf8Prefix utf8_prefix(std::string_view bytes);

inline constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

/// Every ill-formed sequence replaced by one U+FFFD, as browsers and Python do.
std::string repaired_utf8(std::string_view bytes);

/// What the first bytes of a file say it is ("a PDF document"), or nothing where they may be text.
inline constexpr size_t kSignatureBytes = 16;
std::string_view binary_kind(std::string_view head);

/// The text of a file, streamed. `name` is for messages, which give byte offsets in the file. Invalid
/// UTF-8 throws Error(bad_text) or, when `options.lossy`, is replaced with one notice.
class Utf8Text final : public TextSource {
 public:
  Utf8Text(std::unique_ptr<ByteSource> bytes, std::string name, ReadOptions options);
  bool next(std::string& chunk) override;

 private:
  void refuse_binary();
  void settle(std::string& chunk);

  PeekableBytes bytes_;
  std::string name_;
  ReadOptions options_;
  std::string carry_;   // the start of a sequence that the next bytes must complete
  int64_t offset_ = 0;  // in the file, of the first byte of the chunk at hand
  bool started_ = false;
  bool at_end_ = false;
  bool noticed_ = false;
};

/// Text already in memory and known to be valid, handed out in pieces.
class MemoryText final : public TextSource {
 public:
  explicit MemoryText(std::string text) : text_(std::move(text)) {}
  bool next(std::string& chunk) override;

 private:
  std::string text_;
  size_t from_ = 0;
};

/// "byte 12 (0xE9)", as every message about a byte says it.
std::string byte_at(int64_t offset, unsigned char value);

}  // namespace rmt::corpora
