// The scheduler over a scripted model: what a job generates depends on the job alone.
#include <memory>
#include <string>
#include <vector>

#include "tests/lm/engine/scheduler_bench.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using namespace engine;  // NOLINT(google-build-using-namespace): every second word here is one of its names

TEST_CASE("generation goes on through segments as the model alone would") {
  Bench bench;
  for (const size_t prompt : {1, 5, 7, 8, 9, 15, 16}) {
    for (const int64_t count : {1, 2, 3, 8, 9, 30}) {
      CAPTURE(prompt);
      CAPTURE(count);
      const auto text = text_of(prompt);
      const auto record = bench.submit(completing(text, greedy(count)));
      const JobEnd end = record->end();
      const auto expected = bench.model->greedy(text, static_cast<size_t>(count));
      CHECK(record->generated() == expected);
      CHECK(record->text() == bench.tokenizer.decode(expected));
      CHECK(record->ends.at(0).ending == Ending::length);
      CHECK(end.generated_tokens == count);
      auto all = text;
      all.insert(all.end(), expected.begin(), expected.end());
      REQUIRE(record->ends.at(0).reading != nullptr);
      check_equal(*record->ends.at(0).reading, bench.model->reading_of(all));
      check_equal(*end.reading, bench.model->reading_of(text));
    }
  }
}

TEST_CASE("a result does not depend on its neighbours") {
  std::vector<std::vector<int32_t>> alone;
  std::vector<std::vector<float>> alone_logprobs;
  const auto job = [](int i) {
    Job made = completing(text_of(3 + static_cast<size_t>(i) * 5, i), drawn(25, static_cast<uint64_t>(i)));
    made.continuations.push_back(drawn(11, 100));
    return made;
  };
  const auto logprobs = [](const JobRecord& record) {
    std::vector<float> values;
    for (const GeneratedToken& token : record.tokens)
      if (token.continuation == 0) values.push_back(token.logprob);
    return values;
  };
  for (int i = 0; i < 8; ++i) {
    Bench bench;
    const auto record = bench.submit(job(i));
    record->end();
    alone.push_back(record->generated());
    alone_logprobs.push_back(logprobs(*record));
  }
  Bench together({}, {.lanes = 5});
  std::vector<std::shared_ptr<JobRecord>> records;
  for (int i = 0; i < 8; ++i) records.push_back(together.submit(job(i)));
  for (size_t i = 0; i < 8; ++i) {
    records[i]->end();
    CHECK(records[i]->generated() == alone[i]);
    CHECK(logprobs(*records[i]) == alone_logprobs[i]);
  }
  CHECK(together.model->largest_decode() > 1);
  CHECK(together.model->largest_decode() <= 5);
}

TEST_CASE("a branch from a saved reading equals reading again") {
  Bench bench;
  const auto text = text_of(29);
  const auto read = bench.submit(completing(text, drawn(20, 3)));
  const JobEnd end = read->end();
  Job branch = completing({}, drawn(20, 3));
  branch.from = std::make_shared<const Reading>(bench.scheduler->restore(bench.scheduler->save(*end.reading)));
  const auto branched = bench.submit(branch);
  branched->end();
  CHECK(branched->generated() == read->generated());
}

TEST_CASE("a prompt begun alike is not read twice") {
  Bench bench;
  const auto text = text_of(50);
  const auto first = bench.submit(completing(text, greedy(5)));
  CHECK(first->end().cached_tokens == 0);
  const auto again = bench.submit(completing(text, greedy(5)));
  const JobEnd end = again->end();
  CHECK(end.cached_tokens == 48);
  CHECK(end.prompt_tokens == 50);
  CHECK(again->generated() == first->generated());

  SUBCASE("but read anew where its tokens are to be scored") {
    const auto scored = bench.submit(scoring(text));
    CHECK(scored->end().cached_tokens == 0);
    CHECK(scores_of(*scored) == bench.model->scores(text));
  }
  SUBCASE("nor shared with another salt, nor where that is not wanted") {
    Job salted = completing(text, greedy(5));
    salted.cache_salt = "mine";
    CHECK(bench.submit(salted)->end().cached_tokens == 0);
    Job uncached = completing(text, greedy(5));
    uncached.use_cache = false;
    CHECK(bench.submit(uncached)->end().cached_tokens == 0);
  }
}

TEST_CASE("a stop text ends a continuation, wherever tokens cut it, and eos does") {
  Bench bench;
  const auto text = text_of(10);
  const auto expected = bench.model->greedy(text, 20);
  const std::string whole = bench.tokenizer.decode(expected);
  Continuation stopping = greedy(20);
  stopping.stop = {whole.substr(11, 3)};
  const auto record = bench.submit(completing(text, stopping));
  record->end();
  const ContinuationEnd& end = record->ends.at(0);
  CHECK(end.ending == Ending::stop);
  CHECK(end.stop_text == stopping.stop[0]);
  CHECK(record->text() == whole.substr(0, whole.find(stopping.stop[0])));
  CHECK(end.tokens == static_cast<int64_t>(whole.find(stopping.stop[0])) + 3);

  Continuation until_eos = greedy(500);
  until_eos.stop_at_eos = true;
  until_eos.sampling.bias = {{31, 100.0f}};
  const auto ended = bench.submit(completing(text, until_eos));
  ended->end();
  CHECK(ended->ends.at(0).ending == Ending::eos);
  CHECK(ended->generated() == std::vector<int32_t>{31});
  CHECK(ended->text().empty());
}

}  // namespace
}  // namespace rmt::tests
