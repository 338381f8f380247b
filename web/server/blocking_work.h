// Work that blocks, kept off the threads that serve clients: a few pieces at a time, each on a thread of its own.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace rmt::web {

/// Safe to use from any thread.
class BlockingWork {
 public:
  /// A piece of work; it ends soon once its token says so, and does not throw.
  using Piece = std::function<void(std::stop_token)>;
  using Ticket = uint64_t;

  BlockingWork(int at_once, int waiting);
  /// Asks all of it to stop and waits for that.
  ~BlockingWork();
  BlockingWork(const BlockingWork&) = delete;
  BlockingWork& operator=(const BlockingWork&) = delete;

  /// In the order of their coming. Nothing when as many wait as may; the piece is then not taken.
  [[nodiscard]] bool submit(Piece piece, Ticket& ticket);

  /// Asks it to stop; one that waits still gets its turn, with a token that has been asked. Without effect on one that
  /// has ended.
  void cancel(Ticket ticket);

  int running() const;
  int waiting() const;

 private:
  struct Waiting {
    Ticket ticket;
    Piece piece;
  };
  void run();

  const size_t most_waiting_;
  mutable std::mutex mutex_;  // of all below
  std::condition_variable arrived_;
  std::deque<Waiting> waiting_;
  std::map<Ticket, std::stop_source> open_;  // running or waiting
  int running_ = 0;
  Ticket last_ = 0;
  bool quit_ = false;
  std::vector<std::thread> threads_;  // last: they use all of the above
};

}  // namespace rmt::web
