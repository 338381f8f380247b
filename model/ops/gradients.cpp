#include "model/ops/gradients.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "model/ops/activation.h"
#include "model/ops/elements.h"
#include "model/threads.h"

namespace rmt::model::ops {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

constexpr int64_t kRowsPerTask = 16;

/// Gradients of every output of `rows` norms; what is undefined is not wanted or not there.
struct NormGradients {
  at::Tensor by_x, by_delta, by_weight, by_bias;
};

NormGradients normalize_gradient(const at::Tensor& x, const Norm& norm, const at::Tensor& by_out,
                                 const at::Tensor& by_sum, bool delta_is_narrow, bool parameters_wanted) {
  const int64_t width = x.size(-1), rows = x.numel() / width;
  const int64_t tasks = (rows + kRowsPerTask - 1) / kRowsPerTask;
  NormGradients result;
  result.by_x = at::empty_like(x);
  if (delta_is_narrow) result.by_delta = at::empty(x.sizes(), x.options().dtype(at::kBFloat16));
  at::Tensor partial;  // [tasks, 2, width]: one sum a task, so that the order of addition is always the same
  if (parameters_wanted) partial = at::zeros({tasks, 2, width}, x.options());
  for_each_task(tasks, [&](int64_t task) {
    const int64_t first = task * kRowsPerTask, at = first * width;
    kernels::NormGradientRows part;
    part.x = x.const_data_ptr<float>() + at;
    part.by_out = static_cast<const char*>(by_out.const_data_ptr()) + at * by_out.element_size();
    part.by_out_element = element_of(by_out);
    part.by_sum = by_sum.defined() ? by_sum.const_data_ptr<float>() + at : nullptr;
    part.weight = norm.weight.const_data_ptr<float>();
    part.eps = static_cast<float>(norm.eps);
    part.centered = norm.bias.defined();
    part.by_x = result.by_x.mutable_data_ptr<float>() + at;
    if (delta_is_narrow) part.by_delta = static_cast<char*>(result.by_delta.mutable_data_ptr()) + 2 * at;
    if (parameters_wanted) {
      part.by_weight = partial.mutable_data_ptr<float>() + task * 2 * width;
      part.by_bias = part.by_weight + width;
    }
    part.rows = std::min(kRowsPerTask, rows - first);
    part.width = width;
    kernels::kernels().normalize_gradient(part);
  });
  if (parameters_wanted) {
    const at::Tensor sums = partial.sum(0);
    result.by_weight = sums.select(0, 0);
    if (norm.bias.defined()) result.by_bias = sums.select(0, 1);
  }
  return result;
}

struct AddNormalize : torch::autograd::Function<AddNormalize> {
  static variable_list forward(AutogradContext* context, const Variable& x, const std::optional<Variable>& delta,
                               const Variable& weight, const std::optional<Variable>& bias, double eps,
                               at::ScalarType dtype) {
    at::Tensor sum = delta ? x.clone() : x;
    const Norm norm{weight, bias.value_or(at::Tensor()), eps};
    const at::Tensor out = delta ? add_normalize(sum, *delta, norm, dtype) : normalize(sum, norm, dtype);
    context->save_for_backward({sum, norm.weight, norm.bias});
    context->saved_data["eps"] = eps;
    context->saved_data["added"] = delta.has_value();
    context->saved_data["narrow"] = delta && delta->scalar_type() == at::kBFloat16;
    context->saved_data["parameters"] = weight.requires_grad();
    return delta ? variable_list{sum, out} : variable_list{out};
  }

  static variable_list backward(AutogradContext* context, const variable_list& by) {
    const variable_list saved = context->get_saved_variables();
    const bool added = context->saved_data["added"].toBool(), narrow = context->saved_data["narrow"].toBool();
    const Norm norm{saved[1], saved[2], context->saved_data["eps"].toDouble()};
    const at::Tensor by_sum = added && by[0].defined() ? by[0].contiguous() : at::Tensor();
    const at::Tensor& by_out = added ? by[1] : by[0];
    NormGradients g{.by_x = by_sum, .by_delta = narrow && by_sum.defined() ? by_sum.to(at::kBFloat16) : by_sum};
    if (by_out.defined())
      g = normalize_gradient(saved[0], norm, by_out.contiguous(), by_sum, narrow,
                             context->saved_data["parameters"].toBool());
    if (!added) g.by_delta = at::Tensor();
    return {g.by_x, added && !narrow ? g.by_x : g.by_delta, g.by_weight, g.by_bias, {}, {}};
  }
};

struct Swiglu : torch::autograd::Function<Swiglu> {
  static Variable forward(AutogradContext* context, const Variable& gate_up) {
    context->save_for_backward({gate_up});
    return swiglu(gate_up);
  }

