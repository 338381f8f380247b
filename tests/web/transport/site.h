// What the servers of these tests serve: one path for each way a handler can behave.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "web/server/transport/server.h"

namespace rmt::web::tests {

/// What the handlers saw. Safe to read from any thread.
struct Seen {
  std::atomic<int> begun{0};    ///< handlers that were called
  std::atomic<int> handled{0};  ///< handlers that have ended, however they did
  std::atomic<int> gone{0};     ///< handlers told that their client had gone
  std::atomic<int> holding{0};  ///< handlers that wait on /hold
  std::atomic<bool> release{false};
  std::atomic<uint64_t> largest_piece{0}, written{0};
  std::mutex mutex;
  std::vector<AccessLine> lines;  // guarded by mutex

  std::vector<AccessLine> access();
};

/// A server with them, on a port of its own.
class TestServer {
 public:
  explicit TestServer(ServerOptions options = {});
  ~TestServer();

  uint16_t port() const { return server_->port(); }
  Server& server() { return *server_; }
  Seen& seen() { return *seen_; }

 private:
  std::unique_ptr<Seen> seen_;
  std::unique_ptr<Server> server_;
};

/// Whether it becomes true in time.
bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds patience = std::chrono::seconds(20));

/// Short times, for tests that wait for them.
ServerOptions hasty();

/// "GET /path HTTP/1.1" with a Host, and more header lines where given ("Name: value\r\n").
std::string get(const std::string& path, const std::string& headers = {});
std::string post(const std::string& path, const std::string& body, const std::string& headers = {});

}  // namespace rmt::web::tests
