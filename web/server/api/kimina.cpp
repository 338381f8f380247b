// Whole files for Lean, as Kimina's clients send them: POST /verify and POST /api/check. Off unless asked for: commands
// of strangers run here, if only in Lean's jail.
#include <chrono>
#include <set>

#include "web/server/api/endpoints.h"
#include "web/server/api/json_answer.h"
#include "web/server/api/proof_request.h"
#include "web/server/blocking_answer.h"
#include "web/server/error.h"
#include "web/server/json/body_reader.h"
#include "web/server/json/fields.h"

namespace rmt::web {
namespace {

struct Snippet {
  std::string id, code;
};

/// What Lean said of one file, or why it said nothing.
struct Checked {
  std::vector<prover::Diagnostic> diagnostics;
  std::string error;
  double seconds = 0;
};

void require_whole_files(const Api& api) {
  if (!api.lean.whole_files)
    throw HttpError(403, "Whole files are not checked for clients here: the server was started without --lean-files.",
                    {}, "lean_files_off");
  require_lean(api);
}

std::vector<Snippet> read_snippets(Fields& fields, const char* list, const char* id_name,
                                   std::initializer_list<const char*> code_names) {
  const nlohmann::json* values = fields.value(list);
  if (values == nullptr || !values->is_array() || values->empty()) fields.refuse(list, "must be a list of files.");
  std::vector<Snippet> snippets;
  std::set<std::string> seen;
  for (const nlohmann::json& value : *values) {
    if (!value.is_object()) fields.refuse(list, "must be a list of objects.");
    Fields one(value, std::string(list) + ".");
    Snippet snippet;
    snippet.id = one.text(id_name, 1000).value_or("");
    for (const char* name : code_names)
      if (const auto code = one.text(name, SIZE_MAX)) snippet.code = *code;
    one.refuse_unknown();
    if (snippet.id.empty()) one.refuse(id_name, "is missing or empty.");
    if (!seen.insert(snippet.id).second) one.refuse(id_name, "is there twice.");
    snippets.push_back(std::move(snippet));
  }
  return snippets;
}

Checked check(prover::FileCheck& files, const std::string& code) {
  const auto start = std::chrono::steady_clock::now();
  Checked checked;
  try {
    checked.diagnostics = files.diagnose(code);
  } catch (const prover::RejectedInput& error) {
    checked.error = error.what();
  } catch (const prover::LeanUnavailable& error) {
    checked.error = error.what();
  }
  checked.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return checked;
}

awaitable<std::vector<Checked>> check_all(Api& api, Exchange& exchange, std::vector<Snippet> snippets) {
  std::function<std::vector<Checked>(std::stop_token)> work =
      [&files = *api.lean.files, snippets = std::move(snippets)](const std::stop_token& stop) {
        std::vector<Checked> all;
        for (const Snippet& snippet : snippets) {
          if (stop.stop_requested()) break;
          all.push_back(check(files, snippet.code));
        }
        return all;
      };
  co_return co_await blocking_answer(*api.lean_work, exchange, std::move(work));
}

/// In the shape of Lean's REPL: lines count from 1, columns from 0.
Json response_of(const Checked& checked) {
  const auto place = [](int line, int column) { return Json{{"line", line}, {"column", column - 1}}; };
  Json messages = Json::array();
  for (const prover::Diagnostic& diagnostic : checked.diagnostics) {
    using Severity = prover::Diagnostic::Severity;
    const char* severity = diagnostic.severity == Severity::error     ? "error"
                           : diagnostic.severity == Severity::warning ? "warning"
                                                                      : "info";
    messages.push_back({{"severity", severity},
                        {"pos", place(diagnostic.line, diagnostic.column)},
                        {"endPos", place(diagnostic.end_line, diagnostic.end_column)},
                        {"data", diagnostic.message}});
  }
  return {{"env", 0}, {"messages", std::move(messages)}, {"sorries", Json::array()}};
}

awaitable<void> answer_files(Api& api, Exchange& exchange, std::vector<Snippet> snippets, const char* id_name) {
  const std::vector<Checked> checked = co_await check_all(api, exchange, snippets);
  Json results = Json::array();
  for (size_t i = 0; i < checked.size(); ++i) {
    Json result = {{id_name, snippets[i].id}, {"time", checked[i].seconds}};
    if (checked[i].error.empty()) {
      result["response"] = response_of(checked[i]);
      result["response"]["time"] = checked[i].seconds;
    } else {
      result["error"] = checked[i].error;
    }
    results.push_back(std::move(result));
  }
  const Json body = {{"results", std::move(results)}};
  co_await exchange.respond(json_response(body));
}

void refuse_trees(Fields& fields, const char* name) {
  if (fields.value(name) != nullptr) fields.refuse(name, "is not offered: only messages are told.");
}

}  // namespace

awaitable<void> answer_kimina_check(Api& api, Exchange& exchange, Call /*call*/) {
  require_whole_files(api);
  const std::string json = co_await exchange.read_body(api.limits.body_bytes);
  const Body body = read_body(json, api.limits);
  Fields fields(body.fields);
  std::vector<Snippet> snippets = read_snippets(fields, "snippets", "id", {"code"});
  refuse_trees(fields, "infotree");
  fields.ignore({"timeout", "debug", "reuse"});
  fields.refuse_unknown();
  co_await answer_files(api, exchange, std::move(snippets), "id");
}

awaitable<void> answer_kimina_verify(Api& api, Exchange& exchange, Call /*call*/) {
  require_whole_files(api);
  const std::string json = co_await exchange.read_body(api.limits.body_bytes);
  const Body body = read_body(json, api.limits);
  Fields fields(body.fields);
  std::vector<Snippet> snippets = read_snippets(fields, "codes", "custom_id", {"code", "proof"});
  refuse_trees(fields, "infotree_type");
  fields.ignore({"timeout", "disable_cache"});
  fields.refuse_unknown();
  co_await answer_files(api, exchange, std::move(snippets), "custom_id");
}

}  // namespace rmt::web