  static variable_list backward(AutogradContext* context, const variable_list& by) {
    const at::Tensor gate_up = context->get_saved_variables()[0], by_out = by[0].contiguous();
    const at::Tensor by_gate_up = at::empty_like(gate_up);
    const int64_t width = by_out.size(-1), rows = by_out.numel() / width, size = by_out.element_size();
    const auto *values = static_cast<const char*>(gate_up.const_data_ptr()),
               *from = static_cast<const char*>(by_out.const_data_ptr());
    auto* to = static_cast<char*>(by_gate_up.mutable_data_ptr());
    for_each_task((rows + kRowsPerTask - 1) / kRowsPerTask, [&](int64_t task) {
      const int64_t first = task * kRowsPerTask, at = first * width * size;
      kernels::kernels().swiglu_gradient(element_of(gate_up), values + 2 * at, from + at, to + 2 * at,
                                         std::min(kRowsPerTask, rows - first), width);
    });
    return {by_gate_up};
  }
};

at::Tensor rotated_copy(const at::Tensor& x, int64_t heads, const Rope& rope, const at::Tensor& positions) {
  const at::Tensor copy = x.clone(at::MemoryFormat::Contiguous);
  rotate(copy.narrow(2, 0, heads), rope, positions);
  return copy;
}

struct Rotate : torch::autograd::Function<Rotate> {
  static Variable forward(AutogradContext* context, const Variable& x, int64_t heads, const at::Tensor& cosine,
                          const at::Tensor& sine, const at::Tensor& positions) {
    context->save_for_backward({cosine, sine, positions});
    context->saved_data["heads"] = heads;
    return rotated_copy(x, heads, {cosine, sine}, positions);
  }

  static variable_list backward(AutogradContext* context, const variable_list& by) {
    const variable_list saved = context->get_saved_variables();
    const Rope back{saved[0], saved[1].neg()};
    return {rotated_copy(by[0], context->saved_data["heads"].toInt(), back, saved[2]), {}, {}, {}, {}};
  }
};

struct LowRankLinear : torch::autograd::Function<LowRankLinear> {
  static Variable forward(AutogradContext* context, const Variable& x, const at::Tensor& weight,
                          const std::optional<at::Tensor>& bias, const Variable& down, const Variable& up,
                          double scale) {
    const at::ScalarType dtype = x.scalar_type();
    const at::Tensor rows = x.reshape({-1, x.size(-1)});  // [N, in]
    const at::Tensor narrow_down = down.to(dtype), narrow_up = (up * scale).to(dtype);
    const at::Tensor inner = at::linear(rows, narrow_down);  // [N, r]
    at::Tensor y = at::linear(rows, weight, bias);           // [N, out]
    y.addmm_(inner, narrow_up.t());
    context->save_for_backward({x, weight, narrow_down, narrow_up, inner});
    context->saved_data["scale"] = scale;
    context->saved_data["x"] = x.requires_grad();
    auto shape = x.sizes().vec();
    shape.back() = weight.size(0);
    return y.view(shape);
  }

  static variable_list backward(AutogradContext* context, const variable_list& by) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &weight = saved[1], &down = saved[2], &up = saved[3], &inner = saved[4];
    const at::Tensor rows = saved[0].reshape({-1, weight.size(1)});
    const at::Tensor by_y = by[0].reshape({-1, weight.size(0)});
    const at::Tensor by_inner = at::mm(by_y, up);  // [N, r]
    at::Tensor by_x;
    if (context->saved_data["x"].toBool()) by_x = at::mm(by_y, weight).addmm_(by_inner, down).view(saved[0].sizes());
    const at::Tensor by_down = at::mm(by_inner.t(), rows).to(at::kFloat);
    const at::Tensor by_up = at::mm(by_y.t(), inner).to(at::kFloat).mul_(context->saved_data["scale"].toDouble());
    return {by_x, {}, {}, by_down, by_up, {}};
  }
};

std::optional<at::Tensor> if_defined(const at::Tensor& tensor) {
  return tensor.defined() ? std::optional(tensor) : std::nullopt;
}

}  // namespace

std::pair<at::Tensor, at::Tensor> differentiable_add_normalize(const at::Tensor& x, const at::Tensor& delta,
                                                               const Norm& norm, at::ScalarType dtype) {
  const variable_list both =
      AddNormalize::apply(x, std::optional(delta), norm.weight, if_defined(norm.bias), norm.eps, dtype);
  return {both[0], both[1]};
}

at::Tensor differentiable_normalize(const at::Tensor& x, const Norm& norm, at::ScalarType dtype) {
  return AddNormalize::apply(x, std::optional<at::Tensor>(), norm.weight, if_defined(norm.bias), norm.eps, dtype)[0];
}

at::Tensor differentiable_swiglu(const at::Tensor& gate_up) {
  return Swiglu::apply(gate_up);
}

at::Tensor differentiable_rotate(const at::Tensor& x, int64_t heads, const Rope& rope, const at::Tensor& positions) {
  return Rotate::apply(x, heads, rope.cosine, rope.sine, positions);
}

at::Tensor differentiable_low_rank(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                                   const LowRank& change) {
  return LowRankLinear::apply(x, weight, if_defined(bias), change.down, change.up, change.scale);
}

}  // namespace rmt::model::ops
