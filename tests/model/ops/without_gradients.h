// The two ways of every operation: plain tensors with gradients on, the kernels with gradients off.
#pragma once

#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include <utility>

namespace rmt::tests {

/// What `body` returns when it runs without gradients, so that the kernels do the work.
template <class Body>
auto without_gradients(Body&& body) {
  const c10::AutoGradMode off(false);
  return std::forward<Body>(body)();
}

/// What `body` returns on `count` threads.
template <class Body>
auto on_threads(int count, Body&& body) {
  const int before = at::get_num_threads();
  at::set_num_threads(count);
  auto result = without_gradients(std::forward<Body>(body));
  at::set_num_threads(before);
  return result;
}

}  // namespace rmt::tests
