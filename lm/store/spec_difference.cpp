#include "lm/store/spec_difference.h"

#include <nlohmann/json.hpp>
#include <set>

namespace rmt::store {
namespace {

using nlohmann::json;

constexpr struct {
  const char* name;
  std::string RunSpec::*value;
} kFields[] = {
    {"command", &RunSpec::command},
    {"protocol", &RunSpec::protocol},
    {"model", &RunSpec::model},
    {"model_sha256", &RunSpec::model_sha256},
    {"tokenizer_sha256", &RunSpec::tokenizer_sha256},
    {"device", &RunSpec::device},
    {"dtype", &RunSpec::dtype},
    {"version", &RunSpec::version},
};

// JSON pointer of each leaf → the leaf.
json leaves(const json& config) {
  return config.is_structured() ? config.flatten() : json{{"", config}};
}

std::optional<std::string> leaf(const json& all, const std::string& key) {
  const auto found = all.find(key);
  if (found == all.end()) return std::nullopt;
  return found->is_string() ? found->get<std::string>() : found->dump();
}

void compare_configs(const std::string& a, const std::string& b, std::vector<FieldDifference>& out) {
  const json parsed_a = json::parse(a, nullptr, false);
  const json parsed_b = json::parse(b, nullptr, false);
  if (parsed_a.is_discarded() || parsed_b.is_discarded()) {  // nothing finer can be said of what is no JSON
    if (a != b) out.push_back({"config", a, b});
    return;
  }
  const json leaves_a = leaves(parsed_a);
  const json leaves_b = leaves(parsed_b);
  std::set<std::string> keys;
  for (const json& side : {leaves_a, leaves_b}) {
    for (const auto& item : side.items()) keys.insert(item.key());
  }
  for (const std::string& key : keys) {
    if (leaves_a.contains(key) && leaves_b.contains(key) && leaves_a[key] == leaves_b[key]) continue;
    out.push_back({"config" + key, leaf(leaves_a, key), leaf(leaves_b, key)});
  }
}

}  // namespace

std::vector<FieldDifference> compare_specs(const RunSpec& a, const RunSpec& b) {
  std::vector<FieldDifference> out;
  for (const auto& field : kFields) {
    if (a.*field.value != b.*field.value) out.push_back({field.name, a.*field.value, b.*field.value});
  }
  compare_configs(a.config, b.config, out);
  return out;
}

std::string describe(const std::vector<FieldDifference>& differences) {
  std::string text;
  for (const FieldDifference& difference : differences) {
    if (!text.empty()) text += "; ";
    text += difference.field + ": " + difference.a.value_or("(none)") + " is now " + difference.b.value_or("(none)");
  }
  return text;
}

}  // namespace rmt::store
