#include "lm/task/task_run_spec.h"

#include "lm/train/run_description.h"

namespace rmt::lm {

store::RunSpec train_run_spec(const TaskRecipe& recipe, const LoadedModel& opened, const std::string& version) {
  nlohmann::json config = described(recipe.settings, recipe.trained);
  config.update(described_wrapper(recipe.rmt));
  config["task"] = corpora::name(recipe.task.kind);
  if (recipe.task.kind == corpora::TaskKind::recall) config["pairs"] = recipe.task.pairs;
  config["background"] = recipe.background;
  return train_run_spec(config, opened, recipe.trained, version);
}

}  // namespace rmt::lm
