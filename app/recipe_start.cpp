#include "app/recipe_start.h"

#include <spdlog/spdlog.h>

#include <filesystem>

#include "app/launched.h"
#include "lm/train/faster_precision.h"
#include "lm/train/memory_need.h"

namespace rmt::app {

std::string new_model(const std::string& output, lm::Processes& processes,
                      const std::function<void(const std::string& folder)>& write) {
  const std::filesystem::path folder = std::filesystem::path(output) / "start";
  if (processes.rank() == 0 && !std::filesystem::exists(folder / "config.json")) write(folder.string());
  processes.wait_for_all();
  return folder.string();
}

lm::LoadedModel open_for_all(const lm::OpenOptions& options, lm::Processes& processes) {
  lm::LoadedModel opened = lm::open_model(options);
  require_one_model(processes, opened);
  return opened;
}

std::optional<model::Precision> dtype_so_far(const std::string& folder,
                                             const std::function<std::string(model::Precision)>& fingerprint_of) {
  const auto newest = lm::newest_checkpoint(folder);
  if (!newest) return std::nullopt;
  for (const model::Precision precision : {model::Precision::fp32, model::Precision::bf16})
    if (fingerprint_of(precision) == lm::checkpoint_fingerprint(*newest)) return precision;
  return std::nullopt;
}

model::Precision faster_here(const model::BackboneConfig& config) {
  const model::Precision precision = lm::faster_precision(config.width, config.ffn_width);
  spdlog::info("dtype: {}, the faster one here", model::name(precision));
  return precision;
}

void warn_of_adapter(const lm::LoadedModel& opened, const lm::TrainedPart& trained) {
  if (trained.method != lm::Method::lora || !opened.adapter || opened.adapter->rank == trained.rank) return;
  spdlog::warn("{} has an adapter of rank {}, which is trained on; the recipe's rank of {} has no effect", opened.name,
               opened.adapter->rank, trained.rank);
}

void require_memory(const lm::LoadedModel& opened, const lm::Learner& learner, model::Precision precision,
                    const std::vector<lm::Stage>& stages, const lm::ProcessPlace& place) {
  const auto available = lm::available_memory();
  if (!available) return;
  int64_t trained = 0;
  for (const lm::Parameter& parameter : learner.parameters()) trained += parameter.tensor.numel();
  const lm::MemoryNeed need =
      lm::memory_need(opened.backbone->config(), opened.rmt, precision, trained, stages, place.count);
  lm::require_memory(need, *available / place.on_machine);
}

}  // namespace rmt::app
