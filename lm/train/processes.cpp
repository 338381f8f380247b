#include "lm/train/processes.h"

#include <functional>

namespace rmt::lm {

bool all_say(Processes& processes, const std::string& mine) {
  const auto digest = static_cast<int64_t>(std::hash<std::string>()(mine) >> 2);
  return !processes.any(processes.from_first(digest) != digest);
}

}  // namespace rmt::lm
