// The scheduler over a scripted model: what comes out depends on a job alone, and one job never harms another.
#include "lm/engine/scheduler.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/lm/engine/job_record.h"
#include "tests/lm/engine/letter_tokenizer.h"
#include "tests/lm/engine/scripted_model.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using namespace engine;  // NOLINT(google-build-using-namespace): every second word here is one of its names
using std::chrono::milliseconds;

// A scheduler with what it needs, and the model's own answers to compare with.
struct Bench {
  explicit Bench(ScriptedModel::Options options = {}, SchedulerOptions scheduling = {}) {
    auto owned = std::make_unique<ScriptedModel>(options);
    model = owned.get();
    scheduler = std::make_unique<Scheduler>(std::move(owned), tokenizer, std::move(scheduling));
  }

  std::shared_ptr<JobRecord> submit(Job job) {
    auto record = std::make_shared<JobRecord>();
    last = scheduler->submit(std::move(job), record);
    return record;
  }

  LetterTokenizer tokenizer;
  ScriptedModel* model = nullptr;
  std::unique_ptr<Scheduler> scheduler;
  JobId last = 0;
};

std::vector<int32_t> text_of(size_t length, int32_t seed = 1) {
  std::vector<int32_t> ids(length);
  for (size_t i = 0; i < length; ++i)
    ids[i] = static_cast<int32_t>((i * i + static_cast<size_t>(seed) * 7 + i / 5) % 31);
  return ids;
}

Continuation greedy(int64_t tokens) {
  Continuation continuation;
  continuation.sampling.temperature = 0;
  continuation.max_tokens = tokens;
  continuation.stop_at_eos = false;
  return continuation;
}

Continuation drawn(int64_t tokens, uint64_t seed) {
  Continuation continuation = greedy(tokens);
  continuation.sampling.temperature = 1;
  continuation.sampling.seed = seed;
  return continuation;
}

Job scoring(std::vector<int32_t> prompt) {
  Job job;
  job.prompt = std::move(prompt);
  job.scoring.wanted = true;
  return job;
}

Job completing(std::vector<int32_t> prompt, Continuation continuation) {
  Job job;
  job.prompt = std::move(prompt);
  job.continuations = {std::move(continuation)};
  return job;
}

std::vector<float> scores_of(const JobRecord& record) {
  std::vector<float> scores;
  for (const ScoredToken& token : record.scored_tokens())
    if (token.logprob) scores.push_back(*token.logprob);
  return scores;
}

void check_equal(const Reading& left, const Reading& right) {
  CHECK(left.memory == right.memory);
  CHECK(left.last_hidden == right.last_hidden);
  CHECK(left.tail == right.tail);
  CHECK(left.segments == right.segments);
  CHECK(left.tokens == right.tokens);
}

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

TEST_CASE("a job is cancelled wherever it stands, within a tick") {
  Bench bench({.per_segment = milliseconds(20), .per_decode = milliseconds(2)}, {.active_jobs = 1});
  const auto busy = bench.submit(scoring(text_of(8 * 200)));
  const JobId busy_id = bench.last;
  const auto waiting = bench.submit(scoring(text_of(80)));
  bench.scheduler->cancel(bench.last);
  CHECK(waiting->end().ending == Ending::cancelled);
  CHECK(waiting->scored.empty());

  const auto before = std::chrono::steady_clock::now();
  bench.scheduler->cancel(busy_id);
  CHECK(busy->end().ending == Ending::cancelled);
  CHECK(std::chrono::steady_clock::now() - before < milliseconds(400));  // of some 4,000

  Continuation endless = greedy(0);
  endless.max_tokens.reset();
  const auto generating = bench.submit(completing(text_of(5), endless));
  generating->wait_for_tokens(30);
  bench.scheduler->cancel(bench.last);
  CHECK(generating->end().ending == Ending::cancelled);
  CHECK(generating->ends.at(0).ending == Ending::cancelled);
  CHECK(generating->ends.at(0).reading == nullptr);

  std::this_thread::sleep_for(milliseconds(30));
  for (const auto& record : {busy, waiting, generating}) CHECK(record->after_the_end.empty());
  CHECK(bench.scheduler->load().reading_jobs == 0);
  CHECK(bench.scheduler->load().generating_lanes == 0);
  CHECK(bench.scheduler->load().queued_jobs == 0);
  bench.scheduler->cancel(bench.last);  // of one that is no more: nothing happens
}

