// A program run from its start to its end: what it was given, what it said, and what ended it.
#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

#include "prover/backends/child_process.h"

namespace rmt::prover {

struct RunLimits {
  std::chrono::milliseconds wall{60'000};
  size_t output = size_t{16} << 20;  ///< bytes of standard output, and as many of standard error
  uint64_t resident = 0;             ///< bytes of physical memory, of all its processes; 0: none
};

struct Run {
  enum class Ended { itself, wall_time, output, memory, stopped };
  Ended ended = Ended::itself;
  ChildEnd end;
  std::string out, errors;  ///< what came before the end
};

/// "after 60 s", "its output went beyond 16777216 bytes", "signal 9 (Killed)": why it ended, for messages.
std::string to_string(const Run& run, const RunLimits& limits);

/// Gives it `input`, closes that, and reads until it ends or a limit is reached, which kills it. Throws ChildError.
Run run_child(const ChildCommand& command, std::string_view input, const RunLimits& limits,
              const std::stop_token& stop = {});

}  // namespace rmt::prover
