#include "app/train_recipe.h"

#include <algorithm>

#include "app/recipe_parts.h"

namespace rmt::app {

namespace {

lm::NewModel read_new(const toml::table& table, const std::filesystem::path& path) {
  TomlFields fields(table, "[model.new]");
  lm::NewModel fresh;
  fresh.config = read_network(fields);
  fresh.tokenizer = beside(path, fields.text("tokenizer", ""));
  fields.finish();
  if (fresh.tokenizer.empty()) throw UsageError(path.string() + ": [model.new] needs a tokenizer.");
  return fresh;
}

void read_model(const toml::table& table, const std::filesystem::path& path, lm::Recipe& recipe) {
  TomlFields fields(table, "[model]");
  recipe.base = base_model(path, fields.text("base", ""));
  read_wrapper(fields, recipe.rmt);
  if (const toml::table* fresh = fields.table("new")) recipe.fresh = read_new(*fresh, path);
  fields.finish();
}

lm::TrainSource read_source(const toml::table& table, const std::filesystem::path& path) {
  TomlFields fields(table, "[[source]]");
  lm::TrainSource source;
  for (const std::string& each : fields.texts("paths")) source.paths.push_back(beside(path, each));
  source.weight = fields.number("weight", 1.0, 1e-9, 1e9);
  const std::vector<std::string> learned = fields.texts("learned");
  fields.finish();
  if (learned.size() == 2 && !learned[0].empty() && !learned[1].empty())
    source.learned = {learned[0], learned[1]};
  else if (!learned.empty())
    throw UsageError(path.string() +
                     R"(: learned is what stands before, and what ends, a part that is learned: two texts, )"
                     R"(such as ["[PROOFSTEP]", "\n"].)");
  if (source.paths.empty()) throw UsageError(path.string() + ": a [[source]] needs paths.");
  return source;
}

}  // namespace

lm::Recipe read_recipe(const std::filesystem::path& path) {
  const toml::table file = parse_recipe(path);
  TomlFields fields(file, "A recipe");
  lm::Recipe recipe;
  read_run(fields, path, StageKeys::of_text, recipe.settings);
  recipe.shuffle_rows = fields.integer("shuffle-rows", recipe.shuffle_rows, 1, 1 << 24);
  if (const toml::table* table = fields.table("model")) read_model(*table, path, recipe);
  if (const toml::table* table = fields.table("trained")) recipe.trained = read_trained(*table, recipe.precision);
  recipe.trained.seed = recipe.settings.seed;
  recipe.trained.carries =
      std::ranges::any_of(recipe.settings.stages, [](const lm::Stage& stage) { return stage.segments > 1; });
  for (const toml::table* table : fields.tables("source")) recipe.sources.push_back(read_source(*table, path));
  fields.finish();
  if (const auto found = problems(recipe); !found.empty())
    throw UsageError(fmt::format("{}: {}", path.string(), fmt::join(found, " ")));
  return recipe;
}

}  // namespace rmt::app
