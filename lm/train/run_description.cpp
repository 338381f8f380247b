#include "lm/train/run_description.h"

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
  json all = {{"segments", stage.segments},     {"mixed", stage.mixed},           {"batch", stage.batch},
              {"accumulate", stage.accumulate}, {"truncation", stage.truncation}, {"steps", schedule.steps},
              {"learning_rate", schedule.peak}, {"warmup", schedule.warmup},      {"schedule", name(schedule.decay)},
              {"floor", schedule.floor}};
  if (stage.tokens > 0) all["tokens"] = stage.tokens;
  return all;
}

json described(const TrainedPart& trained) {
  json all = {{"method", name(trained.method)}, {"memory_rate_factor", trained.memory_rate_factor}};
  if (trained.method == Method::lora) all.update({{"rank", trained.rank}, {"alpha", trained.alpha}});
  return all;
}

json described(const TrainSettings& settings) {
  const AdamWOptions& adamw = settings.adamw;
  json all = {
      {"beta1", adamw.beta1}, {"beta2", adamw.beta2}, {"epsilon", adamw.epsilon}, {"weight_decay", adamw.weight_decay}};
  if (settings.clip_norm) all["clip_norm"] = *settings.clip_norm;
  if (settings.clip_value) all["clip_value"] = *settings.clip_value;
  return all;
}

}  // namespace

json described(const TrainSettings& settings, const TrainedPart& trained) {
  json all = {
      {"fingerprint", settings.fingerprint},   {"output", settings.folder},     {"seed", settings.seed},
      {"memory_noise", settings.memory_noise}, {"trained", described(trained)}, {"optimizer", described(settings)}};
  for (const Stage& stage : settings.stages) all["stages"].push_back(described(stage));
  return all;
}

json described_wrapper(const model::RmtConfig& rmt) {
  return {{"memory_tokens", rmt.memory_tokens},
          {"segment_length", rmt.segment_length},
          {"text_positions", name(rmt.positions)},
          {"memory_scale", name(rmt.scale)}};
}

store::RunSpec train_run_spec(const json& config, const LoadedModel& opened, const TrainedPart& trained,
                              const std::string& version) {
  return {.command = "train",
          .protocol = "rmt",
          .model = opened.name,
          .model_sha256 = opened.sha256,
          .tokenizer_sha256 = opened.tokenizer->fingerprint(),
          .config = config.dump(-1, ' ', false, json::error_handler_t::replace),
          .device = trained.device.str(),
          .dtype = std::string(model::name(trained.precision)),
          .version = version};
}

}  // namespace rmt::lm
