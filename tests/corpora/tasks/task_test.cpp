#include "corpora/tasks/task.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <set>
#include <stdexcept>
#include <thread>

#include "corpora/tasks/riddle.h"
#include "tests/corpora/readers/files.h"
#include "tests/corpora/tasks/word_tokenizer.h"
#include "tests/corpora/tokenizers/fixtures.h"
#include "tests/support/doctest.h"

using namespace rmt::corpora;
using namespace rmt::tests;

namespace {

constexpr std::array<TaskKind, 4> kKinds = {TaskKind::memorize, TaskKind::detect, TaskKind::reasoning,
                                            TaskKind::recall};

struct World {
  WordTokenizer tokenizer;
  std::unique_ptr<const Background> background = generated_background(tokenizer);

  TaskGenerator generator(const TaskOptions& options) const { return {options, tokenizer, *background}; }

  std::string text(const TaskSample& sample, int64_t from, int64_t to) const {
    return tokenizer.decode(std::span(sample.ids).subspan(static_cast<size_t>(from), static_cast<size_t>(to - from)));
  }
};

bool same(const TaskSample& a, const TaskSample& b) {
  const auto equal = [](const TaskSample::Fact& x, const TaskSample::Fact& y) {
    return x.from == y.from && x.to == y.to;
  };
  return a.ids == b.ids && a.answer == b.answer && std::ranges::equal(a.facts, b.facts, equal);
}

// The question at the end of a sample's text.
std::string question_of(const std::string& text) {
  return text.substr(text.rfind(" Where is "));
}

}  // namespace

TEST_CASE_FIXTURE(World, "tasks are named and found by name") {
  for (const TaskKind kind : kKinds) CHECK(task_by_name(name(kind)) == kind);
  CHECK(name(TaskKind::detect) == "detect");
  CHECK(!task_by_name("forget"));
}

TEST_CASE_FIXTURE(World, "a sample depends on options and index only") {
  for (const TaskKind kind : kKinds) {
    const TaskOptions options = {.kind = kind, .segments = 3, .segment_length = 60, .seed = 5};
    const TaskGenerator tasks = generator(options);
    std::array<TaskSample, 3> samples;
    std::vector<std::thread> threads;
    for (size_t i = 0; i < samples.size(); ++i)
      threads.emplace_back([&, i] { samples.at(i) = tasks.sample(kFirstEvaluationIndex + static_cast<int64_t>(i)); });
    for (std::thread& thread : threads) thread.join();
    const TaskGenerator again = generator(options);
    for (size_t i = samples.size(); i-- > 0;)
      CHECK(same(again.sample(kFirstEvaluationIndex + static_cast<int64_t>(i)), samples.at(i)));
    CHECK(!same(samples[0], samples[1]));
    CHECK(!same(samples[0], tasks.sample(0)));
    TaskOptions reseeded = options;
    reseeded.seed = 6;
    CHECK(!same(generator(reseeded).sample(kFirstEvaluationIndex), samples[0]));
  }
}

TEST_CASE_FIXTURE(World, "samples are the same everywhere and for ever, as accuracies that were published need") {
  const TaskGenerator tasks = generator({.kind = TaskKind::reasoning, .segments = 2, .segment_length = 30, .seed = 1});
  const TaskSample sample = tasks.sample(kFirstEvaluationIndex);
  CHECK(tokenizer.decode(sample.ids) ==
        " singer of Fernhill counted thirty books behind the station of Greyharbour, or so the eleventh merchant"
        " swore. Daniel is across from Mary. near Drybeck. The sawmill of Stonebridge was newly painted, two spans"
        " wide and thirty inches long. Mary is in the office. in the lighthouse of Hanna. Where is Daniel?");
  CHECK(kRooms.at(static_cast<size_t>(sample.answer)) == "bathroom");
}

TEST_CASE_FIXTURE(World, "exact length, facts where they are said to be, the question last") {
  for (const TaskKind kind : kKinds) {
    CAPTURE(name(kind));
    const auto facts = all_facts(kind), questions = all_questions(kind);
    const auto is_among = [](const std::string& text, const std::vector<std::string>& sentences) {
      return std::ranges::any_of(sentences, [&](const std::string& sentence) { return text == " " + sentence; });
    };
    for (const int64_t segments : {1, 2, 7}) {
      const TaskGenerator tasks = generator({.kind = kind, .segments = segments, .segment_length = 53});
      for (int64_t index = 0; index < 30; ++index) {
        const TaskSample sample = tasks.sample(index);
        CHECK(static_cast<int64_t>(sample.ids.size()) == segments * 53);
        CHECK(static_cast<int64_t>(sample.facts.size()) == fact_count(kind, tasks.options().pairs));
        std::set<std::string> found;
        for (const TaskSample::Fact& fact : sample.facts) found.insert(text(sample, fact.from, fact.to));
        CHECK(found.size() == sample.facts.size());
        for (const std::string& fact : found) CHECK(is_among(fact, facts));
        CHECK(is_among(question_of(tokenizer.decode(sample.ids)), questions));
      }
    }
  }
}

