// What the device can do at most: a large copy, and a large matrix product of random numbers.
#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/randn.h>

#include "bench/gpu/measure.h"

namespace rmt::bench {

nlohmann::json measure_ceilings(const Request& request) {
  const auto size = request.get<int64_t>("size", 8192);
  const auto on = at::TensorOptions().device(request.device).dtype(at::kBFloat16);
  const at::Tensor a = at::randn({size, size}, on), b = at::randn({size, size}, on);
  at::Tensor product;
  const auto products = time_runs(request, [&] { product = at::matmul(a, b); });

  const int64_t bytes = request.get<int64_t>("copy_bytes", int64_t{1} << 32);
  const at::Tensor from = at::randn({bytes / 2}, on), to = at::empty({bytes / 2}, on);
  const auto copies = time_runs(request, [&] { to.copy_(from); });
  return {{"product_flop", 2.0 * static_cast<double>(size) * static_cast<double>(size) * static_cast<double>(size)},
          {"product_seconds", products},
          {"copy_bytes_moved", 2 * bytes},
          {"copy_seconds", copies}};
}

}  // namespace rmt::bench
