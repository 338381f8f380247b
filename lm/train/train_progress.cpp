#include "lm/train/train_progress.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace rmt::lm {

namespace {

constexpr double kSecondsBetweenLines = 10.0, kNewestShare = 0.1;

std::string duration(double seconds) {
  const auto s = static_cast<int64_t>(seconds);
  return s >= 3600 ? fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
                   : fmt::format("{}:{:02}", s / 60, s % 60);
}

// Model FLOPs utilisation: what must be computed, of what the device could have.
std::string utilisation(double tokens_per_second, const TrainProgress::Options& options) {
  if (options.flops_per_token == 0 || options.peak_flops == 0) return {};
  return fmt::format("  {:.1f} % MFU", 100 * tokens_per_second * options.flops_per_token / options.peak_flops);
}

}  // namespace

nlohmann::ordered_json to_json(const StepReport& step, const TrainProgress::Options& options) {
  nlohmann::ordered_json json = {{"step", step.at.total + 1},
                                 {"stage", step.at.stage + 1},
                                 {"segments", step.segments},
                                 {"loss", step.loss},
                                 {"loss_by_segment", step.by_segment},
                                 {"accuracy", step.accuracy},
                                 {"gradient_norm", step.gradient_norm},
                                 {"learning_rate", step.learning_rate},
                                 {"tokens", step.tokens},
                                 {"seconds", step.seconds}};
  if (options.flops_per_token == 0) return json;
  const double flops = static_cast<double>(step.tokens) * options.flops_per_token / step.seconds;
  json["tflops"] = flops / 1e12;
  if (options.peak_flops > 0) json["mfu"] = flops / options.peak_flops;
  return json;
}

void TrainProgress::on_step(const StepReport& step) {
  const double share = steps_ == 0 ? 1.0 : kNewestShare;
  loss_ += share * (step.loss - loss_);
  accuracy_ += share * (step.accuracy - accuracy_);
  rate_ += share * (static_cast<double>(step.tokens) / step.seconds - rate_);
  seconds_ += step.seconds;
  ++steps_;
  if (options_.json) {
    fmt::print("{}\n", to_json(step, options_).dump());
    std::fflush(stdout);
  }
  const bool last = step.at.total + 1 == options_.total_steps;
  if (options_.terminal || last || steps_ == 1 || seconds_ - shown_ >= kSecondsBetweenLines) show(step);
}

void TrainProgress::show(const StepReport& step) {
  shown_ = seconds_;
  const int64_t done = step.at.total + 1;
  const double left = seconds_ / static_cast<double>(steps_) * static_cast<double>(options_.total_steps - done);
  const std::string line =
      fmt::format("step {}/{}  stage {}  {} segments  loss {:.4f}{}  |g| {:.3f}  {:.0f} tokens/s{}  {} left", done,
                  options_.total_steps, step.at.stage + 1, step.segments, loss_,
                  options_.accuracy ? fmt::format("  {:.1f} % right", 100 * accuracy_) : "", step.gradient_norm, rate_,
                  utilisation(rate_, options_), duration(left));
  fmt::print(stderr, "{}{}{}", options_.terminal ? "\r\033[K" : "", line, options_.terminal ? "" : "\n");
  line_shown_ = options_.terminal;
}

void TrainProgress::on_checkpoint(const std::string& folder) {
  clear();
  fmt::print(stderr, "checkpoint: {}\n", folder);
}

void TrainProgress::clear() {
  if (line_shown_) fmt::print(stderr, "\r\033[K");
  line_shown_ = false;
}

}  // namespace rmt::lm
