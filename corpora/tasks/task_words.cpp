#include "corpora/tasks/task_words.h"

#include <algorithm>
#include <string>

namespace rmt::corpora {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

// Bytes of characters beyond ASCII count as letters: "jardín" is one word.
bool in_word(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (static_cast<unsigned char>(c) & 0x80) != 0;
}

bool same_word(std::string_view word, std::string_view other) {
  return std::ranges::equal(word, other, {}, lower, lower);
}

bool is_task_word(std::string_view word) {
  const auto among = [&](const auto& words) {
    return std::ranges::any_of(words, [&](std::string_view other) { return same_word(word, other); });
  };
  return among(kRooms) || among(kNames) || among(kObjects);
}

}  // namespace

bool mentions_task_word(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    while (end < text.size() && in_word(text[end])) ++end;
    if (is_task_word(text.substr(at, end - at))) return true;
    at = end + 1;
  }
  return false;
}

}  // namespace rmt::corpora
