#include "web/server/transport/counters.h"

namespace rmt::web {

ServerCounters AtomicCounters::read() const {
  ServerCounters now;
  now.connections_open = connections_open;
  now.connections_total = connections_total;
  now.connections_refused = connections_refused;
  now.requests_open = requests_open;
  for (size_t i = 0; i < answers.size(); ++i) now.answers[i] = answers[i];
  now.gone = gone;
  now.timeouts = timeouts;
  now.websockets_open = websockets_open;
  now.websockets_total = websockets_total;
  now.websocket_overflows = websocket_overflows;
  now.bytes_received = bytes_received;
  now.bytes_sent = bytes_sent;
  return now;
}

}  // namespace rmt::web
