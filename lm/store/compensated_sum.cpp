#include "lm/store/compensated_sum.h"

#include <cmath>

namespace rmt::store {

void CompensatedSum::add(double term) {
  const double sum = sum_ + term;
  lost_ += std::abs(sum_) >= std::abs(term) ? (sum_ - sum) + term : (term - sum) + sum_;
  sum_ = sum;
}

void CompensatedSum::add(const CompensatedSum& other) {
  add(other.sum_);
  add(other.lost_);
}

double compensated_sum(std::span<const double> terms) {
  CompensatedSum sum;
  for (const double term : terms) sum.add(term);
  return sum.value();
}

}  // namespace rmt::store
