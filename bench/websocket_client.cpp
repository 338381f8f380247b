#include "bench/websocket_client.h"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rmt::bench {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

double ms_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

/// What all streams have seen together.
struct Tally {
  bool counting = false;
  int open = 0;
  int64_t frames = 0, errors = 0;
  std::vector<double> gaps_ms;
  std::vector<Clock::time_point> last;  // arrival on every stream; none yet: the clock's beginning
};

/// Takes whole frames off the front of what has arrived. Throws for anything but short text frames.
class Frames {
 public:
  void push(std::string_view bytes) { bytes_ += bytes; }

  /// The next frame's payload, or nothing; good until the next call of push().
  std::string_view next() {
    constexpr size_t kHead = 2;
    constexpr unsigned char kWholeText = 0x81;
    constexpr unsigned char kLongest = 125;
    const std::string_view rest = std::string_view(bytes_).substr(at_);
    if (rest.size() < kHead) return keep();
    const auto size = static_cast<unsigned char>(rest[1]);
    if (static_cast<unsigned char>(rest[0]) != kWholeText || size > kLongest)
      throw std::runtime_error("a frame that is no short text");
    if (rest.size() < kHead + size) return keep();
    at_ += kHead + size;
    return rest.substr(kHead, size);
  }

 private:
  std::string_view keep() {
    bytes_.erase(0, at_);
    at_ = 0;
    return {};
  }

  std::string bytes_;
  size_t at_ = 0;
};

int64_t index_of(std::string_view frame) {
  constexpr std::string_view kBefore = R"({"index":)";
  int64_t index = -1;
  if (frame.starts_with(kBefore)) std::from_chars(frame.data() + kBefore.size(), frame.data() + frame.size(), index);
  return index;
}

/// One stream, open: every frame is counted, and must follow the one before.
class Stream {
 public:
  Stream(Tally& tally, size_t number) : tally_(tally), number_(number) {}

  void take(std::string_view bytes, Clock::time_point now) {
    frames_.push(bytes);
    for (std::string_view frame = frames_.next(); !frame.empty(); frame = frames_.next()) {
      if (index_of(frame) != next_++) throw std::runtime_error("a frame out of order");
      Clock::time_point& last = tally_.last[number_];
      if (tally_.counting) {
        ++tally_.frames;
        tally_.gaps_ms.push_back(ms_between(last, now));
      }
      last = now;
    }
  }

 private:
  Tally& tally_;
  size_t number_;
  int64_t next_ = 0;
  Frames frames_;
};

/// What has arrived behind the answer's head.
asio::awaitable<std::string> upgrade(tcp::socket& socket, uint16_t port) {
  const std::string request = "GET / HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
                              "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                              "Sec-WebSocket-Key: cm10LWxtIGJlbmNobWFyaw==\r\n\r\n";
  co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);
  std::string answer;
  const size_t head =
      co_await asio::async_read_until(socket, asio::dynamic_buffer(answer), "\r\n\r\n", asio::use_awaitable);
  if (!answer.starts_with("HTTP/1.1 101 ")) throw std::runtime_error("no upgrade: " + answer);
  co_return answer.substr(head);
}

asio::awaitable<void> watch_stream(tcp::socket socket, uint16_t port, Tally& tally, size_t number) {
  try {
    const tcp::endpoint server(asio::ip::address_v4::loopback(), port);
    co_await socket.async_connect(server, asio::use_awaitable);
    const std::string first = co_await upgrade(socket, port);
    Stream stream(tally, number);
    ++tally.open;
    stream.take(first, Clock::now());
    std::array<char, 4096> buffer;
    while (true) {
      const size_t bytes = co_await socket.async_read_some(asio::buffer(buffer), asio::use_awaitable);
      stream.take({buffer.data(), bytes}, Clock::now());
    }
  } catch (const std::exception&) {
    ++tally.errors;
  }
}

/// A stream that has fallen silent has a gap too, which nothing ended.
void count_silences(const ClientOptions& options, Tally& tally) {
  const auto now = Clock::now();
  for (const Clock::time_point last : tally.last)
    if (ms_between(last, now) > 1000 / options.frames_per_s) tally.gaps_ms.push_back(ms_between(last, now));
}

asio::awaitable<void> keep_time(const ClientOptions& options, Tally& tally, asio::io_context& context,
                                const std::function<void()>& all_open) {
  using std::chrono::milliseconds;
  constexpr milliseconds kLook{10}, kSettle{500};
  constexpr std::chrono::seconds kPatience{60};
  asio::steady_timer timer(context);
  const auto rest = [&timer](Clock::duration time) {
    timer.expires_after(time);
    return timer.async_wait(kTuple);
  };
  const auto until = Clock::now() + kPatience;
  while (tally.open + tally.errors < options.streams && Clock::now() < until) co_await rest(kLook);
  tally.errors += std::max<int64_t>(0, options.streams - tally.open - tally.errors);
  co_await rest(kSettle);
  all_open();
  tally.counting = true;
  co_await rest(std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options.seconds)));
  tally.counting = false;
  count_silences(options, tally);
  context.stop();
}

double quantile(const std::vector<double>& sorted, double q) {
  if (sorted.empty()) return 0;
  return sorted[std::min(sorted.size() - 1, static_cast<size_t>(q * static_cast<double>(sorted.size())))];
}

}  // namespace

StreamsSeen watch_streams(const ClientOptions& options, const std::function<void()>& all_open) {
  Tally tally;
  tally.last.resize(static_cast<size_t>(options.streams), Clock::now());
  tally.gaps_ms.reserve(static_cast<size_t>(options.streams * options.frames_per_s * options.seconds * 1.1));
  asio::io_context context(1);
  for (size_t number = 0; number < tally.last.size(); ++number)
    asio::co_spawn(context, watch_stream(tcp::socket(context), options.port, tally, number), asio::detached);
  asio::co_spawn(context, keep_time(options, tally, context, all_open), asio::detached);
  context.run();
  std::ranges::sort(tally.gaps_ms);
  return {tally.frames, tally.errors, quantile(tally.gaps_ms, 0.5), quantile(tally.gaps_ms, 0.99),
          quantile(tally.gaps_ms, 1)};
}

}  // namespace rmt::bench
