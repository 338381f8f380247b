#include "lm/task/task_recipe.h"

#include <algorithm>

#include "lm/train/fingerprints.h"
#include "model/weights/sha256.h"

namespace rmt::lm {

std::vector<std::string> problems(const TaskRecipe& recipe) {
  std::vector<std::string> found = problems(recipe.settings);
  if (recipe.base.empty() != recipe.fresh.has_value())
    found.emplace_back("A recipe needs either [model] base or [model.new], and not both.");
  if (recipe.fresh && recipe.trained.method != Method::full)
    found.emplace_back("A new model has no weights to leave as they are: train it with method = \"full\".");
  if (recipe.rmt.memory_tokens == 0) found.emplace_back("A memory task needs memory tokens.");
  for (const Stage& stage : recipe.settings.stages)
    if (stage.tokens > recipe.rmt.segment_length)
      found.push_back("A stage wants " + std::to_string(stage.tokens) + " tokens in a segment of " +
                      std::to_string(recipe.rmt.segment_length) + ".");
  return found;
}

std::string fingerprint(const TaskRecipe& recipe) {
  nlohmann::json all = {{"format", 1},
                        {"task", {std::string(corpora::name(recipe.task.kind)), recipe.task.pairs, recipe.background}},
                        {"base", recipe.base},
                        {"wrapper", to_json(recipe.rmt)},
                        {"trained", to_json(recipe.trained)},
                        {"settings", to_json(recipe.settings)}};
  if (recipe.fresh) all["new"] = {to_json(*recipe.fresh), recipe.vocabulary};
  return model::sha256_hex(all.dump());
}

}  // namespace rmt::lm
