#include "lm/train/learned_spans.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace rmt::lm {

MarkedText::MarkedText(std::unique_ptr<corpora::TextSource> text, LearnedSpans spans)
    : text_(std::move(text)), marks_(std::move(spans)) {}

bool MarkedText::next(std::string& chunk) {
  if (!text_->next(chunk)) return false;
  look_for_marks(chunk);
  return true;
}

void MarkedText::look_for_marks(const std::string& chunk) {
  window_ += chunk;
  size_t from = 0;
  for (size_t at = 0;; from = at) {
    const std::string& mark = inside_ ? marks_.closing : marks_.opening;
    at = window_.find(mark, from);
    if (at == std::string::npos) break;
    at += mark.size();
    const int64_t place = window_at_ + static_cast<int64_t>(at);
    if (inside_)
      spans_.back().to = place;
    else
      spans_.push_back({place, std::numeric_limits<int64_t>::max()});
    inside_ = !inside_;
  }
  // A mark may begin in what is left and end in the next chunk.
  const size_t longest = std::max(marks_.opening.size(), marks_.closing.size()) - 1;
  const size_t done = std::max(from, window_.size() - std::min(window_.size(), longest));
  window_.erase(0, done);
  window_at_ += static_cast<int64_t>(done);
}

bool MarkedText::is_learned(int64_t at) {
  while (!spans_.empty() && spans_.front().to <= at) spans_.pop_front();
  return !spans_.empty() && spans_.front().from <= at;
}

}  // namespace rmt::lm
