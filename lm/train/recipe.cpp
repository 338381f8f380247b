#include "lm/train/recipe.h"

#include <algorithm>

#include "lm/train/fingerprints.h"
#include "model/weights/sha256.h"

namespace rmt::lm {

std::vector<std::string> problems(const Recipe& recipe) {
  std::vector<std::string> found = problems(recipe.settings);
  if (recipe.base.empty() != recipe.fresh.has_value())
    found.emplace_back("A recipe needs either [model] base or [model.new], and not both.");
  if (recipe.fresh && recipe.trained.method != Method::full)
    found.emplace_back("A new model has no weights to leave as they are: train it with method = \"full\".");
  if (recipe.trained.method == Method::memory && recipe.rmt.memory_tokens == 0)
    found.emplace_back("There is nothing to train: method = \"memory\" with 0 memory tokens.");
  if (recipe.sources.empty()) found.emplace_back("There is no [[source]] of text to train on.");
  if (recipe.rmt.memory_tokens == 0 && recipe.trained.memory_rate_factor != 1.0)
    found.emplace_back("memory-rate-factor has no effect with 0 memory tokens.");
  const bool carries = std::any_of(recipe.settings.stages.begin(), recipe.settings.stages.end(),
                                   [](const Stage& stage) { return stage.segments > 1; });
  if (recipe.rmt.memory_tokens == 0 && carries)
    found.emplace_back(
        "Without memory tokens nothing is carried from one segment to the next: train with segments = 1.");
  return found;
}

std::string fingerprint(const Recipe& recipe) {
  nlohmann::json all = {{"format", 1},
                        {"base", recipe.base},
                        {"wrapper", to_json(recipe.rmt)},
                        {"trained", to_json(recipe.trained)},
                        {"settings", to_json(recipe.settings)},
                        {"shuffle", recipe.shuffle_rows}};
  if (recipe.fresh) all["new"] = {to_json(recipe.fresh->config), recipe.fresh->tokenizer};
  for (const TrainSource& source : recipe.sources) {
    nlohmann::json& one = all["sources"].emplace_back(nlohmann::json{source.paths, source.weight});
    if (!source.learned.are_everything()) one.push_back({source.learned.opening, source.learned.closing});
  }
  return model::sha256_hex(all.dump());
}

int64_t row_tokens(const Recipe& recipe) {
  int64_t most = 1;
  for (const Stage& stage : recipe.settings.stages) most = std::max(most, stage.segments);
  return most * recipe.rmt.segment_length + 1;
}

}  // namespace rmt::lm
