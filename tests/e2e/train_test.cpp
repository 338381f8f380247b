// `rmt-lm train` as its users meet it: kill -9, interrupts, a full disk, recipes that are wrong, and what comes out.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "lm/store/store.h"
#include "lm/train/train_checkpoint.h"
#include "tests/e2e/process.h"
#include "tests/lm/model_folder.h"
#include "tests/lm/store/scratch.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using store::test::read_file;
using store::test::ScratchFolder;
using store::test::write_file;

constexpr int64_t kSteps = 12;

// Everything random at once: mixed lengths, noise, shuffled rows of two sources.
constexpr char kRecipe[] = R"(output = "out"
seed = 3
memory-noise = 0.1
checkpoint-every = 3
shuffle-rows = 7
[model]
base = "model"
memory-tokens = 3
segment-length = 12
[trained]
rank = 2
dtype = "fp32"
[optimizer]
clip-norm = 1.0
[[source]]
paths = "docs/0.txt"
weight = 2
[[source]]
paths = ["docs/1.txt", "docs/2.txt"]
[[stage]]
segments = 1
batch = 2
steps = 4
learning-rate = 1e-3
[[stage]]
segments = 3
mixed = true
batch = 2
accumulate = 2
truncation = 2
steps = 8
learning-rate = 1e-3
)";

/// A folder with a small model, documents and a recipe, and what is run there.
struct Workplace {
  Workplace() {
    fs::create_directory(folder / "model");
    fs::create_directory(folder / "docs");
    write_small_model(folder / "model");
    for (int i = 0; i < 3; ++i)
      write_file(folder / ("docs/" + std::to_string(i) + ".txt"),
                 random_text(static_cast<size_t>(500 + 200 * i), static_cast<uint64_t>(i)));
    write_file(recipe, kRecipe);
  }

  /// The recipe with `from` replaced.
  void change(const std::string& from, const std::string& to) const {
    std::string text = kRecipe;
    write_file(recipe, text.replace(text.find(from), from.size(), to));
  }
  Process start(const std::vector<std::string>& more, long file_limit = 0) const {
    std::vector<std::string> all = {"train", recipe, "--threads", "1", "--json"};
    all.insert(all.end(), more.begin(), more.end());
    return Process(all, folder / "err", file_limit);
  }
  Outcome run(const std::vector<std::string>& more = {}, long file_limit = 0) const {
    return start(more, file_limit).finish();
  }
  Outcome run_exactly(const std::vector<std::string>& all) const { return Process(all, folder / "err").finish(); }
  std::string errors() const { return read_file(folder / "err"); }
  std::string newest() const { return lm::newest_checkpoint(folder / "out").value_or("none"); }
  std::string db() const { return folder / "traces.db"; }

  ScratchFolder folder;
  std::string recipe = folder / "recipe.toml";
};

using Losses = std::map<int64_t, json>;

/// The steps of an output by number, without their times. A step that comes again must be what it was.
void add_steps(const std::string& out, Losses& steps) {
  std::istringstream stream(out);
  for (std::string text; std::getline(stream, text);) {
    json line = json::parse(text, nullptr, false);
    if (line.is_discarded()) continue;  // the process died in the middle of it
    for (const char* measured : {"seconds", "tflops", "mfu"}) line.erase(measured);
    const auto [at, is_new] = steps.emplace(line["step"].get<int64_t>(), line);
    CHECK(at->second == line);
  }
}

/// Of a checkpoint, but for what names the run's folder.
std::string all_tensors(const std::string& checkpoint) {
  std::string all;
  for (const char* name : {"rmt_adapter.safetensors", "rmt_memory.safetensors", "optimizer.safetensors"})
    all += read_file(checkpoint + "/" + name);
  return all;
}