TEST_CASE("what does not fit is refused, and told when to come again") {
  Bench bench({.per_segment = milliseconds(5)}, {.active_jobs = 1, .waiting_jobs = 2, .waiting_tokens = 1000});
  std::vector<std::shared_ptr<JobRecord>> records;
  for (int i = 0; i < 3; ++i) records.push_back(bench.submit(scoring(text_of(80))));
  CHECK_THROWS_AS(bench.submit(scoring(text_of(80))), Overloaded);
  bench.scheduler->cancel(bench.last);
  records[2]->end();
  try {
    bench.submit(scoring(text_of(900)));
    FAIL("900 more tokens were taken");
  } catch (const Overloaded& error) {
    CHECK(error.retry_after_s() >= 1);
    CHECK(std::string(error.what()).find("tokens wait") != std::string::npos);
  }
  for (const auto& record : records) record->end();
  CHECK(records[1]->end().queued_ms > 0);
}

TEST_CASE("texts that nobody sends on take nobody's place") {
  Bench bench({}, {.active_jobs = 1, .waiting_jobs = 1, .starved_jobs = 3});
  const auto text = text_of(20);
  std::vector<std::shared_ptr<JobRecord>> slow;
  JobId first_slow = 0;
  Job job = scoring({});
  job.more_to_come = true;
  for (int i = 0; i < 3; ++i) {
    slow.push_back(bench.submit(job));
    slow.back()->wait_until_hungry(1);
    if (i == 0) first_slow = bench.last;
    CHECK(bench.submit(scoring(text))->end().ending == Ending::length);
  }
  CHECK_THROWS_AS(bench.submit(job), Overloaded);
  bench.scheduler->feed(first_slow, text, true);
  CHECK(slow[0]->end().ending == Ending::length);
  CHECK(scores_of(*slow[0]) == bench.model->scores(text));
}

