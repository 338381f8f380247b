// A document's text without the sentences that a memory task's facts could be taken for.
#pragma once

#include <string>
#include <string_view>

#include "corpora/document.h"

namespace rmt::corpora {

/// Whether a sentence may end with this: `.`, `!` or `?`, with closing quotes or brackets and white space.
bool ends_sentence(std::string_view text);

/// Leaves out every sentence that mentions a task word (task_words.h). A sentence ends behind the white
/// space after ends_sentence(), before a new paragraph, or where it gets too long for one. That is guessed,
/// and may cut a sentence in two at "e.g. "; but a cut is always made at white space and the words of each
/// part are looked at, so no task word remains.
class FactFreeText final : public TextSource {
 public:
  /// `text` must outlive this.
  explicit FactFreeText(TextSource& text) : text_(text) {}
  bool next(std::string& chunk) override;

 private:
  TextSource& text_;
  std::string pending_;  // from the beginning of a sentence on
  std::string piece_;
  bool at_end_ = false;
};

}  // namespace rmt::corpora
