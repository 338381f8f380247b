#include "lm/train/recipe.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "model/weights/sha256.h"

namespace rmt::lm {

namespace {

using nlohmann::json;

json to_json(const Stage& stage) {
  const Schedule& s = stage.schedule;
  return {stage.segments, stage.mixed, stage.batch, stage.accumulate, stage.truncation, static_cast<int>(s.decay),
          s.peak,         s.steps,     s.warmup,    s.floor};
}

json to_json(const NewModel& fresh) {
  const model::BackboneConfig& c = fresh.config;
  return {std::string(model::name(c.architecture)),
          c.width,
          c.layers,
          c.heads,
          c.kv_heads,
          c.head_size,
          c.ffn_width,
          c.max_positions,
          fresh.tokenizer};
}

void check_stage(const Recipe& recipe, size_t index, std::vector<std::string>& found) {
  const Stage& stage = recipe.settings.stages[index];
  const std::string where = "Stage " + std::to_string(index + 1) + ": ";
  if (stage.accumulate > stage.batch)
    found.push_back(where + "accumulate is " + std::to_string(stage.accumulate) + ", but a batch has only " +
                    std::to_string(stage.batch) + " rows to share out.");
  if (stage.schedule.warmup >= stage.schedule.steps)
    found.push_back(where + "the warm-up takes all of its " + std::to_string(stage.schedule.steps) + " steps.");
  if (stage.truncation == 0) found.push_back(where + "truncation counts segments: 1 or more, or -1 for all.");
  if (recipe.memory_tokens == 0 && stage.segments > 1)
    found.push_back(where +
                    "without memory tokens nothing is carried from one segment to the next: train with "
                    "segments = 1.");
}

}  // namespace

std::vector<std::string> problems(const Recipe& recipe) {
  std::vector<std::string> found;
  if (recipe.base.empty() != recipe.fresh.has_value())
    found.emplace_back("A recipe needs either [model] base or [model.new], and not both.");
  if (recipe.fresh && recipe.trained.method != Method::full)
    found.emplace_back("A new model has no weights to leave as they are: train it with method = \"full\".");
  if (recipe.trained.method == Method::memory && recipe.memory_tokens == 0)
    found.emplace_back("There is nothing to train: method = \"memory\" with 0 memory tokens.");
  if (recipe.sources.empty()) found.emplace_back("There is no [[source]] of text to train on.");
  if (recipe.settings.stages.empty()) found.emplace_back("There is no [[stage]].");
  if (recipe.settings.clip_norm && recipe.settings.clip_value)
    found.emplace_back("clip-norm and clip-value do not go together: choose one.");
  for (size_t i = 0; i < recipe.settings.stages.size(); ++i) check_stage(recipe, i, found);
  return found;
}

std::string fingerprint(const Recipe& recipe) {
  const TrainSettings& settings = recipe.settings;
  const TrainedPart& trained = recipe.trained;
  json all = {
      {"format", 1},
      {"base", recipe.base},
      {"wrapper", {recipe.memory_tokens, recipe.segment_length, static_cast<int>(recipe.positions)}},
      {"trained",
       {static_cast<int>(trained.method), trained.rank, trained.alpha, trained.memory_rate_factor, trained.seed,
        static_cast<int>(trained.precision)}},
      {"adamw", {settings.adamw.beta1, settings.adamw.beta2, settings.adamw.epsilon, settings.adamw.weight_decay}},
      {"clip", {settings.clip_norm.value_or(-1), settings.clip_value.value_or(-1)}},
      {"noise", settings.memory_noise},
      {"seed", settings.seed},
      {"shuffle", recipe.shuffle_rows}};
  if (recipe.fresh) all["new"] = to_json(*recipe.fresh);
  for (const TrainSource& source : recipe.sources) all["sources"].push_back({source.paths, source.weight});
  for (const Stage& stage : settings.stages) all["stages"].push_back(to_json(stage));
  return model::sha256_hex(all.dump());
}

int64_t row_tokens(const Recipe& recipe) {
  int64_t most = 1;
  for (const Stage& stage : recipe.settings.stages) most = std::max(most, stage.segments);
  return most * recipe.segment_length + 1;
}

}  // namespace rmt::lm
