// Texts that end a generation, found while it is being written and wherever tokens cut it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rmt::engine {

/// Passes a text on up to the first of its stop texts: the one that is complete first, and the longest of those that
/// are complete with the same byte. What comes out never depends on how the text was cut into pieces, and no more is
/// ever held back than may still become a stop text.
class StopTexts {
 public:
  /// Throws std::invalid_argument for an empty stop text.
  explicit StopTexts(const std::vector<std::string>& texts);

  /// What is certain to stand before any stop text; nothing once one was found.
  std::string push(std::string_view piece);

  /// The text ends without a stop text: what was held back.
  std::string finish();

  /// The stop text that was found.
  const std::optional<std::string>& found() const { return found_; }

 private:
  struct Pattern {
    std::string text;
    std::vector<size_t> border;  // of its first i bytes: the longest proper prefix that is also their suffix
    size_t matched = 0;          // of its bytes, at the end of what was read
  };

  static void advance(Pattern& pattern, char byte);

  std::vector<Pattern> patterns_;  // longest first
  std::string held_;               // may be the beginning of a stop text
  std::optional<std::string> found_;
};

}  // namespace rmt::engine
