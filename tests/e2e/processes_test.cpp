// Several processes that train one model, started as torchrun starts them.
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "lm/train/train_checkpoint.h"
#include "model/weights/mapped_file.h"
#include "model/weights/safetensors.h"
#include "tests/e2e/launched.h"
#include "tests/lm/model_folder.h"
#include "tests/support/doctest.h"
#include "tests/support/temporary_folder.h"

namespace rmt::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

// A batch of 5 rows does not fall into equal shares.
constexpr char kRecipe[] = R"(output = "out"
seed = 3
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
paths = "docs"
[[stage]]
segments = 3
batch = 5
steps = 8
learning-rate = 1e-3
)";

/// A folder with a small model, a document and a recipe.
struct Workplace {
  Workplace() {
    fs::create_directory(folder / "model");
    write_small_model(folder / "model");
    write_file(folder / "docs/0.txt", random_text(3000, 1));
    write_file(folder / "recipe.toml", kRecipe);
  }

  std::vector<std::string> arguments(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all = {"train", folder / "recipe.toml", "--threads", "1", "--json"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  std::string error_file(int64_t rank) const { return folder / ("err" + std::to_string(rank)); }

  /// A process on its own.
  Outcome run(const std::vector<std::string>& more = {}, const std::vector<std::string>& environment = {}) const {
    return Process(arguments(more), error_file(0), 0, "", environment).finish();
  }
  std::string errors(int64_t rank) const { return read_file(error_file(rank)); }
  std::string newest() const { return lm::newest_checkpoint(folder / "out").value_or("none"); }

  TemporaryFolder folder;
};

/// So many processes, in the one place or each in its own.
Launched team(int64_t count, const std::vector<const Workplace*>& places) {
  return {count, [&](int64_t rank) {
            const Workplace& place = *places[static_cast<size_t>(rank) % places.size()];
            return Launched::Command{place.arguments(), place.error_file(rank)};
          }};
}

std::vector<json> lines_of(const std::string& out) {
  std::vector<json> lines;
  std::istringstream stream(out);
  for (std::string line; std::getline(stream, line);) lines.push_back(json::parse(line));
  return lines;
}

model::NamedTensors tensors_of(const std::string& file) {
  const model::MappedFile mapped(file);
  model::NamedTensors tensors = model::read_safetensors(mapped.bytes(), file).tensors;
  for (auto& [name, tensor] : tensors) tensor = tensor.clone();
  return tensors;
}

double largest_difference(const std::string& one, const std::string& other) {
  const auto a = tensors_of(one), b = tensors_of(other);
  REQUIRE(a.size() == b.size());
  double largest = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    REQUIRE(a[i].first == b[i].first);
    largest = std::max(largest, a[i].second.sub(b[i].second).abs().max().item<double>());
  }
  return largest;
}

TEST_CASE("two processes and three take the same steps as one, and process 0 alone speaks") {
  const Workplace alone;
  const Outcome whole = alone.run();
  REQUIRE(whole.code == 0);
  const std::vector<json> expected = lines_of(whole.out);
  REQUIRE(expected.size() == 8);
  for (const int64_t count : {2, 3}) {
    CAPTURE(count);
    const Workplace place;
    const std::vector<Outcome> outcomes = team(count, {&place}).finish();
    for (const Outcome& outcome : outcomes) CHECK(outcome.code == 0);
    for (size_t rank = 1; rank < outcomes.size(); ++rank) {
      CHECK(outcomes[rank].out.empty());
      CHECK(place.errors(static_cast<int64_t>(rank)).empty());
    }
    const std::vector<json> steps = lines_of(outcomes[0].out);
    REQUIRE(steps.size() == expected.size());
    for (size_t i = 0; i < steps.size(); ++i) {
      CHECK(steps[i]["loss"].get<double>() == doctest::Approx(expected[i]["loss"].get<double>()).epsilon(1e-6));
      CHECK(steps[i]["tokens"] == expected[i]["tokens"]);
    }
    for (const char* name : {"/rmt_adapter.safetensors", "/rmt_memory.safetensors"})
      CHECK(largest_difference(place.newest() + name, alone.newest() + name) < 1e-5);
    const std::string before = place.folder / "out/step-000006/rmt_memory.safetensors";
    CHECK(largest_difference(place.newest() + "/rmt_memory.safetensors", before) > 5e-5);  // what two steps change
  }
}

TEST_CASE("a process that is killed ends the others with 75, and one process goes on from their checkpoint") {
  const Workplace place;
  Launched both = team(2, {&place});
  REQUIRE(both[0].wait_for_lines(4));
  const auto killed = Clock::now();
  both[1].send(SIGKILL);
  const Outcome first = both[0].finish();
  CHECK(Clock::now() - killed < std::chrono::seconds(60));
  CHECK(both[1].finish().signal == SIGKILL);
  CHECK(first.code == 75);
  CHECK(place.errors(0).find("Process 0 of 2 lost another process of the run: ") != std::string::npos);
  CHECK(place.errors(0).find("--resume goes on from what was saved last") != std::string::npos);
  REQUIRE(fs::exists(place.newest()));
  const Outcome rest = place.run({"--resume"});
  CHECK(rest.code == 0);
  CHECK(lines_of(rest.out).back()["step"] == 8);
  CHECK(fs::path(place.newest()).filename() == "step-000008");
}

TEST_CASE("an interrupt of one process saves a checkpoint and ends all of them") {
  const Workplace place;
  Launched both = team(2, {&place});
  REQUIRE(both[0].wait_for_lines(2));
  both[1].send(SIGINT);
  for (const Outcome& outcome : both.finish()) CHECK(outcome.code == 130);
  CHECK(fs::exists(place.newest()));
}

TEST_CASE("processes with different recipes, or models, or without a place among the others, are refused") {
  const Workplace one, other;
  std::string text = kRecipe;
  write_file(other.folder / "recipe.toml", text.replace(text.find("1e-3"), 4, "2e-3"));
  for (const Outcome& outcome : team(2, {&one, &other}).finish()) CHECK(outcome.code == 2);
  CHECK(one.errors(0).find("would not start alike") != std::string::npos);
  CHECK(other.errors(1).find("would not start alike") != std::string::npos);

  write_small_model(other.folder / "model", 8);
  for (const Outcome& outcome : team(2, {&one, &other}).finish()) CHECK(outcome.code == 2);
  CHECK(other.errors(1).find("opened different models; process 1 has") != std::string::npos);

  CHECK(one.run({}, {"RANK=1"}).code == 2);
  CHECK(one.errors(0).find("RANK is set and WORLD_SIZE is not.") != std::string::npos);
  CHECK(one.newest() == "none");
}

}  // namespace
}  // namespace rmt::tests
