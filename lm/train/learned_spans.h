// Which parts of a text a model learns to write, where it is to read the rest only.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "corpora/document.h"

namespace rmt::lm {

/// What stands behind an `opening`, up to and with the next `closing` or the text's end. Both empty: all of the text.
struct LearnedSpans {
  std::string opening, closing;
  bool are_everything() const { return opening.empty(); }
};

/// A text passed on as it is, which remembers its spans until it has been asked about them.
class MarkedText final : public corpora::TextSource {
 public:
  /// `spans` must not be everything.
  MarkedText(std::unique_ptr<corpora::TextSource> text, LearnedSpans spans);

  bool next(std::string& chunk) override;

  /// Whether byte `at` of the text, counted from 0, is in a span. It must have been passed on, and none may be asked
  /// about after a later one.
  bool is_learned(int64_t at);

 private:
  struct Span {
    int64_t from, to;  // [from, to)
  };
  void look_for_marks(const std::string& chunk);

  std::unique_ptr<corpora::TextSource> text_;
  const LearnedSpans marks_;
  bool inside_ = false;
  std::string window_;      // what the next mark may begin in
  int64_t window_at_ = 0;   // its place in the text
  std::deque<Span> spans_;  // the last one without an end while inside
};

}  // namespace rmt::lm
