#include "lm/train/gradient_buckets.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>

namespace rmt::lm {

at::Tensor which_have_gradients(const std::vector<Parameter>& parameters) {
  std::vector<float> there;
  for (const Parameter& parameter : parameters) there.push_back(parameter.tensor.grad().defined() ? 1.0F : 0.0F);
  return at::tensor(there, at::kFloat);
}

GradientBuckets::GradientBuckets(const std::vector<Parameter>& parameters, const at::Tensor& wanted, int64_t entries)
    : entries_(entries) {
  int64_t total = 0;
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (wanted.const_data_ptr<float>()[i] == 0) continue;
    at::Tensor& gradient = parameters[i].tensor.mutable_grad();
    gradient = gradient.defined() ? gradient.contiguous() : at::zeros_like(parameters[i].tensor);
    gradients_.push_back(gradient.view(-1));
    total += gradient.numel();
  }
  const auto device = gradients_.empty() ? c10::Device(at::kCPU) : gradients_.front().device();
  buffer_ = at::empty({std::min(total, entries_)}, at::TensorOptions().dtype(at::kFloat).device(device));
}

at::Tensor GradientBuckets::next() {
  pieces_.clear();
  int64_t filled = 0;
  while (gradient_ < gradients_.size() && filled < entries_) {
    const at::Tensor& gradient = gradients_[gradient_];
    const int64_t size = std::min(gradient.numel() - entry_, entries_ - filled);
    pieces_.push_back(gradient.narrow(0, entry_, size));
    buffer_.narrow(0, filled, size).copy_(pieces_.back());
    filled += size;
    entry_ += size;
    if (entry_ < gradient.numel()) break;
    ++gradient_;
    entry_ = 0;
  }
  return filled > 0 ? buffer_.narrow(0, 0, filled) : at::Tensor();
}

void GradientBuckets::put_back(const at::Tensor& bucket) {
  int64_t from = 0;
  for (const at::Tensor& piece : pieces_) {
    piece.copy_(bucket.narrow(0, from, piece.numel()));
    from += piece.numel();
  }
}

}  // namespace rmt::lm
