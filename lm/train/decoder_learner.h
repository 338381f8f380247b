// A decoder in training: which of its tensors change, and how they are written and read back.
#pragma once

#include <optional>
#include <string>

#include "lm/open_model.h"
#include "lm/train/learner.h"

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
};

class DecoderLearner final : public Learner {
 public:
  /// Goes on from the opened model: its memory, and its adapter where it has one and the method is lora.
  DecoderLearner(const LoadedModel& opened, const TrainedPart& trained);

  const model::RmtDecoder& decoder() const { return *decoder_; }

  std::vector<Parameter> parameters() const override;
  /// A checkpoint (lm/rmt_checkpoint.h) on the same base. Without a base - a model made from nothing - the whole
  /// Hugging Face folder, the tokenizer's files among it.
  void save(const std::string& folder) const override;
  void load(const std::string& folder) override;

 private:
  RmtCheckpoint checkpoint() const;

  const LoadedModel& opened_;
  TrainedPart trained_;
  std::shared_ptr<model::Backbone> backbone_;
  std::optional<Adapter> adapter_;
  at::Tensor memory_;  // [M, D]
  std::optional<model::RmtDecoder> decoder_;
};

}  // namespace rmt::lm
