#include "lm/train/trained_reader.h"

#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <map>

#include "model/error.h"

namespace rmt::lm {

namespace {

constexpr char kMemory[] = "memory";

// As they are where they lie there already.
void move_to_cpu(model::NamedTensors& tensors) {
  for (auto& [name, tensor] : tensors)
    if (!tensor.is_cpu()) tensor = tensor.detach().cpu();
}

void copy_values(const model::NamedTensors& from, const model::NamedTensors& to, const std::string& where) {
  const c10::AutoGradMode off(false);
  const std::map<std::string, at::Tensor> by_name(from.begin(), from.end());
  for (const auto& [name, tensor] : to) {
    const auto found = by_name.find(name);
    if (found == by_name.end() || found->second.sizes() != tensor.sizes())
      throw model::Error(model::Errc::mismatch, where + ": no tensor " + name + " of shape " +
                                                    c10::str(tensor.sizes()) + "; it is another model's checkpoint");
    tensor.copy_(found->second);
  }
}

}  // namespace

TrainedReader::TrainedReader(const LoadedModel& opened, const TrainedPart& trained)
    : opened_(opened),
      trained_(trained),
      backbone_(load_plain(opened)),
      memory_(opened.initial_memory.to(trained.device, /*non_blocking=*/false, /*copy=*/true)) {
  if (trained.method != Method::lora && opened.adapter) merge(*backbone_, *opened.adapter, opened.name);
  if (!trained.device.is_cpu()) backbone_->to(trained.device);
  backbone_->compute_in(trained.precision);
  if (trained.method == Method::lora) {
    backbone_->freeze();
    adapter_ = opened.adapter ? *opened.adapter : new_adapter(*backbone_, trained.rank, trained.alpha, trained.seed);
    for (auto& [name, tensor] : adapter_->tensors)
      tensor = tensor.to(trained.device, /*non_blocking=*/false, /*copy=*/true).requires_grad_(true);
    attach(*backbone_, *adapter_, opened.name);
  }
  if (trained.method == Method::memory) backbone_->freeze();
  if (trained.method == Method::full)
    for (const auto& [name, tensor] : backbone_->leaves()) tensor.set_requires_grad(true);
  memory_.requires_grad_(true);
}

std::vector<Parameter> TrainedReader::parameters() const {
  std::vector<Parameter> all;
  if (memory_.numel() > 0) all.push_back({kMemory, memory_, trained_.memory_rate_factor, /*decays=*/false});
  if (adapter_)
    for (const auto& [name, tensor] : adapter_->tensors) all.push_back({name, tensor});
  if (trained_.method == Method::full)
    for (const auto& [name, tensor] : backbone_->leaves()) all.push_back({name, tensor, 1.0, tensor.dim() > 1});
  return all;
}

RmtCheckpoint TrainedReader::checkpoint() const {
  RmtCheckpoint all;
  all.rmt = opened_.rmt;
  all.base = opened_.base ? *opened_.base : CheckpointBase{opened_.reference, opened_.weights->fingerprint()};
  all.memory = memory_.detach().cpu();
  all.carried = trained_.carries || opened_.trained_memory;
  all.adapter = adapter_;
  if (all.adapter) move_to_cpu(all.adapter->tensors);
  if (trained_.method == Method::full) {
    all.own_weights = backbone_->parameters();
    move_to_cpu(*all.own_weights);
    return all;
  }
  // What was trained on the base before stays part of the model.
  if (trained_.method == Method::memory) all.adapter = opened_.adapter;
  if (opened_.weights->fingerprint() != all.base->sha256) all.own_weights = load_plain(opened_)->parameters();
  return all;
}

void TrainedReader::save(const std::string& folder) const {
  write_rmt_checkpoint(folder, checkpoint());
}

void TrainedReader::load(const std::string& folder) {
  const RmtCheckpoint saved = read_rmt_checkpoint(folder);
  copy_values({{kMemory, saved.memory}}, {{kMemory, memory_}}, folder);
  if (adapter_) copy_values(saved.adapter.value_or(Adapter{}).tensors, adapter_->tensors, folder);
  if (trained_.method == Method::full)
    copy_values(saved.own_weights.value_or(model::NamedTensors{}), backbone_->parameters(), folder);
}

}  // namespace rmt::lm
