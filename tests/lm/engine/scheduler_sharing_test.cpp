// The scheduler over a scripted model: one job never harms another, and all of them get their turn.
#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/lm/engine/scheduler_bench.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using namespace engine;  // NOLINT(google-build-using-namespace): every second word here is one of its names
using std::chrono::milliseconds;

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
