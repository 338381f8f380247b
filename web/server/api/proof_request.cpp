#include "web/server/api/proof_request.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <stdexcept>

#include "prover/source/cursor.h"
#include "prover/source/filter.h"
#include "prover/source/lean_file.h"
#include "prover/source/statement.h"
#include "web/server/error.h"

namespace rmt::web {
namespace {

using prover::Theorem;

[[noreturn]] void refuse_source(const prover::SourceError& error) {
  const std::string place = error.line() > 0 ? "line " + std::to_string(error.line()) + ": " : std::string();
  throw HttpError(400, place + error.what(), "code", "no_hole");
}

Theorem made(const std::function<Theorem()>& make) {
  try {
    return make();
  } catch (const prover::SourceError& error) {
    refuse_source(error);
  }
}

std::optional<int> read_place(Fields& fields, const char* name) {
  const auto number = fields.integer(name, 1, INT32_MAX);
  return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

std::string read_code(Fields& fields) {
  std::string code = fields.text("code", prover::kFileLimits.bytes).value_or("");
  if (code.empty()) fields.refuse("code", "is missing or empty.");
  if (const auto why = prover::refusal_of_file(code)) fields.refuse("code", "is refused: " + *why);
  return code;
}

Theorem read_statement(Fields& fields, const std::string& statement, const LeanDesk& desk) {
  if (const auto why = prover::refusal_of_statement(statement)) fields.refuse("statement", "is refused: " + *why);
  return made([&] { return prover::theorem_from_statement(statement, desk.preamble); });
}

/// A `sorry` at the line, or, for suggestions, the place the cursor stands at.
Theorem read_theorem(Fields& fields, const Api& api, ProofAim aim) {
  const auto statement = fields.text("statement", prover::kStatementLimits.bytes);
  if (statement) {
    if (fields.value("code") != nullptr) fields.refuse("statement", "is given beside 'code': give one of them.");
    return read_statement(fields, *statement, api.lean);
  }
  if (aim == ProofAim::suggestions && fields.value("column") != nullptr) return read_cursor(fields, api);
  const std::string code = read_code(fields);
  const auto line = read_place(fields, "line");
  fields.ignore({"column"});
  return made([&] { return prover::hole_at(code, line); });
}

prover::Context read_context(Fields& fields, prover::Context usual) {
  const auto name = fields.text("context", 40);
  if (!name) return usual;
  if (*name == "memory") return prover::Context::memory;
  if (*name == "tail") return prover::Context::tail;
  if (*name == "none") return prover::Context::none;
  fields.refuse("context", "must be memory, tail or none.");
}

/// The usual budgets are also the largest: nobody takes the server for longer than its owner allows.
void read_budget(Fields& fields, prover::SearchOptions& search) {
  search.candidates = static_cast<int>(fields.integer("candidates", 1, 128).value_or(search.candidates));
  search.expansions = static_cast<int>(fields.integer("expansions", 1, search.expansions).value_or(search.expansions));
  search.seconds = fields.number("seconds", 0, search.seconds).value_or(search.seconds);
  if (!fields.boolean("automation").value_or(true)) search.automation.clear();
}

}  // namespace

void require_lean(const Api& api) {
  if (api.lean.backend == nullptr) throw HttpError(503, api.lean.why_not, {}, "lean_unavailable");
}

Theorem read_cursor(Fields& fields, const Api& /*api*/) {
  const std::string code = read_code(fields);
  const auto line = read_place(fields, "line");
  if (!line) fields.refuse("line", "is missing.");
  const auto column = read_place(fields, "column");
  return made([&] { return prover::theorem_at_cursor(code, *line, column); });
}

ProofSearch read_proof_search(Fields& fields, const Api& api, ProofAim aim, const std::string& owner) {
  ProofSearch search{&api.lean, &api.generator, &api.text.tokenizer(), {}, api.lean.proofs};
  search.theorem = read_theorem(fields, api, aim);
  read_budget(fields, search.options.search);
  prover::DrawOptions& draw = search.options.draw;
  draw.owner = owner;
  draw.context = read_context(fields, draw.context);
  draw.temperature = static_cast<float>(fields.number("temperature", 0, 100).value_or(draw.temperature));
  draw.seed = static_cast<uint64_t>(fields.integer("seed", 0, INT64_MAX).value_or(0));
  search.model = fields.boolean("model").value_or(true);
  if (aim == ProofAim::suggestions) {
    search.options.all = true;
    search.options.search.expansions = 1;
    search.options.search.prefix = fields.text("prefix", 1000).value_or("");
    if (const auto why = prover::refusal_of_tactics(search.options.search.prefix))
      fields.refuse("prefix", "is refused: " + *why);
  }
  return search;
}

}  // namespace rmt::web
