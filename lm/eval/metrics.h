// Sums of negative log-likelihoods, and the figures people compare: per token, byte, word, character.
// Everything below is in nats until figures() turns it into perplexities and bits.
#pragma once

#include "corpora/units.h"
#include "lm/store/compensated_sum.h"
#include "lm/store/store.h"

namespace rmt::lm {

using corpora::Units;
using store::compensated_sum;
using store::CompensatedSum;
using store::kHeadTokens;

/// NaN where the unit it is per does not occur.
struct Figures {
  double nll_per_token;  ///< nats
  double ppl;            ///< exp(nll / token)
  double bits_per_byte;  ///< over the bytes of scored tokens only
  double word_ppl;       ///< exp(nll / word)
  double bits_per_char;
};

/// `nll` summed over the tokens `scored` describes.
Figures figures(double nll, const Units& scored);

}  // namespace rmt::lm
