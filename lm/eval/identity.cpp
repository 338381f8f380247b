#include "lm/eval/identity.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace rmt::lm {

namespace {

std::string_view name(MemoryPolicy policy) {
  switch (policy) {
    case MemoryPolicy::carry: return "carry";
    case MemoryPolicy::reset: return "reset";
    case MemoryPolicy::shuffle: return "shuffle";
  }
  return "";
}

std::string window_label(const WindowRule& rule) {
  const auto protocol = lm::name(rule.protocol);
  if (rule.protocol == Protocol::hf_strided) return fmt::format("{} {}/{}", protocol, rule.window, rule.stride);
  return fmt::format("{} {}", protocol, rule.window);
}

// What the first token of a document is predicted from, and what is left out of the figures.
std::string bos_policy(const EvalSettings& settings) {
  const bool windowed = settings.protocol != Protocol::rmt;
  const int32_t id = settings.prefix.value_or(settings.cut.bos.value_or(-1));
  if (settings.protocol == Protocol::lm_eval) return fmt::format("id {} before the text; every token is scored", id);
  if (settings.protocol == Protocol::llamacpp)
    return fmt::format("{}; the second half of each full chunk is scored, the rest of the text is not",
                       settings.window.bos ? fmt::format("id {} opens every chunk", id) : "none");
  if (windowed ? settings.window.bos : settings.cut.bos.has_value())
    return fmt::format("id {} before the text; every token is scored", id);
  return "none; a document's first token is not scored";
}

std::string protocol_line(const Identity& identity) {
  const EvalSettings& settings = identity.settings;
  if (settings.protocol != Protocol::rmt)
    return fmt::format("protocol {}, windows of {} tokens on the bare backbone", window_label(settings.window),
                       settings.window.window);
  return fmt::format("protocol rmt, segments of {} tokens, {} memory tokens ({}), text positions {}",
                     identity.rmt.segment_length, identity.rmt.memory_tokens,
                     identity.trained_memory ? "trained" : "untrained", name(identity.rmt.positions));
}

}  // namespace

std::string label(const Identity& identity, Line line) {
  const EvalSettings& settings = identity.settings;
  if (line == Line::reset) return "memory reset";
  if (line == Line::strided) return window_label(*settings.strided);
  if (settings.protocol != Protocol::rmt) return window_label(settings.window);
  switch (settings.memory) {
    case MemoryPolicy::carry: return "memory carried";
    case MemoryPolicy::reset: return "memory reset";
    case MemoryPolicy::shuffle: return "memory shuffled";
  }
  return "";
}

std::vector<std::string> description(const Identity& identity) {
  std::string dtype = identity.dtype;
  if (identity.dtype_loss)
    dtype += fmt::format(" (perplexity {:+.3f} % against fp32 on a sample of this text)", 100 * *identity.dtype_loss);
  return {
      protocol_line(identity),
      fmt::format("model {}, sha256 {:.16}, {} on {}", identity.model, identity.model_sha256, dtype, identity.device),
      fmt::format("tokenizer sha256 {:.16}, BOS: {}", identity.tokenizer_sha256, bos_policy(identity.settings)),
      "bytes, words (split on \\s+) and characters are those of scored tokens; text taken as it is"};
}

nlohmann::json to_json(const Identity& identity) {
  const EvalSettings& settings = identity.settings;
  nlohmann::json json = {{"version", identity.version},
                         {"protocol", lm::name(settings.protocol)},
                         {"model", identity.model},
                         {"model_sha256", identity.model_sha256},
                         {"tokenizer_sha256", identity.tokenizer_sha256},
                         {"device", identity.device},
                         {"dtype", identity.dtype},
                         {"bos", bos_policy(settings)},
                         {"max_tokens", settings.cut.max_tokens}};
  if (identity.dtype_loss) json["dtype_loss"] = *identity.dtype_loss;
  if (settings.protocol == Protocol::rmt) {
    json["segment_length"] = identity.rmt.segment_length;
    json["memory_tokens"] = identity.rmt.memory_tokens;
    json["trained_memory"] = identity.trained_memory;
    json["positions"] = name(identity.rmt.positions);
    if (identity.rmt.scale != model::MemoryScale::written) json["memory_scale"] = name(identity.rmt.scale);
    json["memory"] = name(settings.memory);
    if (settings.memory == MemoryPolicy::shuffle) json["seed"] = settings.seed;
  } else {
    json["window"] = settings.window.window;
    if (settings.protocol == Protocol::hf_strided) json["stride"] = settings.window.stride;
  }
  if (settings.strided)
    json["baseline"] = {
        {"protocol", "hf-strided"}, {"window", settings.strided->window}, {"stride", settings.strided->stride}};
  return json;
}

}  // namespace rmt::lm
