// The closest known word to a mistyped one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rmt::app {

/// The candidate that `word` most likely meant, by edit distance (insertion, deletion, replacement,
/// swap of neighbours) or by being its beginning; nothing when none is near.
std::optional<std::string> closest(std::string_view word, const std::vector<std::string>& candidates);

/// "; did you mean '<prefix><candidate>'?", or "." when no candidate is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates,
                         std::string_view prefix = "");

}  // namespace rmt::app
