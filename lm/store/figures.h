// The figures that follow from stored sums, for tables and exports.
#pragma once

#include <optional>

#include "lm/store/store.h"

namespace rmt::store {

/// exp(nll / scored token); NaN where nothing was scored, as all of these.
double perplexity(const Totals& totals);
double bits_per_byte(const Totals& totals);  ///< over the bytes of scored tokens

/// Words and characters are only known of finished documents: nothing unless all are.
std::optional<double> word_perplexity(const Totals& totals);
std::optional<double> bits_per_char(const Totals& totals);

/// Nats per scored token that the carried memory saved; nothing unless every segment was also scored
/// with the memory reset.
std::optional<double> memory_gain(const Totals& totals);

}  // namespace rmt::store
