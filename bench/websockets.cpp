// Many WebSocket streams from one server, a small frame each at a steady rate, over the server's own transport. Clients
// in a process of their own time the frames; this one counts what serving them takes.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>
#include <type_traits>

#include "bench/turns.h"
#include "bench/websocket_client.h"
#include "web/server/transport/server.h"

namespace {

namespace asio = boost::asio;
namespace web = rmt::web;
using rmt::bench::ClientOptions;
using rmt::bench::StreamsSeen;
using Clock = std::chrono::steady_clock;

/// Values from one process to another.
class Pipe {
 public:
  Pipe() {
    if (pipe(ends_) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  // Each process keeps one end, so that the other's death is seen.
  void only_read() { close(ends_[1]); }
  void only_write() { close(ends_[0]); }

  template <class T>
  void put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (write(ends_[1], &value, sizeof(T)) != sizeof(T)) throw std::runtime_error("the other process has gone");
  }

  template <class T>
  T take() {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    if (read(ends_[0], &value, sizeof(T)) != sizeof(T)) throw std::runtime_error("the other process has gone");
    return value;
  }

 private:
  int ends_[2] = {-1, -1};
};

/// A frame every 1/rate s, by the clock: one that is late does not delay those behind it.
asio::awaitable<void> send_frames(web::WebSocketChannel& channel, Clock::duration period) {
  bool gone = false;
  channel.on_gone([&gone] { gone = true; });
  asio::steady_timer timer(channel.executor(), Clock::now());
  for (int64_t index = 0; !gone; ++index) {
    channel.send(fmt::format(R"({{"index":{},"type":"token","text":" memory","logprob":-1.25}})", index));
    timer.expires_at(timer.expiry() + period);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

web::ServerOptions server_options(int streams, int threads) {
  web::ServerOptions options;
  options.port = 0;
  options.threads = threads;
  options.limits.connections = streams + 1;
  options.limits.connections_per_address = 0;
  return options;
}

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

nlohmann::json serve(const ClientOptions& client, int threads, Pipe& to_client, Pipe& from_client) {
  const auto period =
      std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / client.frames_per_s));
  web::Endpoint endpoint;
  endpoint.websocket = [period](web::WebSocketChannel& channel) { return send_frames(channel, period); };
  web::Server server(server_options(client.streams, threads), [&endpoint](const web::Request&) { return endpoint; });
  server.start();
  rmt::bench::forget_peak();
  const int64_t before_kb = rmt::bench::resident_kb("VmRSS");
  to_client.put(server.port());

  from_client.take<bool>();  // all streams are open
  const double cpu_from = cpu_seconds();
  const auto seen = from_client.take<StreamsSeen>();
  const double cpu_s = cpu_seconds() - cpu_from;
  return {{"streams", client.streams},
          {"frames_per_s", client.frames_per_s},
          {"seconds", client.seconds},
          {"frames", seen.frames},
          {"errors", seen.errors},
          {"gap_p50_ms", seen.gap_p50_ms},
          {"gap_p99_ms", seen.gap_p99_ms},
          {"gap_max_ms", seen.gap_max_ms},
          {"cpu_s", cpu_s},
          {"resident_before_kb", before_kb},
          {"resident_peak_kb", rmt::bench::resident_kb("VmHWM")}};
}

void watch(ClientOptions options, Pipe& to_client, Pipe& from_client) {
  options.port = to_client.take<uint16_t>();
  from_client.put(rmt::bench::watch_streams(options, [&from_client] { from_client.put(true); }));
}

int run(const ClientOptions& client, int threads) {
  Pipe to_client, from_client;
  const pid_t child = fork();  // before there are threads
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) {
    to_client.only_read();
    from_client.only_write();
    watch(client, to_client, from_client);
    return 0;
  }
  to_client.only_write();
  from_client.only_read();
  const nlohmann::json result = serve(client, threads, to_client, from_client);
  int status = 0;
  waitpid(child, &status, 0);
  std::cout << result.dump() << std::endl;
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("WebSocket streams over the server's transport: gaps between frames, CPU time, memory");
  ClientOptions client;
  int threads = 2;
  // A client that only listens is asked for a sign of life after half a minute, which these do not give.
  constexpr double kBeforeFirstPing = 25;
  app.add_option("--streams", client.streams, "Open at once")->check(CLI::Range(1, 10'000))->capture_default_str();
  app.add_option("--rate", client.frames_per_s, "Frames per second of every stream")
      ->check(CLI::Range(0.1, 1000.0))
      ->capture_default_str();
  app.add_option("--seconds", client.seconds, "Counted")
      ->check(CLI::Range(0.1, kBeforeFirstPing))
      ->capture_default_str();
  app.add_option("--threads", threads, "Of the server")->check(CLI::Range(1, 256))->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    return run(client, threads);
  } catch (const std::exception& error) {
    std::cerr << "bench_websockets: " << error.what() << '\n';
    return 1;
  }
}
