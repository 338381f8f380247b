// Tokens that a vocabulary lists beside its model, such as GPT-NeoX's runs of spaces: found in the text
// before it is cut into words, leftmost first, the longest of those that start together.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rmt::corpora {

struct AddedToken {
  int32_t id = 0;
  std::string text;
  bool special = false;  ///< has a role (BOS, padding, …); its spelling in a text is plain text
};

/// Finds the tokens that are not special.
class AddedTokenFinder {
 public:
  AddedTokenFinder() = default;
  explicit AddedTokenFinder(const std::vector<AddedToken>& tokens);

  bool empty() const { return tokens_.empty(); }

  struct Match {
    size_t from = std::string_view::npos;  ///< npos: none
    const AddedToken* token = nullptr;
  };
  /// The first match in text[from, …).
  Match next(std::string_view text, size_t from) const;

  /// Whether a token may start before `at` and end behind it, once the text goes on.
  bool may_cross(std::string_view text, size_t at) const;

 private:
  std::vector<AddedToken> tokens_;          // by first byte, then longest first
  std::array<uint32_t, 257> first_with_{};  // where those with a first byte start in tokens_
};

}  // namespace rmt::corpora
