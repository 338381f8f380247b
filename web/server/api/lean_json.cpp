#include "web/server/api/lean_json.h"

#include <nlohmann/json.hpp>

#include "prover/json.h"

namespace rmt::web {
namespace {

const char* to_string(prover::Diagnostic::Severity severity) {
  switch (severity) {
    case prover::Diagnostic::Severity::error: return "error";
    case prover::Diagnostic::Severity::warning: return "warning";
    case prover::Diagnostic::Severity::information: break;
  }
  return "information";
}

}  // namespace

Json lean_json(const LeanDesk& desk) {
  const bool available = desk.backend != nullptr;
  Json json = {{"available", available}, {"message", desk.why_not}};
  json.update(prover::to_json(available ? desk.backend->info() : prover::LeanInfo{}));
  return json;
}

Json diagnostic_json(const prover::Diagnostic& diagnostic) {
  return {{"severity", to_string(diagnostic.severity)},
          {"line", diagnostic.line},
          {"column", diagnostic.column},
          {"end_line", diagnostic.end_line},
          {"end_column", diagnostic.end_column},
          {"message", diagnostic.message}};
}

}  // namespace rmt::web