/// All that is recorded of run 1, but for times.
std::string recorded(const std::string& db) {
  std::string all;
  for (const store::TrainStepRow& row : store::Store::open_read_only(db).train_steps(1))
    all += fmt::format("{} {} {} {} {} {} {} {}\n", row.step, row.stage, row.segments, row.loss, row.gradient_norm,
                       row.learning_rate, row.tokens, fmt::join(row.by_segment, " "));
  return all;
}

/// Kills the process `kills` times after a random number of steps, each time resuming, then lets it end.
void kill_and_resume(int kills, uint64_t seed) {
  const Workplace unbroken;
  const Outcome whole = unbroken.run({"--db", unbroken.db()});
  REQUIRE(whole.code == 0);
  Losses expected;
  add_steps(whole.out, expected);
  REQUIRE(expected.size() == kSteps);
  CHECK(expected.rbegin()->second["loss"] != expected.begin()->second["loss"]);
  const std::string rows = recorded(unbroken.db());
  CHECK(std::count(rows.begin(), rows.end(), '\n') == kSteps);

  std::mt19937_64 rng(seed);
  while (kills > 0) {
    const Workplace place;
    const std::vector<std::string> resume = {"--resume", "--db", place.db()};
    Losses steps;
    for (int left = 4; left > 0 && kills > 0; --left, --kills) {
      Process process = place.start(resume);
      process.wait_for_lines(1 + static_cast<int64_t>(rng() % 4));
      process.send(SIGKILL);
      const Outcome killed = process.finish();
      CHECK(killed.signal == SIGKILL);
      add_steps(killed.out, steps);
    }
    const Outcome rest = place.run(resume);
    CHECK(rest.code == 0);
    add_steps(rest.out, steps);
    CHECK(steps == expected);
    CHECK((all_tensors(place.newest()) == all_tensors(unbroken.newest())));
    CHECK(recorded(place.db()) == rows);
    const store::Store store = store::Store::open_read_only(place.db());
    REQUIRE(store.runs().size() == 1);
    CHECK(store.run(1).status == store::RunStatus::finished);
  }
}

TEST_CASE("killed four times, a run ends as an unbroken one, bit for bit, and so do its records") {
  kill_and_resume(4, 1);
}

TEST_SUITE("slow") {
  TEST_CASE("killed forty times, runs end as an unbroken one, bit for bit, and so do their records") {
    kill_and_resume(40, 2);
  }
}

TEST_CASE("an interrupt saves a checkpoint and exits with 130; --resume ends the run, the picture is of all of it") {
  const Workplace place;
  Process process = place.start({"--db", place.db()});
  REQUIRE(process.wait_for_lines(2));
  process.send(SIGINT);
  CHECK(process.finish().code == 130);
  CHECK(place.errors().find("--resume goes on from the checkpoint in " + (place.folder / "out")) != std::string::npos);
  REQUIRE(fs::exists(place.newest()));
  CHECK(store::Store::open_read_only(place.db()).run(1).status == store::RunStatus::interrupted);

  CHECK(place.run({}).code == 2);  // afresh into a folder that holds a run
  CHECK(place.errors().find("--resume goes on from it") != std::string::npos);
  CHECK(place.run({"--resume", "--db", place.db(), "--plot", place.folder / "run.svg"}).code == 0);
  const std::string svg = read_file(place.folder / "run.svg");
  CHECK(svg.starts_with("<svg "));
  CHECK(svg.find("steps 1 to 12") != std::string::npos);
  CHECK(svg.find("Loss by segment") != std::string::npos);

  const Outcome shown = place.run_exactly({"runs", "show", "1", "--db", place.db()});
  CHECK(shown.code == 0);
  CHECK(shown.out.find("1 (train), finished") != std::string::npos);
  CHECK(shown.out.find("last loss") != std::string::npos);
  const Outcome lines = place.run_exactly({"runs", "show", "1", "--json", "--db", place.db()});
  CHECK(std::count(lines.out.begin(), lines.out.end(), '\n') == 1 + kSteps + 1);
  CHECK(place.run_exactly({"runs", "list", "--db", place.db()}).code == 0);
}

