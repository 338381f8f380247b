// What is told of one request when it has been answered. Bodies, queries and credentials are never in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rmt::web {

struct AccessLine {
  std::string remote, method, path;  ///< fit to print; method and path are "-" where the head could not be read
  unsigned status = 0;               ///< 101 for a WebSocket; 499: the client went before it was answered
  uint64_t bytes_received = 0, bytes_sent = 0;  ///< of bodies, or of messages
  double ms = 0;                                ///< from the head's first byte to the answer's last
  std::string request_id;
  std::string fault;  ///< what a handler threw that was no answer; empty: nothing
};

/// Bytes of others, fit for a line of a log: control bytes, quotes, backslashes and what is not ASCII become \xNN;
/// what is longer than `longest` ends with "...".
std::string escaped_for_log(std::string_view text, size_t longest = 512);

}  // namespace rmt::web
