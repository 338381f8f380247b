#include "model/backbone.h"

#include <c10/core/GradMode.h>

#include "model/backbones/parts.h"
#include "model/error.h"

namespace rmt::model {

namespace {

void append(NamedTensors& all, const std::string& name, const at::Tensor& weight, const at::Tensor& bias) {
  all.emplace_back(name + ".weight", weight);
  if (bias.defined()) all.emplace_back(name + ".bias", bias);
}

void append_as_in_checkpoint(NamedTensors& all, const Part& part) {
  const at::Tensor &weight = part.linear->weight(), &bias = part.linear->bias();
  if (part.pieces.empty()) return append(all, part.name, part.transposed ? weight.t() : weight, bias);
  int64_t from = 0;
  for (const Part::Piece& piece : part.pieces) {
    append(all, piece.name, weight.narrow(0, from, piece.outputs),
           bias.defined() ? bias.narrow(0, from, piece.outputs) : at::Tensor());
    from += piece.outputs;
  }
}

// A part points into this very backbone, which whoever calls may change.
ops::Linear& to_change(const Part& part) {
  return const_cast<ops::Linear&>(*part.linear);
}

// Measured on SmolLM2-135M, four bits in the head cost 5 % of perplexity and in all layers before it a tenth of one.
Precision of_head(Precision precision) {
  return precision == Precision::int4 ? Precision::int8x2 : precision;
}

}  // namespace

NamedTensors Backbone::parameters() const {
  NamedTensors all;
  for (const Part& part : parts()) {
    if (part.is_shared) continue;
    if (part.tensor.defined())
      all.emplace_back(part.name, part.tensor);
    else
      append_as_in_checkpoint(all, part);
  }
  return all;
}

int64_t Backbone::parameter_count() const {
  int64_t count = 0;
  for (const Part& part : parts()) {
    if (part.is_shared) continue;
    count += part.linear == nullptr ? part.tensor.numel() : part.linear->parameter_count();
  }
  return count;
}

int64_t Backbone::bytes_per_row() const {
  int64_t bytes = 0;
  for (const Part& part : parts())
    if (part.linear != nullptr) bytes += part.linear->weight_bytes();
  return bytes;
}

NamedTensors Backbone::leaves() const {
  NamedTensors all;
  for (const Part& part : parts()) {
    if (part.is_shared) continue;
    if (part.tensor.defined())
      all.emplace_back(part.name, part.tensor);
    else
      append(all, part.name, part.linear->weight(), part.linear->bias());
  }
  return all;
}

std::vector<NamedLinear> Backbone::linears() {
  std::vector<NamedLinear> all;
  for (const Part& part : parts())
    if (part.linear != nullptr && !part.is_head) all.push_back({part.name, &to_change(part)});
  return all;
}

void Backbone::pack(Precision precision) {
  for (const Part& part : parts())
    if (part.linear != nullptr) to_change(part).pack(part.is_head ? of_head(precision) : precision);
  precision_ = precision;
}

void Backbone::compute_in(Precision precision) {
  if (precision != Precision::fp32 && precision != Precision::bf16)
    throw Error(Errc::unsupported, "gradients flow in fp32 and bf16 only, not in " + std::string(name(precision)));
  precision_ = precision;
}

AttendedRows Backbone::attended(const at::Tensor& /*embeddings*/, const RowLayout& /*layout*/,
                                RowRange /*rows*/) const {
  throw Error(Errc::unsupported, "an encoder's segment is read in one piece");
}
at::Tensor Backbone::finish(AttendedRows /*rows*/) const {
  throw Error(Errc::unsupported, "an encoder's segment is read in one piece");
}

void Backbone::to(const at::Device& device, Precision precision) {
  if (precision != Precision::fp32 && precision != Precision::bf16)
    throw Error(Errc::unsupported, std::string(name(precision)) + " is made for the CPU: on a GPU take bf16 or fp32");
  move(device, precision == Precision::bf16 ? at::kBFloat16 : at::kFloat);
  precision_ = precision;
}

void Backbone::to(const at::Device& device) {
  move(device, at::kFloat);
}

// A weight that two parts share is still one afterwards.
void Backbone::move(const at::Device& device, at::ScalarType dtype) {
  const c10::AutoGradMode off(false);
  std::vector<std::pair<at::Tensor, at::Tensor>> moved;
  const auto there = [&](const at::Tensor& tensor, at::ScalarType type) {
    for (const auto& [from, to] : moved)
      if (from.is_same(tensor)) return to;
    return moved.emplace_back(tensor, tensor.detach().to(device, type).contiguous()).second;
  };
  for (const Part& part : parts()) {
    if (part.linear != nullptr) {
      to_change(part).replace([&](const at::Tensor& weight) { return there(weight, dtype); });
      continue;
    }
    const bool words = part.tensor.dim() == 2 && part.tensor.size(0) == config_.vocab_size;
    *const_cast<at::Tensor*>(part.held) = there(part.tensor, words ? dtype : at::kFloat);
  }
  move_tables(device);
}

void Backbone::freeze() {
  for (const Part& part : parts()) {
    if (part.linear != nullptr)
      to_change(part).freeze(precision_ == Precision::bf16 ? at::kBFloat16 : at::kFloat);
    else
      part.tensor.set_requires_grad(false);
  }
}

}  // namespace rmt::model
