// bench_segment: the recurrent reader's speed and memory, segment after segment of one document.
// Scores every token (lm::SegmentScorer), or with --read-only only moves the memory on. Weights and
// token ids come from files, so that rivals can be given the same ones.
#include <ATen/ops/from_blob.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <map>

#include "bench/turns.h"
#include "lm/eval/segment_scorer.h"
#include "model/rmt/decoder.h"
#include "model/weights/weight_source.h"

namespace rmt::bench {
namespace {

using corpora::Segment;
using model::Precision;

struct Options {
  std::string model, ids;
  Precision precision = Precision::fp32;
  int64_t memory_tokens = 10, segment_length = 512;
  int64_t segments = 2;
  bool read_only = false;
  std::vector<int64_t> sample_at;
  Turns turns;
};

Options parse(int argc, char** argv) {
  Options o;
  CLI::App app{"Times the recurrent reader"};
  const std::map<std::string, Precision> precisions{
      {"fp32", Precision::fp32}, {"bf16", Precision::bf16}, {"int8", Precision::int8}, {"int8x2", Precision::int8x2}};
  app.add_option("--model", o.model, "Model folder or GGUF file")->required();
  app.add_option("--ids", o.ids, "Token ids, raw int32; read round and round")->required();
  app.add_option("--precision", o.precision)->transform(CLI::CheckedTransformer(precisions));
  app.add_option("--memory-tokens", o.memory_tokens)->capture_default_str();
  app.add_option("--segment-length", o.segment_length)->capture_default_str();
  app.add_option("--segments", o.segments, "Segments in one measurement")->capture_default_str();
  app.add_flag("--read-only", o.read_only, "No head and no scores: only the memory is wanted");
  app.add_option("--sample-at", o.sample_at,
                 "Read the document up to the last of these segments and print the "
                 "resident memory at each")
      ->delimiter(',');
  add_turns_options(app, o.turns);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  return o;
}

std::vector<int32_t> read_ids(const std::string& path, int64_t at_least) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const auto count = file ? static_cast<int64_t>(file.tellg()) / static_cast<int64_t>(sizeof(int32_t)) : 0;
  if (count < at_least)
    throw std::runtime_error(fmt::format("{} holds {} ids, fewer than a segment's {}", path, count, at_least));
  std::vector<int32_t> ids(static_cast<size_t>(count));
  file.seekg(0).read(reinterpret_cast<char*>(ids.data()), count * static_cast<int64_t>(sizeof(int32_t)));
  return ids;
}

model::RmtDecoder make_decoder(const Options& o) {
  const model::ModelFiles files = model::open_model_files(o.model);
  std::shared_ptr<model::Backbone> backbone = model::load_backbone(files.config, *files.weights);
  const at::Tensor memory = model::make_initial_memory(*backbone, o.memory_tokens, /*seed=*/1);
  backbone->pack(o.precision);
  return {backbone, {.memory_tokens = o.memory_tokens, .segment_length = o.segment_length}, memory};
}

// One document without end.
class Reading {
 public:
  Reading(const Options& o, const model::RmtDecoder& decoder)
      : decoder_(decoder),
        scorer_(decoder, lm::MemoryPolicy::carry),
        state_(scorer_.start()),
        ids_(read_ids(o.ids, o.segment_length)),
        length_(o.segment_length),
        read_only_(o.read_only) {}

  /// Negative log-likelihoods of the next segment's tokens; none when only reading.
  std::vector<double> next() {
    const Segment segment = cut();
    if (read_only_) {
      read(segment);
      return {};
    }
    const Segment* const segments[] = {&segment};
    lm::ScoreState* const states[] = {&state_};
    return scorer_.step(segments, states).front().token_nll;
  }

 private:
  Segment cut() {
    const int64_t whole = static_cast<int64_t>(ids_.size()) / length_;
    const auto from = ids_.begin() + (index_ % whole) * length_;
    Segment segment;
    segment.index = index_;
    segment.token_from = index_ * length_;
    segment.token_to = segment.token_from + length_;
    segment.ids.assign(from, from + length_);
    ++index_;
    return segment;
  }

  void read(const Segment& segment) {
    const c10::NoGradGuard no_grad;
    auto ids = at::from_blob(const_cast<int32_t*>(segment.ids.data()), {1, length_}, at::kInt).to(at::kLong);
    state_.memory = decoder_.step({ids, {length_}}, state_.memory, model::Wanted::memory).state;
  }

  const model::RmtDecoder& decoder_;
  lm::SegmentScorer scorer_;
  lm::ScoreState state_;
  std::vector<int32_t> ids_;
  int64_t length_, index_ = 0;
  bool read_only_;
};

void sample_memory(const Options& o, Reading& reading) {
  forget_peak();
  for (int64_t done = 0; const int64_t at : o.sample_at) {
    for (; done < at; ++done) reading.next();
    const nlohmann::json line{{"segments", at},
                              {"tokens", at * o.segment_length},
                              {"rss_kb", resident_kb("VmRSS")},
                              {"peak_kb", resident_kb("VmHWM")}};
    std::cout << line.dump() << std::endl;
  }
}

void run(const Options& o) {
  const model::RmtDecoder decoder = make_decoder(o);
  Reading reading(o, decoder);
  if (!o.sample_at.empty()) return sample_memory(o, reading);

  const int64_t tokens = o.segments * o.segment_length;
  take_turns(o.turns, {{"ready", "bench_segment"}, {"precision", name(o.precision)}}, [&]() -> nlohmann::json {
    double sum = 0, scored = 0;
    for (int64_t i = 0; i < o.segments; ++i)
      for (const double nll : reading.next()) {
        sum += nll;
        ++scored;
      }
    return {{"tokens", tokens}, {"nll_per_token", scored > 0 ? sum / scored : 0}};
  });
}

}  // namespace
}  // namespace rmt::bench

int main(int argc, char** argv) try {
  rmt::bench::run(rmt::bench::parse(argc, argv));
} catch (const std::exception& error) {
  std::cerr << "bench_segment: " << error.what() << "\n";
  return 1;
}
