#include "web/server/blocking_work.h"

#include <utility>

namespace rmt::web {

BlockingWork::BlockingWork(int at_once, int waiting) : most_waiting_(static_cast<size_t>(waiting)) {
  threads_.reserve(static_cast<size_t>(at_once));
  for (int i = 0; i < at_once; ++i) threads_.emplace_back([this] { run(); });
}

// Tokens are asked outside of the lock: whoever listens to one may take his time.
BlockingWork::~BlockingWork() {
  std::map<Ticket, std::stop_source> open;
  {
    const std::lock_guard lock(mutex_);
    quit_ = true;
    open = open_;
  }
  for (auto& [ticket, stop] : open) stop.request_stop();
  arrived_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool BlockingWork::submit(Piece piece, Ticket& ticket) {
  {
    const std::lock_guard lock(mutex_);
    if (quit_ || waiting_.size() >= most_waiting_ + (threads_.size() - static_cast<size_t>(running_))) return false;
    ticket = ++last_;
    open_.emplace(ticket, std::stop_source());
    waiting_.push_back({ticket, std::move(piece)});
  }
  arrived_.notify_one();
  return true;
}

void BlockingWork::cancel(Ticket ticket) {
  std::stop_source stop(std::nostopstate);
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = open_.find(ticket); found != open_.end()) stop = found->second;
  }
  stop.request_stop();
}

int BlockingWork::running() const {
  const std::lock_guard lock(mutex_);
  return running_;
}

int BlockingWork::waiting() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(waiting_.size());
}

void BlockingWork::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    arrived_.wait(lock, [this] { return quit_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    ++running_;
    const std::stop_token token = open_.at(next.ticket).get_token();
    lock.unlock();
    next.piece(token);
    lock.lock();
    --running_;
    open_.erase(next.ticket);
  }
}

}  // namespace rmt::web
