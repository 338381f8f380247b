// Several segments of a document in a step give what one after the other gives.
#include "lm/eval/run_scorer.h"

#include <string>
#include <vector>

#include "tests/lm/evaluation.h"
#include "tests/support/doctest.h"
#include "tests/support/tensors.h"

namespace rmt::tests {
namespace {

using lm::EvalSettings;
using lm::MemoryPolicy;
using lm::ScoreState;
using lm::SegmentNll;

std::vector<corpora::Segment> segments_of(const Stage& stage, const std::string& text) {
  const auto reader = text_reader({{"text", text, ""}});
  lm::DocumentStream stream(std::move(reader->next()->text), *stage.tokenizer, {.segment_length = 16});
  std::vector<corpora::Segment> segments;
  while (auto metered = stream.next()) segments.push_back(std::move(metered->segment));
  return segments;
}

struct Read {
  ScoreState state;
  std::vector<SegmentNll> scores;
};

Read read_in_turn(const Stage& stage, MemoryPolicy policy, const std::vector<corpora::Segment>& segments) {
  const lm::SegmentScorer scorer(stage.decoder, policy, 3);
  Read read{scorer.start(), {}};
  for (const corpora::Segment& segment : segments) {
    const corpora::Segment* one[] = {&segment};
    ScoreState* into[] = {&read.state};
    read.scores.push_back(scorer.step(one, into)[0]);
  }
  return read;
}

// All documents side by side, `ahead` segments a step, as long as each has some.
std::vector<Read> read_ahead(const Stage& stage, MemoryPolicy policy, int64_t ahead,
                             const std::vector<std::vector<corpora::Segment>>& documents) {
  lm::RunScorer scorer(stage.decoder, policy, 3, ahead);
  std::vector<Read> reads(documents.size(), Read{scorer.start(), {}});
  for (size_t from = 0;; from += static_cast<size_t>(ahead)) {
    std::vector<lm::SegmentRun> runs;
    std::vector<size_t> of;
    for (size_t d = 0; d < documents.size(); ++d) {
      if (from >= documents[d].size()) continue;
      lm::SegmentRun& run = runs.emplace_back();
      run.state = &reads[d].state;
      for (size_t s = from; s < std::min(from + static_cast<size_t>(ahead), documents[d].size()); ++s)
        run.segments.push_back(&documents[d][s]);
      of.push_back(d);
    }
    if (runs.empty()) return reads;
    auto scores = scorer.step(runs);
    for (size_t i = 0; i < of.size(); ++i)
      reads[of[i]].scores.insert(reads[of[i]].scores.end(), scores[i].begin(), scores[i].end());
  }
}

void check_same(const Read& a, const Read& b) {
  REQUIRE(a.scores.size() == b.scores.size());
  for (size_t s = 0; s < a.scores.size(); ++s) {
    CHECK(a.scores[s].first_scored == b.scores[s].first_scored);
    REQUIRE(a.scores[s].token_nll.size() == b.scores[s].token_nll.size());
    for (size_t i = 0; i < a.scores[s].token_nll.size(); ++i)
      CHECK(a.scores[s].token_nll[i] == doctest::Approx(b.scores[s].token_nll[i]).epsilon(1e-4));
  }
  CHECK(a.state.memory.segments == b.state.memory.segments);
  CHECK(a.state.memory.tokens == b.state.memory.tokens);
  CHECK(max_difference(a.state.memory.memory, b.state.memory.memory) < 1e-4);
  CHECK(max_difference(a.state.last_hidden, b.state.last_hidden) < 1e-4);
}

TEST_CASE("documents of all lengths, in steps of all lengths, under every policy") {
  for (const int64_t memory : {0, 3}) {
    const Stage stage(model::Architecture::llama, memory);
    std::vector<std::vector<corpora::Segment>> documents;
    for (const size_t bytes : {150, 16, 48, 5, 96, 200, 1})
      documents.push_back(segments_of(stage, random_text(bytes, bytes).substr(0, bytes)));
    for (const MemoryPolicy policy : {MemoryPolicy::carry, MemoryPolicy::reset, MemoryPolicy::shuffle}) {
      for (const int64_t ahead : {1, 2, 3, 50}) {
        CAPTURE(ahead);
        const std::vector<Read> ahead_of = read_ahead(stage, policy, ahead, documents);
        for (size_t d = 0; d < documents.size(); ++d)
          check_same(ahead_of[d], read_in_turn(stage, policy, documents[d]));
      }
    }
  }
}

TEST_CASE("an evaluation in long steps has the rows of one in short ones") {
  const Stage stage;
  for (const size_t batch : {1, 3}) {
    EvalSettings settings = settings_with(true, batch);
    settings.strided = strided_rule();
    const Heard short_steps = evaluate(stage.setup(some_texts()), settings);
    settings.ahead = 4;
    const Heard long_steps = evaluate(stage.setup(some_texts()), settings);
    CHECK(long_steps.documents.size() == short_steps.documents.size());
    for (const auto& [id, rows] : short_steps.rows) {
      const std::vector<lm::ScoredRow>& others = long_steps.rows.at(id);
      REQUIRE(others.size() == rows.size());
      for (size_t i = 0; i < rows.size(); ++i) {
        CHECK(others[i].row.token_to == rows[i].row.token_to);
        CHECK(others[i].row.scored_tokens == rows[i].row.scored_tokens);
        CHECK(others[i].row.nll == doctest::Approx(rows[i].row.nll).epsilon(1e-4));
        CHECK(*others[i].row.nll_reset == doctest::Approx(*rows[i].row.nll_reset).epsilon(1e-4));
      }
    }
    for (const auto& [id, rows] : short_steps.strided) CHECK(same_rows(long_steps.strided.at(id), rows));
  }
}

TEST_CASE("a document that breaks off in a long step keeps what came before") {
  const Stage stage;
  EvalSettings settings = settings_with();
  settings.skip_broken = true;
  const Setup setup = stage.setup({{"bad", random_text(60, 2), "broken here"}, {"fine", random_text(60, 3), ""}});
  const Heard short_steps = evaluate(setup, settings);
  settings.ahead = 10;
  const Heard long_steps = evaluate(setup, settings);
  CHECK(long_steps.broken == short_steps.broken);
  CHECK(long_steps.rows.at("bad").size() == short_steps.rows.at("bad").size());
  CHECK(long_steps.rows.at("fine").size() == short_steps.rows.at("fine").size());
}

}  // namespace
}  // namespace rmt::tests
