#include "app/task_recipe.h"

#include "app/recipe_parts.h"

namespace rmt::app {

namespace {

void read_model(const toml::table& table, const std::filesystem::path& path, lm::TaskRecipe& recipe) {
  TomlFields fields(table, "[model]");
  recipe.base = base_model(path, fields.text("base", ""));
  read_wrapper(fields, recipe.rmt);
  if (const toml::table* fresh = fields.table("new")) {
    TomlFields inner(*fresh, "[model.new]");
    recipe.fresh = read_network(inner);
    recipe.vocabulary = static_cast<int32_t>(inner.integer("vocabulary", recipe.vocabulary, 300, 1 << 20));
    inner.finish();
    if (recipe.fresh->architecture == model::Architecture::bert)
      fields.refuse_idle("text-positions", "with architecture = \"bert\"");
  }
  fields.finish();
}

}  // namespace

lm::TaskRecipe read_task_recipe(const std::filesystem::path& path, corpora::TaskKind kind) {
  const toml::table file = parse_recipe(path);
  TomlFields fields(file, "A task's recipe");
  lm::TaskRecipe recipe;
  recipe.task.kind = kind;
  recipe.task.pairs = fields.integer("pairs", recipe.task.pairs, 1, 128);
  if (kind != corpora::TaskKind::recall)
    fields.refuse_idle("pairs", fmt::format("in the task {}: it is of recall", corpora::name(kind)));
  for (const std::string& each : fields.texts("background")) recipe.background.push_back(beside(path, each));
  read_run(fields, path, StageKeys::of_task, recipe.settings);
  if (const toml::table* table = fields.table("model")) read_model(*table, path, recipe);
  if (const toml::table* table = fields.table("trained")) recipe.trained = read_trained(*table, recipe.precision);
  recipe.trained.seed = recipe.settings.seed;
  for (const lm::Stage& stage : recipe.settings.stages)
    recipe.task.trained_segments = std::max(recipe.task.trained_segments, stage.segments);
  fields.finish();
  if (const auto found = problems(recipe); !found.empty())
    throw UsageError(fmt::format("{}: {}", path.string(), fmt::join(found, " ")));
  return recipe;
}

}  // namespace rmt::app
