#include "model/ops/nibble_weight.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/amin.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/where.h>

#include <cstring>

namespace rmt::model::ops {

NibbleWeight::NibbleWeight(const at::Tensor& weight, int64_t block)
    : out_(weight.size(0)), blocks_((weight.size(1) + block - 1) / block), block_(block) {
  constexpr double kHighest = 15;
  const int64_t missing = blocks_ * block - weight.size(1);
  const auto padded = missing > 0 ? at::constant_pad_nd(weight, {0, missing}) : weight;
  const auto values = padded.contiguous().view({out_, blocks_, block});
  const auto lowest = at::amin(values, {2}, /*keepdim=*/true);
  const auto scale = (at::amax(values, {2}, /*keepdim=*/true) - lowest) / kHighest;
  // Rounded first, so that the nibbles make up for it.
  lowest_ = lowest.squeeze(2).to(at::kBFloat16).contiguous();
  scales_ = scale.squeeze(2).to(at::kBFloat16).contiguous();
  const auto step = scales_.to(at::kFloat).unsqueeze(2);
  const auto steps = (values - lowest_.to(at::kFloat).unsqueeze(2)) / at::where(step.gt(0), step, 1.0);
  nibbles_ = steps.round().clamp(0, kHighest).to(at::kByte);
}

void NibbleWeight::pack_panel(int64_t index, int64_t columns, void* panel) const {
  const auto* nibbles = nibbles_.const_data_ptr<uint8_t>();
  const auto* scales = static_cast<const uint16_t*>(scales_.const_data_ptr());
  const auto* lowest = static_cast<const uint16_t*>(lowest_.const_data_ptr());
  const int64_t lanes = columns / 2, words = block_ / 8;
  auto* word = static_cast<uint32_t*>(panel);
  for (int64_t half = 0; half < 2; ++half)
    for (int64_t block = 0; block < blocks_; ++block)
      for (int64_t k = -1; k < words; ++k)  // the pair of scales before the nibbles
        for (int64_t lane = 0; lane < lanes; ++lane, ++word) {
          const int64_t output = index * columns + half * lanes + lane;
          *word = 0;
          if (output >= out_) continue;
          const int64_t at = output * blocks_ + block;
          if (k < 0) {
            *word = scales[at] | uint32_t{lowest[at]} << 16;
            continue;
          }
          const uint8_t* low = nibbles + at * block_ + 4 * k;
          const uint8_t* high = low + block_ / 2;
          for (int byte = 0; byte < 4; ++byte)
            *word |= static_cast<uint32_t>(low[byte] | high[byte] << 4) << (8 * byte);
        }
}

}  // namespace rmt::model::ops
