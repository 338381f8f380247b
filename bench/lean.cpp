// Tactics checked by Lean: how many in a second of CPU time, in batches of several sizes, by workers that fork and by a
// `lean` run on a file for every batch.
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "bench/turns.h"
#include "prover/backends/lean_message.h"
#include "prover/backends/process_tree.h"
#include "prover/backends/run_child.h"
#include "prover/backends/script_source.h"
#include "prover/backends/verdicts.h"
#include "prover/backends/worker_backend.h"

namespace {

using namespace rmt::prover;  // NOLINT(google-build-using-namespace)

const std::vector<std::string> kStatements{"(p q : Prop) (hp : p) (hq : q) : p ∧ q",
                                           "(p q : Prop) : p ∨ q → q ∨ p",
                                           "(p q r : Prop) : (p → q) → (q → r) → p → r",
                                           "(a b c : Nat) (h : a = b) (k : b = c) : a = c",
                                           "(p : Prop) : p → ¬¬p",
                                           "(α : Type) (P Q : α → Prop) : (∀ x, P x ∧ Q x) → ∀ x, P x",
                                           "(a b : Nat) : a = b → b = a",
                                           "(p q : Prop) : p ∧ q → q ∧ p"};

// As a model writes them: a few fit, most do not.
const std::vector<std::string> kTactics{"intro h",
                                        "intro h k",
                                        "intros",
                                        "constructor",
                                        "rfl",
                                        "simp",
                                        "simp_all",
                                        "assumption",
                                        "exact h",
                                        "exact hp",
                                        "exact h.symm",
                                        "exact ⟨hp, hq⟩",
                                        "apply And.intro",
                                        "cases h",
                                        "cases p",
                                        "induction a",
                                        "rw [h]",
                                        "rw [h, k]",
                                        "subst h",
                                        "decide",
                                        "trivial",
                                        "exact fun h => h",
                                        "refine ⟨?_, ?_⟩",
                                        "intro h\nexact ⟨h.2, h.1⟩",
                                        "intro h\ncases h with\n| inl a => exact Or.inr a\n| inr b => exact Or.inl b",
                                        "intro h\nrcases h with a | b",
                                        "have h : p := hp",
                                        "apply Eq.trans h",
                                        "exact absurd",
                                        "intro f g x\nexact g (f x)",
                                        "exact Or.inl hp",
                                        "skip"};

Theorem theorem_of(const std::string& statement) {
  return {.name = "t", .before = "", .head = "theorem t " + statement + " := by\n  "};
}

// Of this process and all below it, those that have ended included.
double cpu_seconds() {
  double ticks = 0;
  for (const pid_t process : process_tree(getpid())) {
    std::ifstream file("/proc/" + std::to_string(process) + "/stat");
    std::string line((std::istreambuf_iterator<char>(file)), {});
    if (line.empty()) continue;
    std::istringstream fields(line.substr(line.rfind(')') + 2));
    std::string skipped;
    for (int i = 0; i < 11; ++i) fields >> skipped;  // from the state to the page faults
    for (int i = 0; i < 4; ++i) {                    // its own, its children's
      double value = 0;
      fields >> value;
      ticks += value;
    }
  }
  return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

struct Count {
  int64_t checks = 0, proved = 0, progress = 0;

  void add(const Verdict& verdict) {
    checks += 1;
    proved += verdict.kind == VerdictKind::proved ? 1 : 0;
    progress += verdict.kind == VerdictKind::progress ? 1 : 0;
  }
};

std::vector<std::string> batch_of(size_t first, size_t size) {
  return {kTactics.begin() + static_cast<std::ptrdiff_t>(first),
          kTactics.begin() + static_cast<std::ptrdiff_t>(std::min(first + size, kTactics.size()))};
}

// Each turn opens every theorem, as a search does once.
Count by_workers(LeanBackend& lean, size_t batch) {
  Count count;
  for (const std::string& statement : kStatements) {
    const std::unique_ptr<OpenTheorem> theorem = lean.open(theorem_of(statement));
    for (size_t first = 0; first < kTactics.size(); first += batch)
      for (const Verdict& verdict : theorem->check(batch_of(first, batch))) count.add(verdict);
  }
  return count;
}

// All of a batch in one file, the way to do it without a worker; the probe's `sorry` keeps one error from the next.
Count by_files(const std::string& lean, size_t batch) {
  Count count;
  for (const std::string& statement : kStatements) {
    for (size_t first = 0; first < kTactics.size(); first += batch) {
      std::string file;
      std::vector<int> lines;  // that each candidate begins in
      std::vector<ScriptSource> sources;
      for (const std::string& tactic : batch_of(first, batch)) {
        Theorem theorem = theorem_of(statement);
        theorem.head.replace(0, 9, "theorem c" + std::to_string(sources.size()));
        sources.push_back(source_of(theorem, tactic));
        lines.push_back(end_of(file).line);
        file += sources.back().text + "\n\n";
      }
      std::vector<Elaboration> found(sources.size());
      const Run run = run_child(
          {.arguments = {lean, "--json", "--stdin", "-DmaxErrors=0", "-DmaxHeartbeats=20000", "-Dlinter.all=false"}},
          file, {});
      for (size_t at = 0, end = 0; (end = run.out.find('\n', at)) != std::string::npos; at = end + 1) {
        LeanMessage message = lean_message_of_json(run.out.substr(at, end - at));
        const auto next = std::ranges::upper_bound(lines, message.from.line);
        message.from.line -= *std::prev(next) - 1;
        found[static_cast<size_t>(next - lines.begin() - 1)].messages.push_back(std::move(message));
      }
      for (size_t i = 0; i < sources.size(); ++i) count.add(judge(sources[i], found[i], {}));
    }
  }
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Tactics checked by Lean in a second of CPU time");
  rmt::bench::Turns turns;
  size_t batch = 32;
  std::string lean;
  rmt::bench::add_turns_options(app, turns);
  app.add_option("--batch", batch, "candidates a request")->check(CLI::Range(1, 32));
  app.add_option("--files", lean, "run this lean on a file for each batch, instead of workers");
  CLI11_PARSE(app, argc, argv);

  std::unique_ptr<WorkerBackend> workers;
  if (lean.empty())
    workers = std::make_unique<WorkerBackend>(WorkerOptions{.program = RMTLM_LEAN_WORKER, .workers = 1});
  const nlohmann::json ready{{"batch", batch}, {"with", workers ? "workers" : "files"}};
  rmt::bench::take_turns(turns, ready, [&]() -> nlohmann::json {
    const double from = cpu_seconds();
    const Count count = workers ? by_workers(*workers, batch) : by_files(lean, batch);
    return {{"tokens", count.checks},  // what the harness counts
            {"proved", count.proved},
            {"progress", count.progress},
            {"tree_cpu_s", cpu_seconds() - from}};
  });
  return 0;
}
