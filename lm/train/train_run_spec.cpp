#include "lm/train/train_run_spec.h"

#include <nlohmann/json.hpp>

#include "model/precision.h"

namespace rmt::lm {

namespace {

using nlohmann::json;

const char* name(Method method) {
  switch (method) {
    case Method::full: return "full";
    case Method::lora: return "lora";
    case Method::memory: return "memory";
  }
  return "";
}

const char* name(Decay decay) {
  switch (decay) {
    case Decay::constant: return "constant";
    case Decay::linear: return "linear";
    case Decay::cosine: return "cosine";
  }
  return "";
}

json described(const Stage& stage) {
  const Schedule& schedule = stage.schedule;
  return {{"segments", stage.segments},     {"mixed", stage.mixed},           {"batch", stage.batch},
          {"accumulate", stage.accumulate}, {"truncation", stage.truncation}, {"steps", schedule.steps},
          {"learning_rate", schedule.peak}, {"warmup", schedule.warmup},      {"schedule", name(schedule.decay)},
          {"floor", schedule.floor}};
}

json described(const TrainedPart& trained) {
  json all = {{"method", name(trained.method)}, {"memory_rate_factor", trained.memory_rate_factor}};
  if (trained.method == Method::lora) all.update({{"rank", trained.rank}, {"alpha", trained.alpha}});
  return all;
}

// Keys are named as in a recipe. How often checkpoints are written changes nothing and is left out.
json described(const Recipe& recipe) {
  const TrainSettings& settings = recipe.settings;
  const AdamWOptions& adamw = settings.adamw;
  json all = {{"fingerprint", settings.fingerprint},
              {"output", settings.folder},
              {"seed", settings.seed},
              {"memory_noise", settings.memory_noise},
              {"shuffle_rows", recipe.shuffle_rows},
              {"memory_tokens", recipe.memory_tokens},
              {"segment_length", recipe.segment_length},
              {"text_positions", recipe.positions == model::TextPositions::shifted ? "shifted" : "pretrained"},
              {"trained", described(recipe.trained)},
              {"optimizer",
               {{"beta1", adamw.beta1},
                {"beta2", adamw.beta2},
                {"epsilon", adamw.epsilon},
                {"weight_decay", adamw.weight_decay}}}};
  if (settings.clip_norm) all["optimizer"]["clip_norm"] = *settings.clip_norm;
  if (settings.clip_value) all["optimizer"]["clip_value"] = *settings.clip_value;
  for (const TrainSource& source : recipe.sources)
    all["sources"].push_back({{"paths", source.paths}, {"weight", source.weight}});
  for (const Stage& stage : settings.stages) all["stages"].push_back(described(stage));
  return all;
}

}  // namespace

store::RunSpec train_run_spec(const Recipe& recipe, const LoadedModel& opened, const std::string& version) {
  return {.command = "train",
          .protocol = "rmt",
          .model = opened.name,
          .model_sha256 = opened.sha256,
          .tokenizer_sha256 = opened.tokenizer->fingerprint(),
          .config = described(recipe).dump(-1, ' ', false, json::error_handler_t::replace),
          .device = "cpu",
          .dtype = std::string(model::name(recipe.trained.precision)),
          .version = version};
}

}  // namespace rmt::lm
