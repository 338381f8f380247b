// What Lean may cost when it runs as a program of its own.
#pragma once

#include <chrono>
#include <cstdint>

namespace rmt::prover {

struct LeanLimits {
  int heartbeats = 20'000;  ///< thousands, of each script: Lean's own measure, the same on every machine
  std::chrono::milliseconds script{10'000};  ///< without a word of Lean's about a script
  std::chrono::milliseconds file{180'000};   ///< for a whole file, imports included
  uint64_t resident = uint64_t{6} << 30;     ///< bytes of physical memory, all its processes together
  int theorems = 8;                          ///< open at once, each with a server of its own
  bool jail_required = false;                ///< for text of others: no Lean without bubblewrap
};

}  // namespace rmt::prover
