// What a segment did to the memory, as a client sees it.
#pragma once

#include "lm/engine/job.h"
#include "web/server/api/json_answer.h"
#include "web/server/text_codec.h"

namespace rmt::web {

/// Its maps only where they were asked for.
store::Json seen_json(const engine::SeenSegment& seen, const TextCodec& text);

}  // namespace rmt::web