TEST_CASE_FIXTURE(World, "the answer follows from the first fact, and the fact from the question") {
  const TaskGenerator memorize = generator({.kind = TaskKind::memorize, .segments = 2, .segment_length = 40});
  const TaskGenerator recall = generator({.kind = TaskKind::recall, .segments = 2, .segment_length = 60, .pairs = 6});
  for (int64_t index = 0; index < 50; ++index) {
    TaskSample sample = memorize.sample(index);
    CHECK(sample.facts[0].from == 0);
    const std::string room(kRooms.at(static_cast<size_t>(sample.answer)));
    CHECK(text(sample, 0, sample.facts[0].to).ends_with(" to the " + room + "."));
    sample = recall.sample(index);
    const std::string fact = text(sample, sample.facts[0].from, sample.facts[0].to);
    CHECK(fact.ends_with(" is in the " + std::string(kRooms.at(static_cast<size_t>(sample.answer))) + "."));
    const std::string key = fact.substr(5, fact.find(" is in ") - 5);
    CHECK(question_of(tokenizer.decode(sample.ids)) == " Where is the " + key + "?");
  }
}

TEST_CASE_FIXTURE(World, "without its facts and its question a sample says nothing about the task") {
  for (const TaskKind kind : kKinds) {
    const TaskGenerator tasks = generator({.kind = kind, .segments = 20, .segment_length = 499, .pairs = 20});
    for (int64_t index = 0; index < 5; ++index) {
      TaskSample sample = tasks.sample(index);
      const std::string question = question_of(tokenizer.decode(sample.ids));
      const auto space = static_cast<int32_t>(encoded(tokenizer, " ").ids[0]);
      for (const TaskSample::Fact& fact : sample.facts)
        std::fill(sample.ids.begin() + fact.from, sample.ids.begin() + fact.to, space);
      std::string rest = tokenizer.decode(sample.ids);
      rest.erase(rest.size() - question.size());
      CHECK(rest.size() > 20 * 499);
      CHECK(!mentions_task_word(rest));
    }
  }
}

TEST_CASE_FIXTURE(World, "a fact is at every offset as often, borders of segments crossed") {
  constexpr int kBins = 20, kSamples = 8000;
  const TaskGenerator tasks = generator({.kind = TaskKind::detect, .segments = 4, .segment_length = 25});
  std::array<int, kBins> bins{};
  int crossing = 0, first = 0, last = 0;
  double expected_crossing = 0, expected_end = 0;
  for (int64_t index = 0; index < kSamples; ++index) {
    const TaskSample::Fact fact = tasks.sample(index).facts[0];
    const int64_t length = fact.to - fact.from;
    const int64_t places = 100 - 4 - length + 1;  // "Where is Mary?" is four tokens
    REQUIRE(fact.from < places);
    ++bins.at(static_cast<size_t>(fact.from * kBins / places));
    crossing += fact.from / 25 != (fact.to - 1) / 25;
    expected_crossing += 3.0 * static_cast<double>(length - 1) / static_cast<double>(places);
    first += fact.from == 0;
    last += fact.to == 96;
    expected_end += 1.0 / static_cast<double>(places);
  }
  // A bin holds 4 or 5 of the 90 places.
  for (const int count : bins) {
    CHECK(count > kSamples * 4 / 91 - 80);
    CHECK(count < kSamples * 5 / 90 + 80);
  }
  CHECK(std::abs(crossing - expected_crossing) < 4 * std::sqrt(expected_crossing));
  CHECK(std::abs(first - expected_end) < 4 * std::sqrt(expected_end));
  CHECK(std::abs(last - expected_end) < 4 * std::sqrt(expected_end));
}

TEST_CASE_FIXTURE(World, "several facts are anywhere, in any order, never on one another") {
  const TaskGenerator tasks = generator({.kind = TaskKind::recall, .segments = 2, .segment_length = 60, .pairs = 3});
  std::array<int, 3> first{};
  double mean = 0;
  for (int64_t index = 0; index < 3000; ++index) {
    const TaskSample sample = tasks.sample(index);
    auto facts = sample.facts;
    ++first.at(static_cast<size_t>(std::ranges::min_element(facts, {}, &TaskSample::Fact::from) - facts.begin()));
    std::ranges::sort(facts, {}, &TaskSample::Fact::from);
    for (size_t i = 1; i < facts.size(); ++i) CHECK(facts[i - 1].to <= facts[i].from);
    mean += static_cast<double>(sample.facts[0].from + sample.facts[0].to) / 2 / 3000;
  }
  for (const int count : first) CHECK(std::abs(count - 1000) < 110);
  CHECK(mean == doctest::Approx((120.0 - 6) / 2).epsilon(0.04));  // "Where is the red lantern?" is six tokens
}

TEST_CASE_FIXTURE(World, "both facts of reasoning come first as often, and each is told apart") {
  const TaskGenerator tasks = generator({.kind = TaskKind::reasoning, .segments = 2, .segment_length = 60});
  int relation_first = 0;
  for (int64_t index = 0; index < 2000; ++index) {
    const TaskSample sample = tasks.sample(index);
    relation_first += sample.facts[0].from < sample.facts[1].from;
    CHECK(text(sample, sample.facts[1].from, sample.facts[1].to).find(" is in the ") != std::string::npos);
  }
  CHECK(std::abs(relation_first - 1000) < 90);
}

