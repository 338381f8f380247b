// `rmt-lm task` as its users meet it: a small reader is trained, recorded and drawn, and asked by several seeds.
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "lm/eval/wilson.h"
#include "lm/store/store.h"
#include "tests/e2e/process.h"
#include "tests/support/doctest.h"
#include "tests/support/temporary_folder.h"

namespace rmt::tests {
namespace {

using nlohmann::json;

constexpr char kRecipe[] = R"(output = "out"
seed = 3
checkpoint-every = 4
[model]
memory-tokens = 3
segment-length = 24
[model.new]
architecture = "bert"
width = 32
layers = 2
heads = 2
ffn-width = 64
positions = 64
vocabulary = 1200
[trained]
method = "full"
dtype = "fp32"
[[stage]]
segments = 1
batch = 4
steps = 5
[[stage]]
segments = 2
batch = 4
steps = 6
)";

struct Workplace {
  Workplace() { write_file(folder / "recipe.toml", kRecipe); }

  Outcome run(const std::vector<std::string>& words, const std::vector<std::string>& more) const {
    std::vector<std::string> all{"task"};
    all.insert(all.end(), words.begin(), words.end());
    all.insert(all.end(), more.begin(), more.end());
    return Process(all, folder / "err").finish();
  }
  Outcome train(const std::vector<std::string>& more) const {
    return run({"detect", "train", folder / "recipe.toml", "--threads", "1"}, more);
  }
  Outcome ask(const std::vector<std::string>& more) const {
    return run({"detect", "eval", "--model", folder / "out/step-000011", "--threads", "1", "--dtype", "fp32"}, more);
  }
  std::string errors() const { return read_file(folder / "err"); }

  TemporaryFolder folder;
};

std::vector<json> lines_of(const std::string& out) {
  std::vector<json> lines;
  std::istringstream stream(out);
  for (std::string line; std::getline(stream, line);) lines.push_back(json::parse(line));
  return lines;
}

TEST_CASE("training a task is recorded and drawn like training a language model") {
  const Workplace place;
  const std::string db = place.folder / "runs.db", plot = place.folder / "run.svg";
  const Outcome outcome = place.train({"--db", db, "--plot", plot, "--json"});
  REQUIRE(outcome.code == 0);
  const std::vector<json> printed = lines_of(outcome.out);
  REQUIRE(printed.size() == 11);

  const store::Store store = store::Store::open_read_only(db);
  const store::Run run = store.run(1);
  CHECK(run.status == store::RunStatus::finished);
  CHECK(run.spec.command == "train");
  const json config = json::parse(run.spec.config);
  CHECK(config["task"] == "detect");
  CHECK(config["memory_tokens"] == 3);
  CHECK(config["stages"].size() == 2);
  const std::vector<store::TrainStepRow> steps = store.train_steps(1);
  REQUIRE(steps.size() == 11);
  for (size_t i = 0; i < steps.size(); ++i) {
    CHECK(steps[i].step == static_cast<int64_t>(i) + 1);
    CHECK(steps[i].stage == (i < 5 ? 1 : 2));
    CHECK(steps[i].loss == printed[i]["loss"].get<double>());
  }
  CHECK(steps.back().tokens == 4 * 2 * 24);
  const std::string svg = read_file(plot);
  CHECK(svg.find("recipe.toml") != std::string::npos);
  CHECK(svg.find("steps 1 to 11") != std::string::npos);
}

TEST_CASE("every seed has its line, and all together one with a narrower interval") {
  const Workplace place;
  REQUIRE(place.train({}).code == 0);
  const Outcome outcome = place.ask({"--segments", "1,2", "--samples", "40", "--seed", "7", "--seeds", "3", "--json"});
  REQUIRE(outcome.code == 0);
  const std::vector<json> lines = lines_of(outcome.out);
  REQUIRE(lines.size() == 8);
  for (size_t first : {0, 4}) {
    int64_t correct = 0;
    for (size_t i = 0; i < 3; ++i) {
      const json& line = lines[first + i];
      CHECK(line["seed"] == 7 + i);
      CHECK(line["samples"] == 40);
      correct += line["correct"].get<int64_t>();
    }
    const json& all = lines[first + 3];
    CHECK(all["seeds"] == json{7, 8, 9});
    CHECK(all["segments"] == (first == 0 ? 1 : 2));
    CHECK(all["samples"] == 120);
    CHECK(all["correct"] == correct);
    const lm::Interval interval = lm::wilson_interval(correct, 120);
    CHECK(all["wilson95"] == json{interval.low, interval.high});
  }
  // Other samples, not the same three times over.
  const json alone = lines_of(place.ask({"--segments", "2", "--samples", "40", "--seed", "8", "--json"}).out).at(0);
  CHECK(alone["correct"] == lines[5]["correct"]);
  CHECK(alone["seed"] == 8);

  const std::string table = place.ask({"--segments", "1", "--samples", "10", "--seeds", "2"}).out;
  CHECK(table.find("    seed") != std::string::npos);
  CHECK(table.find("     all") != std::string::npos);
  CHECK(place.ask({"--segments", "1", "--samples", "10"}).out.find("seed") == std::string::npos);
}

TEST_CASE("--attention tells, layer by layer, what falls on the facts") {
  const Workplace place;
  REQUIRE(place.train({}).code == 0);
  const Outcome outcome = place.ask({"--segments", "3", "--samples", "10", "--attention", "--json"});
  REQUIRE(outcome.code == 0);
  const std::vector<json> lines = lines_of(outcome.out);
  REQUIRE(lines.size() == 3);
  for (size_t layer : {0, 1}) {
    const json& line = lines[1 + layer];
    CHECK(line["type"] == "write_attention_on_facts");
    CHECK(line["layer"] == layer);
    CHECK(line["segments"] == 3);
    CHECK(line["samples"] == 10);
    CHECK(line["fact_segments"].get<int64_t>() >= 10);
    CHECK(line["best_head_share"].get<double>() >= line["share"].get<double>());
    // Hardly trained, it looks nearly everywhere alike.
    CHECK(line["share"].get<double>() == doctest::Approx(line["even_share"].get<double>()).epsilon(0.5));
  }
  const std::string table = place.ask({"--segments", "3", "--samples", "10", "--attention"}).out;
  CHECK(table.find("3 segments: what the memory looks at while it is written") != std::string::npos);
}

}  // namespace
}  // namespace rmt::tests
