#include "model/threads.h"

#include <ATen/Parallel.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <vector>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace rmt::model {
namespace {

std::vector<int> allowed_cores() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  std::vector<int> cores;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return cores;
  for (int core = 0; core < CPU_SETSIZE; ++core)
    if (CPU_ISSET(core, &allowed)) cores.push_back(core);
  return cores;
}

// Best effort: a container may forbid it, and the work is right either way.
void bind_to(int core) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(core, &one);
  sched_setaffinity(0, sizeof one, &one);
}

}  // namespace

int available_cores() {
  int cores = static_cast<int>(allowed_cores().size());
#ifdef _OPENMP
  cores = std::max(cores, omp_get_num_procs());  // under OMP_PROC_BIND this thread has been bound to one of them
#endif
  return std::max(1, cores);
}

void configure_threads(int count) {
  at::set_num_threads(count);
#ifdef _OPENMP
  const std::vector<int> cores = allowed_cores();
  if (count < 2 || cores.size() != static_cast<size_t>(count)) return;
#pragma omp parallel num_threads(count)
  {
    const auto worker = static_cast<size_t>(omp_get_thread_num());
    if (worker > 0) bind_to(cores[worker]);
  }
#endif
}

void for_each_task(int64_t count, c10::function_ref<void(int64_t)> body) {
  const int64_t workers = std::min<int64_t>(count, at::get_num_threads());
  std::atomic<int64_t> next{0};
  at::parallel_for(0, workers, 1, [&](int64_t, int64_t) {
    for (int64_t task = next++; task < count; task = next++) body(task);
  });
}

void Team::wait() const {
#ifdef _OPENMP
  if (size_ > 1) {
#pragma omp barrier
  }
#endif
}

void run_together(c10::function_ref<void(const Team&)> body) {
#ifdef _OPENMP
  const int threads = at::get_num_threads();
  if (threads > 1 && !at::in_parallel_region()) {
#pragma omp parallel num_threads(threads)
    body(Team(omp_get_thread_num(), omp_get_num_threads()));
    return;
  }
#endif
  body(Team(0, 1));
}

}  // namespace rmt::model
