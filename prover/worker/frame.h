// Messages between processes over pipes: four bytes of length, least significant first, then the message. A length is
// somebody else's claim; nothing is set aside before it has been checked.
#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace rmt::prover {

inline constexpr size_t kLongestFrame = 64 << 20;

class FrameError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

class FrameTooLong : public FrameError {
  using FrameError::FrameError;
};

/// Throws FrameTooLong where `message` is longer than any reader would take.
std::string framed(std::string_view message);

/// Bytes in, messages out, wherever the bytes were cut.
class FrameBuffer {
 public:
  explicit FrameBuffer(size_t longest = kLongestFrame) : longest_(longest) {}

  void append(std::string_view bytes) { bytes_ += bytes; }
  /// The next whole message. Throws FrameTooLong where its length is more than was allowed.
  std::optional<std::string> next();
  size_t waiting() const { return bytes_.size() - read_; }
  void clear();

 private:
  size_t longest_;
  std::string bytes_;
  size_t read_ = 0;
};

/// Reads until there is a message; nothing at the end of the pipe. Throws FrameError: too long, or cut off.
std::optional<std::string> read_frame(int descriptor, FrameBuffer& buffer);

/// False where nobody reads any more. The caller ignores SIGPIPE.
bool write_frame(int descriptor, std::string_view message);

}  // namespace rmt::prover
