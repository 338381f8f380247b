// Which tokens a protocol feeds together and which of them it scores, as pure plans.
// The windowed protocols are the published recipes, kept to the token:
//   lm-eval     disjoint windows after one token of context, every token scored once, the first after a
//               BOS or EOS prefix (lm-evaluation-harness, rolling log-likelihood)
//   hf-strided  windows that start every `stride` tokens and score what the one before did not reach
//               (Hugging Face, "Perplexity of fixed-length models")
//   llamacpp    full chunks only, the second half of each scored (llama.cpp, llama-perplexity)
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace rmt::lm {

enum class Protocol { rmt, lm_eval, hf_strided, llamacpp };

std::string_view name(Protocol protocol);
std::optional<Protocol> protocol_by_name(std::string_view name);

struct WindowRule {
  Protocol protocol = Protocol::hf_strided;
  int64_t window = 1024;  ///< ids fed together at most
  int64_t stride = 512;   ///< hf-strided only, 1 .. window
  bool bos = false;       ///< the text is preceded by a BOS id (llamacpp: so is every chunk); lm-eval has
                          ///< its prefix anyway
};

/// Throws std::invalid_argument for a rule that scores nothing or skips tokens.
void validate(const WindowRule& rule);

/// Token numbers count the text's own tokens from 0. The model reads `prefix` (one BOS or EOS id) if
/// set, then tokens [from, to - 1); it is asked for the tokens [score_from, to).
struct Window {
  int64_t index = 0;
  bool prefix = false;
  int64_t from = 0, to = 0;
  int64_t score_from = 0;

  int64_t scored() const { return to - score_from; }
  bool operator==(const Window&) const = default;
};

/// Window number `index`, once `known` tokens are enough to tell what it holds; `at_end`: the document
/// has no more than `known`. Nothing: not yet, or (at the end) no such window.
std::optional<Window> window_at(const WindowRule& rule, int64_t index, int64_t known, bool at_end);

/// No window from number `index` on reads a token before this one.
int64_t first_token_needed(const WindowRule& rule, int64_t index);

/// How many tokens the protocol's own mean counts a window for. Equal to those scored, but for
/// hf-strided: its recipe takes one label off every window although only the first lacks one.
int64_t recipe_count(const WindowRule& rule, int64_t index, int64_t scored);

}  // namespace rmt::lm
