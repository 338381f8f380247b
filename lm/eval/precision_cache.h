// What measuring the arithmetics of a model found, kept between runs: $XDG_CACHE_HOME/rmt-lm/precision.json
// (~/.cache/rmt-lm/precision.json without that variable). Safe to delete at any time.
//
//   {"format": 1, "entries": {"<key>": {"tokens_per_s": {"fp32": 1210.5, …},
//                                       "ppl": {"<sample>": {"fp32": 17.31, …}, …}}}}
//
// A key stands for machine, program, model and segment shape; a sample for the ids that were scored.
// Speeds hold for every text, perplexities only for their sample.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace rmt::lm {

struct PrecisionEntry {
  std::map<std::string, double> tokens_per_second;                  ///< by dtype
  std::map<std::string, std::map<std::string, double>> perplexity;  ///< by sample, then dtype
};

class PrecisionCache {
 public:
  explicit PrecisionCache(std::filesystem::path file) : file_(std::move(file)) {}

  /// Empty when there is nothing usable: a damaged cache is as good as none.
  PrecisionEntry find(const std::string& key) const;

  /// Replaces the entry; at most kMostSamples samples of it are kept. A cache that cannot be written is
  /// not an error.
  void store(const std::string& key, PrecisionEntry entry) const;

  static constexpr size_t kMostSamples = 32;

 private:
  std::filesystem::path file_;
};

/// Where the cache is for this user; `environment(name)` gives a variable or "".
std::filesystem::path precision_cache_file(const std::string& xdg_cache_home, const std::string& home);

}  // namespace rmt::lm
