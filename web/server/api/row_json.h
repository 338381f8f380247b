// Scores as clients see them.
#pragma once

#include "lm/store/store.h"
#include "web/server/api/json_answer.h"

namespace rmt::web {

/// One row of a text, numbered from 1, with the figures so far.
Json row_json(const store::SegmentRow& row, const store::Totals& so_far);

/// Sums and figures of a text of which so many tokens and bytes were read; what cannot be said is null.
Json totals_json(const store::Totals& totals, int64_t tokens, int64_t bytes);

}  // namespace rmt::web
