// Checkpoint tensors made into the layers of ops/ that hold them.
#pragma once

#include <string>
#include <vector>

#include "model/backbone.h"
#include "model/ops/linear.h"
#include "model/ops/norm.h"

namespace rmt::model {

struct ParameterLoader {
  const WeightSource& weights;
  double norm_eps;

  ops::Norm layer_norm(const std::string& name, int64_t width) const;
  ops::Norm rms_norm(const std::string& name, int64_t width) const;

  /// weight [out, in], bias [out] when `with_bias`.
  ops::Linear linear(const std::string& name, int64_t in, int64_t out, bool with_bias) const;

  /// Several layers that read the same input, as one product: output rows in the order named.
  ops::Linear stacked(const std::vector<std::string>& names, int64_t in, const std::vector<int64_t>& outs,
                      bool with_bias) const;

  /// GPT-2's layout: weight [in, out], bias [out].
  ops::Linear conv1d(const std::string& name, int64_t in, int64_t out) const;
};

}  // namespace rmt::model
