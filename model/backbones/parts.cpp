#include "model/backbones/parts.h"

#include <utility>

namespace rmt::model {

void Parts::tensor(const std::string& name, const at::Tensor& held) {
  parts_.push_back({.name = name, .tensor = held, .held = &held});
}

void Parts::norm(const std::string& name, const ops::Norm& norm) {
  tensor(name + ".weight", norm.weight);
  if (norm.bias.defined()) tensor(name + ".bias", norm.bias);
}

void Parts::linear(const std::string& name, const ops::Linear& linear) {
  parts_.push_back({.name = name, .linear = &linear});
}

void Parts::conv1d(const std::string& name, const ops::Linear& linear) {
  parts_.push_back({.name = name, .linear = &linear, .transposed = true});
}

void Parts::stacked(const std::string& name, const ops::Linear& linear, std::vector<Part::Piece> pieces) {
  parts_.push_back({.name = name, .linear = &linear, .pieces = std::move(pieces)});
}

void Parts::head(const std::string& name, const ops::Linear& linear, bool shared) {
  parts_.push_back({.name = name, .linear = &linear, .is_head = true, .is_shared = shared});
}

}  // namespace rmt::model
