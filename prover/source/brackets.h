// Which tokens open and close brackets in Lean.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace rmt::prover {

/// 1, -1, or 0 for what is no bracket.
inline int bracket_change(std::string_view token) {
  constexpr std::array<std::string_view, 8> kOpen = {"(", "[", "{", "⟨", "⟦", "⟪", "@[", "#["};
  constexpr std::array<std::string_view, 6> kClose = {")", "]", "}", "⟩", "⟧", "⟫"};
  if (std::ranges::find(kOpen, token) != kOpen.end()) return 1;
  return std::ranges::find(kClose, token) != kClose.end() ? -1 : 0;
}

}  // namespace rmt::prover
