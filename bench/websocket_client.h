// The clients of many WebSocket streams, in one process and on one thread: they count frames and time the gaps between
// them. What they know of the protocol is what it takes to be quick: short text frames, whole.
#pragma once

#include <cstdint>
#include <functional>

namespace rmt::bench {

struct ClientOptions {
  uint16_t port = 0;
  int streams = 1000;
  double frames_per_s = 20;
  double seconds = 10;  ///< counted, once all streams are open
};

/// What came in that time. Trivially copyable: it goes through a pipe.
struct StreamsSeen {
  int64_t frames = 0;
  int64_t errors = 0;  ///< streams that could not be opened, ended early or left a frame out
  double gap_p50_ms = 0, gap_p99_ms = 0, gap_max_ms = 0;
};

/// Opens the streams of ws://127.0.0.1:port/ and watches them; calls `all_open` when the counting begins.
StreamsSeen watch_streams(const ClientOptions& options, const std::function<void()>& all_open);

}  // namespace rmt::bench