TEST_CASE("jobs that cannot be are refused with what is wrong") {
  Bench bench;
  CHECK_THROWS_WITH_AS(bench.submit(scoring({1, 2, 99})), doctest::Contains("token 2 of the prompt is 99"),
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(bench.submit(completing({}, greedy(1))), doctest::Contains("no token to continue from"),
                       std::invalid_argument);
  Continuation hot = greedy(1);
  hot.sampling.temperature = -1;
  CHECK_THROWS_WITH_AS(bench.submit(completing({1}, hot)), doctest::Contains("temperature"), std::invalid_argument);
  Job foreign = scoring({1});
  foreign.from = std::make_shared<const Reading>();
  CHECK_THROWS_AS(bench.submit(foreign), std::invalid_argument);
  Job many;
  many.prompt = {1};
  many.continuations.assign(17, greedy(1));
  CHECK_THROWS_AS(bench.submit(many), std::invalid_argument);
}

TEST_CASE("a failing job ends alone") {
  Bench bench({.per_segment = milliseconds(1), .poison = 30});
  auto bad_text = text_of(40);
  std::replace(bad_text.begin(), bad_text.end(), 30, 29);
  const auto good_text = bad_text;
  bad_text[20] = 30;
  const auto good = bench.submit(scoring(good_text));
  const auto bad = bench.submit(scoring(bad_text));
  const JobEnd end = bad->end();
  CHECK(end.ending == Ending::failed);
  CHECK(end.why.find("chokes on token 30") != std::string::npos);
  CHECK(good->end().ending == Ending::length);
  CHECK(scores_of(*good) == bench.model->scores(good_text));
}

TEST_CASE("a long document holds a completion up by two ticks at most") {
  Bench bench;
  // Submits the completion between two segments of the document, on the model's own thread.
  struct Book final : JobListener {
    Bench& bench;
    std::shared_ptr<JobRecord> completion = std::make_shared<JobRecord>(), book = std::make_shared<JobRecord>();
    explicit Book(Bench& made) : bench(made) {}
    void on_scored(const ScoredTokens& scored) override {
      if (scored.segment == 20) bench.scheduler->submit(completing(text_of(4), greedy(100)), completion);
    }
    void on_end(const JobEnd& end) override { book->on_end(end); }
  };
  const auto book = std::make_shared<Book>(bench);
  bench.scheduler->submit(scoring(text_of(size_t{8} * 5000)), book);
  book->completion->end();
  CHECK_FALSE(book->book->ended());
  book->book->end();

  const std::string calls = bench.model->calls();
  const size_t opened = calls.find('o');
  CHECK(opened >= 21);
  CHECK(opened <= 23);
  // 8 tokens a segment: after every 7 decodings a segment is written, and its lane opened anew.
  const std::string generating = calls.substr(opened, calls.rfind('d') - opened);
  CHECK(generating.find("rrrr") == std::string::npos);
  CHECK(std::count(generating.begin(), generating.end(), 'd') > 80);
}

TEST_CASE("owners take turns, however many jobs one has") {
  Bench bench({.per_segment = std::chrono::microseconds(500)});
  std::vector<std::shared_ptr<JobRecord>> greedy_owner;
  for (int i = 0; i < 10; ++i) {
    Job job = scoring(text_of(8 * 20, i));
    job.owner = "many";
    greedy_owner.push_back(bench.submit(job));
  }
  Job job = scoring(text_of(8 * 20));
  job.owner = "one";
  const auto one = bench.submit(job);
  one->end();
  const auto done = std::count_if(greedy_owner.begin(), greedy_owner.end(), [](auto& each) { return each->ended(); });
  CHECK(done == 0);  // ten jobs share half of the time
  for (const auto& record : greedy_owner) record->end();
}

TEST_CASE("shutting down ends what runs and what waits, and takes no more") {
  Bench bench({.per_segment = milliseconds(2)}, {.active_jobs = 2});
  std::vector<std::shared_ptr<JobRecord>> records;
  for (int i = 0; i < 5; ++i) records.push_back(bench.submit(scoring(text_of(8000, i))));
  bench.scheduler->stop_accepting();
  CHECK_THROWS_AS(bench.submit(scoring({1, 2})), Overloaded);
  CHECK_FALSE(records[0]->ended());
  bench.scheduler->end_all();
  for (const auto& record : records) CHECK(record->end().ending == Ending::shut_down);

  Bench destroyed({.per_segment = milliseconds(2)});
  const auto left = destroyed.submit(scoring(text_of(8000)));
  destroyed.scheduler.reset();
  CHECK(left->end().ending == Ending::shut_down);
}

TEST_CASE("many threads may submit, feed and cancel at once") {
  Bench bench({.per_segment = std::chrono::microseconds(50)}, {.active_jobs = 4, .waiting_jobs = 1000});
  std::vector<std::thread> threads;
  std::atomic<int> right{0}, cancelled{0};
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        const auto text = text_of(20 + static_cast<size_t>(i), t);
        Job job = scoring({text.begin(), text.begin() + 3});
        job.more_to_come = true;
        job.owner = std::to_string(t);
        const auto record = std::make_shared<JobRecord>();
        const JobId id = bench.scheduler->submit(job, record);
        bench.scheduler->feed(id, {text.begin() + 3, text.end()}, i % 5 != 0);
        if (i % 5 == 0) bench.scheduler->cancel(id);
        const JobEnd end = record->end();
        if (end.ending == Ending::cancelled) ++cancelled;
        if (end.ending == Ending::length && scores_of(*record) == bench.model->scores(text)) ++right;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(cancelled == 20);
  CHECK(right == 80);
}

}  // namespace
}  // namespace rmt::tests
