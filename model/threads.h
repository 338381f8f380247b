// How work is shared out on the CPU: one pool, libtorch's own OpenMP threads.
#pragma once

#include <c10/util/FunctionRef.h>

#include <cstdint>

namespace rmt::model {

/// Threads for the tensor work of the calling thread. When `count` is the number of cores this process
/// may use, every worker is bound to a core of its own: left alone, the kernel at times stacks two of
/// them on one core and the rest waits. The calling thread itself stays free.
/// Call it on the thread that will run the model: an OpenMP pool belongs to the thread that started it.
void configure_threads(int count);

/// Cores this process may run on.
int available_cores();

/// body(0) … body(count - 1), each once, on whichever thread is free; in order on one thread. Inside
/// another parallel region everything runs on the calling thread.
void for_each_task(int64_t count, c10::function_ref<void(int64_t)> body);

/// The threads of one run_together(), as one of them sees it.
class Team {
 public:
  Team(int64_t rank, int64_t size) : rank_(rank), size_(size) {}
  int64_t rank() const { return rank_; }
  int64_t size() const { return size_; }

  /// Until all have come here; what each wrote before, all see after.
  void wait() const;

 private:
  int64_t rank_, size_;
};

/// body on every thread at once, for work of many short steps that all take part in: to wait for each other is
/// several times cheaper than to be called anew. It must not throw.
void run_together(c10::function_ref<void(const Team&)> body);

}  // namespace rmt::model
