#include "lm/eval/windows.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <utility>

namespace rmt::lm {

namespace {

constexpr std::array<std::pair<Protocol, std::string_view>, 4> kNames = {{{Protocol::rmt, "rmt"},
                                                                          {Protocol::lm_eval, "lm-eval"},
                                                                          {Protocol::hf_strided, "hf-strided"},
                                                                          {Protocol::llamacpp, "llamacpp"}}};

// Window k scores [kL, (k+1)L). The last one reaches back to the full length for its context.
std::optional<Window> lm_eval_window(const WindowRule& rule, int64_t index, int64_t known, bool at_end) {
  const int64_t score_from = index * rule.window, to = std::min(score_from + rule.window, known);
  if (to <= score_from || (to < score_from + rule.window && !at_end)) return std::nullopt;
  if (index == 0) return Window{0, true, 0, to, 0};
  return Window{index, false, to - rule.window - 1, to, score_from};
}

// In the numbering of the ids fed, where a BOS is id 0.
std::optional<Window> strided_window(const WindowRule& rule, int64_t index, int64_t known, bool at_end) {
  const int64_t from = index * rule.stride, to = std::min(from + rule.window, known);
  if (to < from + rule.window && !at_end) return std::nullopt;
  const int64_t before =
      index == 0 ? 0 : std::min(from - rule.stride + rule.window, known);  // where the last one ended
  const int64_t score_from = std::max(before, from + 1);  // the first id of a window has nothing to predict it
  if (score_from >= to) return std::nullopt;
  return Window{index, false, from, to, score_from};
}

std::optional<Window> llamacpp_window(const WindowRule& rule, int64_t index, int64_t known) {
  const int64_t from = index * rule.window, to = from + rule.window;
  if (known < std::max(to, 2 * rule.window)) return std::nullopt;  // llama-perplexity refuses less than two chunks
  return Window{index, false, from, to, from + rule.window / 2 + 1};
}

// From ids fed to tokens of the text. A BOS is the id before the text's first token; in llamacpp it
// takes the place of every chunk's first id.
Window in_text(const WindowRule& rule, Window window) {
  if (!rule.bos) return window;
  window.prefix = rule.protocol == Protocol::llamacpp || window.from == 0;
  window.from -= window.prefix ? 0 : 1;
  window.to -= 1;
  window.score_from -= 1;
  return window;
}

}  // namespace

std::string_view name(Protocol protocol) {
  return std::find_if(kNames.begin(), kNames.end(), [&](const auto& entry) { return entry.first == protocol; })->second;
}

std::optional<Protocol> protocol_by_name(std::string_view name) {
  for (const auto& [protocol, its_name] : kNames)
    if (its_name == name) return protocol;
  return std::nullopt;
}

void validate(const WindowRule& rule) {
  const int64_t least = rule.protocol == Protocol::llamacpp ? 4 : 2;
  if (rule.window < least) throw std::invalid_argument("a window has at least " + std::to_string(least) + " tokens");
  if (rule.protocol == Protocol::hf_strided && (rule.stride < 1 || rule.stride > rule.window))
    throw std::invalid_argument("the stride lies between 1 and the window (" + std::to_string(rule.window) +
                                "): a longer one would leave tokens out");
}

std::optional<Window> window_at(const WindowRule& rule, int64_t index, int64_t known, bool at_end) {
  if (rule.protocol == Protocol::lm_eval) return lm_eval_window(rule, index, known, at_end);
  if (known == 0) return std::nullopt;
  const int64_t ids = known + (rule.bos ? 1 : 0);
  const auto window = rule.protocol == Protocol::llamacpp ? llamacpp_window(rule, index, ids)
                                                          : strided_window(rule, index, ids, at_end);
  if (!window) return std::nullopt;
  return in_text(rule, *window);
}

int64_t first_token_needed(const WindowRule& rule, int64_t index) {
  switch (rule.protocol) {
    case Protocol::lm_eval: return std::max<int64_t>(0, (index - 1) * rule.window);
    case Protocol::hf_strided: return std::max<int64_t>(0, index * rule.stride - 1);
    default: return index * rule.window;
  }
}

int64_t recipe_count(const WindowRule& rule, int64_t index, int64_t scored) {
  const bool overlaps = rule.protocol == Protocol::hf_strided && index > 0 && rule.stride < rule.window;
  return overlaps ? scored - 1 : scored;
}

}  // namespace rmt::lm
