#include "lm/processes/heartbeat.h"

#include <fmt/format.h>

namespace rmt::lm {

Heartbeat::Heartbeat(c10::intrusive_ptr<c10d::Store> store, int64_t rank, int64_t count,
                     std::chrono::milliseconds patience)
    : store_(std::move(store)), rank_(rank), patience_(patience), peers_(static_cast<size_t>(count)) {
  for (int64_t i = 0; i < count; ++i) keys_.push_back(fmt::format("alive/{}", i));
  answered_ = Clock::now();
  for (Peer& peer : peers_) peer.changed = answered_;
  beat(0);
  thread_ = std::thread([this] { keep_beating(); });
}

Heartbeat::~Heartbeat() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopping_.notify_all();
  thread_.join();
}

std::string Heartbeat::missed() const {
  const std::lock_guard lock(mutex_);
  const auto now = Clock::now();
  const double seconds = std::chrono::duration<double>(patience_).count();
  if (now - answered_ > patience_)
    return fmt::format("the store through which the processes know of each other has not answered for {:.0f} s",
                       seconds);
  for (size_t i = 0; i < peers_.size(); ++i)
    if (static_cast<int64_t>(i) != rank_ && now - peers_[i].changed > patience_)
      return fmt::format("process {} has not been heard of for {:.0f} s", i, seconds);
  return {};
}

void Heartbeat::keep_beating() try {
  for (int64_t number = 1;; ++number) {
    {
      std::unique_lock lock(mutex_);
      if (stopping_.wait_for(lock, patience_ / 10, [this] { return stop_; })) return;
    }
    beat(number);
    listen();
  }
} catch (const std::exception&) {
  // The store is gone: from here on it does not answer, which missed() will say to whoever still waits for a process.
}

void Heartbeat::beat(int64_t number) {
  store_->set(keys_[static_cast<size_t>(rank_)], std::to_string(number));
}

void Heartbeat::listen() {
  std::vector<std::vector<uint8_t>> beats = store_->multiGet(keys_);
  const std::lock_guard lock(mutex_);
  answered_ = Clock::now();
  for (size_t i = 0; i < peers_.size(); ++i) {
    if (beats[i] == peers_[i].beat) continue;
    peers_[i] = {std::move(beats[i]), answered_};
  }
}

}  // namespace rmt::lm
