// What a text may cost.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rmt::prover {

/// Lean's own limit (maxHeartbeats) is the one that gives the same answer every time; these stop what it does not see.
struct WorkerLimits {
  int item_cpu_s = 5;
  int item_wall_s = 10;
  int context_cpu_s = 60;
  int context_wall_s = 120;
  uint64_t address_space = uint64_t{8} << 30;  ///< bytes mapped; Lean maps 2.3 GB before it has read anything
  uint64_t resident = uint64_t{3} << 29;       ///< bytes of one process
  size_t output = 1 << 20;                     ///< bytes of messages of one item; of a context sixteen times that
};

}  // namespace rmt::prover
