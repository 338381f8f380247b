// A sum of doubles whose digits do not show how its terms were grouped.
#pragma once

#include <span>

namespace rmt::store {

/// Also keeps what each addition rounds away (Neumaier's variant of Kahan's sum).
class CompensatedSum {
 public:
  void add(double term);
  void add(const CompensatedSum& other);
  double value() const { return sum_ + lost_; }

 private:
  double sum_ = 0, lost_ = 0;
};

double compensated_sum(std::span<const double> terms);

}  // namespace rmt::store
