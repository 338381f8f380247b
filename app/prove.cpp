// rmt-lm prove: a theorem in, a proof that Lean has accepted out, or how far it got.
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <stop_token>
#include <thread>
#include <utility>

#include "app/command.h"
#include "app/exit_code.h"
#include "app/proof_progress.h"
#include "app/proof_suite.h"
#include "app/proof_text.h"
#include "app/prove_options.h"
#include "app/served_model.h"
#include "app/stop_signal.h"
#include "lm/engine/scheduler.h"
#include "model/weights/atomic_file.h"
#include "prover/backends/open_backend.h"
#include "prover/backends/script_source.h"
#include "prover/json.h"
#include "prover/proof_record.h"
#include "prover/source/lean_file.h"
#include "prover/source/statement.h"

namespace rmt::app {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) throw UsageError(path + ": there is no such file, or it cannot be read.");
  return std::move(text).str();
}

/// The theorem, and what of its file stands behind it.
prover::OpenedHole read_question(const ProveOptions& options, const prover::LeanTools& tools) {
  if (!options.statement.empty())
    return {prover::theorem_from_statement(options.statement, preamble_of(tools.lean)), {}, {}};
  const PlaceInFile place = place_of(options.file);
  try {
    return prover::open_hole(read_file(place.file), place.line);
  } catch (const prover::SourceError& error) {
    throw prover::SourceError(place.file + ": " + error.what(), error.line(), error.column());
  }
}

/// So that all candidates of a state are drawn side by side.
int64_t lanes_for(const ProveOptions& options) {
  return proof_options(options).draw.at_once;
}

/// A model that can be asked, on a thread of its own.
struct AskedModel {
  explicit AskedModel(const ProveOptions& options)
      : served(open_served_model(options.model, options.memory)),
        scheduler(std::make_unique<lm::RecurrentModel>(served.model, served.memory), *served.model.tokenizer,
                  {.lanes = lanes_for(options)}) {}

  ServedModel served;
  engine::Scheduler scheduler;
};

/// The database, and the run that the proof belongs to.
struct KeptProof {
  KeptProof(const std::string& path, const store::RunSpec& spec)
      : store(store::Store::open(path)), run(store.begin_run(spec)) {}

  prover::ProofStore place() { return {&store, nullptr, run}; }
  void end(prover::ProofOutcome outcome) {
    const bool stopped = outcome == prover::ProofOutcome::cancelled;
    store.end_run(run, stopped ? store::RunStatus::interrupted : store::RunStatus::finished);
  }

  store::Store store;
  int64_t run;
};

store::RunSpec spec_of(const ProveOptions& options, const AskedModel* model) {
  const std::string input = options.file.empty() ? "statement" : options.file;
  store::RunSpec spec;
  if (model != nullptr) spec = run_spec_of(model->served, "prove", {input});
  spec.command = "prove";
  nlohmann::json config = nlohmann::json::parse(spec.config.empty() ? "{}" : spec.config);
  config["search"] = {{"budget", options.budget},
                      {"seconds", options.seconds},
                      {"context", options.context.empty() ? "auto" : options.context},
                      {"temperature", options.temperature},
                      {"length_exponent", options.length_exponent},
                      {"seed", options.seed},
                      {"automation", !options.no_automation}};
  spec.config = config.dump();
  spec.version = RMTLM_VERSION;
  return spec;
}

/// Turns the first signal into a request to stop.
class StopOnSignal {
 public:
  StopOnSignal() : watch_([this](const std::stop_token& done) { watch(done); }) {}
  std::stop_token token() const { return stop_.get_token(); }

 private:
  void watch(const std::stop_token& done) {
    while (!done.stop_requested() && !stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    if (stop_requested()) stop_.request_stop();
  }

  std::stop_source stop_;
  std::jthread watch_;  // last: ends first
};

/// What every search of this command works with.
struct Search {
  Search(const ProveOptions& options, prover::LeanTools& lean)
      : tools{*lean.backend, *lean.final_check}, proof(proof_options(options)) {
    if (!options.automation_only) {
      model = std::make_unique<AskedModel>(options);
      tools.generator = &model->scheduler;
      tools.tokenizer = model->served.model.tokenizer.get();
      if (options.context.empty()) proof.draw.context = usual_context(model->served);
    }
    if (!options.db.empty()) kept = std::make_unique<KeptProof>(options.db, spec_of(options, model.get()));
  }

