// As much of JSON Schema as openapi.json uses; a keyword beyond that is itself a complaint.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace rmt::tests {

/// What is wrong with `value`, one line each: "choices[0].index: not an integer". An object may only have the
/// properties its schema names. References are looked up in `document`.
std::vector<std::string> complaints(const nlohmann::json& value, const nlohmann::json& schema,
                                    const nlohmann::json& document, const std::string& place = "answer");

}  // namespace rmt::tests
