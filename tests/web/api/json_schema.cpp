#include "tests/web/api/json_schema.h"

#include <algorithm>
#include <set>

namespace rmt::tests {
namespace {

using nlohmann::json;

bool has_type(const json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_boolean();
  return type == "null" && value.is_null();
}

void add(std::vector<std::string>& all, const std::vector<std::string>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

std::vector<std::string> object_complaints(const json& value, const json& schema, const json& document,
                                           const std::string& place) {
  std::vector<std::string> all;
  for (const json& name : schema.value("required", json::array())) {
    if (!value.contains(name.get<std::string>())) all.push_back(place + ": lacks " + name.get<std::string>());
  }
  const json properties = schema.value("properties", json::object());
  for (const auto& [name, member] : value.items()) {
    const std::string inner = place + "." + name;
    if (properties.contains(name))
      add(all, complaints(member, properties[name], document, inner));
    else if (schema.contains("additionalProperties"))
      add(all, complaints(member, schema["additionalProperties"], document, inner));
    else if (schema.contains("properties"))
      all.push_back(inner + ": is not described");
  }
  return all;
}

}  // namespace

std::vector<std::string> complaints(const json& value, const json& schema, const json& document,
                                    const std::string& place) {
  static const std::set<std::string> kKnown = {
      "$ref",        "type",    "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf",
      "description", "default", "minimum",    "maximum",  "exclusiveMinimum"};
  std::vector<std::string> all;
  for (const auto& [keyword, unused] : schema.items()) {
    if (!kKnown.contains(keyword)) all.push_back(place + ": unknown keyword " + keyword);
  }
  if (schema.contains("$ref")) {
    const std::string reference = schema["$ref"];
    return complaints(value, document.at(json::json_pointer(reference.substr(1))), document, place);
  }
  if (schema.contains("const") && value != schema["const"]) all.push_back(place + ": is not " + schema["const"].dump());
  if (schema.contains("enum") && std::ranges::find(schema["enum"], value) == schema["enum"].end())
    all.push_back(place + ": is none of " + schema["enum"].dump());
  if (schema.contains("anyOf")) {
    const bool fits = std::ranges::any_of(
        schema["anyOf"], [&](const json& one) { return complaints(value, one, document, place).empty(); });
    if (!fits) all.push_back(place + ": fits nothing of anyOf");
  }
  if (schema.contains("type")) {
    const json types = schema["type"].is_array() ? schema["type"] : json::array({schema["type"]});
    if (std::ranges::none_of(types, [&](const json& type) { return has_type(value, type); }))
      all.push_back(place + ": is not of type " + types.dump());
  }
  if (value.is_object()) add(all, object_complaints(value, schema, document, place));
  if (value.is_array() && schema.contains("items")) {
    for (size_t i = 0; i < value.size(); ++i)
      add(all, complaints(value[i], schema["items"], document, place + "[" + std::to_string(i) + "]"));
  }
  return all;
}

}  // namespace rmt::tests
