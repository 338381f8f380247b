// A client that sends exactly the bytes it is told to, and reads what comes: for what no well-behaved client does.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace rmt::tests {

struct RawReply {
  unsigned status = 0;
  std::string head;                            ///< all of it, with the empty line
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;                            ///< without the framing of chunks
  bool whole = false;                          ///< the body came to its end as the head promised
};

/// Blocking, over loopback. Waiting has a limit, after which what has come is returned as it is.
class RawClient {
 public:
  using Duration = std::chrono::milliseconds;
  static constexpr Duration kPatience{20'000};

  explicit RawClient(uint16_t port, int receive_buffer = 0);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  /// False where the peer takes no more.
  bool send(std::string_view bytes);

  /// The next answer; status 0 where none came. `to_head`: to one for which no body follows.
  RawReply reply(bool to_head = false, Duration patience = kPatience);

  /// Reads until `bytes` are there, and takes them; fewer at the end or when the time is up.
  std::string read(size_t bytes, Duration patience = kPatience);
  /// Everything until the peer closes.
  std::string read_all(Duration patience = kPatience);
  std::optional<std::string> read_through(std::string_view mark, Duration patience = kPatience);

  /// Whether the peer closes in time, whatever it sends until then.
  bool closes(Duration patience = kPatience);
  /// Whether nothing comes, and no end, for that long.
  bool stays_silent(Duration time);

  int descriptor() const { return socket_; }
  void half_close();
  /// With a reset, not a farewell.
  void abort();

 private:
  enum class Got { bytes, end, nothing };
  Got receive(std::chrono::steady_clock::time_point until);
  bool read_chunks(std::string& body, Duration patience);

  int socket_;
  std::string input_;
  bool ended_ = false;
};

}  // namespace rmt::tests
