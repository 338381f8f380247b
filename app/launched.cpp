#include "app/launched.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>

#include "lm/processes/error.h"
#include "lm/processes/process_group.h"
#include "model/threads.h"

namespace rmt::app {

lm::ProcessPlace launched_place() {
  return lm::process_place([](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    if (value == nullptr) return std::nullopt;
    return value;
  });
}

std::unique_ptr<lm::Processes> join(const lm::ProcessPlace& place) {
  auto processes = lm::join_processes(place);
  if (place.rank > 0) spdlog::set_level(spdlog::level::err);
  if (place.count > 1) spdlog::info("{} processes are one run", place.count);
  return processes;
}

void add_on(const c10::Device& device, lm::Processes& processes) {
  if (const std::string how = processes.add_on(device); !how.empty())
    spdlog::info("{} processes: {}", processes.count(), how);
}

int threads_of(const lm::ProcessPlace& place, int asked) {
  if (asked > 0) return asked;
  return std::max(1, model::available_cores() / static_cast<int>(place.on_machine));
}

model::Precision measured_once(lm::Processes& processes, const std::function<model::Precision()>& measure) {
  const int64_t mine = processes.rank() == 0 ? static_cast<int64_t>(measure()) : 0;
  return static_cast<model::Precision>(processes.number_from_first(mine));
}

void require_one_model(lm::Processes& processes, const lm::LoadedModel& opened) {
  if (all_say(processes, opened.sha256)) return;
  throw lm::ProcessError(
      lm::ProcessErrc::unlike,
      fmt::format("The processes of this run opened different models; process {} has {} with sha256 {}. Give every "
                  "machine the same files.",
                  processes.rank(), opened.name, opened.sha256));
}

}  // namespace rmt::app
