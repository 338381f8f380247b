// Sums of negative log-likelihoods, and the figures people compare: per token, byte, word, character.
// Everything below is in nats until figures() turns it into perplexities and bits.
#pragma once

#include <cstdint>
#include <span>

namespace rmt::lm {

/// A sum of doubles that also keeps what each addition rounds away (Neumaier's variant of Kahan's), so
/// that how its terms were grouped does not show in the digits anyone prints.
class CompensatedSum {
 public:
  void add(double term);
  void add(const CompensatedSum& other);
  double value() const { return sum_ + lost_; }

 private:
  double sum_ = 0, lost_ = 0;
};

double compensated_sum(std::span<const double> terms);

/// What a run of tokens stands for. A character belongs to the token its first byte is in. A word is a
/// field of a split on `\s+`, as in lm-eval's word_perplexity: it belongs to the token in which the
/// white space after it begins, the last one to the last token. Over a whole text this gives exactly
/// Python's len(re.split(r"\s+", text)).
struct Units {
  int64_t tokens = 0, bytes = 0, chars = 0, words = 0;

  Units& operator+=(const Units& other);
  friend Units operator+(Units a, const Units& b) { return a += b; }
  friend Units operator-(Units a, const Units& b);
  bool operator==(const Units&) const = default;
};

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

/// The first tokens of a segment, reported apart: where a border hurts, it hurts here.
inline constexpr int64_t kHeadTokens = 32;

}  // namespace rmt::lm
