// The bytes of one connection: read ahead a little, written as the peer takes them, cut when it takes too long. One
// read is always pending, so a peer that goes is noticed also while nobody reads or writes.
#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "web/server/transport/counters.h"
#include "web/server/transport/options.h"
#include "web/server/transport/stream.h"

namespace rmt::web {

/// Everything on the strand of its socket. Held by shared_ptr: a pending read keeps it alive.
class Wire final : public std::enable_shared_from_this<Wire> {
 public:
  using Duration = std::chrono::steady_clock::duration;
  enum class Arrival { bytes, end, timeout };

  /// All three must outlive it.
  Wire(Stream::Socket socket, boost::asio::ssl::context* tls, const ServerOptions& options, AtomicCounters& counters);

  Stream& stream() { return stream_; }
  boost::asio::any_io_executor executor() { return stream_.get_executor(); }

  /// Of TLS, where there is TLS. Throws Gone.
  boost::asio::awaitable<void> shake_hands();

  // --- reading ---

  /// What has come and was not consumed.
  std::string_view input() const { return std::string_view(buffer_).substr(used_); }
  void consume(size_t bytes);

  /// Waits for bytes beyond those in input(). `end`: none will come.
  boost::asio::awaitable<Arrival> more(Duration timeout);

  /// The peer has closed its side, or the wire was cut. Bytes may be left in input().
  bool ended() const { return ended_; }

  /// Called at the end, once; at once (but not from within) where that was before. An empty function takes it back.
  void on_end(std::function<void()> told);

  /// From here on until resume_reading() somebody else reads from the stream.
  boost::asio::awaitable<void> pause_reading();
  void resume_reading();

  // --- writing ---

  using Parts = std::array<boost::asio::const_buffer, 3>;
  /// Returns when the system has taken all of it. Throws Gone.
  boost::asio::awaitable<void> write(Parts parts);

  /// For somebody else who writes to the stream: from expect_progress() to expect_nothing() the wire is cut where
  /// progress() does not come in time.
  void expect_progress();
  void progress() { write_deadline_ = std::chrono::steady_clock::now() + options_.timeouts.write; }
  void expect_nothing() { writing_ = false; }

  // --- ending ---

  /// Says goodbye, and gives the peer some time to read what it was sent: closing with bytes unread would take them
  /// back.
  boost::asio::awaitable<void> close();

  /// At once. What is pending ends.
  void cut();
  bool is_cut() const { return cut_; }

 private:
  void read_ahead();
  boost::asio::awaitable<void> wait_for_arrival(std::chrono::steady_clock::time_point until);
  void arrived(boost::system::error_code error, size_t bytes);
  void end();
  void watch_writing();
  boost::asio::awaitable<void> say_goodbye();

  Stream stream_;
  const ServerOptions& options_;
  AtomicCounters& counters_;

  std::string buffer_;
  size_t used_ = 0;             // of buffer_
  std::vector<char> incoming_;  // where the pending read writes
  bool reading_ = false, paused_ = false, ended_ = false;
  bool flowing_ = false;  // the last read was filled
  uint64_t arrivals_ = 0;
  boost::asio::steady_timer arrival_;  // cancelled at each
  std::function<void()> told_;

  bool writing_ = false, watching_ = false;
  std::chrono::steady_clock::time_point write_deadline_;
  boost::asio::steady_timer write_watch_;
  bool cut_ = false;
};

}  // namespace rmt::web
