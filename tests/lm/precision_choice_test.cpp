// The arithmetic is chosen by what was measured, and what was measured is remembered.
#include "lm/eval/precision_choice.h"

#include <set>

#include "tests/lm/byte_models.h"
#include "tests/lm/store/scratch.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using model::Precision;
using store::test::ScratchFolder;

struct Bench {
  Bench() {
    backbone = random_backbone(model::Architecture::llama);
    question.candidates = {Precision::fp32, Precision::bf16, Precision::int8};
    question.rmt = {.memory_tokens = 2, .segment_length = 16};
    question.initial_memory = small_decoder(backbone, 2, 16).initial_memory();
    question.cache_key = "key";
    corpora::Segment segment;
    for (int32_t i = 0; i < 16; ++i) segment.ids.push_back('a' + i);
    question.sample = {segment, segment};
  }

  lm::PrecisionChoice choose(const lm::PrecisionCache& cache) {
    loads.clear();
    return lm::choose_precision(
        question,
        [this](Precision precision) {
          loads.push_back(precision);
          return backbone;
        },
        cache);
  }

  std::shared_ptr<const model::Backbone> backbone;
  lm::PrecisionQuestion question;
  std::vector<Precision> loads;
};

// What a cache says of the three; the sample's digest is learnt from a first run.
void remember(const lm::PrecisionCache& cache, const std::map<std::string, double>& speed,
              const std::map<std::string, double>& ppl) {
  lm::PrecisionEntry entry = cache.find("key");
  REQUIRE(entry.perplexity.size() == 1);
  entry.tokens_per_second = speed;
  entry.perplexity.begin()->second = ppl;
  cache.store("key", entry);
}

TEST_CASE("everything is measured once, and then known") {
  const ScratchFolder folder;
  const lm::PrecisionCache cache(folder / "new/folder/precision.json");
  Bench bench;
  const auto first = bench.choose(cache);
  CHECK(std::set(bench.loads.begin(), bench.loads.end()).size() == 3);
  for (const auto& trial : first.trials) CHECK(trial.loss == 0);  // the test's loader gives one backbone for all
  const auto again = bench.choose(cache);
  CHECK(bench.loads.empty());
  CHECK(again.precision == first.precision);
  CHECK(!again.backbone);
}

TEST_CASE("the fastest whose loss is within the bound wins") {
  const ScratchFolder folder;
  const lm::PrecisionCache cache(folder / "precision.json");
  Bench bench;
  bench.choose(cache);
  const std::map<std::string, double> speed = {{"fp32", 100}, {"bf16", 150}, {"int8", 300}};
  const auto choose = [&](double bf16, double int8) {
    remember(cache, speed, {{"fp32", 20}, {"bf16", bf16}, {"int8", int8}});
    return bench.choose(cache);
  };
  CHECK(choose(20.01, 20.05).precision == Precision::int8);
  CHECK(choose(20.01, 20.05).loss == doctest::Approx(0.0025));
  CHECK(choose(20.01, 20.70).precision == Precision::bf16);
  CHECK(choose(20.01, 20.70).trials.size() == 2);  // int8 was looked at and found to lose too much
  CHECK(choose(20.90, 20.70).precision == Precision::fp32);
}

TEST_CASE("another text has its loss measured, not its speed") {
  const ScratchFolder folder;
  const lm::PrecisionCache cache(folder / "precision.json");
  Bench bench;
  bench.choose(cache);
  remember(cache, {{"fp32", 100}, {"bf16", 150}, {"int8", 300}}, {{"fp32", 20}, {"bf16", 20}, {"int8", 20}});
  bench.question.sample[0].ids[0] = 'z';
  const auto choice = bench.choose(cache);
  CHECK(choice.precision == Precision::int8);
  CHECK((bench.loads == std::vector{Precision::fp32, Precision::int8}));  // bf16 was not needed
  CHECK(cache.find("key").perplexity.size() == 2);
}

TEST_CASE("a cache that cannot be read or written costs time, not the run") {
  const ScratchFolder folder;
  Bench bench;
  for (const char* content :
       {"", "{", "[]", R"({"format": 9})", R"({"format": 1, "entries": {"key": {"tokens_per_s": 3}}})"}) {
    store::test::write_file(folder / "precision.json", content);
    CHECK(bench.choose(lm::PrecisionCache(folder / "precision.json")).trials.size() >= 1);
    CHECK(!bench.loads.empty());
  }
  CHECK(bench.choose(lm::PrecisionCache("/proc/nowhere/precision.json")).trials.size() >= 1);
}

TEST_CASE("the place of the cache follows the environment") {
  CHECK(lm::precision_cache_file("/x", "/home/u") == "/x/rmt-lm/precision.json");
  CHECK(lm::precision_cache_file("", "/home/u") == "/home/u/.cache/rmt-lm/precision.json");
  CHECK(lm::precision_cache_key("1", "a", {}) != lm::precision_cache_key("1", "b", {}));
  CHECK(lm::precision_cache_key("1", "a", {}) == lm::precision_cache_key("1", "a", {}));
}

}  // namespace
}  // namespace rmt::tests
