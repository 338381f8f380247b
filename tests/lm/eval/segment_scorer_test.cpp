// Scoring segment by segment: against the reference losses, alone and in a batch, saved and restored.
#include "lm/eval/segment_scorer.h"

#include "model/error.h"
#include "tests/support/doctest.h"
#include "tests/support/drawn_weights.h"
#include "tests/support/tensors.h"

using namespace rmt;
using corpora::Segment;
using lm::MemoryPolicy;
using lm::ScoreState;
using lm::SegmentScorer;

namespace {

constexpr int64_t kMemory = 3, kLength = 10;

model::RmtDecoder tiny_decoder(int64_t memory_tokens = kMemory) {
  const std::shared_ptr<const model::Backbone> backbone = tests::tiny_backbone("gpt2-tiny");
  const at::Tensor memory = tests::reference_values("gpt2-tiny")["memory"].narrow(0, 0, memory_tokens);
  return {backbone, {.memory_tokens = memory_tokens, .segment_length = kLength}, memory};
}

std::vector<Segment> segments_of(const at::Tensor& ids) {  // [N*T]
  std::vector<Segment> segments;
  for (int64_t from = 0; from < ids.size(0); from += kLength) {
    Segment segment;
    segment.index = from / kLength;
    for (int64_t i = from; i < std::min(from + kLength, ids.size(0)); ++i)
      segment.ids.push_back(ids[i].item<int32_t>());
    segments.push_back(segment);
  }
  return segments;
}

std::vector<double> score(const SegmentScorer& scorer, const std::vector<Segment>& segments) {
  ScoreState state = scorer.start();
  std::vector<double> all;
  for (const Segment& segment : segments) {
    const Segment* one[] = {&segment};
    ScoreState* into[] = {&state};
    const auto scores = scorer.step(one, into);
    all.insert(all.end(), scores[0].token_nll.begin(), scores[0].token_nll.end());
  }
  return all;
}

}  // namespace

TEST_CASE("every token after the first is scored once, as in the reference") {
  auto expected = tests::reference_values("gpt2-tiny");
  const auto decoder = tiny_decoder();
  const SegmentScorer scorer(decoder, MemoryPolicy::carry);
  for (int64_t b = 0; b < 2; ++b) {
    const auto nll = score(scorer, segments_of(expected["ids"][b]));
    REQUIRE(nll.size() == 75);
    for (size_t i = 0; i < nll.size(); ++i)
      CHECK(nll[i] == doctest::Approx(expected["nll"][b][static_cast<int64_t>(i)].item<float>()).epsilon(1e-5));
  }
}

TEST_CASE("documents in a batch score bit for bit as alone, also when they end early") {
  auto ids = tests::reference_values("gpt2-tiny")["ids"];
  const auto decoder = tiny_decoder();
  const SegmentScorer scorer(decoder, MemoryPolicy::carry);
  const auto a = segments_of(ids[0]), b = segments_of(ids[1].narrow(0, 0, 27));
  const auto alone_a = score(scorer, a), alone_b = score(scorer, b);

  std::vector<double> both_a, both_b;
  ScoreState state_a = scorer.start(), state_b = scorer.start();
  for (size_t n = 0; n < a.size(); ++n) {
    std::vector<const Segment*> segments{&a[n]};
    std::vector<ScoreState*> states{&state_a};
    if (n < b.size()) {
      segments.push_back(&b[n]);
      states.push_back(&state_b);
    }
    const auto scores = scorer.step(segments, states);
    both_a.insert(both_a.end(), scores[0].token_nll.begin(), scores[0].token_nll.end());
    if (n < b.size()) both_b.insert(both_b.end(), scores[1].token_nll.begin(), scores[1].token_nll.end());
  }
  CHECK(both_a == alone_a);
  CHECK(both_b == alone_b);
}

TEST_CASE("memory policies: reset forgets, shuffle permutes, carry does neither") {
  const auto segments = segments_of(tests::reference_values("gpt2-tiny")["ids"][0]);
  const auto decoder = tiny_decoder();
  const auto carried = score(SegmentScorer(decoder, MemoryPolicy::carry), segments);
  const auto reset = score(SegmentScorer(decoder, MemoryPolicy::reset), segments);
  const auto shuffled = score(SegmentScorer(decoder, MemoryPolicy::shuffle, 1), segments);
  for (size_t i = 0; i < kLength - 1; ++i) CHECK(carried[i] == reset[i]);  // no memory yet
  CHECK(carried[kLength + 3] != reset[kLength + 3]);
  CHECK(carried[kLength + 3] != shuffled[kLength + 3]);

  // With the memory reset, a segment's tokens but its first do not depend on the segments before.
  const std::vector<Segment> third(segments.begin() + 2, segments.begin() + 3);
  const auto alone = score(SegmentScorer(decoder, MemoryPolicy::reset), third);
  for (size_t i = 0; i < alone.size(); ++i) CHECK(alone[i] == reset[2 * kLength + i]);
}

TEST_CASE("without memory tokens every policy is the plain backbone") {
  const auto segments = segments_of(tests::reference_values("gpt2-tiny")["ids"][0]);
  const auto decoder = tiny_decoder(0);
  const auto carried = score(SegmentScorer(decoder, MemoryPolicy::carry), segments);
  CHECK(carried == score(SegmentScorer(decoder, MemoryPolicy::reset), segments));
  CHECK(carried == score(SegmentScorer(decoder, MemoryPolicy::shuffle), segments));
}

TEST_CASE("a score state saved and restored goes on bit for bit") {
  const auto segments = segments_of(tests::reference_values("gpt2-tiny")["ids"][0]);
  const auto decoder = tiny_decoder();
  const SegmentScorer scorer(decoder, MemoryPolicy::carry);
  const std::string fingerprint(64, 'f');
  ScoreState kept = scorer.start(), restored = scorer.start();
  for (const Segment& segment : segments) {
    const Segment* one[] = {&segment};
    ScoreState* a[] = {&kept};
    ScoreState* b[] = {&restored};
    const auto expected = scorer.step(one, a), again = scorer.step(one, b);
    CHECK(expected[0].token_nll == again[0].token_nll);
    restored = lm::load_score_state(lm::save_score_state(restored, fingerprint), fingerprint);
  }
  CHECK_THROWS_AS(lm::load_score_state(lm::save_score_state(kept, "another"), fingerprint), model::Error);
}
