// An encoder's hidden states averaged over a text's tokens and brought to length 1: what sentence-transformers' models
// are trained for.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "lm/engine/text_encoder.h"
#include "lm/open_model.h"

namespace rmt::lm {

class MeanEncoder final : public engine::TextEncoder {
 public:
  /// Throws model::Error(unsupported) for a decoder, and for a tokenizer without [CLS] and [SEP].
  explicit MeanEncoder(LoadedModel model);

  const std::string& name() const override { return model_.name; }
  int64_t width() const override { return model_.backbone->config().width; }

  /// A text longer than the model has positions is read window by window; every token counts the same.
  std::vector<float> encode(std::string_view text) override;

 private:
  at::Tensor sum_of(const std::vector<int32_t>& ids, size_t from, size_t to) const;

  const LoadedModel model_;
  int64_t cls_, sep_;
  std::mutex turn_;
};

}  // namespace rmt::lm
