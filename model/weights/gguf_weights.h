// The tensors of a GGUF file under their Hugging Face names, decoded to fp32.
#pragma once

#include "model/weights/checkpoint_names.h"
#include "model/weights/gguf_config.h"
#include "model/weights/sha256.h"
#include "model/weights/weight_source.h"

namespace rmt::model {

class GgufWeights final : public WeightSource {
 public:
  /// `model` is what read_gguf_model(file) returned.
  GgufWeights(GgufFile file, const GgufModel& model);

  std::vector<std::string> names() const override;
  bool contains(const std::string& name) const override;
  /// Also throws Error(unsupported) for a type that dequantize() does not decode.
  at::Tensor load(const std::string& name, at::IntArrayRef shape) const override;
  const std::string& fingerprint() const override;

 private:
  struct Entry {
    const GgufTensor* tensor;
    GgufLayout layout;
  };

  GgufFile file_;
  int64_t head_size_;
  std::map<std::string, Entry> entries_;
  LazyFingerprint fingerprint_;
};

}  // namespace rmt::model
