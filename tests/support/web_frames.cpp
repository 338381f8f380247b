#include "tests/support/web_frames.h"

#include <array>

namespace rmt::tests {
namespace {

constexpr std::array<char, 4> kMask = {'\x37', '\xfa', '\x21', '\x3d'};

std::string big_endian(uint64_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i) & 0xff);
  return text;
}

uint64_t from_big_endian(std::string_view bytes) {
  uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

}  // namespace

std::string encode(const WebFrame& frame) {
  const uint64_t length = frame.claimed_length.value_or(frame.payload.size());
  const int more = frame.length_bytes >= 0 ? frame.length_bytes : length < 126 ? 0 : length < 65536 ? 2 : 8;
  const uint64_t first = more == 0 ? length : more == 2 ? 126 : 127;
  std::string bytes;
  bytes += static_cast<char>((frame.final ? 0x80 : 0) | frame.reserved << 4 | frame.opcode);
  bytes += static_cast<char>((frame.masked ? 0x80 : 0) | static_cast<int>(first));
  bytes += big_endian(length, more);
  if (!frame.masked) return bytes + frame.payload;
  bytes.append(kMask.data(), kMask.size());
  for (size_t i = 0; i < frame.payload.size(); ++i) bytes += static_cast<char>(frame.payload[i] ^ kMask[i % 4]);
  return bytes;
}

std::string close_frame(uint16_t code, const std::string& reason) {
  return encode({.opcode = 8, .payload = big_endian(code, 2) + reason});
}

std::optional<WebFrame> read_frame(RawClient& client) {
  const std::string head = client.read(2);
  if (head.size() < 2 || (head[1] & 0x80) != 0) return std::nullopt;
  WebFrame frame;
  frame.masked = false;
  frame.final = (head[0] & 0x80) != 0;
  frame.reserved = head[0] >> 4 & 7;
  frame.opcode = head[0] & 15;
  uint64_t length = head[1] & 0x7f;
  if (length > 125) length = from_big_endian(client.read(length == 126 ? 2 : 8));
  frame.payload = client.read(length);
  if (frame.payload.size() < length) return std::nullopt;
  return frame;
}

std::string upgrade_request(const std::string& path) {
  return "GET " + path +
         " HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
}

int close_code(const WebFrame& frame) {
  return frame.payload.size() < 2 ? 0 : static_cast<int>(from_big_endian(frame.payload.substr(0, 2)));
}

}  // namespace rmt::tests
