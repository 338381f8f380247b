// A benchmark program as one of several that take turns: it gets ready once, then measures once for
// every line on its standard input and answers with a line of JSON. bench/harness/measure.py is the
// other side. Without a driver (--repeats N) it takes N turns by itself.
#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <nlohmann/json.hpp>

namespace rmt::bench {

struct Turns {
  bool driven = false;  ///< wait for a line before each turn, end with the input
  int repeats = 5;
  int warmup = 1;  ///< turns taken before `ready`, not printed
};

void add_turns_options(CLI::App& app, Turns& turns);

/// Runs `turn` as often as asked. Each line printed holds what `turn` returned, wall_s and cpu_s (of
/// all threads). `ready` is the first line.
void take_turns(const Turns& turns, const nlohmann::json& ready, const std::function<nlohmann::json()>& turn);

/// A field of /proc/self/status in kB: "VmRSS", "VmHWM" (the peak).
int64_t resident_kb(const char* field);

/// The peak counts from here: what loading took does not hide what reading takes.
void forget_peak();

}  // namespace rmt::bench
