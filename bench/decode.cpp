// bench_decode: tokens decoded one after the other, for one stream or many at once, and the floor: the bytes of the
// weights that a token needs, only read. Tokens are given, so no time goes into drawing them.
#include <ATen/Parallel.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <c10/core/GradMode.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>

#include "bench/turns.h"
#include "model/ops/logits.h"
#include "model/rmt/decoder.h"
#include "model/rmt/incremental.h"
#include "model/threads.h"
#include "model/weights/weight_source.h"

namespace rmt::bench {
namespace {

using model::Precision;

struct Options {
  std::string model;
  Precision precision = Precision::fp32;
  int64_t memory_tokens = 10, context = 0, tokens = 64, streams = 1;
  bool only_read = false;
  Turns turns;
};

Options parse(int argc, char** argv) {
  Options o;
  CLI::App app{"Times generation token by token"};
  std::map<std::string, Precision> precisions;
  for (const Precision each : {Precision::fp32, Precision::bf16, Precision::int8, Precision::int8x2, Precision::int4})
    precisions.emplace(name(each), each);
  app.add_option("--model", o.model, "Model folder or GGUF file")->required();
  app.add_option("--precision", o.precision)->transform(CLI::CheckedTransformer(precisions));
  app.add_option("--memory-tokens", o.memory_tokens)->capture_default_str();
  app.add_option("--context", o.context, "Tokens of the segment already there")->capture_default_str();
  app.add_option("--tokens", o.tokens, "Tokens of every stream in one measurement")->capture_default_str();
  app.add_option("--streams", o.streams, "Streams that decode together")->capture_default_str();
  app.add_flag("--only-read", o.only_read, "The floor: as many bytes as a token's weights, read and added up");
  add_turns_options(app, o.turns);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  return o;
}

std::shared_ptr<const model::Backbone> load(const Options& o, at::Tensor& memory) {
  const model::ModelFiles files = model::open_model_files(o.model);
  std::shared_ptr<model::Backbone> backbone = model::load_backbone(files.config, *files.weights);
  memory = model::make_initial_memory(*backbone, o.memory_tokens, /*seed=*/1);
  backbone->pack(o.precision);
  return backbone;
}

/// Streams that begin alike and then go on together.
class Streams {
 public:
  Streams(const Options& o, const model::RmtDecoder& decoder) : o_(o), decoder_(decoder), incremental_(decoder) {
    const auto memory = decoder.start(1).memory;
    for (int64_t i = 0; i < o.streams; ++i)
      begun_.push_back(incremental_.begin(memory, at::full({o.context}, 1 + i, at::kLong), o.context).cache);
  }

  void decode() const {
    const c10::NoGradGuard no_grad;
    std::vector<model::ops::KeyValueCache> caches = begun_;
    std::vector<model::ops::KeyValueCache*> lanes;
    for (auto& cache : caches) lanes.push_back(&cache);
    for (int64_t token = 0; token < o_.tokens; ++token) {
      const auto hidden = incremental_.extend(at::full({o_.streams}, token, at::kLong), lanes);
      model::ops::logits(decoder_.backbone().head(), hidden);
    }
  }

 private:
  const Options& o_;
  const model::RmtDecoder& decoder_;
  model::IncrementalDecoder incremental_;
  std::vector<model::ops::KeyValueCache> begun_;
};

/// Memory as large as the weights, read from end to end by every thread its part.
class Memory {
 public:
  explicit Memory(int64_t bytes) : words_(static_cast<size_t>(bytes / 8), 1) {}

  uint64_t read() const {
    constexpr size_t kWordsAtOnce = 1 << 18, kLine = 8, kAhead = 256;
    std::atomic<uint64_t> total{0};
    model::for_each_task(static_cast<int64_t>((words_.size() + kWordsAtOnce - 1) / kWordsAtOnce), [&](int64_t task) {
      const size_t from = static_cast<size_t>(task) * kWordsAtOnce;
      const size_t end = std::min(from + kWordsAtOnce, words_.size() / kLine * kLine);
      uint64_t sum = 0;
      for (size_t i = from; i < end; i += kLine) {
        __builtin_prefetch(words_.data() + i + kAhead, 0, 3);
        for (size_t word = 0; word < kLine; ++word) sum += words_[i + word];
      }
      total += sum;
    });
    return total;
  }

 private:
  std::vector<uint64_t> words_;
};

void run(const Options& o) {
  model::configure_threads(at::get_num_threads());
  at::Tensor memory;
  const auto backbone = load(o, memory);
  const int64_t bytes = backbone->bytes_per_row();
  const nlohmann::json ready{{"ready", "bench_decode"}, {"precision", name(o.precision)}, {"bytes_per_token", bytes}};
  if (o.only_read) {
    const Memory weights(bytes);
    return take_turns(o.turns, ready, [&]() -> nlohmann::json {
      uint64_t sum = 0;
      for (int64_t token = 0; token < o.tokens; ++token) sum += weights.read();
      return {{"tokens", o.tokens}, {"sum", sum}};
    });
  }
  const int64_t longest = o.context + o.tokens;
  const model::RmtDecoder decoder(backbone, {.memory_tokens = o.memory_tokens, .segment_length = longest}, memory);
  const Streams streams(o, decoder);
  take_turns(o.turns, ready, [&]() -> nlohmann::json {
    streams.decode();
    return {{"tokens", o.streams * o.tokens}};
  });
}

}  // namespace
}  // namespace rmt::bench

int main(int argc, char** argv) try {
  rmt::bench::run(rmt::bench::parse(argc, argv));
} catch (const std::exception& error) {
  std::cerr << "bench_decode: " << error.what() << "\n";
  return 1;
}
