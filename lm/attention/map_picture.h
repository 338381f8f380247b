// The maps of a segment as a picture.
#pragma once

#include "lm/attention/capture.h"
#include "lm/attention/heat_map.h"
#include "lm/attention/map_names.h"

namespace rmt::lm {

/// A panel for each layer, head and kind. Columns are the segment's rows: in write maps what is looked
/// at, in read maps the token that looks, so that the text of one stands under the text of the other.
HeatMap map_picture(const SegmentAttention& maps, const MapNames& names, MapKinds kinds);

}  // namespace rmt::lm
