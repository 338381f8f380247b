// Raw bytes, pulled: what the text decoders read from and the decompressors read from and give.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace rmt::corpora {

/// The size of the pieces in which files are read and texts are handed on.
inline constexpr size_t kChunkBytes = size_t{64} * 1024;

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Fills the front of `to` and says how much; 0 only at the end. Throws Error: io, truncated, malformed.
  virtual size_t read(std::span<char> to) = 0;
};

/// Throws Error(not_found) when there is no such file, Error(io) when it cannot be opened.
std::unique_ptr<ByteSource> open_file(const std::string& path);

std::unique_ptr<ByteSource> standard_input();

/// The bytes of a string, which the source keeps.
std::unique_ptr<ByteSource> bytes_of(std::string content);

/// A source whose first bytes can be looked at before they are read.
class PeekableBytes final : public ByteSource {
 public:
  explicit PeekableBytes(std::unique_ptr<ByteSource> from) : from_(std::move(from)) {}

  /// The next `count` bytes, fewer only where the source ends; valid until the next call.
  std::string_view peek(size_t count);
  size_t read(std::span<char> to) override;

 private:
  std::unique_ptr<ByteSource> from_;
  std::string head_;  // peeked at, not yet read
};

/// At most `limit` bytes from the front of a source.
std::string read_up_to(ByteSource& from, size_t limit);

}  // namespace rmt::corpora
