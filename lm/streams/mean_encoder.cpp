#include "lm/streams/mean_encoder.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "model/error.h"

namespace rmt::lm {
namespace {

int32_t special(const LoadedModel& model, std::optional<int32_t> id) {
  if (!model.backbone->config().is_decoder() && id) return *id;
  throw model::Error(model::Errc::unsupported,
                     model.name +
                         ": texts are turned into vectors by an encoder (BERT) with [CLS] and [SEP]. Give one, "
                         "such as minilm-l6.");
}

}  // namespace

MeanEncoder::MeanEncoder(LoadedModel model)
    : model_(std::move(model)),
      cls_(special(model_, model_.tokenizer->specials().cls)),
      sep_(special(model_, model_.tokenizer->specials().sep)) {}

// [D], over [CLS] ids[from, to) [SEP].
at::Tensor MeanEncoder::sum_of(const std::vector<int32_t>& ids, size_t from, size_t to) const {
  std::vector<int64_t> row = {cls_};
  row.insert(row.end(), ids.begin() + static_cast<std::ptrdiff_t>(from), ids.begin() + static_cast<std::ptrdiff_t>(to));
  row.push_back(sep_);
  model::RowLayout layout;
  layout.causal = false;
  const model::Backbone& backbone = *model_.backbone;
  const at::Tensor embedded = backbone.embed(at::tensor(row, at::kLong).unsqueeze(0));  // [1, S, D]
  return backbone.forward(embedded, layout, {0, static_cast<int64_t>(row.size())}).squeeze(0).sum(0);
}

std::vector<float> MeanEncoder::encode(std::string_view text) {
  corpora::Tokens tokens;
  model_.tokenizer->encode(text, tokens);
  const std::lock_guard turn(turn_);
  const at::NoGradGuard no_grad;
  const auto window = static_cast<size_t>(model_.backbone->config().max_positions - 2);
  at::Tensor sum = at::zeros({width()});
  size_t from = 0;
  do {  // an empty text, too, is [CLS] [SEP]
    sum.add_(sum_of(tokens.ids, from, std::min(from + window, tokens.ids.size())));
    from += window;
  } while (from < tokens.ids.size());
  sum.div_(sum.norm());
  return {sum.const_data_ptr<float>(), sum.const_data_ptr<float>() + sum.numel()};
}

}  // namespace rmt::lm
