// The transport's counters as /metrics shows them.
#pragma once

#include <vector>

#include "web/server/measure.h"
#include "web/server/transport/counters.h"

namespace rmt::web {

std::vector<Measure> measures_of(const ServerCounters& counters);

}  // namespace rmt::web