TEST_CASE("every tokenizer makes samples that decode to its own facts") {
  for (const std::string& name : tokenizer_names()) {
    CAPTURE(name);
    const auto tokenizer = fixture_tokenizer(name);
    const auto background = generated_background(*tokenizer);
    const TaskGenerator tasks({.kind = TaskKind::detect, .segments = 2, .segment_length = 200}, *tokenizer,
                              *background);
    const TaskSample sample = tasks.sample(3);
    const auto fact = std::span(sample.ids)
                          .subspan(static_cast<size_t>(sample.facts[0].from),
                                   static_cast<size_t>(sample.facts[0].to - sample.facts[0].from));
    const auto facts = all_facts(TaskKind::detect);
    CHECK(std::ranges::any_of(facts, [&](const std::string& text) {
      const std::vector<int32_t> start = encoded(*tokenizer, "a").ids, both = encoded(*tokenizer, "a " + text).ids;
      return std::ranges::equal(fact, std::span(both).subspan(start.size()));
    }));
  }
}

TEST_CASE_FIXTURE(World, "a corpus as background: passages around the facts, none of them twice") {
  TempFolder folder;
  std::string text;
  for (int i = 0; i < 400; ++i) text += " " + std::to_string(i);
  const auto corpus = corpus_background({folder.write("numbers.txt", text)}, tokenizer);
  const TaskGenerator tasks({.kind = TaskKind::recall, .segments = 4, .segment_length = 100, .pairs = 5}, tokenizer,
                            *corpus);
  for (int64_t index = 0; index < 20; ++index) {
    const TaskSample sample = tasks.sample(index);
    std::set<std::string> numbers;
    int64_t background_tokens = 400 - 6;
    for (const TaskSample::Fact& fact : sample.facts) background_tokens -= fact.to - fact.from;
    for (const int32_t id : sample.ids) {
      const std::string piece = tokenizer.piece(id);
      if (std::isdigit(static_cast<unsigned char>(piece.back()))) CHECK(numbers.insert(piece).second);
    }
    CHECK(static_cast<int64_t>(numbers.size()) == background_tokens);
  }
}

TEST_CASE_FIXTURE(World, "a sample of two million tokens takes a moment") {
  const TaskGenerator tasks = generator({.kind = TaskKind::recall, .segments = 4096, .pairs = 100});
  const std::clock_t start = std::clock();
  const TaskSample sample = tasks.sample(1);
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  CHECK(sample.ids.size() == size_t{4096} * 499);
  CHECK(seconds < 2);
  MESSAGE("a sample of 2 million tokens: ", seconds, " s");
}

TEST_CASE_FIXTURE(World, "options that cannot be are refused with what to do") {
  const auto refusal = [&](const TaskOptions& options) { return error_of([&] { generator(options); }); };
  CHECK(refusal({.segments = 0}).code() == Errc::unsupported);
  CHECK(contains(refusal({.segments = -1}).what(), "with -1 segments: give 1 to"));
  CHECK(refusal({.segments = 1, .segment_length = 0}).code() == Errc::unsupported);
  CHECK(refusal({.segments = int64_t{1} << 40, .segment_length = 499}).code() == Errc::unsupported);
  CHECK(refusal({.segments = int64_t{1} << 30, .segment_length = int64_t{1} << 30}).code() == Errc::unsupported);
  CHECK(contains(refusal({.kind = TaskKind::recall, .pairs = 129}).what(), "with 129 pairs: give 1 to 128"));
  CHECK(refusal({.kind = TaskKind::recall, .pairs = 0}).code() == Errc::unsupported);
  const Error narrow = refusal({.kind = TaskKind::detect, .segments = 1, .segment_length = 10});
  CHECK(narrow.code() == Errc::mismatch);
  CHECK(contains(narrow.what(), "a sample of 10 tokens has no room"));
  CHECK(contains(narrow.what(), "up to 11 tokens"));
  CHECK(generator({.kind = TaskKind::detect, .segments = 1, .segment_length = 11}).sample(0).ids.size() == 11);
  CHECK_THROWS_AS(generator({}).sample(-1), std::invalid_argument);
}

TEST_CASE_FIXTURE(World, "a background that does not fit is refused") {
  const WordTokenizer other("other words");
  const Error foreign = error_of([&] { TaskGenerator({}, other, *background); });
  CHECK(foreign.code() == Errc::mismatch);
  CHECK(contains(foreign.what(), "another tokenizer"));
  const TempFolder folder;
  const auto corpus = corpus_background({folder.write("a.txt", " few words only")}, tokenizer);
  const Error small = error_of([&] { TaskGenerator({.segments = 2}, tokenizer, *corpus); });
  CHECK(small.code() == Errc::mismatch);
  CHECK(contains(small.what(), "has 3 tokens and a sample needs 998"));
}
