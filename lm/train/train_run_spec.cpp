#include "lm/train/train_run_spec.h"

#include "lm/train/run_description.h"

namespace rmt::lm {

store::RunSpec train_run_spec(const Recipe& recipe, const LoadedModel& opened, const std::string& version) {
  nlohmann::json config = described(recipe.settings, recipe.trained);
  config.update(described_wrapper(recipe.rmt));
  config["shuffle_rows"] = recipe.shuffle_rows;
  for (const TrainSource& source : recipe.sources) {
    nlohmann::json& one = config["sources"].emplace_back();
    one = {{"paths", source.paths}, {"weight", source.weight}};
    if (!source.learned.are_everything()) one["learned"] = {source.learned.opening, source.learned.closing};
  }
  return train_run_spec(config, opened, recipe.trained, version);
}

}  // namespace rmt::lm