TEST_CASE("what was trained is read by eval, with the memory it learnt") {
  const Workplace place;
  REQUIRE(place.run().code == 0);
  CHECK(fs::path(place.newest()).filename() == "step-000012");
  const Outcome outcome = place.run_exactly(
      {"eval", place.folder / "docs", "--model", place.newest(), "--gain", "--json", "--threads", "1"});
  CHECK(outcome.code == 0);
  CHECK(place.errors().find("no trained memory") == std::string::npos);
  CHECK(outcome.out.find("\"memory_tokens\":3") != std::string::npos);
}

TEST_CASE("without a dtype in the recipe a resumed run keeps the one it was begun in") {
  const Workplace place;
  place.change("dtype = \"fp32\"\n", "");
  Process process = place.start({});
  REQUIRE(process.wait_for_lines(2));
  process.send(SIGINT);
  REQUIRE(process.finish().code == 130);
  CHECK(place.errors().find("the faster one here") != std::string::npos);
  CHECK(place.run({"--resume"}).code == 0);
  CHECK(place.errors().find("the faster one here") == std::string::npos);
}

TEST_CASE("a disk that fills up is exit code 74, the last checkpoint stays, and the run goes on from it") {
  const Workplace place;
  Process process = place.start({});
  REQUIRE(process.wait_for_lines(4));
  process.send(SIGINT);
  REQUIRE(process.finish().code == 130);
  const std::string good = place.newest(), tensors = all_tensors(good);
  CHECK(place.run({"--resume"}, 4).code == 74);
  CHECK(place.errors().find("rmt-lm: ") != std::string::npos);
  CHECK(place.newest() == good);
  CHECK((all_tensors(good) == tensors));
  CHECK(place.run({"--resume"}).code == 0);
}

TEST_CASE("what cannot be run says what, where and what to do, and writes no checkpoint") {
  const Workplace place;
  const auto refuse = [&](int code, const std::string& message) {
    CAPTURE(message);
    const Outcome outcome = place.run();
    CHECK(outcome.code == code);
    CHECK(outcome.out.empty());
    CHECK(place.errors().find(message) != std::string::npos);
    CHECK(place.newest() == "none");
  };
  place.change("seed = 3", "sead = 3");
  refuse(2, "recipe.toml:2: A recipe has no key 'sead'; did you mean 'seed'?");
  place.change("segments = 3", "segmens = 3");
  refuse(2, "did you mean 'segments'?");
  place.change("memory-tokens = 3", "memory-tokens = 0");
  refuse(2, "Without memory tokens nothing is carried");
  place.change("clip-norm = 1.0", "clip-norm = 1.0\nclip-value = 1.0");
  refuse(2, "clip-norm and clip-value do not go together");
  place.change("base = \"model\"", "base = \"modle\"");
  refuse(69, "modle");
  place.change("docs/0.txt", "docs/9.txt");
  refuse(69, "docs/9.txt");
  place.change("batch = 2\naccumulate = 2", "batch = 1000000");
  refuse(69, "for a segment of stage 2. A smaller batch there, a larger accumulate");
  write_file(place.folder / "docs/0.txt", "");
  write_file(place.recipe, kRecipe);
  refuse(69, "docs/0.txt: the documents there hold less than one row of 37 tokens");
  place.change("segment-length = 12", "segment-length = 595");
  refuse(65, "the backbone has 600 positions");
  fs::copy("tests/fixtures/model/weights/bert", place.folder / "bert");
  write_file(place.folder / "bert/vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\nc\nd\ne\nf\n");
  place.change("base = \"model\"", "base = \"bert\"");
  refuse(65, "not BERT");
  fs::remove(place.recipe);
  refuse(2, "cannot be read");
}

}  // namespace
}  // namespace rmt::tests
