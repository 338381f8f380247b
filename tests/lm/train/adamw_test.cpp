// AdamW against its formula in double, its state saved and restored, and clipping.
#include "lm/train/adamw.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randn.h>

#include <cmath>

#include "model/error.h"
#include "tests/support/doctest.h"
#include "tests/support/tensors.h"

namespace rmt::tests {
namespace {

constexpr lm::AdamWOptions kOptions{.beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-6, .weight_decay = 0.1};

std::vector<lm::Parameter> drawn_parameters() {
  const at::Generator random = at::detail::createCPUGenerator(4);
  return {{"matrix", at::randn({3, 4}, random).requires_grad_(), 1.0, true},
          {"memory", at::randn({2, 4}, random).requires_grad_(), 3.0, false}};
}

void draw_gradients(const std::vector<lm::Parameter>& parameters, uint64_t step) {
  const at::Generator random = at::detail::createCPUGenerator(100 + step);
  for (const lm::Parameter& parameter : parameters)
    parameter.tensor.mutable_grad() = at::randn(parameter.tensor.sizes(), random);
}

/// Algorithm 2 of Loshchilov and Hutter (2019), with the rate as the schedule's multiplier.
class Reference {
 public:
  explicit Reference(const lm::Parameter& parameter) : parameter_(parameter) {
    value = parameter.tensor.detach().to(at::kDouble).clone();
    first_ = at::zeros_like(value);
    second_ = at::zeros_like(value);
  }
  void step(double rate) {
    const at::Tensor gradient = parameter_.tensor.grad().to(at::kDouble);
    rate *= parameter_.rate_factor;
    ++steps_;
    if (parameter_.decays) value = value - rate * kOptions.weight_decay * value;
    first_ = kOptions.beta1 * first_ + (1 - kOptions.beta1) * gradient;
    second_ = kOptions.beta2 * second_ + (1 - kOptions.beta2) * gradient * gradient;
    const at::Tensor mean = first_ / (1 - std::pow(kOptions.beta1, steps_));
    const at::Tensor square = second_ / (1 - std::pow(kOptions.beta2, steps_));
    value = value - rate * mean / (square.sqrt() + kOptions.epsilon);
  }

  at::Tensor value;

 private:
  lm::Parameter parameter_;
  at::Tensor first_, second_;
  int steps_ = 0;
};

double difference(const at::Tensor& ours, const at::Tensor& reference) {
  return max_difference(ours.detach(), reference.to(at::kFloat));
}

TEST_CASE("steps follow the formula: decay apart from the moments, a rate factor, no decay where none is wanted") {
  lm::AdamW optimizer(drawn_parameters(), kOptions);
  std::vector<Reference> references(optimizer.parameters().begin(), optimizer.parameters().end());
  for (uint64_t step = 0; step < 8; ++step) {
    const double rate = 0.05 / static_cast<double>(step + 1);
    draw_gradients(optimizer.parameters(), step);
    for (Reference& reference : references) reference.step(rate);
    optimizer.step(rate);
    for (size_t i = 0; i < references.size(); ++i) {
      CAPTURE(step);
      CHECK(difference(optimizer.parameters()[i].tensor, references[i].value) < 2e-6);
    }
  }
}

TEST_CASE("a parameter without a gradient stays as it is, and its step is not counted") {
  lm::AdamW optimizer(drawn_parameters(), kOptions);
  const auto& parameters = optimizer.parameters();
  draw_gradients(parameters, 0);
  parameters[1].tensor.mutable_grad() = at::Tensor();
  const at::Tensor before = parameters[1].tensor.detach().clone();
  optimizer.step(0.1);
  CHECK(same_bits(parameters[1].tensor.detach(), before));

  // Its first own step is then that of a fresh optimizer: the bias correction starts with it.
  Reference reference(parameters[1]);
  optimizer.zero_gradients();
  CHECK(!parameters[0].tensor.grad().defined());
  draw_gradients(parameters, 1);
  reference.step(0.1);
  optimizer.step(0.1);
  CHECK(difference(parameters[1].tensor, reference.value) < 2e-6);
}

TEST_CASE("restored in the middle it goes on bit for bit") {
  lm::AdamW unbroken(drawn_parameters(), kOptions), first(drawn_parameters(), kOptions);
  const auto take = [](lm::AdamW& optimizer, uint64_t from, uint64_t to) {
    for (uint64_t step = from; step < to; ++step) {
      draw_gradients(optimizer.parameters(), step);
      optimizer.step(0.01);
    }
  };
  take(unbroken, 0, 6);
  take(first, 0, 3);
  model::NamedTensors state;
  for (const auto& [name, tensor] : first.state()) state.emplace_back(name, tensor.clone());
  CHECK(state.size() == 6);

  lm::AdamW second(first.parameters(), kOptions);
  second.restore(state);
  take(second, 3, 6);
  for (size_t i = 0; i < 2; ++i)
    CHECK(same_bits(second.parameters()[i].tensor.detach(), unbroken.parameters()[i].tensor.detach()));
}

TEST_CASE("the state of other parameters is refused by name") {
  lm::AdamW optimizer(drawn_parameters(), kOptions);
  model::NamedTensors state = optimizer.state();
  const auto message = [&] {
    try {
      optimizer.restore(state);
    } catch (const model::Error& error) {
      CHECK(error.code() == model::Errc::mismatch);
      return std::string(error.what());
    }
    return std::string();
  };
  state[4].second = at::full({2, 5}, 0.0);  // memory.second
  CHECK(message().find("memory.second of shape [2, 4]") != std::string::npos);
  state.erase(state.begin());
  CHECK(message().find("matrix.first") != std::string::npos);
}

TEST_CASE("clipping by norm scales all gradients alike, by value each entry") {
  const auto parameters = drawn_parameters();
  draw_gradients(parameters, 0);
  const at::Tensor matrix = parameters[0].tensor.grad().clone(), memory = parameters[1].tensor.grad().clone();
  const double norm = lm::gradient_norm(parameters);
  CHECK(norm == doctest::Approx(std::sqrt((matrix.pow(2).sum() + memory.pow(2).sum()).item<double>())).epsilon(1e-6));

  lm::clip_norm(parameters, norm, norm + 1);
  CHECK(same_bits(parameters[0].tensor.grad(), matrix));
  lm::clip_norm(parameters, norm, norm / 4);
  CHECK(max_difference(parameters[0].tensor.grad(), matrix / 4) < 1e-7);
  CHECK(max_difference(parameters[1].tensor.grad(), memory / 4) < 1e-7);
  CHECK(lm::gradient_norm(parameters) == doctest::Approx(norm / 4).epsilon(1e-6));

  parameters[0].tensor.mutable_grad() = matrix.clone();
  lm::clip_values(parameters, 0.5);
  const at::Tensor clipped = parameters[0].tensor.grad();
  CHECK(clipped.abs().max().item<double>() == 0.5);
  CHECK(clipped.eq(matrix).logical_or(matrix.abs().gt(0.5)).all().item<bool>());
}

}  // namespace
}  // namespace rmt::tests
