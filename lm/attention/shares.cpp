#include "lm/attention/shares.h"

#include <algorithm>
#include <vector>

namespace rmt::lm {

namespace {

// The mean over its rows of what a map [rows, columns] gives to columns [from, from + count).
double mean_on(const at::Tensor& map, int64_t from, int64_t count) {
  return map.narrow(1, from, count).sum(at::kDouble).item<double>() / static_cast<double>(map.size(0));
}

at::Tensor map_of(const at::Tensor& maps, int64_t layer, int64_t head) {
  return maps.select(0, layer).select(0, head);
}

}  // namespace

HeadShares head_shares(const SegmentAttention& maps, int64_t layer, int64_t head) {
  const int64_t m = maps.memory_tokens(), t = maps.text_tokens();
  const at::Tensor write = map_of(maps.write, layer, head);  // [M, S]
  return {mean_on(write, 0, m), mean_on(write, m, t), mean_on(write, m + t, m),
          mean_on(map_of(maps.read, layer, head), 0, m)};
}

double write_share(const SegmentAttention& maps, int64_t layer, int64_t head, std::span<const TokenRange> facts) {
  const int64_t m = maps.memory_tokens(), t = maps.text_tokens();
  std::vector<bool> counts(static_cast<size_t>(t), false);
  for (const TokenRange& fact : facts)
    for (int64_t token = std::max<int64_t>(0, fact.from); token < std::min(t, fact.to); ++token)
      counts[static_cast<size_t>(token)] = true;

  const at::Tensor write = map_of(maps.write, layer, head);  // [M, S]
  double share = 0;
  for (int64_t token = 0; token < t; ++token)
    if (counts[static_cast<size_t>(token)]) share += mean_on(write, m + token, 1);
  return share;
}

}  // namespace rmt::lm
