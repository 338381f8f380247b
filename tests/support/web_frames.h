// Frames of the WebSocket protocol (RFC 6455, section 5.2), made and taken apart byte by byte.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/raw_client.h"

namespace rmt::tests {

struct WebFrame {
  bool final = true;
  uint8_t reserved = 0;  ///< three bits
  uint8_t opcode = 1;    ///< 0 goes on, 1 text, 2 binary, 8 close, 9 ping, 10 pong
  std::string payload = {};
  bool masked = true;
  std::optional<uint64_t> claimed_length = {};  ///< in place of the payload's
  int length_bytes = -1;                        ///< 0, 2 or 8 behind the first two; -1: as few as hold it
};

std::string encode(const WebFrame& frame);

inline std::string text_frame(std::string payload) {
  return encode({.payload = std::move(payload)});
}
inline std::string ping_frame(std::string payload) {
  return encode({.opcode = 9, .payload = std::move(payload)});
}
std::string close_frame(uint16_t code, const std::string& reason = {});

/// The next frame from the server; nothing at the end of the connection. Refuses masked ones.
std::optional<WebFrame> read_frame(RawClient& client);

/// The request for an upgrade.
std::string upgrade_request(const std::string& path);

/// What the server answers to it in Sec-WebSocket-Accept.
inline constexpr std::string_view kUpgradeAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// Codes of close frames; 0 for one without.
int close_code(const WebFrame& frame);

}  // namespace rmt::tests
