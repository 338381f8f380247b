#include "lm/eval/request.h"

#include <algorithm>
#include <stdexcept>

namespace rmt::lm {

namespace {

[[noreturn]] void refuse(const std::string& why) {
  throw std::invalid_argument(why);
}

void check_combination(const EvalRequest& request) {
  const bool recurrent = request.protocol == Protocol::rmt;
  const std::string protocol(name(request.protocol));
  if (!recurrent && request.memory) refuse("--memory does not go with --protocol " + protocol + ", which has none.");
  if (!recurrent && (request.gain || request.baselines))
    refuse("--gain and --baselines compare with a carried memory; leave out --protocol " + protocol + ".");
  if (request.gain && request.memory == MemoryPolicy::reset)
    refuse("--gain compares another policy with --memory reset; leave out --memory, or give carry or shuffle.");
  if (!recurrent && request.tactics)
    refuse("--tactics counts lines by the segments read before them; leave out --protocol " + protocol + ".");
  if (recurrent && !request.baselines && (request.window || request.stride))
    refuse("--window and --stride are for windowed protocols and --baselines; segments have --segment-length.");
  if (request.stride && request.protocol != Protocol::hf_strided && !request.baselines)
    refuse("--stride is for hf-strided only; " + protocol + " has none.");
}

std::optional<int32_t> bos_of(const EvalRequest& request, const corpora::Tokenizer& tokenizer) {
  const corpora::SpecialTokens& specials = tokenizer.specials();
  if (request.bos == BosPolicy::always && !specials.bos)
    refuse("--bos always needs a tokenizer that has a BOS token; this one has none.");
  const bool wanted =
      request.bos == BosPolicy::always || (request.bos == BosPolicy::from_tokenizer && specials.add_bos);
  return wanted ? specials.bos : std::nullopt;
}

// lm-eval conditions the first token on BOS, or on EOS where there is no BOS.
int32_t lm_eval_prefix(const corpora::Tokenizer& tokenizer) {
  const corpora::SpecialTokens& specials = tokenizer.specials();
  if (specials.bos) return *specials.bos;
  if (specials.eos) return *specials.eos;
  refuse("--protocol lm-eval puts a BOS or EOS token before the text, and this tokenizer has neither.");
}

WindowRule window_rule(const EvalRequest& request, const LoadedModel& model, bool bos) {
  const int64_t positions = model.backbone->config().max_positions;
  WindowRule rule{.protocol = request.protocol, .window = positions, .stride = 512, .bos = bos};
  if (request.protocol == Protocol::rmt) {  // the baseline beside it sees as much text as a segment
    rule = {.protocol = Protocol::hf_strided, .window = model.rmt.segment_length, .stride = 0, .bos = bos};
  } else if (request.protocol == Protocol::llamacpp) {
    rule.window = std::min<int64_t>(512, positions);
  }
  rule.window = request.window.value_or(rule.window);
  rule.stride = request.stride.value_or(request.protocol == Protocol::rmt ? std::max<int64_t>(1, rule.window / 2)
                                                                          : std::min(rule.stride, rule.window));
  if (rule.window > positions)
    refuse("--window " + std::to_string(rule.window) + " is more than the model's " + std::to_string(positions) +
           " positions.");
  try {
    validate(rule);
  } catch (const std::invalid_argument& error) {
    refuse("--window or --stride: " + std::string(error.what()) + ".");
  }
  return rule;
}

}  // namespace

EvalSettings resolve(const EvalRequest& request, const LoadedModel& model) {
  check_combination(request);
  if (!model.backbone->config().is_decoder())
    refuse("--model " + model.name + " is an encoder: it predicts no next token, so it has no perplexity.");
  const bool recurrent = request.protocol == Protocol::rmt;
  const auto bos = bos_of(request, *model.tokenizer);

  EvalSettings settings;
  settings.protocol = request.protocol;
  settings.memory =
      request.memory.value_or(model.trained_memory || request.gain ? MemoryPolicy::carry : MemoryPolicy::reset);
  settings.gain = request.gain || (request.baselines && settings.memory != MemoryPolicy::reset);
  if (!recurrent) settings.window = window_rule(request, model, bos.has_value());
  if (request.baselines) settings.strided = window_rule(request, model, bos.has_value());
  settings.prefix = request.protocol == Protocol::lm_eval ? lm_eval_prefix(*model.tokenizer) : bos;
  settings.cut = {.segment_length = model.rmt.segment_length,
                  .max_tokens = request.max_tokens,
                  .bos = recurrent ? bos : std::nullopt,
                  .tactic_lines = request.tactics};
  if (settings.cut.bos && model.rmt.segment_length < 2)
    refuse("--segment-length must leave room for a token after BOS.");
  settings.seed = request.seed;
  settings.batch = static_cast<size_t>(request.batch);
  settings.skip_broken = request.skip_broken;
  settings.fingerprint = model.state_fingerprint;
  return settings;
}

}  // namespace rmt::lm
