#include "lm/train/shared_sums.h"

#include <ATen/ops/tensor.h>

#include <algorithm>
#include <cmath>

#include "lm/train/gradient_buckets.h"

namespace rmt::lm {

void add_gradients(Processes& processes, const std::vector<Parameter>& parameters) {
  if (processes.count() == 1) return;
  at::Tensor there = which_have_gradients(parameters);
  processes.sum(there);
  GradientBuckets buckets(parameters, there);
  for (at::Tensor bucket = buckets.next(); bucket.defined(); bucket = buckets.next()) {
    processes.sum(bucket);
    buckets.put_back(bucket);
  }
}

void add(Processes& processes, BatchLoss& loss) {
  if (processes.count() == 1) return;
  std::vector<double> all = loss.by_segment;
  all.push_back(static_cast<double>(loss.correct));
  at::Tensor sums = at::tensor(all, at::kDouble);
  processes.sum(sums);
  const double* values = sums.const_data_ptr<double>();
  std::copy_n(values, loss.by_segment.size(), loss.by_segment.begin());
  loss.correct = std::llround(values[loss.by_segment.size()]);
}

}  // namespace rmt::lm
