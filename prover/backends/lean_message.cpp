#include "prover/backends/lean_message.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace rmt::prover {
namespace {

using nlohmann::json;
using Severity = Diagnostic::Severity;

TextPosition position_of(const json& value) {
  return {value.at("line").get<int>(), value.at("column").get<int>()};
}

Severity severity_of(const std::string& name) {
  if (name == "error") return Severity::error;
  return name == "warning" ? Severity::warning : Severity::information;
}

}  // namespace

LeanMessage lean_message_of_json(std::string_view line) try {
  const json value = json::parse(line);
  LeanMessage message;
  message.severity = severity_of(value.at("severity").get<std::string>());
  message.from = position_of(value.at("pos"));
  const json& end = value.at("endPos");
  message.to = end.is_null() ? message.from : position_of(end);
  message.text = value.at("data").get<std::string>();
  if (const std::string caption = value.value("caption", ""); !caption.empty())
    message.text = caption + ":\n" + message.text;
  message.kind = value.value("kind", "");
  if (message.kind == "[anonymous]") message.kind.clear();
  return message;
} catch (const json::exception& error) {
  throw std::runtime_error(std::string("not a message of Lean's: ") + error.what());
}

Diagnostic diagnostic_of(const LeanMessage& message, TextPosition origin) {
  const TextPosition from = shifted(origin, message.from);
  const TextPosition to = shifted(origin, message.to);
  return {message.severity, from.line, from.column + 1, to.line, to.column + 1, message.text};
}

}  // namespace rmt::prover
