#include "app/eval_options.h"

#include <algorithm>
#include <map>

#include "app/exit_code.h"

namespace rmt::app {
namespace {

const std::map<std::string, lm::MemoryPolicy> kMemory = {
    {"carry", lm::MemoryPolicy::carry}, {"reset", lm::MemoryPolicy::reset}, {"shuffle", lm::MemoryPolicy::shuffle}};
const std::map<std::string, lm::BosPolicy> kBos = {
    {"auto", lm::BosPolicy::from_tokenizer}, {"always", lm::BosPolicy::always}, {"never", lm::BosPolicy::never}};
constexpr int64_t kMostRows = int64_t{1} << 30;

template <class Value>
CLI::IsMember one_of(const std::map<std::string, Value>& names) {
  std::vector<std::string> keys;
  for (const auto& [name, value] : names) keys.push_back(name);
  return CLI::IsMember(std::move(keys));
}

void add_protocol_options(CLI::App& command, EvalOptions& options) {
  command.add_option("--protocol", options.protocol, "rmt, lm-eval, hf-strided or llamacpp")
      ->check(CLI::IsMember({"rmt", "lm-eval", "hf-strided", "llamacpp"}));
  command.add_option("--memory", options.memory, "carry, reset or shuffle [carry; reset where none was trained]")
      ->check(one_of(kMemory));
  command.add_flag("--gain", options.gain, "Also score every segment with the memory reset");
  command.add_flag("--baselines", options.baselines,
                   "hf-strided windows on the bare model, and --gain where memory is carried");
  command.add_flag("--tactics", options.tactics,
                   "Also the share of Lean tactic lines foretold word for word, by segments read");
  command.add_option("--window", options.window, "Tokens of a window [the model's positions; llamacpp 512]")
      ->check(CLI::Range(int64_t{2}, kMostRows))
      ->default_str("");
  command.add_option("--stride", options.stride, "Tokens between windows of hf-strided [at most 512]")
      ->check(CLI::Range(int64_t{1}, kMostRows))
      ->default_str("");
  command
      .add_option("--bos", options.bos, "A BOS token before each document: auto (the tokenizer's way), always, never")
      ->check(one_of(kBos));
  command.add_option("--seed", options.model.seed, "Of an untrained memory, and of --memory shuffle");
}

void add_reading_options(CLI::App& command, EvalOptions& options) {
  command.add_option("--max-tokens", options.max_tokens, "Read no more of each document")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 50))
      ->default_str("");
  command.add_option("--batch", options.batch, "Documents read side by side; changes no number")
      ->check(CLI::Range(int64_t{1}, int64_t{4096}));
  command.add_flag("--lossy", options.lossy, "Replace bytes that are not UTF-8 instead of refusing the document");
  command.add_flag("--skip-broken", options.skip_broken, "Leave out documents that cannot be read, and go on");
}

void add_output_options(CLI::App& command, EvalOptions& options) {
  command.add_option("--db", options.db, "Trace database to record in")->type_name("FILE");
  command.add_flag("--resume", options.resume, "Go on with the unfinished run of the same evaluation in --db");
  command.add_flag("--json", options.json, "One JSON object a line: run, segments, documents, total");
  command.add_option("--plot", options.plot, "Picture of the trace, as SVG")->type_name("FILE");
}

}  // namespace

void add_eval_options(CLI::App& command, EvalOptions& options) {
  command.add_option("PATH", options.paths, "Documents: files, folders, '-'")->required()->default_str("");
  add_model_options(command, options.model);
  add_dtype_options(command, options.model);
  add_protocol_options(command, options);
  add_reading_options(command, options);
  add_output_options(command, options);
}

void check(const EvalOptions& options, int64_t processes) {
  if (options.resume && options.db.empty()) throw UsageError("--resume needs the --db the run was recorded in.");
  if (options.resume && options.tactics)
    throw UsageError(
        "--tactics counts lines while they are scored, and --resume does not score again what was; leave one of them "
        "out.");
  check(options.model);
  if (std::find(options.paths.begin(), options.paths.end(), "-") == options.paths.end()) return;
  if (options.model.measures_dtype())
    throw UsageError("--fast and --dtype auto read a sample of the text first; give a file instead of '-'.");
  if (processes > 1) throw UsageError("Standard input is read by one process; give files to several.");
  if (options.batch > 1) throw UsageError("Standard input is read once; leave out --batch, or give files.");
}

lm::EvalRequest request_of(const EvalOptions& options) {
  lm::EvalRequest request;
  request.protocol = *lm::protocol_by_name(options.protocol);
  if (!options.memory.empty()) request.memory = kMemory.at(options.memory);
  request.gain = options.gain;
  request.baselines = options.baselines;
  if (options.window > 0) request.window = options.window;
  if (options.stride > 0) request.stride = options.stride;
  request.bos = kBos.at(options.bos);
  request.max_tokens = options.max_tokens;
  request.batch = options.batch;
  request.seed = options.model.seed;
  request.skip_broken = options.skip_broken;
  request.tactics = options.tactics;
  return request;
}

}  // namespace rmt::app
