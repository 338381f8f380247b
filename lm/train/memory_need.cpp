#include "lm/train/memory_need.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string_view>

#include "lm/train/error.h"

namespace rmt::lm {
namespace {

constexpr double kGigabyte = 1e9;

/// Numbers kept of one row of one block for its backward pass: normed inputs, residuals, queries, keys, values and the
/// attention's output of about the width each, and gate, up and their product.
int64_t kept_of_row(const model::BackboneConfig& config) {
  return 8 * config.width + 3 * config.ffn_width;
}

int64_t activations_of(const Stage& stage, const model::BackboneConfig& config, const model::RmtConfig& rmt,
                       model::Precision precision, int64_t processes) {
  const int64_t parts = std::max<int64_t>(1, stage.accumulate * processes);
  const int64_t share = (stage.batch + parts - 1) / parts;
  const int64_t length = stage.tokens > 0 ? std::min(stage.tokens, rmt.segment_length) : rmt.segment_length;
  const double rows = static_cast<double>(share) * static_cast<double>(length + 2 * rmt.memory_tokens);
  const double bytes = precision == model::Precision::bf16 ? 3 : 4;  // bf16: the residual stream stays fp32
  const double kept = rows * static_cast<double>(kept_of_row(config) * config.layers) * bytes;
  constexpr double kMost = 9e18;
  return static_cast<int64_t>(std::min(kept, kMost));
}

std::optional<int64_t> number_in(const char* path, std::string_view after) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.compare(0, after.size(), after) != 0) continue;
    const size_t digits = line.find_first_of("0123456789", after.size());
    int64_t value = 0;
    if (digits == std::string::npos) return std::nullopt;
    const auto [end, error] = std::from_chars(line.data() + digits, line.data() + line.size(), value);
    if (error == std::errc()) return value;
  }
  return std::nullopt;
}

}  // namespace

MemoryNeed memory_need(const model::BackboneConfig& config, const model::RmtConfig& rmt, model::Precision precision,
                       int64_t trained, const std::vector<Stage>& stages, int64_t processes) {
  constexpr int64_t kOfEach = 3 * 4;  // fp32: the gradient, and the optimizer's two moments
  MemoryNeed need;
  need.optimizer = trained * kOfEach;
  for (size_t i = 0; i < stages.size(); ++i) {
    const int64_t kept = activations_of(stages[i], config, rmt, precision, processes);
    if (kept <= need.activations) continue;
    need.activations = kept;
    need.stage = i;
  }
  return need;
}

std::optional<int64_t> available_memory() {
  std::optional<int64_t> available = number_in("/proc/meminfo", "MemAvailable:");
  if (available) *available *= 1024;
  const auto limit = number_in("/sys/fs/cgroup/memory.max", "");
  const auto used = number_in("/sys/fs/cgroup/memory.current", "");
  if (!limit || !used) return available;
  const int64_t allowed = std::max<int64_t>(0, *limit - *used);
  return available ? std::min(*available, allowed) : allowed;
}

void require_memory(const MemoryNeed& need, int64_t available) {
  if (need.total() <= available) return;
  throw TrainError(
      TrainErrc::memory,
      fmt::format(
          "Training would take about {:.1f} GB of memory more, and {:.1f} GB are free: {:.1f} for the optimizer, "
          "{:.1f} for a segment of stage {}. A smaller batch there, a larger accumulate (the same numbers, worked "
          "through in parts), shorter segments, or the method lora need less.",
          need.total() / kGigabyte, available / kGigabyte, need.optimizer / kGigabyte, need.activations / kGigabyte,
          need.stage + 1));
}

}  // namespace rmt::lm
