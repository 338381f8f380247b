// Whether the other processes of a run are still there. A process that dies closes its connections and is noticed at
// once; one that vanished with its machine, or was stopped, leaves them open. So each says in the run's store, every
// few seconds, that it lives. A process that merely needs long for a step goes on saying so.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <torch/csrc/distributed/c10d/Store.hpp>
#include <vector>

namespace rmt::lm {

class Heartbeat {
 public:
  /// Begins to beat. A process is missed when it was silent for as long as `patience`. The store is used from a
  /// thread of the heartbeat's own until it is destroyed.
  Heartbeat(c10::intrusive_ptr<c10d::Store> store, int64_t rank, int64_t count, std::chrono::milliseconds patience);
  ~Heartbeat();
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

  /// What is missed, as the subject and verb of a sentence; empty while all are there.
  std::string missed() const;

 private:
  using Clock = std::chrono::steady_clock;

  struct Peer {
    std::vector<uint8_t> beat;
    Clock::time_point changed;
  };

  void keep_beating();
  void beat(int64_t number);
  void listen();

  const c10::intrusive_ptr<c10d::Store> store_;
  const int64_t rank_;
  const std::chrono::milliseconds patience_;
  std::vector<std::string> keys_;

  mutable std::mutex mutex_;
  std::condition_variable stopping_;
  bool stop_ = false;  // guarded by mutex_, as are the next two
  std::vector<Peer> peers_;
  Clock::time_point answered_;  // by the store, the last time
  std::thread thread_;
};

}  // namespace rmt::lm
