// The scheduler over a scripted model: a text's scores and readings depend on the text alone.
#include <algorithm>
#include <vector>

#include "tests/lm/engine/scheduler_bench.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using namespace engine;  // NOLINT(google-build-using-namespace): every second word here is one of its names

TEST_CASE("every token of a text after the first is scored once, whatever its length") {
  Bench bench;
  for (const size_t length : {1, 2, 7, 8, 9, 16, 17, 45}) {
    CAPTURE(length);
    const auto text = text_of(length);
    const auto record = bench.submit(scoring(text));
    const JobEnd end = record->end();
    CHECK(scores_of(*record) == bench.model->scores(text));
    const auto told = record->scored_tokens();
    REQUIRE(told.size() == length);
    CHECK_FALSE(told[0].logprob.has_value());
    check_equal(*end.reading, bench.model->reading_of(text));
    CHECK(end.prompt_tokens == static_cast<int64_t>(length));
    int64_t next = 0;
    for (const ScoredTokens& part : record->scored) {
      CHECK(part.token_from == next);
      next += static_cast<int64_t>(part.tokens.size());
    }
  }
}

TEST_CASE("a text fed in pieces of any size gives what it gives as a whole") {
  Bench bench;
  const auto text = text_of(61);
  for (const size_t piece : {1, 3, 8, 20, 61}) {
    CAPTURE(piece);
    Job job = scoring({});
    job.more_to_come = true;
    const auto record = bench.submit(job);
    for (size_t at = 0; at < text.size(); at += piece) {
      const auto first = text.begin() + static_cast<int64_t>(at);
      const size_t count = std::min(piece, text.size() - at);
      CHECK(bench.scheduler->feed(bench.last, {first, first + static_cast<int64_t>(count)}, at + count == text.size()));
    }
    check_equal(*record->end().reading, bench.model->reading_of(text));
    CHECK(scores_of(*record) == bench.model->scores(text));
    CHECK_FALSE(bench.scheduler->feed(bench.last, {1}, true));
  }
}

TEST_CASE("who feeds when asked to never stalls") {
  Bench bench;
  Job job = scoring({});
  job.more_to_come = true;
  const auto record = bench.submit(job);
  const auto text = text_of(100);
  for (int turn = 0; turn < 20; ++turn) {
    record->wait_until_hungry(turn + 1);
    const auto first = text.begin() + 5 * turn;
    bench.scheduler->feed(bench.last, {first, first + 5}, turn == 19);
  }
  record->end();
  CHECK(scores_of(*record) == bench.model->scores(text));
}

TEST_CASE("scoring can begin inside of the prompt and go on from a reading") {
  Bench bench;
  const auto text = text_of(40);
  const auto whole = bench.model->scores(text);  // of token i + 1
  for (const size_t before : {3, 8, 13}) {
    CAPTURE(before);
    const auto split = text.begin() + static_cast<int64_t>(before);
    Job job = scoring({split, text.end()});
    job.from = std::make_shared<const Reading>(bench.model->reading_of({text.data(), before}));
    job.scoring.from = 4;
    const auto record = bench.submit(job);
    record->end();
    CHECK(scores_of(*record) == std::vector<float>(whole.begin() + static_cast<int64_t>(before) + 3, whole.end()));
    CHECK(record->scored.front().token_from == static_cast<int64_t>(before) + 4);
  }
}

TEST_CASE("scores with the memory reset are those of segments that know nothing before") {
  Bench bench;
  Job job = scoring(text_of(20));
  job.scoring.reset_too = true;
  job.scoring.top_logprobs = 3;
  const auto record = bench.submit(job);
  record->end();
  const auto tokens = record->scored_tokens();
  for (size_t i = 1; i < 8; ++i) CHECK(tokens[i].logprob == tokens[i].logprob_reset);  // the first segment
  int different = 0;
  for (size_t i = 8; i < 20; ++i) {
    REQUIRE(tokens[i].logprob_reset.has_value());
    different += tokens[i].logprob != tokens[i].logprob_reset ? 1 : 0;
  }
  CHECK(different == 12);
  CHECK(tokens[5].top.size() == 3);
}

}  // namespace
}  // namespace rmt::tests
