// A loop that is certainly unrolled: accumulators indexed by its counter stay in registers.
#pragma once

#include <utility>

namespace rmt::model::kernels {

/// body(integral_constant<int, 0>) … body(integral_constant<int, N - 1>).
template <int N, class Body>
[[gnu::always_inline]] inline void unroll(Body&& body) {
  [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
    (body(std::integral_constant<int, I>{}), ...);
  }
  (std::make_integer_sequence<int, N>{});
}

}  // namespace rmt::model::kernels
