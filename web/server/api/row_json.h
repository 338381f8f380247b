// Scores as clients see them.
#pragma once

#include "lm/engine/score_rows.h"
#include "lm/store/store.h"
#include "web/server/api/json_answer.h"

namespace rmt::web {

/// One row of a text, numbered from 1, with the figures so far.
Json row_json(const store::SegmentRow& row, const store::Totals& so_far);

/// Adds to a row what each of its tokens cost, in thousandths of a nat; null where nothing predicts it.
void add_tokens(Json& row, const engine::TokenScores& tokens);

/// Sums and figures of a text of which so many tokens and bytes were read; what cannot be said is null.
Json totals_json(const store::Totals& totals, int64_t tokens, int64_t bytes);

}  // namespace rmt::web
