// A number that a part of the server tells /metrics.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace rmt::web {

/// A number by its name: {"rmtlm_sessions", "Sessions kept.", 3}.
struct Measure {
  std::string name, help;
  double value = 0;
  std::string_view type = "gauge";  ///< "counter" where it only grows
};

using MeasureSource = std::function<std::vector<Measure>()>;

}  // namespace rmt::web
