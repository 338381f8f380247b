// A recipe file: every key read, defaults where none is given, and what is wrong named with its place.
#include "app/train_recipe.h"

#include <filesystem>

#include "app/exit_code.h"
#include "app/task_recipe.h"
#include "tests/support/doctest.h"
#include "tests/support/temporary_folder.h"

namespace rmt::app {
namespace {

namespace fs = std::filesystem;

constexpr char kShort[] = R"([model]
base = "some-model"
[[source]]
paths = "text"
[[stage]]
segments = 2
)";

struct Fixture {
  std::string write(const std::string& text) const {
    tests::write_file(folder / "recipe.toml", text);
    return folder / "recipe.toml";
  }
  lm::Recipe read(const std::string& text) const { return read_recipe(write(text)); }
  /// The message, without the path it must begin with.
  std::string error(const std::string& text) const {
    const std::string path = write(text);
    try {
      read_recipe(path);
    } catch (const UsageError& e) {
      const std::string message = e.what();
      REQUIRE(message.starts_with(path));
      return message.substr(path.size());
    }
    return "no error";
  }
  /// The short recipe with `from` replaced.
  static std::string with(const std::string& from, const std::string& to) {
    std::string text = kShort;
    return text.replace(text.find(from), from.size(), to);
  }

  tests::TemporaryFolder folder;
};

TEST_CASE_FIXTURE(Fixture, "what a recipe leaves out has a default") {
  const lm::Recipe recipe = read(kShort);
  CHECK(recipe.base == "some-model");
  CHECK(recipe.settings.folder == folder / "recipe");
  CHECK(recipe.settings.seed == 0);
  CHECK(recipe.settings.recompute);
  CHECK(recipe.settings.checkpoint_every == 100);
  CHECK(recipe.settings.keep == 2);
  CHECK(recipe.shuffle_rows == 512);
  CHECK(recipe.rmt.memory_tokens == 16);
  CHECK(recipe.rmt.segment_length == 512);
  CHECK(recipe.rmt.positions == model::TextPositions::pretrained);
  CHECK(recipe.rmt.scale == model::MemoryScale::written);
  CHECK(recipe.trained.method == lm::Method::lora);
  CHECK(recipe.trained.rank == 16);
  CHECK(recipe.trained.alpha == 32);
  CHECK(!recipe.precision);
  CHECK(recipe.settings.adamw.weight_decay == 0.01);
  CHECK(!recipe.settings.clip_norm);
  REQUIRE(recipe.settings.stages.size() == 1);
  const lm::Stage& stage = recipe.settings.stages[0];
  CHECK(stage.segments == 2);
  CHECK(!stage.mixed);
  CHECK(stage.batch == 8);
  CHECK(stage.accumulate == 1);
  CHECK(stage.truncation == -1);
  CHECK(stage.schedule.steps == 100);
  CHECK(stage.schedule.warmup == 10);
  CHECK(stage.schedule.peak == 1e-4);
  CHECK(stage.schedule.decay == lm::Decay::linear);
  REQUIRE(recipe.sources.size() == 1);
  CHECK(recipe.sources[0].paths == std::vector<std::string>{folder / "text"});
  CHECK(recipe.sources[0].weight == 1);
}

TEST_CASE_FIXTURE(Fixture, "every key is read") {
  const lm::Recipe recipe = read(R"(
output = "runs/a"
seed = 7
recompute = false
memory-noise = 0.25
checkpoint-every = 5
keep = 3
shuffle-rows = 9
[model]
base = "m"
memory-tokens = 4
segment-length = 64
text-positions = "shifted"
memory-scale = "initial"
[trained]
method = "lora"
rank = 8
alpha = 4.5
memory-rate-factor = 10
dtype = "bf16"
[optimizer]
beta1 = 0.8
beta2 = 0.95
epsilon = 1e-6
weight-decay = 0.1
clip-norm = 2
[[source]]
paths = ["one", "/two"]
weight = 3
[[source]]
paths = "three"
[[stage]]
segments = 3
mixed = true
batch = 6
accumulate = 2
truncation = 2
schedule = "cosine"
steps = 40
learning-rate = 1
warmup = 0
floor = 0.1
[[stage]]
schedule = "constant"
)");
  const lm::TrainSettings& settings = recipe.settings;
  CHECK(settings.folder == folder / "runs/a");
  CHECK(settings.seed == 7);
  CHECK(recipe.trained.seed == 7);
  CHECK(!settings.recompute);
  CHECK(settings.memory_noise == 0.25);
  CHECK(settings.checkpoint_every == 5);
  CHECK(settings.keep == 3);
  CHECK(recipe.shuffle_rows == 9);
  CHECK(recipe.rmt.memory_tokens == 4);
  CHECK(recipe.rmt.segment_length == 64);
  CHECK(recipe.rmt.positions == model::TextPositions::shifted);
  CHECK(recipe.rmt.scale == model::MemoryScale::initial);
  CHECK(recipe.trained.rank == 8);
  CHECK(recipe.trained.alpha == 4.5);
  CHECK(recipe.trained.memory_rate_factor == 10);
  CHECK(recipe.precision == model::Precision::bf16);
  CHECK(settings.adamw.beta1 == 0.8);
  CHECK(settings.adamw.beta2 == 0.95);
  CHECK(settings.adamw.epsilon == 1e-6);
  CHECK(settings.adamw.weight_decay == 0.1);
  CHECK(settings.clip_norm == 2.0);
  REQUIRE(recipe.sources.size() == 2);
  CHECK(recipe.sources[0].paths == std::vector<std::string>{folder / "one", "/two"});
  CHECK(recipe.sources[0].weight == 3);
  REQUIRE(settings.stages.size() == 2);
  const lm::Stage& stage = settings.stages[0];
  CHECK(stage.mixed);
  CHECK(stage.batch == 6);
  CHECK(stage.accumulate == 2);
  CHECK(stage.truncation == 2);
  CHECK(stage.schedule.decay == lm::Decay::cosine);
  CHECK(stage.schedule.steps == 40);
  CHECK(stage.schedule.peak == 1.0);
  CHECK(stage.schedule.warmup == 0);
  CHECK(stage.schedule.floor == 0.1);
  CHECK(settings.stages[1].schedule.decay == lm::Decay::constant);
  CHECK(row_tokens(recipe) == 3 * 64 + 1);
}

TEST_CASE_FIXTURE(Fixture, "a key nobody knows is named with its line and the closest known one") {
  CHECK(error(std::string("sede = 1\n") + kShort).starts_with(":1: A recipe has no key 'sede'; did you mean 'seed'?"));
  CHECK(error(with("base =", "memory-token = 3\nbase ="))
            .starts_with(":2: [model] has no key 'memory-token'; did you mean 'memory-tokens'?"));
  CHECK(error(with("paths =", "path = 'x'\npaths ="))
            .starts_with(":4: [[source]] has no key 'path'; did you mean 'paths'?"));
  CHECK(error(std::string(kShort) + "learningrate = 1.0\n")
            .starts_with(":7: [[stage]] has no key 'learningrate'; did you mean 'learning-rate'?"));
  CHECK(error(std::string(kShort) + "[optimiser]\n").starts_with(":7: A recipe has no key 'optimiser'; did you mean"));
  CHECK(error(std::string(kShort) + "[trained]\nranks = 2\n").find("did you mean 'rank'?") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a value of the wrong kind or out of range is named with what it must be") {
  CHECK(error(with("segments = 2", "segments = 2.5")).starts_with(":6: 'segments' must be a whole number from 1 to"));
  CHECK(error(with("segments = 2", "segments = 0")).starts_with(":6: 'segments' must be a whole number"));
  CHECK(error(with("segments = 2", "mixed = 1")).starts_with(":6: 'mixed' must be true or false."));
  CHECK(error(with("segments = 2", "learning-rate = 'fast'")).starts_with(":6: 'learning-rate' must be a number"));
  CHECK(error(with("segments = 2", "floor = nan")).starts_with(":6: 'floor' must be a number"));
  CHECK(error(with("segments = 2", "schedule = 'steep'"))
            .starts_with(":6: 'schedule' must be one of constant, linear, cosine."));
  CHECK(error(with("paths = \"text\"", "paths = [1]")).starts_with(":4: 'paths' must hold texts in quotes."));
  CHECK(error(with("base = \"some-model\"", "base = 3")).starts_with(":2: 'base' must be a text in quotes."));
  CHECK(error(with("[[stage]]", "[stage]")).find("must be written as [[stage]]") != std::string::npos);
  CHECK(error(std::string(kShort) + "[[model]]\n").find("TOML") != std::string::npos);
  CHECK(error(std::string(kShort) + "x = = 1\n").starts_with(":7: This is not TOML"));
}

TEST_CASE_FIXTURE(Fixture, "what cannot work together is told, all of it at once") {
  const std::string all = error(R"([optimizer]
clip-norm = 1.0
clip-value = 1.0
[[stage]]
batch = 2
accumulate = 3
steps = 10
warmup = 10
truncation = 0
)");
  for (const char* part : {"either [model] base or [model.new]", "no [[source]]", "choose one", "only 2 rows to share",
                           "the warm-up takes all of its 10 steps", "truncation counts segments"}) {
    CAPTURE(part);
    CHECK(all.find(part) != std::string::npos);
  }
  CHECK(error("").find("There is no [[stage]].") != std::string::npos);
  CHECK(error(with("base =", "memory-tokens = 0\nbase =")).find("train with segments = 1") != std::string::npos);
  CHECK(error(with("[[source]]", "memory-tokens = 0\n[trained]\nmethod = 'memory'\n[[source]]"))
            .find("nothing to train") != std::string::npos);
  CHECK(error(with("paths = \"text\"", "weight = 1.0")).find("a [[source]] needs paths") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a key that would have no effect is refused, with the reason") {
  const std::string trained = std::string(kShort) + "[trained]\n";
  CHECK(error(trained + "method = 'full'\nrank = 8\n") == ":9: 'rank' has no effect without method = \"lora\".");
  CHECK(error(trained + "method = 'memory'\nalpha = 8\n") == ":9: 'alpha' has no effect without method = \"lora\".");
  CHECK(error(std::string(kShort) + "schedule = 'constant'\nfloor = 0.1\n") ==
        ":8: 'floor' has no effect with schedule = \"constant\".");
  CHECK(error(with("segments = 2", "segments = 1\nmixed = true")) == ":7: 'mixed' has no effect with segments = 1.");
  CHECK(error("memory-noise = 0.5\n" + with("segments = 2", "segments = 1")) ==
        ":1: 'memory-noise' has no effect without a stage of two segments or more.");
  CHECK(error(std::string(kShort) + "tokens = 9\n").starts_with(":7: [[stage]] has no key 'tokens'"));
  CHECK(error(with("base = \"some-model\"", "[model.new]\narchitecture = 'gpt2'\nkv-heads = 2\ntokenizer = 't'"))
            .starts_with(":4: 'kv-heads' has no effect without architecture = \"llama\"."));
  CHECK(error(with("base =", "memory-tokens = 0\nbase =") + "[trained]\nmemory-rate-factor = 2\n")
            .find("memory-rate-factor has no effect with 0 memory tokens") != std::string::npos);
  CHECK(error(with("segments = 2", "segments = 1\nmixed = false")) == "no error");
}

TEST_CASE("a task's recipe is read by the same rules") {
  const tests::TemporaryFolder folder;
  const auto error = [&](const std::string& text, corpora::TaskKind kind) -> std::string {
    tests::write_file(folder / "recipe.toml", text);
    try {
      read_task_recipe(folder / "recipe.toml", kind);
    } catch (const UsageError& e) {
      return std::string(e.what()).substr((folder / "recipe.toml").size());
    }
    return "no error";
  };
  const std::string fresh = "[model.new]\narchitecture = 'bert'\n[trained]\nmethod = 'full'\n";
  const std::string stage = "[[stage]]\ntokens = 32\n";
  CHECK(error(fresh + stage, corpora::TaskKind::detect) == "no error");
  CHECK(error("pairs = 3\n" + fresh + stage, corpora::TaskKind::recall) == "no error");
  CHECK(error("pairs = 3\n" + fresh + stage, corpora::TaskKind::detect) ==
        ":1: 'pairs' has no effect in the task detect: it is of recall.");
  CHECK(error("[model]\ntext-positions = 'shifted'\n" + fresh + stage, corpora::TaskKind::detect) ==
        ":2: 'text-positions' has no effect with architecture = \"bert\".");
  CHECK(error("[optimizer]\nclip-norm = 1\nclip-value = 1\n" + fresh + stage, corpora::TaskKind::detect)
            .find("choose one") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "paths start at the recipe, wherever the program was started; a name is no path") {
  const std::string path = write(kShort);
  const fs::path started = fs::current_path();
  const lm::Recipe from_outside = read_recipe(path);
  fs::current_path(folder.path());
  const lm::Recipe from_inside = read_recipe("recipe.toml");
  fs::current_path(started);
  CHECK(from_inside.sources[0].paths == from_outside.sources[0].paths);
  CHECK(from_inside.settings.folder == from_outside.settings.folder);
  CHECK(fingerprint(from_inside) == fingerprint(from_outside));

  fs::create_directory(folder.path() / "some-model");
  CHECK(read_recipe(path).base == folder / "some-model");
}

TEST_CASE_FIXTURE(Fixture, "the fingerprint is of what changes the numbers") {
  const std::string first = fingerprint(read(kShort));
  const auto changed = [&](const std::string& text) { return fingerprint(read(text)) != first; };
  CHECK(!changed(kShort));
  CHECK(!changed(std::string("keep = 9\ncheckpoint-every = 3\noutput = 'x'\n") + kShort));
  for (const char* line : {"seed = 1\n", "memory-noise = 0.1\n", "shuffle-rows = 3\n"})
    CHECK(changed(line + std::string(kShort)));
  for (const char* line :
       {"steps = 50\n", "learning-rate = 1.0\n", "mixed = true\n", "batch = 9\n", "warmup = 3\n", "truncation = 1\n",
        "accumulate = 2\n", "floor = 0.5\n", "schedule = 'cosine'\n", "[optimizer]\nbeta1 = 0.5\n",
        "[optimizer]\nclip-norm = 1.0\n", "[trained]\nrank = 3\n", "[trained]\nmethod = 'full'\n"}) {
    CAPTURE(line);
    CHECK(changed(kShort + std::string(line)));
  }
  CHECK(changed(with("\"text\"", "\"other\"")));
  CHECK(changed(with("\"some-model\"", "\"other\"")));
}

TEST_CASE("a recipe that is not there is said to be unreadable") {
  try {
    read_recipe("/nowhere/recipe.toml");
    FAIL("it was read");
  } catch (const UsageError& error) {
    CHECK(std::string(error.what()) == "The recipe '/nowhere/recipe.toml' cannot be read.");
  }
}

}  // namespace
}  // namespace rmt::app
