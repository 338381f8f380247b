#include "lm/processes/processes.h"

#include <ATen/ops/tensor.h>

#include <functional>

namespace rmt::lm {

int64_t Processes::sum_of(int64_t mine) {
  if (count() == 1) return mine;
  at::Tensor number = at::tensor(std::vector<int64_t>{mine}, at::kLong);
  sum(number);
  return *number.const_data_ptr<int64_t>();
}

bool all_say(Processes& processes, const std::string& mine) {
  const auto digest = static_cast<int64_t>(std::hash<std::string>()(mine) >> 2);
  return !processes.any(processes.number_from_first(digest) != digest);
}

}  // namespace rmt::lm
