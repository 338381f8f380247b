// rmt-lm eval: the perplexity of documents of any length, segment by segment, in flat memory.
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>

#include "app/command.h"
#include "app/device_option.h"
#include "app/eval_options.h"
#include "app/exit_code.h"
#include "app/launched.h"
#include "app/run_identity.h"
#include "app/stop_signal.h"
#include "corpora/document.h"
#include "corpora/error.h"
#include "lm/eval/evaluator.h"
#include "lm/eval/identity.h"
#include "lm/eval/json_report.h"
#include "lm/eval/listeners.h"
#include "lm/eval/progress.h"
#include "lm/eval/run_records.h"
#include "lm/eval/text_report.h"
#include "lm/eval/trace_plot.h"
#include "lm/processes/error.h"
#include "model/threads.h"
#include "model/weights/atomic_file.h"

namespace rmt::app {
namespace {

lm::LoadedModel open_model(const EvalOptions& options) {
  lm::LoadedModel model = lm::open_model(open_options(options.model));
  if (!model.trained_memory && options.protocol == "rmt" && model.rmt.memory_tokens > 0)
    spdlog::warn(
        "{} has no trained memory: what a segment hands on is random, and carrying it cannot be expected to help",
        model.name);
  return model;
}

/// Arithmetic that is found by measuring is measured in process 0, for all.
lm::PrecisionChoice pack_alike(lm::LoadedModel& model, const ModelOptions& options, lm::Processes& processes,
                               const std::function<std::vector<corpora::Segment>()>& sample) {
  if (!options.measures_dtype()) return pack(model, options, sample);
  lm::PrecisionChoice choice;
  choice.precision = measured_once(processes, [&] {
    choice = pack(model, options, sample);
    return choice.precision;
  });
  if (processes.rank() > 0) model.backbone = lm::load_on(model, open_device(options.device), choice.precision);
  return choice;
}

/// Throws ProcessError(unlike) when the processes were asked for different things.
void require_one_evaluation(lm::Processes& processes, const store::RunSpec& spec, bool tactics) {
  const std::string lines = tactics ? "with lines" : "without";
  if (all_say(processes, spec.version + "\n" + spec.dtype + "\n" + lines + "\n" + spec.config)) return;
  throw lm::ProcessError(lm::ProcessErrc::unlike,
                         fmt::format("The processes of this run would not evaluate the same; process {} of {} has "
                                     "other options or another version. Start all of them with one command line.",
                                     processes.rank(), processes.count()));
}

lm::EvalSettings resolve(const EvalOptions& options, const lm::LoadedModel& model) {
  try {
    return lm::resolve(request_of(options), model);
  } catch (const std::invalid_argument& error) {
    throw UsageError(error.what());
  }
}

std::unique_ptr<corpora::DocumentReader> open_reader(const EvalOptions& options, lm::EvalProgress* progress) {
  corpora::ReadOptions read;
  read.lossy = options.lossy;
  read.skip_broken = options.skip_broken;
  read.on_notice = [progress](const corpora::Notice& notice) {
    if (progress != nullptr) progress->clear();
    spdlog::warn("{}: {}", notice.where, notice.what);
  };
  return corpora::open_documents(options.paths, read);
}

/// The first segments of the first document that has any.
std::vector<corpora::Segment> sample_of(const EvalOptions& options, const lm::LoadedModel& model, const lm::Cut& cut) {
  constexpr size_t kSegments = 4;
  const auto reader = open_reader(options, nullptr);
  std::vector<corpora::Segment> sample;
  while (sample.empty()) {
    auto document = reader->next();
    if (!document) throw UsageError("There is no text to choose a dtype on; give one with --dtype.");
    lm::DocumentStream stream(std::move(document->text), *model.tokenizer, cut);
    for (auto segment = stream.next(); segment && sample.size() < kSegments; segment = stream.next())
      sample.push_back(std::move(segment->segment));
  }
  return sample;
}

std::unique_ptr<lm::RunRecords> open_records(const EvalOptions& options, const store::RunSpec& spec,
                                             bool with_strided) {
  if (options.db.empty()) return nullptr;
  auto records = std::make_unique<lm::RunRecords>(options.db, spec, with_strided, options.resume);
  const int64_t run = records->recording().main_run;
  if (records->resumed())
    spdlog::info("Going on with run {} of {}", run, options.db);
  else if (options.resume)
    spdlog::info("{} has no unfinished run of this evaluation; beginning run {}", options.db, run);
  if (const auto left = records->left_alone())
    spdlog::info("Run {} of {} is the same evaluation, unfinished; --resume would go on with it", *left, options.db);
  return records;
}

lm::EvalProgress make_progress(const EvalOptions& options) {
  lm::EvalProgress::Options progress;
  progress.terminal = isatty(STDERR_FILENO) == 1;
  if (options.max_tokens < 0) progress.total_bytes = lm::plain_text_bytes(options.paths);
  progress.seconds = [] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  };
  progress.write = [](const std::string& text) { fmt::print(stderr, "{}", text); };
  return lm::EvalProgress(std::move(progress));
}

std::unique_ptr<lm::EvalReport> make_report(const EvalOptions& options, const lm::Identity& identity,
                                            lm::EvalProgress& progress) {
  const auto write = [&progress](const std::string& text) {
    progress.clear();
    fmt::print("{}", text);
    std::fflush(stdout);
  };
  if (options.json) return std::make_unique<lm::JsonReport>(identity, write);
  return std::make_unique<lm::TextReport>(identity, write);
}

/// A GPU is given many segments at once: it would wait for the host after each.
int64_t segments_in_a_step(const lm::LoadedModel& model) {
  return model.backbone->device().is_cpu() ? 1 : 64;
}

/// Runs the loop; whatever ends it, the records say how it ended.
lm::EvalOutcome evaluate(const EvalOptions& options, const lm::LoadedModel& model, const lm::EvalSettings& settings,
                         lm::Processes& processes, lm::EvalListener& listener, lm::RunRecords* records,
                         lm::EvalProgress& progress) {
  std::optional<model::RmtDecoder> decoder;
  if (settings.protocol == lm::Protocol::rmt) decoder.emplace(lm::make_decoder(model));
  lm::Evaluator evaluator(*model.backbone, decoder ? &*decoder : nullptr, *model.tokenizer, settings);
  const auto open = [&] { return open_reader(options, &progress); };
  try {
    const lm::EvalOutcome outcome =
        evaluator.run(open, listener, records ? &records->recording() : nullptr, processes, stop_requested);
    if (records != nullptr)
      records->end(outcome == lm::EvalOutcome::finished ? store::RunStatus::finished : store::RunStatus::interrupted);
    return outcome;
  } catch (...) {
    progress.clear();
    if (records != nullptr) records->end_failed();
    throw;
  }
}

void write_plot(const EvalOptions& options, const lm::Identity& identity, const lm::ResultCollector& result) {
  lm::PlotNames names;
  names.title = options.paths.size() == 1 ? options.paths[0] : options.paths[0] + " and others";
  names.subtitle = fmt::format("{}; documents: {}, scored tokens: {}", identity.model, result.documents(),
                               result.total(lm::Line::main).scored.tokens);
  names.notes = lm::description(identity);
  names.main_label = lm::label(identity, lm::Line::main);
  if (identity.settings.strided) names.strided_label = lm::label(identity, lm::Line::strided);
  names.segment_length = identity.rmt.segment_length;
  names.in_segments = identity.settings.protocol == lm::Protocol::rmt;
  model::AtomicFile file(options.plot);
  file.write(lm::to_svg(lm::trace_chart(result, names)));
  file.commit();
}

int interrupted(const EvalOptions& options) {
  if (options.db.empty())
    spdlog::warn("Interrupted; nothing was kept, because no --db was given");
  else
    spdlog::warn("Interrupted; what was scored is in {}, and --resume goes on with it", options.db);
  return kInterrupted;
}

/// The process that keeps the books, and is the only one when there are no others.
int run_first(const EvalOptions& options, const lm::LoadedModel& model, const lm::Identity& identity,
              const store::RunSpec& spec, lm::Processes& processes) {
  const lm::EvalSettings& settings = identity.settings;
  const auto records = open_records(options, spec, settings.strided.has_value());
  lm::EvalProgress progress = make_progress(options);
  const auto report = make_report(options, identity, progress);
  lm::ResultCollector result(model.rmt.segment_length);
  lm::Listeners listeners({&result, report.get(), &progress});
  const lm::EvalOutcome outcome = evaluate(options, model, settings, processes, listeners, records.get(), progress);
  progress.clear();

  if (outcome == lm::EvalOutcome::interrupted) return interrupted(options);
  if (result.documents() + result.broken() == 0)
    throw corpora::Error(corpora::Errc::not_found, options.paths[0] + ": there are no documents there");
  report->finish(result);
  if (!options.plot.empty()) write_plot(options, identity, result);
  if (options.tactics && result.tactics().empty())
    throw corpora::Error(corpora::Errc::mismatch,
                         options.paths[0] +
                             ": --tactics found no line of a tactic proof: a `by` at the end of a line and "
                             "steps below it; give Lean source");
  spdlog::info("{} tokens scored at {:.0f} tokens/s", progress.tokens_scored_here(), progress.tokens_per_second());
  return kOk;
}

/// A process that scores its share, and says nothing.
int run_other(const EvalOptions& options, const lm::LoadedModel& model, const lm::EvalSettings& settings,
              lm::Processes& processes) {
  lm::EvalProgress progress = make_progress(options);
  lm::Listeners nobody({});
  const lm::EvalOutcome outcome = evaluate(options, model, settings, processes, nobody, nullptr, progress);
  return outcome == lm::EvalOutcome::interrupted ? kInterrupted : kOk;
}

int run(const EvalOptions& options) {
  const lm::ProcessPlace place = launched_place();
  check(options, place.count);
  catch_stop_signals();
  model::configure_threads(threads_of(place, options.model.threads));
  const auto processes = join(place);
  lm::LoadedModel model = open_model(options);
  require_one_model(*processes, model);
  lm::EvalSettings settings = resolve(options, model);
  const lm::PrecisionChoice dtype =
      pack_alike(model, options.model, *processes, [&] { return sample_of(options, model, settings.cut); });
  settings.ahead = segments_in_a_step(model);
  const lm::Identity identity = identity_of(model, dtype, settings);
  const store::RunSpec spec = lm::run_spec(identity, options.paths, options.lossy);
  require_one_evaluation(*processes, spec, options.tactics);
  return place.rank == 0 ? run_first(options, model, identity, spec, *processes)
                         : run_other(options, model, settings, *processes);
}

}  // namespace

void add_eval(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<EvalOptions>();
  CLI::App* command = app.add_subcommand("eval", "Perplexity of documents of any length, segment by segment");
  add_eval_options(*command, *options);
  command->callback([options, &chosen] { chosen.run = [options] { return run(*options); }; });
}

}  // namespace rmt::app
