#include "app/prove_options.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <utility>

#include "app/exit_code.h"

namespace rmt::app {
namespace {

struct Budget {
  int expansions = 0, candidates = 0;
};

std::optional<int> positive(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && number > 0 && number <= 1'000'000 ? std::optional(number) : std::nullopt;
}

std::optional<Budget> read_budget(std::string_view text) {
  const size_t cross = text.find('x');
  if (cross == std::string_view::npos) return std::nullopt;
  const auto expansions = positive(text.substr(0, cross)), candidates = positive(text.substr(cross + 1));
  if (!expansions || !candidates || *candidates > 1024) return std::nullopt;
  return Budget{*expansions, *candidates};
}

void add_search_options(CLI::App& command, ProveOptions& options) {
  command.add_option("--budget", options.budget, "States gone on from x candidates asked of the model for each")
      ->check(
          [](const std::string& text) {
            return read_budget(text) ? std::string() : "must be two numbers such as 100x32, the second at most 1024";
          },
          "NxK");
  command.add_option("--seconds", options.seconds, "Time for the search")->check(CLI::Range(0.001, 1e7));
  command.add_option("--states-at-once", options.at_once, "States whose candidates are drawn side by side")
      ->check(CLI::Range(1, 256));
  command.add_option("--length-exponent", options.length_exponent, "0: short proofs first; 1: likely steps first")
      ->check(CLI::Range(0.0, 4.0));
  command.add_flag("--automation-only", options.automation_only, "Ask no model");
  command.add_flag("--no-automation", options.no_automation, "Only what the model proposes");
}

void add_draw_options(CLI::App& command, ProveOptions& options) {
  command.add_option("--memory", options.memory, "carry or reset [carry where the memory was trained]")
      ->check(CLI::IsMember({"carry", "reset"}))
      ->default_str("");
  command
      .add_option(
          "--context", options.context,
          "What the model reads of the file: memory (all), tail or none [all where the memory was trained, else none]")
      ->check(CLI::IsMember({"memory", "tail", "none"}))
      ->default_str("");
  command.add_option("--tail-tokens", options.tail_tokens, "With --context tail: the last tokens of the file")
      ->check(CLI::Range(int64_t{0}, int64_t{1} << 30));
  command.add_option("--temperature", options.temperature, "Of the draws")->check(CLI::Range(0.0, 100.0));
  command.add_option("--seed", options.seed, "Of the draws");
}

}  // namespace

void add_prove_options(CLI::App& command, ProveOptions& options) {
  command.add_option("file", options.file, "Lean file; the sorry of this line, or the first")->type_name("FILE[:LINE]");
  command.add_option("--statement", options.statement, "Instead of a file: a theorem, or a proposition");
  command.add_option("--suite", options.suite, "Instead of a file: theorems, one JSON object a line, for a table")
      ->type_name("FILE");
  add_model_options(command, options.model);
  options.model.name = "prover-7m";
  command.get_option("--model")->required(false)->capture_default_str();
  options.model.dtype = "auto";  // what is proposed is checked anyway
  add_dtype_options(command, options.model);
  add_lean_options(command, options.lean);
  add_search_options(command, options);
  add_draw_options(command, options);
  command.add_option("--db", options.db, "Keep the search in this trace database")->type_name("FILE");
  command.add_option("-o,--output", options.output, "Write the file with the proof in its place")->type_name("FILE");
  command.add_option("--replay", options.replay, "Check proof ID of the database once more, with a fresh Lean")
      ->type_name("ID")
      ->check(CLI::Range(int64_t{1}, INT64_MAX))
      ->default_str("");
  command.add_flag("--json", options.json, "The result as one line of JSON");
}

void check(const ProveOptions& options) {
  if (options.replay > 0) {
    if (options.db.empty()) throw UsageError("--replay needs the database the proof is in: give it with --db.");
    if (!options.file.empty() || !options.statement.empty() || !options.suite.empty())
      throw UsageError("--replay takes its theorem from the database: give no file and no statement.");
    return;
  }
  const int given = static_cast<int>(!options.file.empty()) + static_cast<int>(!options.statement.empty()) +
                    static_cast<int>(!options.suite.empty());
  if (given != 1) throw UsageError("Give a Lean file with a sorry in it, a --statement, or a --suite: one of them.");
  if (options.automation_only && options.no_automation)
    throw UsageError("With --automation-only and --no-automation nothing would be tried.");
  if (!options.output.empty() && options.file.empty())
    throw UsageError("--output writes a file with its proof: there is none.");
}

prover::ProofOptions proof_options(const ProveOptions& options) {
  const Budget budget = *read_budget(options.budget);
  prover::ProofOptions proof;
  proof.search.expansions = budget.expansions;
  proof.search.candidates = budget.candidates;
  proof.search.states_at_once = options.at_once;
  proof.search.seconds = options.seconds;
  proof.search.length_exponent = options.length_exponent;
  if (!options.no_automation) proof.search.automation = prover::automation_portfolio();
  proof.draw.at_once = std::min(budget.candidates, 64);
  using prover::Context;
  proof.draw.context = options.context == "memory" ? Context::memory
                       : options.context == "tail" ? Context::tail
                                                   : Context::none;
  proof.draw.tail_tokens = options.tail_tokens;
  proof.draw.temperature = static_cast<float>(options.temperature);
  proof.draw.seed = options.seed;
  return proof;
}

PlaceInFile place_of(const std::string& argument) {
  const size_t colon = argument.rfind(':');
  if (colon == std::string::npos || std::filesystem::exists(argument)) return {argument, std::nullopt};
  const auto line = positive(std::string_view(argument).substr(colon + 1));
  return line ? PlaceInFile{argument.substr(0, colon), line} : PlaceInFile{argument, std::nullopt};
}

}  // namespace rmt::app
