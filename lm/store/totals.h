// Sums over stored segments.
#pragma once

#include "lm/store/sqlite_handle.h"
#include "lm/store/store.h"

namespace rmt::store {

enum class TotalsOf { run, document };

/// Zeros where there is no such run or document. NLLs are summed with compensation, so that a figure
/// made of them does not depend on how the segments were grouped.
Totals read_totals(const Database& database, TotalsOf what, int64_t id);

}  // namespace rmt::store
