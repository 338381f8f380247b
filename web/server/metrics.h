// What the server has done, counted, as Prometheus reads it (text format 0.0.4, base units).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lm/engine/generator.h"
#include "web/server/measure.h"

namespace rmt::web {

/// How often a duration was at most so long.
class DurationHistogram {
 public:
  void add(double seconds);
  /// Appends the metric's lines.
  void write(std::string& out, std::string_view name, std::string_view help) const;

 private:
  static constexpr std::array<double, 16> kBounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                     0.5,   1,      2.5,   5,    10,    30,   60,  300};
  std::array<uint64_t, kBounds.size() + 1> counts_{};
  double sum_ = 0;
};

/// Safe to use from any thread.
class Metrics {
 public:
  void request_began();
  /// `route` is its pattern, never the path a client sent.
  void request_ended(std::string_view route, unsigned status, double seconds);
  void first_token(double seconds_after_request);
  void next_token(double seconds_after_token);

  std::string text(const engine::GeneratorInfo& info, const engine::GeneratorLoad& load,
                   std::span<const Measure> measures) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, unsigned>, uint64_t> answers_;  // by route and status
  int64_t in_flight_ = 0;
  DurationHistogram request_seconds_, first_token_seconds_, token_seconds_;
};

}  // namespace rmt::web
