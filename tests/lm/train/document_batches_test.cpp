// Batches of rows: which stretches of text a batch is made of, told by a model whose loss is known for every stretch.
#include "lm/train/document_batches.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <memory>

#include "lm/train/bptt.h"
#include "tests/lm/byte_models.h"
#include "tests/support/doctest.h"
#include "tests/support/temporary_folder.h"

namespace rmt::tests {
namespace {

constexpr int64_t kLength = 8;  // tokens of a segment

/// One document, and a decoder whose loss of a byte depends on the byte before it alone.
class Workplace {
 public:
  explicit Workplace(std::vector<lm::Stage> stages, const lm::LearnedSpans& spans = {})
      : stages_(std::move(stages)),
        text_(random_text(3000, 1)),
        logits_(std::make_unique<ByteLogits>()),
        tokenizer_(byte_tokenizer(false)) {
    for (size_t a = 0; a < 256; ++a)
      for (size_t b = 0; b < 256; ++b) (*logits_)[a][b] = std::sin(static_cast<double>(a * 7 + b * b));
    write_file(folder_ / "text.txt", text_);
    decoder_.emplace(markov_backbone(model::Architecture::llama, *logits_),
                     model::RmtConfig{.memory_tokens = 1, .segment_length = kLength}, at::zeros({1, 256}));
    for (const lm::Stage& stage : stages_) row_ = std::max(row_, stage.segments * kLength + 1);
    lm::RowMixture rows({{{folder_ / "text.txt"}, 1.0, spans}}, *tokenizer_, row_, 1, 0);
    batches_.emplace(*decoder_, std::move(rows), stages_);
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  int64_t row() const { return row_; }
  lm::DocumentBatches& batches() { return *batches_; }

  void next(int64_t stage, int64_t segments) { batches_->next({{stage, 0, 0}, segments, 0}); }

  /// The loss of each of the batch's segments, summed over its rows.
  std::vector<double> losses(lm::BatchShare share = {}) const {
    const auto objective = batches_->objective(share);
    if (!objective) return {};
    return back_propagate(*objective, {}, at::detail::createCPUGenerator(0)).by_segment;
  }

  const std::string& text() const { return text_; }

  /// What these would be for rows that begin at the given bytes of the text, were nothing but them learned.
  std::vector<double> expected_of(const std::vector<int64_t>& bytes, int64_t segments) const {
    std::vector<double> all(static_cast<size_t>(segments));
    for (const int64_t byte : bytes) all[static_cast<size_t>((byte - 1) / kLength)] += loss_after(byte - 1);
    return all;
  }

  /// What these would be for rows that begin at the given bytes of the text.
  std::vector<double> expected(const std::vector<int64_t>& rows, int64_t segments) const {
    std::vector<double> all(static_cast<size_t>(segments));
    for (const int64_t row : rows)
      for (int64_t i = 0; i < segments * kLength; ++i) all[static_cast<size_t>(i / kLength)] += loss_after(row + i);
    return all;
  }

 private:
  double loss_after(int64_t at) const {
    const auto a = static_cast<unsigned char>(text_[static_cast<size_t>(at)]);
    const auto b = static_cast<unsigned char>(text_[static_cast<size_t>(at) + 1]);
    double sum = 0;
    for (const double logit : (*logits_)[a]) sum += std::exp(logit);
    return std::log(sum) - (*logits_)[a][b];
  }

  TemporaryFolder folder_;
  std::vector<lm::Stage> stages_;
  std::string text_;
  std::unique_ptr<ByteLogits> logits_;
  std::unique_ptr<const corpora::Tokenizer> tokenizer_;
  int64_t row_ = 0;
  std::optional<model::RmtDecoder> decoder_;
  std::optional<lm::DocumentBatches> batches_;
};

void check_close(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  for (size_t i = 0; i < a.size(); ++i) CHECK(a[i] == doctest::Approx(b[i]).epsilon(1e-5));
}

TEST_CASE("a batch of the longest stage is whole rows, one after another") {
  Workplace place({{.segments = 4, .batch = 2}});
  const int64_t row = place.row();
  CHECK(row == 33);
  for (int64_t step = 0; step < 3; ++step) {
    place.next(0, 4);
    CHECK(place.batches().targets() == 2 * 32);
    CHECK(place.batches().tokens() == 2 * 32);
    check_close(place.losses(), place.expected({2 * step * row, (2 * step + 1) * row}, 4));
  }
}

TEST_CASE("what is not learned is read, and adds nothing to the loss") {
  const std::string mark(1, Workplace({{.segments = 4, .batch = 1}}).text()[9]);
  Workplace place({{.segments = 4, .batch = 1}}, {mark, mark});
  std::vector<int64_t> learned;
  bool inside = false;
  for (int64_t at = 0; at <= 32; ++at) {
    const bool is_mark = place.text()[static_cast<size_t>(at)] == mark[0];
    if (inside && at > 0) learned.push_back(at);
    if (is_mark) inside = !inside;
  }
  REQUIRE((!learned.empty() && learned.size() < 32));
  place.next(0, 4);
  CHECK(place.batches().targets() == std::ssize(learned));
  CHECK(place.batches().tokens() == 32);
  check_close(place.losses(), place.expected_of(learned, 4));
}

TEST_CASE("a shorter stage reads its rows on, step by step, and a new stage begins with new ones") {
  Workplace place({{.segments = 1, .batch = 2}, {.segments = 4, .batch = 1}});
  for (int64_t step = 0; step < 4; ++step) {
    place.next(0, 1);
    check_close(place.losses(), place.expected({step * kLength, 33 + step * kLength}, 1));
  }
  place.next(0, 1);  // the rows are used up but for the token that was the last target
  check_close(place.losses(), place.expected({2 * 33, 3 * 33}, 1));
  place.next(1, 4);
  check_close(place.losses(), place.expected({4 * 33}, 4));
}

TEST_CASE("where fewer segments are drawn, rows are cut into pieces, each with the token after it as a target") {
  Workplace place({{.segments = 4, .mixed = true, .batch = 2}});
  place.next(0, 2);
  CHECK(place.batches().targets() == 4 * 16);
  check_close(place.losses(), place.expected({0, 16, 33, 49}, 2));
  place.next(0, 3);
  CHECK(place.batches().targets() == 2 * 24);
  check_close(place.losses(), place.expected({66, 99}, 3));
  place.next(0, 1);
  CHECK(place.batches().targets() == 8 * 8);
  check_close(place.losses(), place.expected({132, 140, 148, 156, 165, 173, 181, 189}, 1));
}

TEST_CASE("all shares together are the batch, whatever their number") {
  Workplace place({{.segments = 2, .batch = 3}});
  place.next(0, 2);
  const std::vector<double> whole = place.losses();
  for (const int64_t count : {2, 3, 5}) {
    std::vector<double> sum(2);
    for (int64_t index = 0; index < count; ++index) {
      const std::vector<double> part = place.losses({index, count});
      for (size_t s = 0; s < part.size(); ++s) sum[s] += part[s];
      if (count == 3) check_close(part, place.expected({index * place.row()}, 2));
    }
    check_close(sum, whole);
  }
  CHECK(place.losses({0, 5}).empty());
}

TEST_CASE("skipped batches leave the reading where made ones would") {
  Workplace made({{.segments = 4, .mixed = true, .batch = 2}}), skipped({{.segments = 4, .mixed = true, .batch = 2}});
  const auto plan = [](int64_t segments) { return lm::BatchPlan{{0, 0, 0}, segments, 0}; };
  for (const int64_t segments : {2, 3, 1}) {
    made.batches().next(plan(segments));
    skipped.batches().skip(plan(segments));
  }
  made.next(0, 4);
  skipped.next(0, 4);
  CHECK(made.losses() == skipped.losses());
}

}  // namespace
}  // namespace rmt::tests
