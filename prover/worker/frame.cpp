#include "prover/worker/frame.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

namespace rmt::prover {
namespace {

constexpr size_t kHead = 4;

size_t length_in(std::string_view head) {
  size_t length = 0;
  for (size_t i = 0; i < kHead; ++i) length |= static_cast<size_t>(static_cast<uint8_t>(head[i])) << (8 * i);
  return length;
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

}  // namespace

std::string framed(std::string_view message) {
  if (message.size() > kLongestFrame)
    throw FrameTooLong("a message of " + std::to_string(message.size()) + " bytes is more than a frame may hold");
  std::string frame;
  for (size_t i = 0; i < kHead; ++i) frame += static_cast<char>(message.size() >> (8 * i) & 0xFF);
  return frame.append(message);
}

std::optional<std::string> FrameBuffer::next() {
  if (waiting() < kHead) return std::nullopt;
  const size_t length = length_in(std::string_view(bytes_).substr(read_, kHead));
  if (length > longest_)
    throw FrameTooLong("a frame of " + std::to_string(length) + " bytes, where at most " + std::to_string(longest_) +
                       " are allowed");
  if (waiting() < kHead + length) return std::nullopt;
  std::string message = bytes_.substr(read_ + kHead, length);
  read_ += kHead + length;
  if (read_ == bytes_.size()) clear();
  return message;
}

void FrameBuffer::clear() {
  bytes_.clear();
  read_ = 0;
}

std::optional<std::string> read_frame(int descriptor, FrameBuffer& buffer) {
  std::array<char, 65536> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  while (true) {
    if (std::optional<std::string> message = buffer.next()) return message;
    const ssize_t count = read(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      if (buffer.waiting() > 0) throw FrameError("the pipe ended in the middle of a frame");
      return std::nullopt;
    }
    buffer.append({bytes.data(), static_cast<size_t>(count)});
  }
}

bool write_frame(int descriptor, std::string_view message) {
  return write_all(descriptor, framed(message));
}

}  // namespace rmt::prover
