#include "web/server/transport/measures.h"

#include <string>

namespace rmt::web {
namespace {

Measure gauge(std::string name, std::string help, int64_t value) {
  return {std::move(name), std::move(help), static_cast<double>(value), "gauge"};
}

Measure counter(std::string name, std::string help, int64_t value) {
  return {std::move(name), std::move(help), static_cast<double>(value), "counter"};
}

}  // namespace

std::vector<Measure> measures_of(const ServerCounters& counters) {
  return {
      gauge("rmtlm_connections_open", "Connections open.", counters.connections_open),
      counter("rmtlm_connections_total", "Connections accepted.", counters.connections_total),
      counter("rmtlm_connections_refused_total", "Connections refused beyond a cap.", counters.connections_refused),
      gauge("rmtlm_websockets_open", "WebSockets open.", counters.websockets_open),
      counter("rmtlm_websockets_total", "WebSockets opened.", counters.websockets_total),
      counter("rmtlm_websocket_overflows_total", "WebSockets closed because the peer did not take what was sent.",
              counters.websocket_overflows),
      counter("rmtlm_clients_gone_total", "Answers whose client went before their end.", counters.gone),
      counter("rmtlm_timeouts_total", "Heads, bodies and writes that took too long.", counters.timeouts),
      counter("rmtlm_received_bytes_total", "Bytes received.", counters.bytes_received),
      counter("rmtlm_sent_bytes_total", "Bytes sent.", counters.bytes_sent),
  };
}

}  // namespace rmt::web
