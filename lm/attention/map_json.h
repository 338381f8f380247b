// The maps of a segment as one JSON object.
#pragma once

#include <string>

#include "lm/attention/capture.h"
#include "lm/attention/map_names.h"

namespace rmt::lm {

/// Names and labels, then the weights as nested arrays in the order of the tensors ("write" [L, H, M, S],
/// "read" [L, H, T, M]), rounded to six decimals. "heads" is "mean" where they were averaged.
std::string to_json(const SegmentAttention& maps, const MapNames& names, MapKinds kinds);

}  // namespace rmt::lm
