// What the transport has done since it began, for metrics.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace rmt::web {

struct ServerCounters {
  int64_t connections_open = 0, connections_total = 0;
  int64_t connections_refused = 0;  ///< beyond a cap
  int64_t requests_open = 0;
  std::array<int64_t, 6> answers{};  ///< by the first digit of the status
  int64_t gone = 0;                  ///< exchanges whose client went before the answer's end
  int64_t timeouts = 0;              ///< heads, bodies and writes that took too long
  int64_t websockets_open = 0, websockets_total = 0;
  int64_t websocket_overflows = 0;  ///< peers that did not take what was sent
  int64_t bytes_received = 0, bytes_sent = 0;
};

/// The same, counted from several threads.
struct AtomicCounters {
  std::atomic<int64_t> connections_open{0}, connections_total{0}, connections_refused{0};
  std::atomic<int64_t> requests_open{0}, gone{0}, timeouts{0};
  std::array<std::atomic<int64_t>, 6> answers{};
  std::atomic<int64_t> websockets_open{0}, websockets_total{0}, websocket_overflows{0};
  std::atomic<int64_t> bytes_received{0}, bytes_sent{0};

  ServerCounters read() const;
};

/// One more for as long as this lives.
class Counted {
 public:
  explicit Counted(std::atomic<int64_t>& count) : count_(count), now_(++count) {}
  ~Counted() { --count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  int64_t now() const { return now_; }  ///< how many there were when this one came, itself included

 private:
  std::atomic<int64_t>& count_;
  int64_t now_;
};

}  // namespace rmt::web
