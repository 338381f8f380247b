#include "model/backbones/layout.h"

#include <ATen/ops/arange.h>

#include <string>

#include "model/error.h"
#include "model/ops/attention.h"

namespace rmt::model {

void check_layout(const BackboneConfig& config, const at::Tensor& embeddings, const RowLayout& layout, RowRange rows) {
  const auto refuse = [](const std::string& message) { throw Error(Errc::mismatch, message); };
  if (!layout.caches.empty() && !config.is_decoder())
    throw Error(Errc::unsupported, "a BERT encoder sees rows that come later: it cannot go on from earlier ones");
  if (embeddings.dim() != 3 || embeddings.size(2) != config.width)
    refuse("expected embeddings [B, S, " + std::to_string(config.width) + "], got " + c10::str(embeddings.sizes()));
  const int64_t length = embeddings.size(1);
  if (rows.from < 0 || rows.from >= rows.to || rows.to > length)
    refuse("rows " + std::to_string(rows.from) + " to " + std::to_string(rows.to) + " of a segment of " +
           std::to_string(length) + " rows");
  if (!layout.caches.empty() && (static_cast<int64_t>(layout.caches.size()) != embeddings.size(0) || !layout.causal ||
                                 layout.lengths.defined() || !layout.positions.defined() || layout.observer != nullptr))
    refuse("rows that go on from earlier ones need a cache for each stream, positions, a causal mask and no padding");
  if (!layout.positions.defined() && length > config.max_positions)
    refuse("a segment of " + std::to_string(length) + " rows, but the backbone has " +
           std::to_string(config.max_positions) + " positions: lower segment-length or memory-tokens");
}

at::Tensor positions_of(const RowLayout& layout, const at::Tensor& embeddings) {
  if (layout.positions.defined()) return layout.positions;
  return at::arange(embeddings.size(1), embeddings.options().dtype(at::kLong).requires_grad(false));
}

at::Tensor take_rows(const at::Tensor& x, RowRange rows) {
  return x.narrow(1, rows.from, rows.size()).contiguous();
}

at::Tensor attend(const RowLayout& layout, size_t layer, RowRange rows, const at::Tensor& q, const at::Tensor& k,
                  const at::Tensor& v) {
  const auto number = static_cast<int64_t>(layer);
  const at::Tensor queries = q.narrow(1, rows.from, rows.size());  // [B, R, H, K]
  if (layout.attention != nullptr) return (*layout.attention)(number, rows.from, queries, k, v);
  if (!layout.caches.empty()) return ops::cached_attention(queries, k, v, rows.from, number, layout.caches);
  const ops::AttentionMask mask{.causal = layout.causal, .query_from = rows.from, .lengths = layout.lengths};
  if (layout.observer != nullptr) (*layout.observer)({.layer = number, .q = queries, .k = k, .mask = mask});
  // On a GPU the flash kernels know no other triangle than the whole one, and are faster at it than others at a part.
  if (!q.is_cpu() && layout.causal && !layout.lengths.defined())
    return ops::attention(q, k, v, {.causal = true}).narrow(1, rows.from, rows.size());
  return ops::attention(queries, k, v, mask);
}

at::ScalarType activation_dtype(Precision precision) {
  return precision == Precision::bf16 ? at::kBFloat16 : at::kFloat;
}

kernels::Element activation_element(Precision precision) {
  return precision == Precision::bf16 ? kernels::Element::bf16 : kernels::Element::fp32;
}

}  // namespace rmt::model
