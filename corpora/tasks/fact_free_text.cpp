#include "corpora/tasks/fact_free_text.h"

#include <algorithm>
#include <string_view>

#include "corpora/tasks/task_words.h"

namespace rmt::corpora {

namespace {

constexpr std::string_view kSpaces = " \t\n\r\f\v";
constexpr size_t kLongestSentence = 4 << 10;  // then it ends at the next white space
constexpr size_t kLongestWord = 1 << 20;      // is cut where it stands: no word of a task

// The end of the sentence at the start of `text`, white space behind it included; npos where more text
// must tell.
size_t sentence_end(std::string_view text, bool at_end) {
  for (size_t space = 0; (space = text.find_first_of(kSpaces, space)) != std::string_view::npos;) {
    const size_t next = text.find_first_not_of(kSpaces, space);
    if (next == std::string_view::npos) break;
    const std::string_view between = text.substr(space, next - space);
    const bool paragraph = std::ranges::count(between, '\n') > 1;
    if (paragraph || next > kLongestSentence || ends_sentence(text.substr(0, space))) return next;
    space = next;
  }
  return at_end || text.size() > kLongestWord ? text.size() : std::string_view::npos;
}

}  // namespace

bool ends_sentence(std::string_view text) {
  constexpr std::string_view kClosing = "\"')]} \t\n\r\f\v\xe2\x80\x99\x9d";  // the last four: bytes of curly quotes
  const size_t last = text.find_last_not_of(kClosing);
  return last != std::string_view::npos && std::string_view(".!?").find(text[last]) != std::string_view::npos;
}

bool FactFreeText::next(std::string& chunk) {
  chunk.clear();
  while (chunk.empty() && !(at_end_ && pending_.empty())) {
    if (text_.next(piece_)) {
      pending_ += piece_;
    } else {
      at_end_ = true;
    }
    std::string_view left = pending_;
    while (!left.empty()) {
      const size_t end = sentence_end(left, at_end_);
      if (end == std::string_view::npos) break;
      if (!mentions_task_word(left.substr(0, end))) chunk += left.substr(0, end);
      left.remove_prefix(end);
    }
    pending_.erase(0, pending_.size() - left.size());
  }
  return !chunk.empty();
}

}  // namespace rmt::corpora
