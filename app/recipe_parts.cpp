#include "app/recipe_parts.h"

#include <algorithm>

namespace rmt::app {

toml::table parse_recipe(const std::filesystem::path& path) {
  try {
    return toml::parse_file(path.string());
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    if (at.line == 0) throw UsageError(fmt::format("The recipe '{}' cannot be read.", path.string()));
    throw UsageError(fmt::format("{}:{}: This is not TOML: {}.", path.string(), at.line, error.description()));
  }
}

std::string beside(const std::filesystem::path& recipe, const std::string& path) {
  if (path.empty() || std::filesystem::path(path).is_absolute()) return path;
  return (std::filesystem::absolute(recipe).parent_path() / path).lexically_normal().string();
}

std::string base_model(const std::filesystem::path& recipe, const std::string& base) {
  const std::string near = beside(recipe, base);
  return !base.empty() && std::filesystem::exists(near) ? near : base;
}

namespace {

// The value of a key that is one of those names, as the model calls them.
template <class Value>
Value named(TomlFields& fields, const char* key, Value otherwise, std::initializer_list<Value> values) {
  std::vector<std::string> names;
  for (const Value value : values) names.emplace_back(name(value));
  const auto place = static_cast<size_t>(std::find(values.begin(), values.end(), otherwise) - values.begin());
  return values.begin()[fields.choice(key, place, names)];
}

}  // namespace

void read_wrapper(TomlFields& fields, model::RmtConfig& rmt) {
  using Positions = model::TextPositions;
  using Scale = model::MemoryScale;
  rmt.memory_tokens = fields.integer("memory-tokens", rmt.memory_tokens, 0, 1 << 16);
  rmt.segment_length = fields.integer("segment-length", rmt.segment_length, 1, 1 << 20);
  rmt.positions = named(fields, "text-positions", rmt.positions, {Positions::shifted, Positions::pretrained});
  rmt.scale = named(fields, "memory-scale", rmt.scale, {Scale::written, Scale::initial});
}

model::BackboneConfig read_network(TomlFields& fields) {
  model::BackboneConfig config;
  using Architecture = model::Architecture;
  config.architecture =
      named(fields, "architecture", Architecture::llama, {Architecture::gpt2, Architecture::llama, Architecture::bert});
  config.width = fields.integer("width", 256, 8, 1 << 16);
  config.layers = fields.integer("layers", 6, 1, 1000);
  config.heads = fields.integer("heads", 4, 1, 1 << 10);
  config.kv_heads = fields.integer("kv-heads", config.heads, 1, 1 << 10);
  config.head_size = config.width / config.heads;
  config.ffn_width = fields.integer("ffn-width", 4 * config.width, 8, 1 << 18);
  config.max_positions = fields.integer("positions", 1024, 2, 1 << 20);
  if (config.architecture != Architecture::llama) fields.refuse_idle("kv-heads", "without architecture = \"llama\"");
  if (config.architecture == Architecture::bert) config.type_vocab_size = 2;
  return config;
}

lm::TrainedPart read_trained(const toml::table& table, std::optional<model::Precision>& precision) {
  TomlFields fields(table, "[trained]");
  lm::TrainedPart trained;
  constexpr lm::Method kMethods[] = {lm::Method::full, lm::Method::lora, lm::Method::memory};
  trained.method = kMethods[fields.choice("method", 1, {"full", "lora", "memory"})];
  trained.rank = fields.integer("rank", trained.rank, 1, 4096);
  trained.alpha = fields.number("alpha", 2.0 * static_cast<double>(trained.rank), 1e-6, 1e6);
  if (trained.method != lm::Method::lora)
    for (const char* key : {"rank", "alpha"}) fields.refuse_idle(key, "without method = \"lora\"");
  trained.memory_rate_factor = fields.number("memory-rate-factor", 1.0, 0.0, 1e6);
  const size_t dtype = fields.choice("dtype", 0, {"auto", "fp32", "bf16"});
  if (dtype == 1) precision = model::Precision::fp32;
  if (dtype == 2) precision = model::Precision::bf16;
  fields.finish();
  return trained;
}

void read_optimizer(const toml::table& table, lm::TrainSettings& settings) {
  TomlFields fields(table, "[optimizer]");
  lm::AdamWOptions& adamw = settings.adamw;
  adamw.beta1 = fields.number("beta1", adamw.beta1, 0.0, 0.99999);
  adamw.beta2 = fields.number("beta2", adamw.beta2, 0.0, 0.9999999);
  adamw.epsilon = fields.number("epsilon", adamw.epsilon, 1e-20, 1.0);
  adamw.weight_decay = fields.number("weight-decay", adamw.weight_decay, 0.0, 10.0);
  if (fields.has("clip-norm")) settings.clip_norm = fields.number("clip-norm", 1.0, 1e-9, 1e9);
  if (fields.has("clip-value")) settings.clip_value = fields.number("clip-value", 1.0, 1e-9, 1e9);
  fields.finish();
}

lm::Stage read_stage(const toml::table& table, StageKeys keys) {
  TomlFields fields(table, "[[stage]]");
  lm::Stage stage;
  stage.segments = fields.integer("segments", stage.segments, 1, 1 << 20);
  if (keys == StageKeys::of_task) stage.tokens = fields.integer("tokens", stage.tokens, 0, 1 << 20);
  stage.mixed = fields.boolean("mixed", false);
  stage.batch = fields.integer("batch", stage.batch, 1, 1 << 20);
  stage.accumulate = fields.integer("accumulate", stage.accumulate, 1, 1 << 20);
  stage.truncation = fields.integer("truncation", stage.truncation, -1, 1 << 20);
  lm::Schedule& schedule = stage.schedule;
  constexpr lm::Decay kDecays[] = {lm::Decay::constant, lm::Decay::linear, lm::Decay::cosine};
  schedule.decay = kDecays[fields.choice("schedule", 1, {"constant", "linear", "cosine"})];
  schedule.steps = fields.integer("steps", 100, 1, kMany);
  schedule.peak = fields.number("learning-rate", 1e-4, 1e-12, 100.0);
  schedule.warmup = fields.integer("warmup", schedule.steps / 10, 0, kMany);
  schedule.floor = fields.number("floor", 0.0, 0.0, 1.0);
  fields.finish();  // first: a misspelt key may be what makes another idle
  if (stage.mixed && stage.segments == 1) fields.refuse_idle("mixed", "with segments = 1");
  if (schedule.decay == lm::Decay::constant) fields.refuse_idle("floor", "with schedule = \"constant\"");
  return stage;
}

void read_run(TomlFields& fields, const std::filesystem::path& path, StageKeys keys, lm::TrainSettings& settings) {
  settings.folder = beside(path, fields.text("output", path.stem().string()));
  settings.seed = static_cast<uint64_t>(fields.integer("seed", 0, 0, kMany));
  settings.recompute = fields.boolean("recompute", true);
  settings.memory_noise = fields.number("memory-noise", 0.0, 0.0, 10.0);
  settings.checkpoint_every = fields.integer("checkpoint-every", settings.checkpoint_every, 1, kMany);
  settings.keep = fields.integer("keep", settings.keep, 1, 1 << 20);
  if (const toml::table* table = fields.table("optimizer")) read_optimizer(*table, settings);
  for (const toml::table* table : fields.tables("stage")) settings.stages.push_back(read_stage(*table, keys));
  const auto carries = [](const lm::Stage& stage) { return stage.segments > 1; };
  if (std::none_of(settings.stages.begin(), settings.stages.end(), carries))
    fields.refuse_idle("memory-noise", "without a stage of two segments or more");
}

}  // namespace rmt::app
