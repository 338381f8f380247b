#include "prover/backends/run_child.h"

#include <algorithm>
#include <thread>

namespace rmt::prover {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kMemoryWatch{250};

/// Reads until the pipes end or a limit is reached; which one.
Run::Ended listen(ChildProcess& child, Run& run, const RunLimits& limits, Instant until) {
  Instant next_look = Clock::now() + kMemoryWatch;
  for (;;) {
    const ChildProcess::Output heard = child.read(std::min(until, next_look));
    run.out += heard.out;
    run.errors += heard.errors;
    if (heard.end) return Run::Ended::itself;
    if (std::max(run.out.size(), run.errors.size()) > limits.output) return Run::Ended::output;
    const Instant now = Clock::now();
    if (now >= until) return Run::Ended::wall_time;
    if (now < next_look) continue;
    if (limits.resident > 0 && child.resident() > limits.resident) return Run::Ended::memory;
    next_look = now + kMemoryWatch;
  }
}

}  // namespace

Run run_child(const ChildCommand& command, std::string_view input, const RunLimits& limits,
              const std::stop_token& stop) {
  const Instant until = Clock::now() + limits.wall;
  ChildProcess child(command);
  const std::stop_callback on_stop(stop, [&] { child.kill(); });
  // Beside the reading, or a child that speaks before it has heard everything would wait for us and we for it.
  const std::jthread writer([&] {
    child.write(input, until);
    child.close_input();
  });
  Run run;
  run.ended = listen(child, run, limits, until);
  if (run.ended != Run::Ended::itself) child.kill();
  auto end = child.wait(until);
  if (!end) {
    run.ended = Run::Ended::wall_time;
    child.kill();
    while (!end) end = child.wait(Clock::now() + std::chrono::seconds(1));
  }
  run.end = *end;
  if (stop.stop_requested() && run.end.signal != 0) run.ended = Run::Ended::stopped;
  run.out.resize(std::min(run.out.size(), limits.output));
  run.errors.resize(std::min(run.errors.size(), limits.output));
  return run;
}

std::string to_string(const Run& run, const RunLimits& limits) {
  switch (run.ended) {
    case Run::Ended::wall_time: return "it was ended after " + std::to_string(limits.wall.count() / 1000) + " s";
    case Run::Ended::output: return "its output went beyond " + std::to_string(limits.output) + " bytes";
    case Run::Ended::memory: return "its memory went beyond " + std::to_string(limits.resident >> 20) + " MiB";
    case Run::Ended::stopped: return "it was stopped";
    case Run::Ended::itself: break;
  }
  return to_string(run.end);
}

}  // namespace rmt::prover
