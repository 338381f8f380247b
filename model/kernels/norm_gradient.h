// Layer norm and RMS norm backwards, together with the residual addition before them.
#pragma once

#include "model/kernels/norm.h"

namespace rmt::model::kernels {

/// Calls use(i, load) for whole vectors of a row and for what is left of it; load(p) reads p + i.
template <class S, class Use>
[[gnu::always_inline]] inline void for_each_vector(int64_t width, Use&& use) {
  int64_t i = 0;
  for (; i + S::kLanes <= width; i += S::kLanes)
    use(i, int64_t{S::kLanes}, [i](const auto* p) { return S::load(p + i); });
  const int64_t left = width - i;
  if (left > 0) use(i, left, [i, left](const auto* p) { return S::load(p + i, left); });
}

/// With g = weight * by_out and x^ = (x - mean) / deviation, by_x = (g - mean(g) - x^ mean(g x^)) / deviation;
/// an RMS norm has no means to take away but the last.
template <class S, class ByOut, bool kCentered>
class NormGradientRow {
 public:
  NormGradientRow(const NormGradientRows& rows, int64_t row)
      : rows_(rows),
        x_(rows.x + row * rows.width),
        by_out_(static_cast<const ByOut*>(rows.by_out) + row * rows.width),
        inverse_width_(1.0f / static_cast<float>(rows.width)) {
    find_statistics();
    find_means();
  }

  void store(int64_t row) const {
    const float* by_sum = rows_.by_sum ? rows_.by_sum + row * rows_.width : nullptr;
    float* by_x = rows_.by_x + row * rows_.width;
    auto* by_delta = rows_.by_delta ? static_cast<BFloat16*>(rows_.by_delta) + row * rows_.width : nullptr;
    for_each_vector<S>(rows_.width, [&](int64_t i, int64_t count, auto load) {
      const auto g = load(by_out_) * load(rows_.weight), hat = normal(load(x_));
      auto by = S::fma(S::set(0.0f) - hat, S::set(mean_gx_), g);
      if constexpr (kCentered) by = by - S::set(mean_g_);
      by = by * S::set(inverse_);
      if (by_sum) by = by + load(by_sum);
      S::store(by_x + i, by, count);
      if (by_delta) S::store(by_delta + i, by, count);
    });
  }

  void add_to_parameters() const {
    for_each_vector<S>(rows_.width, [&](int64_t i, int64_t count, auto load) {
      const auto by = load(by_out_);
      S::store(rows_.by_weight + i, S::fma(by, normal(load(x_)), load(rows_.by_weight)), count);
      if (kCentered) S::store(rows_.by_bias + i, load(rows_.by_bias) + by, count);
    });
  }

 private:
  [[gnu::always_inline]] typename S::Floats normal(typename S::Floats x) const {
    if constexpr (kCentered) x = x - S::set(mean_);
    return x * S::set(inverse_);
  }

  void find_statistics() {
    const int64_t width = rows_.width;
    if constexpr (kCentered)
      mean_ = inverse_width_ * row_sum<S>(
                                   width, [&](int64_t i) { return S::load(x_ + i); }, [&](int64_t i) { return x_[i]; });
    const auto center = S::set(mean_);
    const float squares = row_sum<S>(
        width, [&](int64_t i) { return (S::load(x_ + i) - center) * (S::load(x_ + i) - center); },
        [&](int64_t i) { return (x_[i] - mean_) * (x_[i] - mean_); });
    inverse_ = 1.0f / std::sqrt(squares * inverse_width_ + rows_.eps);
  }

  void find_means() {
    auto sum_g = S::set(0.0f), sum_gx = S::set(0.0f);
    for_each_vector<S>(rows_.width, [&](int64_t, int64_t, auto load) {
      const auto g = load(by_out_) * load(rows_.weight);  // 0 past the row's end
      if constexpr (kCentered) sum_g = sum_g + g;
      sum_gx = S::fma(g, normal(load(x_)), sum_gx);
    });
    mean_g_ = S::sum(sum_g) * inverse_width_;
    mean_gx_ = S::sum(sum_gx) * inverse_width_;
  }

  const NormGradientRows& rows_;
  const float* x_;
  const ByOut* by_out_;
  float inverse_width_, mean_ = 0, inverse_ = 0, mean_g_ = 0, mean_gx_ = 0;
};

template <class S, class ByOut, bool kCentered>
void normalize_gradient_of(const NormGradientRows& rows) {
  for (int64_t row = 0; row < rows.rows; ++row) {
    const NormGradientRow<S, ByOut, kCentered> gradient(rows, row);
    gradient.store(row);
    if (rows.by_weight) gradient.add_to_parameters();
  }
}

/// See Kernels::normalize_gradient.
template <class S>
void normalize_gradient(const NormGradientRows& rows) {
  if (rows.by_out_element == Element::bf16)
    return rows.centered ? normalize_gradient_of<S, BFloat16, true>(rows)
                         : normalize_gradient_of<S, BFloat16, false>(rows);
  return rows.centered ? normalize_gradient_of<S, float, true>(rows) : normalize_gradient_of<S, float, false>(rows);
}

}  // namespace rmt::model::kernels
