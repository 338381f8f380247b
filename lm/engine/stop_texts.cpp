#include "lm/engine/stop_texts.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace rmt::engine {

StopTexts::StopTexts(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    if (text.empty()) throw std::invalid_argument("stop holds an empty text, which would end everything at once");
    Pattern pattern{text, std::vector<size_t>(text.size() + 1), 0};
    for (size_t i = 1; i < text.size(); ++i) {
      size_t border = pattern.border[i];
      while (border > 0 && text[border] != text[i]) border = pattern.border[border];
      pattern.border[i + 1] = border + (text[border] == text[i] ? 1 : 0);
    }
    patterns_.push_back(std::move(pattern));
  }
  std::stable_sort(patterns_.begin(), patterns_.end(),
                   [](const Pattern& a, const Pattern& b) { return a.text.size() > b.text.size(); });
}

// One step of Knuth, Morris and Pratt's search.
void StopTexts::advance(Pattern& pattern, char byte) {
  while (pattern.matched > 0 && pattern.text[pattern.matched] != byte)
    pattern.matched = pattern.border[pattern.matched];
  if (pattern.text[pattern.matched] == byte) pattern.matched += 1;
}

std::string StopTexts::push(std::string_view piece) {
  if (found_) return {};
  std::string text = std::move(held_);
  held_.clear();
  for (const char byte : piece) {
    text += byte;
    for (Pattern& pattern : patterns_) {
      advance(pattern, byte);
      if (pattern.matched < pattern.text.size()) continue;
      found_ = pattern.text;
      text.resize(text.size() - pattern.text.size());
      return text;
    }
  }
  size_t held = 0;
  for (const Pattern& pattern : patterns_) held = std::max(held, pattern.matched);
  held_ = text.substr(text.size() - held);
  text.resize(text.size() - held);
  return text;
}

std::string StopTexts::finish() {
  for (Pattern& pattern : patterns_) pattern.matched = 0;
  return std::exchange(held_, {});
}

}  // namespace rmt::engine
