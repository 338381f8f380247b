// A backbone and its memory in training: which of their tensors change, and how they are written and read back.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lm/open_model.h"
#include "lm/train/adamw.h"

namespace rmt::lm {

enum class Method {
  full,    ///< every weight
  lora,    ///< a low-rank change of every linear layer, and the memory
  memory,  ///< the initial memory alone
};

struct TrainedPart {
  Method method = Method::lora;
  int64_t rank = 16;                                    ///< of the adapter
  double alpha = 32;                                    ///< see Adapter
  double memory_rate_factor = 1.0;                      ///< of the memory's learning rate
  model::Precision precision = model::Precision::fp32;  ///< of the products: fp32 or bf16
  uint64_t seed = 0;                                    ///< of a new adapter
  bool carries = true;                                  ///< on rows of several segments: the memory's use is learned
  at::Device device = at::kCPU;                         ///< where it is trained; checkpoints do not tell
};

class TrainedReader {
 public:
  /// Goes on from the opened model: its memory, and its adapter where it has one and the method is lora. `opened`
  /// must outlive the reader.
  TrainedReader(const LoadedModel& opened, const TrainedPart& trained);

  const std::shared_ptr<model::Backbone>& backbone() const { return backbone_; }
  const at::Tensor& memory() const { return memory_; }  ///< [M, D]

  std::vector<Parameter> parameters() const;
  /// A checkpoint (lm/rmt_checkpoint.h) on the opened model's base.
  void save(const std::string& folder) const;
  void load(const std::string& folder);

 private:
  RmtCheckpoint checkpoint() const;

  const LoadedModel& opened_;
  TrainedPart trained_;
  std::shared_ptr<model::Backbone> backbone_;
  std::optional<Adapter> adapter_;
  at::Tensor memory_;
};

}  // namespace rmt::lm
