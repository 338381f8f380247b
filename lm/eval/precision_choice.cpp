#include "lm/eval/precision_choice.h"

#include <ATen/Parallel.h>
#include <torch/version.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <limits>

#include "lm/eval/metrics.h"
#include "lm/eval/segment_scorer.h"
#include "lm/store/sha256.h"

namespace rmt::lm {

namespace {

using model::Precision;

constexpr Precision kAll[] = {Precision::fp32, Precision::bf16, Precision::int8, Precision::int8x2, Precision::int4};

struct Measured {
  double tokens_per_second = 0;
  double perplexity = 0;
};

// The speed is that of the fastest segment: what else the machine does only ever slows one down.
Measured measure(const PrecisionQuestion& question, const std::shared_ptr<const model::Backbone>& backbone) {
  const model::RmtDecoder decoder(backbone, question.rmt, question.initial_memory);
  const SegmentScorer scorer(decoder, MemoryPolicy::carry);
  const auto step = [&](const corpora::Segment& segment, ScoreState& state) {
    const corpora::Segment* segments[] = {&segment};
    ScoreState* states[] = {&state};
    return scorer.step(segments, states)[0];
  };
  ScoreState warm_up = scorer.start(), state = scorer.start();
  step(question.sample.front(), warm_up);

  CompensatedSum nll;
  double tokens = 0, fastest = 0;
  for (const corpora::Segment& segment : question.sample) {
    const auto start = std::chrono::steady_clock::now();
    const SegmentNll scored = step(segment, state);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    fastest = std::max(fastest, static_cast<double>(segment.ids.size()) / seconds.count());
    nll.add(compensated_sum(scored.token_nll));
    tokens += static_cast<double>(scored.token_nll.size());
  }
  return {fastest, std::exp(nll.value() / std::max(1.0, tokens))};
}

std::string digest_of(const std::vector<corpora::Segment>& sample) {
  store::Sha256 hash;
  for (const corpora::Segment& segment : sample)
    hash.update({reinterpret_cast<const char*>(segment.ids.data()), segment.ids.size() * sizeof(segment.ids[0])});
  return store::hex(hash.finish());
}

std::string cpu_description() {
  std::ifstream info("/proc/cpuinfo");
  std::string description;
  for (std::string line; std::getline(info, line) && !line.empty();)
    if (line.starts_with("model name") || line.starts_with("flags")) description += line + "\n";
  return description;
}

// Looks figures up, and runs the model for those that are not known yet.
class Bench {
 public:
  Bench(const PrecisionQuestion& question, const std::function<std::shared_ptr<const model::Backbone>(Precision)>& load,
        const PrecisionCache& cache)
      : question_(question),
        load_(load),
        cache_(cache),
        entry_(cache.find(question.cache_key)),
        sample_(digest_of(question.sample)) {}

  double speed(Precision precision) {
    const std::string name(model::name(precision));
    if (!entry_.tokens_per_second.contains(name)) run(precision);
    return entry_.tokens_per_second.at(name);
  }

  double perplexity(Precision precision) {
    const std::string name(model::name(precision));
    if (!entry_.perplexity[sample_].contains(name)) run(precision);
    return entry_.perplexity[sample_].at(name);
  }

  std::shared_ptr<const model::Backbone> backbone(Precision precision) const {
    return loaded_ == precision ? backbone_ : nullptr;
  }

 private:
  void run(Precision precision) {
    if (loaded_ != precision) {
      backbone_.reset();  // before the next is loaded: two would not fit where one does
      backbone_ = load_(precision);
      loaded_ = precision;
    }
    const Measured measured = measure(question_, backbone_);
    const std::string name(model::name(precision));
    entry_.tokens_per_second.emplace(name, measured.tokens_per_second);  // speeds of one sitting are compared
    entry_.perplexity[sample_][name] = measured.perplexity;
    cache_.store(question_.cache_key, entry_);
  }

  const PrecisionQuestion& question_;
  const std::function<std::shared_ptr<const model::Backbone>(Precision)>& load_;
  const PrecisionCache& cache_;
  PrecisionEntry entry_;
  std::string sample_;
  std::optional<Precision> loaded_;
  std::shared_ptr<const model::Backbone> backbone_;
};

}  // namespace

std::optional<Precision> precision_by_name(std::string_view name) {
  for (const Precision precision : kAll)
    if (model::name(precision) == name) return precision;
  return std::nullopt;
}

PrecisionChoice choose_precision(const PrecisionQuestion& question,
                                 const std::function<std::shared_ptr<const model::Backbone>(Precision)>& load,
                                 const PrecisionCache& cache) {
  Bench bench(question, load, cache);
  const double reference = bench.perplexity(Precision::fp32);

  std::vector<std::pair<double, Precision>> by_speed = {{bench.speed(Precision::fp32), Precision::fp32}};
  for (const Precision candidate : question.candidates)
    if (candidate != Precision::fp32) by_speed.emplace_back(bench.speed(candidate), candidate);
  std::sort(by_speed.begin(), by_speed.end(), [](const auto& a, const auto& b) { return a.first > b.first; });

  PrecisionChoice choice;
  for (const auto& [speed, precision] : by_speed) {
    choice.trials.push_back({precision, speed, bench.perplexity(precision) / reference - 1});
    choice.precision = precision;
    choice.loss = choice.trials.back().loss;
    if (precision == Precision::fp32 || choice.loss <= question.most_loss) break;
  }
  choice.backbone = bench.backbone(choice.precision);
  return choice;
}

std::string precision_cache_key(const std::string& program_version, const std::string& model_sha256,
                                const model::RmtConfig& rmt) {
  store::Sha256 hash;
  hash.update(cpu_description());
  hash.update(program_version + "\n" TORCH_VERSION "\n" + model_sha256 + "\n");
  hash.update(std::to_string(at::get_num_threads()) + " threads, " + std::to_string(rmt.memory_tokens) + " + " +
              std::to_string(rmt.segment_length) + " tokens\n");
  return store::hex(hash.finish());
}

}  // namespace rmt::lm
