// GET /v1/runs and /v1/runs/{id}: what the trace database holds, evaluations of the command line included.
#include <mutex>
#include <utility>

#include "lm/store/error.h"
#include "lm/store/export.h"
#include "web/server/access.h"
#include "web/server/api/endpoints.h"
#include "web/server/api/json_answer.h"
#include "web/server/error.h"

namespace rmt::web {
namespace {

/// The database's runs belong to nobody in particular: where keys keep clients apart, none of them sees all.
const EvalStore& readable_store(const Api& api, const Call& call) {
  const EvalStore& store = api.evals.store();
  if (store.store == nullptr)
    throw HttpError(404, "This server keeps no runs: start it with --db FILE.", {}, "no_database");
  if (call.owner != kAnyone)
    throw HttpError(403, "Runs are shown by servers without keys alone; 'rmt-lm runs' reads the database itself.", {},
                    "runs_not_shared");
  return store;
}

/// What the store throws, as the client may know it: not where the database lies.
template <class Read>
auto with_store(const EvalStore& store, const Read& read) {
  const std::lock_guard lock(*store.lock);
  try {
    return read(*store.store);
  } catch (const store::Error& error) {
    if (error.code() == store::Errc::not_found) throw HttpError(404, "There is no such run.", {}, "run_not_found");
    throw HttpError(500, "The server's database could not be read.", {}, "store_failed");
  }
}

Json run_json(const store::Store& store, const store::Run& run) {
  Json json = store::to_json(run);
  json["totals"] = store::to_json(store.run_totals(run.id));
  Json names = Json::array();
  for (const store::DocumentRow& document : store.documents(run.id)) names.push_back(document.name);
  json["documents"] = std::move(names);
  return json;
}

int64_t run_number(const std::string& text) {
  int64_t number = 0;
  if (text.empty() || text.size() > 18 || text.find_first_not_of("0123456789") != std::string::npos)
    throw HttpError(404, "There is no such run.", {}, "run_not_found");
  for (const char digit : text) number = 10 * number + (digit - '0');
  return number;
}

std::string content_type(store::ExportFormat format) {
  switch (format) {
    case store::ExportFormat::csv: return "text/csv; charset=utf-8";
    case store::ExportFormat::jsonl: return "application/x-ndjson";
    case store::ExportFormat::json: break;
  }
  return "application/json";
}

}  // namespace

awaitable<void> answer_runs(Api& api, Exchange& exchange, Call call) {
  const Json data = with_store(readable_store(api, call), [](const store::Store& store) {
    const store::Store::Snapshot snapshot = store.snapshot();
    Json all = Json::array();
    for (const store::Run& run : store.runs()) all.push_back(run_json(store, run));
    return all;
  });
  const Json answer = {{"object", "list"}, {"data", data}};
  co_await exchange.respond(json_response(answer));
}

awaitable<void> answer_run(Api& api, Exchange& exchange, Call call) {
  const EvalStore& store = readable_store(api, call);
  const int64_t run = run_number(call.arguments.front());
  const std::string name = exchange.request().parameter("format").value_or("json");
  const auto format = store::parse_export_format(name);
  if (!format) throw HttpError(400, "'format' must be json, jsonl or csv.", "format");
  Response response{200, {{"content-type", content_type(*format)}}, {}};
  response.headers.emplace_back("content-disposition",
                                "attachment; filename=\"run-" + std::to_string(run) + "." + name + "\"");
  response.body = with_store(store, [&](const store::Store& open) {
    std::string text;
    store::export_run(open, run, *format, [&text](std::string_view piece) { text += piece; });
    return text;
  });
  co_await exchange.respond(std::move(response));
}

}  // namespace rmt::web
