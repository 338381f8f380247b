// Back-propagation through segments: gradients of a batch's loss, added to the parameters' .grad.
#pragma once

#include <ATen/core/Generator.h>

#include <cstdint>
#include <vector>

#include "lm/train/objective.h"

namespace rmt::lm {

struct Bptt {
  /// Of a batch of N segments the last `truncation` make one graph; of the borders before them none lets a gradient
  /// through. -1: all N. 1: no gradient ever crosses a border.
  int64_t truncation = -1;

  /// Reads all segments without a graph first, keeping only the state at each border, then goes back through
  /// them, building the graph of one at a time: activations of one segment and N states, whatever N is, for
  /// the price of one more forward pass. Without it all graphs are kept.
  bool recompute = true;

  /// Standard deviation of the normal noise added to the memory at each border, in units of the memory's own
  /// root mean square: a memory that is to last for thousands of segments must not live on small differences.
  double memory_noise = 0;
};

/// What a backward pass was told on its way.
struct BatchLoss {
  std::vector<double> by_segment;  ///< summed over the segment's targets, in nats
  int64_t correct = 0;

  double sum() const;
};

/// `noise` is drawn from only if there is memory noise.
BatchLoss back_propagate(const Objective& objective, const Bptt& bptt, at::Generator noise);

}  // namespace rmt::lm
