#include "web/server/api/sampling_fields.h"

#include <charconv>
#include <random>

#include "web/server/error.h"

namespace rmt::web {
namespace {

using nlohmann::json;

uint64_t drawn_seed() {
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}

std::vector<std::pair<int32_t, float>> read_bias(Fields& fields, const Limits& limits, const TextCodec& text) {
  std::vector<std::pair<int32_t, float>> bias;
  const json* map = fields.value("logit_bias");
  if (map == nullptr) return bias;
  if (!map->is_object()) fields.refuse("logit_bias", "must be an object from token ids to numbers.");
  if (map->size() > limits.biases)
    fields.refuse("logit_bias", "has more than " + std::to_string(limits.biases) + " entries.");
  for (const auto& [name, value] : map->items()) {
    int32_t id = -1;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id);
    if (error != std::errc() || end != name.data() + name.size() || !text.knows(id))
      fields.refuse("logit_bias", "has the key '" + name.substr(0, 40) + "', which is no token id of this model.");
    if (!value.is_number() || !(value.get<double>() >= -100 && value.get<double>() <= 100))
      fields.refuse("logit_bias", "must hold numbers from -100 to 100.");
    bias.emplace_back(id, value.get<float>());
  }
  return bias;
}

}  // namespace

std::vector<std::string> read_stop(Fields& fields, const std::string& name, const Limits& limits) {
  const json* value = fields.value(name);
  if (value == nullptr) return {};
  std::vector<std::string> stops;
  const auto add = [&](const json& one) {
    if (!one.is_string()) fields.refuse(name, "must be a text or a list of texts.");
    const auto& text = one.get_ref<const std::string&>();
    if (text.empty()) fields.refuse(name, "must not hold an empty text, which would end every answer at once.");
    if (text.size() > limits.stop_bytes)
      fields.refuse(name, "holds a text longer than " + std::to_string(limits.stop_bytes) + " bytes.");
    stops.push_back(text);
  };
  if (!value->is_array()) {
    add(*value);
    return stops;
  }
  if (value->size() > limits.stops) fields.refuse(name, "has more than " + std::to_string(limits.stops) + " texts.");
  for (const json& one : *value) add(one);
  return stops;
}

engine::Continuation read_continuation(Fields& fields, const Limits& limits, const TextCodec& text) {
  engine::Continuation continuation;
  engine::Sampling& sampling = continuation.sampling;
  const auto number = [&](const char* name, double low, double high, float& target) {
    if (const auto value = fields.number(name, low, high)) target = static_cast<float>(*value);
  };
  number("temperature", 0, 100, sampling.temperature);
  number("top_p", 0, 1, sampling.top_p);
  if (sampling.top_p == 0) fields.refuse("top_p", "must be above 0: no token would be left.");
  number("min_p", 0, 1, sampling.min_p);
  number("repetition_penalty", 0.01, 100, sampling.repetition_penalty);
  number("presence_penalty", -2, 2, sampling.presence_penalty);
  number("frequency_penalty", -2, 2, sampling.frequency_penalty);
  // -1 is vLLM's "all".
  const auto top_k = fields.integer("top_k", -1, INT32_MAX);
  sampling.top_k = top_k.value_or(0) < 0 ? 0 : static_cast<int32_t>(top_k.value_or(0));
  const auto seed = fields.integer("seed", INT64_MIN, INT64_MAX);
  sampling.seed = seed ? static_cast<uint64_t>(*seed) : drawn_seed();
  sampling.bias = read_bias(fields, limits, text);
  continuation.stop = read_stop(fields, "stop", limits);
  continuation.stop_at_eos = !fields.boolean("ignore_eos").value_or(false);
  return continuation;
}

std::vector<engine::Continuation> repeated(const engine::Continuation& one, int64_t count) {
  std::vector<engine::Continuation> all(static_cast<size_t>(count), one);
  for (size_t k = 0; k < all.size(); ++k) all[k].sampling.seed += k;
  return all;
}

void ignore_bookkeeping(Fields& fields) {
  fields.ignore({"user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key"});
}

}  // namespace rmt::web
