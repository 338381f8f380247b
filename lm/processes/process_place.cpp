#include "lm/processes/process_place.h"

#include <fmt/format.h>

#include <charconv>

#include "lm/processes/error.h"

namespace rmt::lm {

namespace {

struct Launcher {
  const char* rank;
  const char* count;
  const char* shown_by;  // set in each process it starts, and nowhere else
};

constexpr Launcher kLaunchers[] = {{"RANK", "WORLD_SIZE", nullptr},
                                   {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", nullptr},
                                   {"SLURM_PROCID", "SLURM_NTASKS", "SLURM_STEP_NODELIST"}};

class Variables {
 public:
  explicit Variables(const Environment& environment) : environment_(environment) {}

  std::optional<std::string> text(const char* name) const {
    auto value = environment_(name);
    if (value && value->empty()) value.reset();
    return value;
  }

  std::optional<int64_t> number(const char* name, int64_t low, int64_t high) const {
    const auto value = text(name);
    if (!value) return std::nullopt;
    int64_t number = 0;
    const char* end = value->data() + value->size();
    const auto [stop, error] = std::from_chars(value->data(), end, number);
    if (error != std::errc() || stop != end || number < low || number > high)
      throw wrong(fmt::format("{} is '{}', and must be a number from {} to {}.", name, *value, low, high));
    return number;
  }

  bool show(const Launcher& launcher) const {
    if (launcher.shown_by != nullptr) return text(launcher.shown_by) && text(launcher.rank) && text(launcher.count);
    return text(launcher.rank) || text(launcher.count);
  }

  static ProcessError wrong(const std::string& what) {
    return {ProcessErrc::misplaced,
            what + " Start the processes with torchrun, srun or mpirun, which set these variables."};
  }

 private:
  const Environment& environment_;
};

void place_among(const Launcher& launcher, const Variables& variables, ProcessPlace& place) {
  constexpr int64_t kMost = 1 << 20;
  const auto rank = variables.number(launcher.rank, 0, kMost);
  const auto count = variables.number(launcher.count, 1, kMost);
  if (!rank || !count)
    throw Variables::wrong(fmt::format("{} is set and {} is not.", rank ? launcher.rank : launcher.count,
                                       rank ? launcher.count : launcher.rank));
  if (*rank >= *count)
    throw Variables::wrong(fmt::format("{} is {}, but of {} processes ({}) the last is {}.", launcher.rank, *rank,
                                       *count, launcher.count, *count - 1));
  place.rank = *rank;
  place.count = *count;
}

void find_meeting_point(const Variables& variables, ProcessPlace& place) {
  const auto host = variables.text("MASTER_ADDR");
  if (!host)
    throw ProcessError(
        ProcessErrc::misplaced,
        fmt::format("This is process {} of {}, and MASTER_ADDR is not set. Set it for all of them to the "
                    "name of the machine on which process 0 runs.",
                    place.rank, place.count));
  place.host = *host;
  place.port = static_cast<uint16_t>(variables.number("MASTER_PORT", 1, 65535).value_or(place.port));
  place.kept_for_us = variables.text("TORCHELASTIC_USE_AGENT_STORE") == "True";
  place.attempt = variables.text("TORCHELASTIC_RESTART_COUNT").value_or("0");
}

}  // namespace

ProcessPlace process_place(const Environment& environment) {
  const Variables variables(environment);
  ProcessPlace place;
  for (const Launcher& launcher : kLaunchers) {
    if (!variables.show(launcher)) continue;
    place_among(launcher, variables, place);
    if (place.count == 1) return place;
    place.on_machine = variables.number("LOCAL_WORLD_SIZE", 1, place.count).value_or(1);
    find_meeting_point(variables, place);
    return place;
  }
  return place;
}

}  // namespace rmt::lm
