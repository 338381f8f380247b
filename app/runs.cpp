// rmt-lm runs: what a trace database holds. Lists its runs, shows one, compares two, exports one.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "app/command.h"
#include "app/exit_code.h"
#include "app/table.h"
#include "lm/store/export.h"
#include "lm/store/figures.h"
#include "lm/store/row_json.h"
#include "lm/store/run_difference.h"
#include "lm/store/store.h"
#include "model/weights/atomic_file.h"

namespace rmt::app {
namespace {

using store::json_line;
using store::Store;
using store::typed_line;

struct RunsOptions {
  std::string db;
  int64_t run = 0, other = 0;
  bool json = false, segments = false;
  std::string format = "csv", output;
};

/// Names of files may hold anything; a terminal gets no control characters of theirs.
std::string printable(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return text;
}

std::string number(double value, int digits) {
  return std::isnan(value) ? "-" : fmt::format("{:.{}f}", value, digits);
}

std::string number(const std::optional<double>& value, int digits) {
  return value ? number(*value, digits) : "-";
}

/// "2026-01-31 23:59:59", of a stored 2026-01-31T23:59:59.999Z.
std::string to_the_second(std::string time) {
  if (time.size() > 19) time = time.substr(0, 10) + " " + time.substr(11, 8);
  return time;
}

std::vector<std::string> run_line(const store::Run& run, const store::Totals& totals) {
  return {std::to_string(run.id),
          to_the_second(run.started),
          std::string(to_string(run.status)),
          run.spec.command,
          run.spec.protocol,
          fmt::format("{}/{}", totals.finished, totals.documents),
          std::to_string(totals.segments),
          number(perplexity(totals), 4),
          printable(run.spec.model)};
}

int list(const RunsOptions& options) {
  const Store store = Store::open_read_only(options.db);
  const Store::Snapshot snapshot = store.snapshot();
  Table table(5);
  table.add({"id", "started (UTC)", "status", "command", "protocol", "documents", "segments", "ppl", "model"});
  for (const store::Run& run : store.runs()) {
    const store::Totals totals = store.run_totals(run.id);
    if (options.json) {
      store::Json line = to_json(run);
      line["totals"] = to_json(totals);
      fmt::print("{}\n", json_line(line));
    } else {
      table.add(run_line(run, totals));
    }
  }
  if (!options.json) table.print();
  return kOk;
}

void print_run(const store::Run& run) {
  const store::RunSpec& spec = run.spec;
  const auto line = [](const char* label, const std::string& value) { fmt::print("{:<11} {}\n", label, value); };
  line("run", fmt::format("{} ({}), {}", run.id, spec.command, to_string(run.status)));
  line("started", to_the_second(run.started) + " UTC");
  line("ended", run.ended.empty() ? "-" : to_the_second(run.ended) + " UTC");
  line("model", printable(spec.model));
  line("", spec.model_sha256);
  line("tokenizer", spec.tokenizer_sha256);
  line("protocol", spec.protocol);
  line("device", fmt::format("{}, {}", spec.device, spec.dtype));
  line("rmt-lm", spec.version);
  line("config", printable(spec.config));
}

std::vector<std::string> figures_line(const std::string& name, const store::Totals& totals, const std::string& state) {
  return {std::to_string(totals.segments),
          std::to_string(totals.scored_tokens),
          number(perplexity(totals), 4),
          number(bits_per_byte(totals), 4),
          number(word_perplexity(totals), 2),
          number(memory_gain(totals), 5),
          state,
          name};
}

/// A line a stage: what it read, and the loss it began and ended with, each over a tenth of it.
void show_stages(const Store& store, const store::Run& run) {
  Table table(0);
  table.add({"stage", "steps", "segments", "tokens", "first loss", "last loss", "minutes"});
  const std::vector<store::TrainStepRow> steps = store.train_steps(run.id);
  for (auto from = steps.begin(); from != steps.end();) {
    const auto to = std::find_if(from, steps.end(), [&](const auto& step) { return step.stage != from->stage; });
    const auto mean_loss = [](auto begin, auto end) {
      double sum = 0;
      for (auto step = begin; step != end; ++step) sum += step->loss;
      return sum / static_cast<double>(end - begin);
    };
    int64_t segments = 0, tokens = 0;
    double ms = 0;
    for (auto step = from; step != to; ++step) {
      segments = std::max(segments, step->segments);
      tokens += step->tokens;
      ms += step->ms;
    }
    const auto tenth = (to - from + 9) / 10;
    table.add({std::to_string(from->stage), std::to_string(to - from), std::to_string(segments), std::to_string(tokens),
               number(mean_loss(from, from + tenth), 4), number(mean_loss(to - tenth, to), 4), number(ms / 60000, 1)});
    from = to;
  }
  table.print();
}

void show_json(const Store& store, const store::Run& run) {
  fmt::print("{}\n", typed_line("run", to_json(run)));
  for (const store::DocumentRow& document : store.documents(run.id)) {
    store::Json line = to_json(document);
    line["totals"] = to_json(store.document_totals(document.id));
    fmt::print("{}\n", typed_line("document", line));
  }
  for (const store::TrainStepRow& step : store.train_steps(run.id))
    fmt::print("{}\n", typed_line("train_step", to_json(step)));
  fmt::print("{}\n", typed_line("total", to_json(store.run_totals(run.id))));
}

void show_tables(const Store& store, const store::Run& run) {
  print_run(run);
  if (run.spec.command == "train") {
    fmt::print("\n");
    return show_stages(store, run);
  }
  Table table(0);
  table.add({"segments", "tokens", "ppl", "bits/byte", "word ppl", "memory gain", "read", "document"});
  for (const store::DocumentRow& document : store.documents(run.id))
    table.add(figures_line(printable(document.name), store.document_totals(document.id),
                           document.finished ? "to its end" : "in part"));
  const store::Totals totals = store.run_totals(run.id);
  table.add(figures_line("(total)", totals, fmt::format("{} of {}", totals.finished, totals.documents)));
  fmt::print("\n");
  table.print();
}

int show(const RunsOptions& options) {
  const Store store = Store::open_read_only(options.db);
  const Store::Snapshot snapshot = store.snapshot();
  const store::Run run = store.run(options.run);
  options.json ? show_json(store, run) : show_tables(store, run);
  return kOk;
}

std::vector<std::string> difference_line(const std::string& name, const std::string& tokens,
                                         const store::StretchDifference& stretch) {
  const auto per_token = [](double nll, int64_t scored) {
    return scored > 0 ? nll / static_cast<double>(scored) : std::nan("");
  };
  const bool same_tokens = stretch.scored_a == stretch.scored_b;
  return {tokens,
          same_tokens ? std::to_string(stretch.scored_a) : fmt::format("{}/{}", stretch.scored_a, stretch.scored_b),
          number(per_token(stretch.nll_a, stretch.scored_a), 5),
          number(per_token(stretch.nll_b, stretch.scored_b), 5),
          std::isnan(stretch.difference()) ? "-" : fmt::format("{:+.5f}", stretch.difference()),
          name};
}

std::string range_of(const store::StretchDifference& stretch) {
  return fmt::format("{}..{}", stretch.token_from, stretch.token_to);
}

void print_difference(const store::RunDifference& difference, bool with_segments) {
  for (const store::FieldDifference& field : difference.spec)
    fmt::print("{}: {} | {}\n", printable(field.field), printable(field.a.value_or("(none)")),
               printable(field.b.value_or("(none)")));
  fmt::print("{}nats per scored token; the difference is run {} minus run {}, negative where it is better\n\n",
             difference.spec.empty() ? "" : "\n", difference.b.id, difference.a.id);
  Table table(0);
  table.add({"tokens", "scored", fmt::format("run {}", difference.a.id), fmt::format("run {}", difference.b.id),
             "difference", "document"});
  for (const store::DocumentDifference& document : difference.documents) {
    if (with_segments)
      for (const auto& stretch : document.stretches) table.add(difference_line("", range_of(stretch), stretch));
    std::string name = printable(document.name);
    if (document.unmatched_a + document.unmatched_b > 0)
      name += fmt::format(" (without counterpart: {} | {} segments)", document.unmatched_a, document.unmatched_b);
    table.add(difference_line(name, "all", document.sum()));
  }
  table.add(difference_line("(total)", "all", difference.sum()));
  table.print();
  for (const std::string& name : difference.only_a)
    fmt::print("only in run {}: {}\n", difference.a.id, printable(name));
  for (const std::string& name : difference.only_b)
    fmt::print("only in run {}: {}\n", difference.b.id, printable(name));
}

void print_difference_json(const store::RunDifference& difference) {
  const auto print = [](std::string_view type, const store::Json& object) {
    fmt::print("{}\n", typed_line(type, object));
  };
  for (const store::FieldDifference& field : difference.spec) print("field", to_json(field));
  for (const store::DocumentDifference& document : difference.documents) {
    for (const auto& stretch : document.stretches) {
      store::Json object = {{"document", document.name}};
      object.update(to_json(stretch));
      print("segment", object);
    }
    store::Json object = {
        {"document", document.name}, {"unmatched_a", document.unmatched_a}, {"unmatched_b", document.unmatched_b}};
    object.update(to_json(document.sum()));
    print("document", object);
  }
  store::Json total = {{"a", difference.a.id},
                       {"b", difference.b.id},
                       {"documents", difference.documents.size()},
                       {"only_a", difference.only_a},
                       {"only_b", difference.only_b}};
  total.update(to_json(difference.sum()));
  print("total", total);
}

int diff(const RunsOptions& options) {
  const Store store = Store::open_read_only(options.db);
  const store::RunDifference difference = diff_runs(store, options.run, options.other);
  if (options.json) {
    print_difference_json(difference);
  } else {
    print_difference(difference, options.segments);
  }
  return kOk;
}

int export_one(const RunsOptions& options) {
  const Store store = Store::open_read_only(options.db);
  const store::ExportFormat format = store::parse_export_format(options.format).value();
  if (options.output.empty()) {
    export_run(store, options.run, format, [](std::string_view text) { fmt::print("{}", text); });
    return kOk;
  }
  model::AtomicFile file(options.output);
  export_run(store, options.run, format, [&file](std::string_view text) { file.write(text); });
  file.commit();
  return kOk;
}

CLI::App* add_action(CLI::App& parent, const char* name, const char* what, Command& chosen,
                     const std::shared_ptr<RunsOptions>& options, int (*run)(const RunsOptions&)) {
  CLI::App* action = parent.add_subcommand(name, what);
  action->add_option("--db", options->db, "Trace database, as written by 'rmt-lm eval --db'")
      ->required()
      ->type_name("FILE");
  action->callback([options, run, &chosen] { chosen.run = [options, run] { return run(*options); }; });
  return action;
}

}  // namespace

void add_runs(CLI::App& app, Command& chosen) {
  const auto options = std::make_shared<RunsOptions>();
  CLI::App* command = app.add_subcommand("runs", "List, show, compare and export the runs of a trace database");
  command->require_subcommand(1);
  const auto add_json = [&options](CLI::App* action) {
    action->add_flag("--json", options->json, "One JSON object a line");
  };

  const auto add_id = [](CLI::App* action, const char* name, int64_t& id, const char* what) {
    action->add_option(name, id, what)->required()->default_str("");
  };

  add_json(add_action(*command, "list", "All runs, a line each", chosen, options, list));

  CLI::App* one =
      add_action(*command, "show", "One run: what it was, its documents, its totals", chosen, options, show);
  add_id(one, "ID", options->run, "Number of the run, as 'list' prints it");
  add_json(one);

  CLI::App* two = add_action(*command, "diff", "Two runs of the same documents, side by side", chosen, options, diff);
  add_id(two, "A", options->run, "Number of a run");
  add_id(two, "B", options->other, "Number of the run to compare it with");
  two->add_flag("--segments", options->segments, "Also a line for every segment");
  add_json(two);

  CLI::App* whole =
      add_action(*command, "export", "One run, every segment or step, for other programs", chosen, options, export_one);
  add_id(whole, "ID", options->run, "Number of the run, as 'list' prints it");
  whole->add_option("--format", options->format, "csv, json or jsonl")->check(CLI::IsMember({"csv", "json", "jsonl"}));
  whole->add_option("-o,--output", options->output, "File to write; standard output without it")->type_name("FILE");
}

}  // namespace rmt::app
