#include "model/weights/gguf_weights.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <utility>

#include "model/error.h"
#include "model/weights/dequantize.h"

namespace rmt::model {

namespace {

at::Tensor decode(const GgufTensor& tensor) {
  at::Tensor values = at::empty(tensor.shape, at::kFloat);
  float* out = values.data_ptr<float>();
  const auto blocks = static_cast<int64_t>(tensor.data.size() / tensor.type.block_bytes);
  constexpr int64_t kValuesAtOnce = 1 << 20;  // less is not worth waking a thread for
  at::parallel_for(0, blocks, kValuesAtOnce / tensor.type.block_values, [&](int64_t from, int64_t to) {
    const auto first = static_cast<size_t>(from), count = static_cast<size_t>(to - from);
    dequantize(tensor.type.type, tensor.data.substr(first * tensor.type.block_bytes, count * tensor.type.block_bytes),
               {out + first * tensor.type.block_values, count * tensor.type.block_values});
  });
  return values;
}

/// Row 2i + p of a head becomes row p * K/2 + i. [heads * K, ...]
at::Tensor separate_halves(const at::Tensor& rows, int64_t head_size) {
  const at::Tensor pairs = rows.view({-1, head_size / 2, 2, rows.numel() / rows.size(0)});
  return pairs.transpose(1, 2).reshape(rows.sizes());
}

Shape shape_of(const GgufTensor& tensor, GgufLayout layout) {
  Shape shape = tensor.shape;
  if (layout == GgufLayout::transposed && shape.size() == 2) std::swap(shape[0], shape[1]);
  return shape;
}

}  // namespace

GgufWeights::GgufWeights(GgufFile file, const GgufModel& model)
    : file_(std::move(file)), head_size_(model.config.head_size) {
  for (const GgufTensor& tensor : file_.tensors())
    if (auto counterpart = from_gguf_name(model.config.architecture, tensor.name, model.permuted_rotary))
      entries_.emplace(std::move(counterpart->name), Entry{&tensor, counterpart->layout});
}

std::vector<std::string> GgufWeights::names() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries_) names.push_back(name);
  return names;
}

bool GgufWeights::contains(const std::string& name) const {
  return entries_.contains(name);
}

at::Tensor GgufWeights::load(const std::string& name, at::IntArrayRef shape) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) throw Error(Errc::not_found, file_.where() + ": no tensor " + shown(name));
  const auto& [tensor, layout] = found->second;
  const std::string place = file_.where() + ": tensor " + shown(name) + " (here " + shown(tensor->name) + ")";
  require_shape(place, shape_of(*tensor, layout), shape);
  if (!can_dequantize(tensor->type.type))
    throw Error(Errc::unsupported, place + " is of type " + std::string(tensor->type.name) +
                                       ", which cannot be decoded; requantise the file to Q8_0, Q4_K, Q6_K or F16");
  at::Tensor values = decode(*tensor);
  switch (layout) {
    case GgufLayout::same: return values;
    case GgufLayout::transposed: return values.t().contiguous();
    case GgufLayout::rotary_pairs: break;
  }
  if (values.numel() == 0 || head_size_ % 2 != 0 || values.size(0) % head_size_ != 0)
    throw Error(Errc::mismatch, place + " has shape " + describe(tensor->shape) +
                                    ", which is no whole number of heads of " + std::to_string(head_size_));
  return separate_halves(values, head_size_);
}

const std::string& GgufWeights::fingerprint() const {
  return fingerprint_.get([this] { return sha256_hex(file_.bytes()); });
}

}  // namespace rmt::model
