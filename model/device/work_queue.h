// Work in order on a device: a stream of a GPU. On the CPU everything is done at once, and none of this does anything.
#pragma once

#include <c10/core/Device.h>
#include <c10/core/Event.h>
#include <c10/core/Stream.h>
#include <c10/core/StreamGuard.h>

#include <optional>

namespace rmt::model {

/// A place in a queue that others can wait for.
class QueueMark {
 public:
  explicit QueueMark(const c10::Device& device);

  /// The caller waits until the queue has come here; at once where it was never set.
  void wait() const;

 private:
  friend class WorkQueue;
  std::optional<c10::Event> event_;  // none on the CPU
  bool set_ = false;
};

class WorkQueue {
 public:
  /// The queue in which work of the calling thread is put now.
  static WorkQueue current(const c10::Device& device);
  /// One beside it.
  static WorkQueue another(const c10::Device& device);

  void mark(QueueMark& mark) const;
  /// What is put into this queue from now on begins after the mark.
  void wait_for(const QueueMark& mark) const;
  /// The caller waits until all is done.
  void finish() const;

  /// While it lives, work of the calling thread goes into the queue.
  class Use {
   public:
    explicit Use(const WorkQueue& queue);

   private:
    std::optional<c10::StreamGuard> guard_;
  };

 private:
  explicit WorkQueue(std::optional<c10::Stream> stream) : stream_(stream) {}

  std::optional<c10::Stream> stream_;  // none on the CPU
};

}  // namespace rmt::model
