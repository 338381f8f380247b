#include "lm/train/train_run_spec.h"

#include "lm/train/run_description.h"

namespace rmt::lm {

store::RunSpec train_run_spec(const Recipe& recipe, const LoadedModel& opened, const std::string& version) {
  nlohmann::json config = described(recipe.settings, recipe.trained);
  config.update(described_wrapper(recipe.memory_tokens, recipe.segment_length, recipe.positions));
  config["shuffle_rows"] = recipe.shuffle_rows;
  for (const TrainSource& source : recipe.sources)
    config["sources"].push_back({{"paths", source.paths}, {"weight", source.weight}});
  return train_run_spec(config, opened, recipe.trained, version);
}

}  // namespace rmt::lm
