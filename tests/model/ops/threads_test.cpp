// Sharing work out, and the one OpenMP runtime it is shared out on.
#include <ATen/Parallel.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "model/threads.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using model::available_cores;
using model::configure_threads;
using model::for_each_task;

TEST_CASE("every task runs once, on any number of threads") {
  for (const int threads : {1, 2, 4}) {
    const std::thread apart([threads] {  // the pool and its size are the calling thread's own
      configure_threads(threads);
      for (const int64_t count : {0, 1, 3, 1000}) {
        std::vector<std::atomic<int>> times(static_cast<size_t>(count));
        for_each_task(count, [&](int64_t task) { ++times[static_cast<size_t>(task)]; });
        for (const auto& each : times) CHECK(each == 1);
      }
    });
    const_cast<std::thread&>(apart).join();
  }
}

TEST_CASE("an exception in a task reaches the caller") {
  CHECK_THROWS_AS(for_each_task(10,
                                [](int64_t task) {
                                  if (task == 7) throw std::runtime_error("task");
                                }),
                  std::runtime_error);
}

TEST_CASE("there is one OpenMP runtime in the process") {
  std::set<std::string> runtimes;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);)
    for (const char* name : {"libgomp", "libomp", "libiomp"})
      if (line.find(name) != std::string::npos) runtimes.insert(line.substr(line.find('/')));
  CHECK(runtimes.size() <= 1);
}

TEST_CASE("the cores counted are those the process was given") {
  cpu_set_t given;
  CPU_ZERO(&given);
  REQUIRE(sched_getaffinity(getppid(), sizeof given, &given) == 0);  // the runtime may have bound this thread
  CHECK(available_cores() == CPU_COUNT(&given));
}

}  // namespace
}  // namespace rmt::tests
