#include "lm/train/fingerprints.h"

namespace rmt::lm {

namespace {

using nlohmann::json;

json stage_json(const Stage& stage) {
  const Schedule& s = stage.schedule;
  return {stage.segments, stage.tokens, stage.mixed, stage.batch, stage.accumulate,         stage.truncation,
          s.peak,         s.steps,      s.warmup,    s.floor,     static_cast<int>(s.decay)};
}

}  // namespace

json to_json(const model::BackboneConfig& c) {
  return {std::string(model::name(c.architecture)),
          c.width,
          c.layers,
          c.heads,
          c.kv_heads,
          c.head_size,
          c.ffn_width,
          c.max_positions};
}

json to_json(const model::RmtConfig& wrapper) {
  return {wrapper.memory_tokens, wrapper.segment_length, static_cast<int>(wrapper.positions),
          static_cast<int>(wrapper.scale)};
}

json to_json(const TrainedPart& trained) {
  return {static_cast<int>(trained.method), trained.rank, trained.alpha,
          trained.memory_rate_factor,       trained.seed, static_cast<int>(trained.precision)};
}

json to_json(const TrainSettings& settings) {
  json all = {
      {"seed", settings.seed},
      {"adamw", {settings.adamw.beta1, settings.adamw.beta2, settings.adamw.epsilon, settings.adamw.weight_decay}},
      {"clip", {settings.clip_norm.value_or(-1), settings.clip_value.value_or(-1)}},
      {"noise", settings.memory_noise}};
  for (const Stage& stage : settings.stages) all["stages"].push_back(stage_json(stage));
  return all;
}

std::vector<std::string> problems(const TrainSettings& settings) {
  const std::vector<Stage>& stages = settings.stages;
  std::vector<std::string> found;
  if (settings.clip_norm && settings.clip_value)
    found.emplace_back("clip-norm and clip-value do not go together: choose one.");
  if (stages.empty()) found.emplace_back("There is no [[stage]].");
  for (size_t i = 0; i < stages.size(); ++i) {
    const Stage& stage = stages[i];
    const std::string where = "Stage " + std::to_string(i + 1) + ": ";
    if (stage.accumulate > stage.batch)
      found.push_back(where + "accumulate is " + std::to_string(stage.accumulate) + ", but a batch has only " +
                      std::to_string(stage.batch) + " rows to share out.");
    if (stage.schedule.warmup >= stage.schedule.steps)
      found.push_back(where + "the warm-up takes all of its " + std::to_string(stage.schedule.steps) + " steps.");
    if (stage.truncation == 0) found.push_back(where + "truncation counts segments: 1 or more, or -1 for all.");
  }
  return found;
}

}  // namespace rmt::lm
