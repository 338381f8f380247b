#include "prover/backends/worker_backend.h"

#include <algorithm>
#include <filesystem>
#include <future>
#include <utility>

#include "prover/backends/executables.h"
#include "prover/backends/script_source.h"
#include "prover/backends/verdicts.h"
#include "prover/source/filter.h"

namespace rmt::prover {
namespace {

namespace fs = std::filesystem;

PoolOptions pool_options(const WorkerOptions& options) {
  PoolOptions pool{.program = options.program};
  pool.settings = {.modules = options.modules, .limits = options.limits};
  if (pool.settings.modules.empty())
    pool.settings.modules = {fs::path(options.program).parent_path().parent_path() / "lib" / "lean"};
  pool.workers = options.workers;
  pool.waiting = options.waiting;
  return pool;
}

// Its linters have nothing to say about a script, and take their time for it.
std::string preamble(uint64_t heartbeats) {
  return "set_option maxHeartbeats " + std::to_string(heartbeats) + "\nset_option linter.all false\n";
}

// What a limit has ended may be tried again with more; what has ended Lean may not.
Verdict verdict_of(const Killed& killed) {
  const bool limit = killed.cause != KillCause::crash;
  return {.kind = limit ? VerdictKind::timeout : VerdictKind::rejected, .message = killed.what};
}

class WorkerTheorem final : public OpenTheorem {
 public:
  WorkerTheorem(WorkerPool& pool, Theorem theorem, std::string preamble, size_t batch)
      : pool_(pool), theorem_(std::move(theorem)), preamble_(std::move(preamble)), batch_(batch) {
    read_hole();
  }

  const std::vector<std::string>& goals() const override { return goals_; }

  std::vector<Verdict> check(const std::vector<std::string>& scripts, std::stop_token stop) override {
    std::vector<Verdict> verdicts(scripts.size());
    std::vector<Shown> shown;
    for (size_t i = 0; i < scripts.size(); ++i) {
      if (std::optional<std::string> rule = refusal_of_tactics(scripts[i])) {
        verdicts[i] = {.kind = VerdictKind::rejected, .message = *std::move(rule)};
      } else {
        shown.push_back({i, source_of(theorem_, scripts[i])});
      }
    }
    std::vector<Begun> begun;
    for (std::vector<Shown>& part : parts_of(std::move(shown))) {
      std::future<Answer> answer = pool_.submit(request_of(part), stop);
      begun.push_back({std::move(part), std::move(answer)});
    }
    for (Begun& part : begun) finish(part, verdicts);
    return verdicts;
  }

 private:
  struct Shown {
    size_t script;
    ScriptSource source;
  };
  struct Begun {
    std::vector<Shown> part;
    std::future<Answer> answer;
  };

  Request request_of(const std::vector<Shown>& part) const {
    Request request{.options = preamble_, .context = theorem_.before};
    for (const Shown& shown : part) request.items.push_back(shown.source.text);
    return request;
  }

  void read_hole() {
    const std::vector<Shown> hole{{0, source_of(theorem_, {})}};
    const Answer answer = pool_.submit(request_of(hole), {}).get();
    if (answer.context.killed)
      throw StatementError("Lean does not get to the theorem: " + answer.context.killed->what, 0, 0);
    refuse_errors(*answer.context.elaboration, {});
    const Reply& reply = answer.items.at(0);
    if (reply.killed) throw StatementError("Lean does not get to the goal: " + reply.killed->what, 0, 0);
    bare_ = *reply.elaboration;
    goals_ = goals_at_hole(hole[0].source, bare_, end_of(theorem_.before));
  }

  // As many parts as there are workers, but none too small to be worth a process.
  std::vector<std::vector<Shown>> parts_of(std::vector<Shown> all) const {
    const size_t worthwhile = (all.size() + batch_ - 1) / batch_;
    const size_t count = std::min(worthwhile, static_cast<size_t>(pool_.workers()));
    std::vector<std::vector<Shown>> parts(count);
    for (size_t i = 0; i < all.size(); ++i) parts[i * count / all.size()].push_back(std::move(all[i]));
    return parts;
  }

  void finish(Begun& begun, std::vector<Verdict>& verdicts) const {
    const Answer answer = begun.answer.get();
    for (size_t i = 0; i < begun.part.size(); ++i) {
      // Where a context that was read before is not read again, its reply holds for all of its items.
      const Reply& reply = i < answer.items.size() ? answer.items[i] : answer.context;
      const Shown& shown = begun.part[i];
      Verdict& verdict = verdicts[shown.script];
      verdict = reply.killed ? verdict_of(*reply.killed) : judge(shown.source, *reply.elaboration, bare_);
      verdict.ms = reply.ms;
    }
  }

  WorkerPool& pool_;
  const Theorem theorem_;
  const std::string preamble_;
  const size_t batch_;
  Elaboration bare_;
  std::vector<std::string> goals_;
};

}  // namespace

WorkerBackend::WorkerBackend(const WorkerOptions& options)
    : pool_(pool_options(options)),
      preamble_(preamble(options.heartbeats)),
      batch_(std::max<size_t>(options.batch, 1)),
      info_{"worker", pool_.lean_version(), options.library, options.library_sha256} {}

std::unique_ptr<OpenTheorem> WorkerBackend::open(const Theorem& theorem) {
  if (const auto rule = refusal_of_file(theorem.before + theorem.head + theorem.tail)) throw RejectedInput(*rule);
  return std::make_unique<WorkerTheorem>(pool_, theorem, preamble_, batch_);
}

std::vector<Diagnostic> WorkerBackend::diagnose(const std::string& file) {
  if (const auto rule = refusal_of_file(file)) throw RejectedInput(*rule);
  const Answer answer = pool_.submit({.context = file}, {}).get();
  if (answer.context.killed) return {{.message = "Lean was stopped: " + answer.context.killed->what}};
  std::vector<Diagnostic> diagnostics;
  for (const LeanMessage& message : answer.context.elaboration->messages) diagnostics.push_back(diagnostic_of(message));
  return diagnostics;
}

LeanActivity WorkerBackend::activity() const {
  const PoolLoad load = pool_.load();
  LeanActivity activity;
  activity.processes = load.workers;
  activity.busy = load.busy;
  activity.waiting = static_cast<int64_t>(load.waiting);
  activity.checks = static_cast<int64_t>(load.checks);
  activity.starts = static_cast<int64_t>(load.starts);
  activity.deaths = static_cast<int64_t>(load.deaths);
  for (const uint64_t kills : load.kills) activity.kills += static_cast<int64_t>(kills);
  return activity;
}

std::optional<std::string> find_worker(const std::string& lean) {
  const std::string worker = fs::path(lean).parent_path() / "rmt-lm-lean-worker";
  return is_executable(worker) ? std::optional(worker) : std::nullopt;
}

}  // namespace rmt::prover
