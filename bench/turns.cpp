#include "bench/turns.h"

#include <sys/resource.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>

namespace rmt::bench {

namespace {

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void measure(const std::function<nlohmann::json()>& turn) {
  const auto from = std::chrono::steady_clock::now();
  const double cpu_from = cpu_seconds();
  nlohmann::json result = turn();
  result["wall_s"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count();
  result["cpu_s"] = cpu_seconds() - cpu_from;
  std::cout << result.dump() << std::endl;
}

}  // namespace

void add_turns_options(CLI::App& app, Turns& turns) {
  app.add_flag("--driven", turns.driven, "Measure once for every line of standard input");
  app.add_option("--repeats", turns.repeats, "Measurements without --driven")->capture_default_str();
  app.add_option("--warmup", turns.warmup, "Uncounted measurements at the start")->capture_default_str();
}

void take_turns(const Turns& turns, const nlohmann::json& ready, const std::function<nlohmann::json()>& turn) {
  for (int i = 0; i < turns.warmup; ++i) turn();
  std::cout << ready.dump() << std::endl;
  std::string line;
  for (int i = 0; turns.driven ? static_cast<bool>(std::getline(std::cin, line)) : i < turns.repeats; ++i)
    measure(turn);
}

int64_t resident_kb(const char* field) {
  std::ifstream status("/proc/self/status");
  const std::string key = std::string(field) + ":";
  for (std::string word; status >> word;)
    if (word == key) {
      int64_t kb = 0;
      status >> kb;
      return kb;
    }
  throw std::runtime_error("/proc/self/status has no " + key + " line");
}

void forget_peak() {
  std::ofstream("/proc/self/clear_refs") << "5";
}

}  // namespace rmt::bench
