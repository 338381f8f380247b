#include "app/train_recipe.h"

#include <algorithm>

#include "app/toml_fields.h"

namespace rmt::app {

namespace {

constexpr int64_t kMany = int64_t{1} << 40;

toml::table parse(const std::filesystem::path& path) {
  try {
    return toml::parse_file(path.string());
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    if (at.line == 0) throw UsageError(fmt::format("The recipe '{}' cannot be read.", path.string()));
    throw UsageError(fmt::format("{}:{}: This is not TOML: {}.", path.string(), at.line, error.description()));
  }
}

// Paths in a recipe start at the recipe's folder; a bundled model's name is no path there.
std::string beside(const std::filesystem::path& recipe, const std::string& path) {
  if (path.empty() || std::filesystem::path(path).is_absolute()) return path;
  return (recipe.parent_path() / path).lexically_normal().string();
}

lm::NewModel read_new(const toml::table& table, const std::filesystem::path& path) {
  TomlFields fields(table, "[model.new]");
  lm::NewModel fresh;
  model::BackboneConfig& config = fresh.config;
  constexpr model::Architecture kArchitectures[] = {model::Architecture::gpt2, model::Architecture::llama};
  config.architecture = kArchitectures[fields.choice("architecture", 1, {"gpt2", "llama"})];
  config.width = fields.integer("width", 256, 8, 1 << 16);
  config.layers = fields.integer("layers", 6, 1, 1000);
  config.heads = fields.integer("heads", 4, 1, 1 << 10);
  config.kv_heads = fields.integer("kv-heads", config.heads, 1, 1 << 10);
  config.head_size = config.width / config.heads;
  config.ffn_width = fields.integer("ffn-width", 4 * config.width, 8, 1 << 18);
  config.max_positions = fields.integer("positions", 1024, 2, 1 << 20);
  fresh.tokenizer = beside(path, fields.text("tokenizer", ""));
  fields.finish();
  if (fresh.tokenizer.empty()) throw UsageError(path.string() + ": [model.new] needs a tokenizer.");
  return fresh;
}

void read_model(const toml::table& table, const std::filesystem::path& path, lm::Recipe& recipe) {
  TomlFields fields(table, "[model]");
  recipe.base = fields.text("base", "");
  const std::string near = beside(path, recipe.base);
  if (!recipe.base.empty() && std::filesystem::exists(near)) recipe.base = near;
  recipe.memory_tokens = fields.integer("memory-tokens", recipe.memory_tokens, 0, 1 << 16);
  recipe.segment_length = fields.integer("segment-length", recipe.segment_length, 1, 1 << 20);
  constexpr model::TextPositions kPositions[] = {model::TextPositions::shifted, model::TextPositions::pretrained};
  recipe.positions = kPositions[fields.choice("text-positions", 1, {"shifted", "pretrained"})];
  if (const toml::table* fresh = fields.table("new")) recipe.fresh = read_new(*fresh, path);
  fields.finish();
}

void read_trained(const toml::table& table, lm::Recipe& recipe) {
  TomlFields fields(table, "[trained]");
  lm::TrainedPart& trained = recipe.trained;
  constexpr lm::Method kMethods[] = {lm::Method::full, lm::Method::lora, lm::Method::memory};
  trained.method = kMethods[fields.choice("method", 1, {"full", "lora", "memory"})];
  trained.rank = fields.integer("rank", trained.rank, 1, 4096);
  trained.alpha = fields.number("alpha", 2.0 * static_cast<double>(trained.rank), 1e-6, 1e6);
  trained.memory_rate_factor = fields.number("memory-rate-factor", 1.0, 0.0, 1e6);
  const size_t precision = fields.choice("dtype", 0, {"auto", "fp32", "bf16"});
  if (precision == 1) recipe.precision = model::Precision::fp32;
  if (precision == 2) recipe.precision = model::Precision::bf16;
  fields.finish();
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

lm::Stage read_stage(const toml::table& table) {
  TomlFields fields(table, "[[stage]]");
  lm::Stage stage;
  stage.segments = fields.integer("segments", stage.segments, 1, 1 << 20);
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
  fields.finish();
  return stage;
}

lm::TrainSource read_source(const toml::table& table, const std::filesystem::path& path) {
  TomlFields fields(table, "[[source]]");
  lm::TrainSource source;
  for (const std::string& each : fields.texts("paths")) source.paths.push_back(beside(path, each));
  source.weight = fields.number("weight", 1.0, 1e-9, 1e9);
  fields.finish();
  if (source.paths.empty()) throw UsageError(path.string() + ": a [[source]] needs paths.");
  return source;
}

}  // namespace

lm::Recipe read_recipe(const std::filesystem::path& path) {
  const toml::table file = parse(path);
  TomlFields fields(file, "A recipe");
  lm::Recipe recipe;
  lm::TrainSettings& settings = recipe.settings;
  settings.folder = beside(path, fields.text("output", path.stem().string()));
  settings.seed = static_cast<uint64_t>(fields.integer("seed", 0, 0, kMany));
  settings.recompute = fields.boolean("recompute", true);
  settings.memory_noise = fields.number("memory-noise", 0.0, 0.0, 10.0);
  settings.checkpoint_every = fields.integer("checkpoint-every", settings.checkpoint_every, 1, kMany);
  settings.keep = fields.integer("keep", settings.keep, 1, 1 << 20);
  recipe.shuffle_rows = fields.integer("shuffle-rows", recipe.shuffle_rows, 1, 1 << 24);
  recipe.trained.seed = settings.seed;
  if (const toml::table* table = fields.table("model")) read_model(*table, path, recipe);
  if (const toml::table* table = fields.table("trained")) read_trained(*table, recipe);
  if (const toml::table* table = fields.table("optimizer")) read_optimizer(*table, settings);
  for (const toml::table* table : fields.tables("source")) recipe.sources.push_back(read_source(*table, path));
  for (const toml::table* table : fields.tables("stage")) settings.stages.push_back(read_stage(*table));
  fields.finish();
  if (const auto found = problems(recipe); !found.empty())
    throw UsageError(fmt::format("{}: {}", path.string(), fmt::join(found, " ")));
  return recipe;
}

}  // namespace rmt::app
