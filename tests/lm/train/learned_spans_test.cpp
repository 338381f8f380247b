// Marks in a text: found wherever its chunks are cut.
#include "lm/train/learned_spans.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

class Chunks final : public corpora::TextSource {
 public:
  explicit Chunks(std::vector<std::string> chunks) : chunks_(std::move(chunks)) {}
  bool next(std::string& chunk) override {
    if (at_ == chunks_.size()) return false;
    chunk = chunks_[at_++];
    return true;
  }

 private:
  std::vector<std::string> chunks_;
  size_t at_ = 0;
};

/// The learned bytes of a text, the others as dots; asked chunk by chunk, as they come.
std::string learned(std::vector<std::string> chunks, const lm::LearnedSpans& spans) {
  lm::MarkedText text(std::make_unique<Chunks>(std::move(chunks)), spans);
  std::string seen, all;
  while (text.next(seen))
    for (const char c : seen) {
      const auto at = static_cast<int64_t>(all.size());
      all.push_back(text.is_learned(at) ? c : '.');
    }
  return all;
}

const lm::LearnedSpans kSteps{"[STEP]", "\n"};

TEST_CASE("what stands behind a mark is learned, up to the end of it, which is learned, too") {
  CHECK(learned({"goal[STEP]simp\ngoal\n[STEP]rw [h]\n"}, kSteps) == "..........simp\n...........rw [h]\n");
  CHECK(learned({"no step\n"}, kSteps) == "........");
  CHECK(learned({"a[STEP]\nb"}, kSteps) == ".......\n.");
  CHECK(learned({"[STEP]to the end"}, kSteps) == "......to the end");
  CHECK(learned({"[STEP]one[STEP]two\nthree"}, kSteps) == "......one[STEP]two\n.....");
}

TEST_CASE("chunks may be cut anywhere, also in a mark") {
  const std::string text = "x[STE[STEP]exact h\n\n[STEP]y<end>z[STEP]w<end>";
  const lm::LearnedSpans ended{"[STEP]", "<end>"};
  const std::string whole = learned({text}, ended);
  CHECK(whole == "...........exact h\n\n[STEP]y<end>.......w<end>");
  for (size_t first = 1; first < text.size(); ++first)
    for (size_t second = first + 1; second < text.size(); ++second) {
      CAPTURE(first);
      CAPTURE(second);
      CHECK(learned({text.substr(0, first), text.substr(first, second - first), text.substr(second)}, ended) == whole);
    }
  std::vector<std::string> letters;
  for (const char c : text) letters.emplace_back(1, c);
  CHECK(learned(letters, ended) == whole);
}

}  // namespace
}  // namespace rmt::tests