  std::unique_ptr<AskedModel> model;
  std::unique_ptr<KeptProof> kept;
  prover::ProofTools tools;
  prover::ProofOptions proof;
};

struct Found {
  prover::ProofReport report;
  int64_t id = 0;  // in the database; 0: it is not kept
};

Found search_for(const prover::Theorem& theorem, const Search& search) {
  const StopOnSignal stop;
  ProofProgress progress(isatty(STDERR_FILENO) == 1, [](const std::string& text) { fmt::print(stderr, "{}", text); });
  const auto prove = [&](prover::ProofListener& listener) {
    return prover::prove(theorem, search.tools, search.proof, listener, stop.token());
  };
  Found found;
  if (search.kept == nullptr) {
    found.report = prove(progress);
  } else {
    prover::ProofRecord record(search.kept->place(), theorem, search.tools.lean.info(), progress);
    found = {prove(record), record.id()};
    record.end(found.report);
  }
  progress.clear();
  return found;
}

ExitCode exit_code_of(prover::ProofOutcome outcome) {
  using prover::ProofOutcome;
  switch (outcome) {
    case ProofOutcome::proved: return kOk;
    case ProofOutcome::exhausted:
    case ProofOutcome::timeout: return kCheckFailed;
    case ProofOutcome::cancelled: return kInterrupted;
    case ProofOutcome::lean_error:
    case ProofOutcome::rejected_input: return kBadData;
    case ProofOutcome::backend_unavailable:
    case ProofOutcome::model_unavailable: break;
  }
  return kUnavailable;
}

bool was_searched(prover::ProofOutcome outcome) {
  const ExitCode code = exit_code_of(outcome);
  return code == kOk || code == kCheckFailed || code == kInterrupted;
}

void print_json(const prover::Theorem& theorem, const Found& found, const prover::LeanInfo& lean) {
  nlohmann::json line = prover::to_json(found.report);
  line["theorem"] = theorem.name;
  line["lean"] = prover::to_json(lean);
  if (found.id > 0) line["proof"] = found.id;
  fmt::print("{}\n", line.dump());
  std::fflush(stdout);
}

void show(const ProveOptions& options, const prover::Theorem& theorem, const Found& found,
          const prover::LeanInfo& lean) {
  const prover::ProofReport& report = found.report;
  if (options.json)
    print_json(theorem, found, lean);
  else if (was_searched(report.outcome))
    fmt::print("{}", proof_text(theorem, report));
  std::fflush(stdout);
  const bool good = report.outcome == prover::ProofOutcome::proved;
  spdlog::log(good ? spdlog::level::info : spdlog::level::warn, "{}", summary(report, lean));
  if (found.id > 0 && good)
    spdlog::info("rmt-lm prove --db {} --replay {} has it checked once more", options.db, found.id);
}

void write_file(const std::string& path, const std::string& text) {
  model::AtomicFile file(path);
  file.write(text);
  file.commit();
}

int search_and_tell(const ProveOptions& options, prover::LeanTools& lean) {
  const prover::OpenedHole question = read_question(options, lean);
  const Search search(options, lean);
  const Found found = search_for(question.theorem, search);
  if (search.kept) search.kept->end(found.report.outcome);
  show(options, question.theorem, found, lean.backend->info());
  if (!options.output.empty() && found.report.outcome == prover::ProofOutcome::proved)
    write_file(options.output, prover::file_of(question.theorem, found.report.script) + question.rest);
  return exit_code_of(found.report.outcome);
}

// A line for each theorem with --json; the table at the end.
int search_suite(const ProveOptions& options, prover::LeanTools& lean) {
  const std::vector<SuiteTheorem> suite = read_suite(options.suite);
  const Search search(options, lean);
  SuiteResult result;
  prover::ProofOutcome last = prover::ProofOutcome::exhausted;
  int code = kOk;
  for (const SuiteTheorem& one : suite) {
    const Found found = search_for(one.theorem, search);
    last = found.report.outcome;
    const int ended_with = exit_code_of(last);
    if (ended_with == kInterrupted || ended_with == kUnavailable) {
      if (ended_with == kUnavailable) spdlog::error("Stopped at {}: {}", one.theorem.name, found.report.message);
      code = ended_with;
      break;
    }
    result.add(one, found.report);
    if (options.json) print_json(one.theorem, found, lean.backend->info());
  }
  if (search.kept) search.kept->end(last);
  const std::string table = suite_table(result);
  if (options.json)
    spdlog::info("{} of {} proved", result.all.proved(), result.all.theorems);
  else
    fmt::print("{}", table);
  return code;
}

int replay(const ProveOptions& options, prover::LeanTools& lean) {
  const store::ProofRow row = store::Store::open_read_only(options.db).proof(options.replay);
  if (row.outcome != "proved") {
    spdlog::warn("Proof {} of {} is none: {}", options.replay, options.db,
                 row.outcome.empty() ? "the search was broken off" : row.outcome);
    return kCheckFailed;
  }
  const prover::Theorem theorem = prover::theorem_of(row);
  prover::ProofReport report;
  report.script = row.script;
  report.certificate = lean.final_check->verify(theorem, row.script);
  const bool proved = report.certificate.proved;
  report.outcome = proved ? prover::ProofOutcome::proved : prover::ProofOutcome::rejected_input;
  report.message = report.certificate.why_not;
  show(options, theorem, {report, 0}, lean.backend->info());
  return proved ? kOk : kCheckFailed;
}

int run(const ProveOptions& options) {
  check(options);
  catch_stop_signals();
  prover::LeanTools lean = open_lean(options.lean, false, place_of(options.file).file);
  if (options.replay > 0) return replay(options, lean);
  return options.suite.empty() ? search_and_tell(options, lean) : search_suite(options, lean);
}

}  // namespace

void add_prove(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<ProveOptions>();
  CLI::App* command = app.add_subcommand("prove", "Prove a theorem of a Lean file, each step checked by Lean");
  add_prove_options(*command, *options);
  command->callback([options, &chosen] { chosen.run = [options] { return run(*options); }; });
}

}  // namespace rmt::app
