// A stop that comes by itself when the time is up, or when somebody else asks for it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

namespace rmt::prover {

class Deadline {
 public:
  Deadline(double seconds, std::stop_token earlier)
      : earlier_(std::move(earlier), [this] { stop_.request_stop(); }),
        thread_([this, seconds](const std::stop_token& done) { wait(seconds, done); }) {}

  std::stop_token token() const { return stop_.get_token(); }

 private:
  void wait(double seconds, const std::stop_token& done) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, done, std::chrono::duration<double>(seconds), [] { return false; });
    stop_.request_stop();
  }

  std::stop_source stop_;
  std::stop_callback<std::function<void()>> earlier_;
  std::jthread thread_;  // last: ends first
};

}  // namespace rmt::prover
