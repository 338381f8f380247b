// Processes of the program started as torchrun starts them on one machine.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "tests/e2e/process.h"
#include "tests/lm/processes/free_port.h"

namespace rmt::tests {

/// So many processes that are one run.
class Launched {
 public:
  struct Command {
    std::vector<std::string> arguments;
    std::string error_file;
  };

  /// `command` says what the process of a rank is to do.
  Launched(int64_t count, const std::function<Command(int64_t rank)>& command) {
    const std::string size = std::to_string(count), port = std::to_string(free_port());
    for (int64_t rank = 0; rank < count; ++rank) {
      const std::vector<std::string> environment = {
          "RANK=" + std::to_string(rank), "LOCAL_RANK=" + std::to_string(rank),
          "WORLD_SIZE=" + size,           "LOCAL_WORLD_SIZE=" + size,
          "MASTER_ADDR=127.0.0.1",        "MASTER_PORT=" + port};
      const Command each = command(rank);
      all_.emplace_back(each.arguments, each.error_file, 0, "", environment);
    }
  }

  Process& operator[](int64_t rank) { return all_[static_cast<size_t>(rank)]; }

  std::vector<Outcome> finish() {
    std::vector<Outcome> outcomes;
    for (Process& process : all_) outcomes.push_back(process.finish());
    return outcomes;
  }

 private:
  std::deque<Process> all_;
};

}  // namespace rmt::tests
