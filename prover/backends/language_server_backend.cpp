#include "prover/backends/language_server_backend.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <span>
#include <thread>
#include <utility>

#include "prover/backends/candidate_document.h"
#include "prover/backends/language_server.h"
#include "prover/backends/verdicts.h"
#include "prover/source/filter.h"

namespace rmt::prover {

/// Of all servers of a backend, for its activity().
struct ServerCounts {
  std::atomic<int64_t> theorems{0}, processes{0}, busy{0}, checks{0}, starts{0}, deaths{0}, kills{0};
};

namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kBatch = 32;
constexpr int kMostLosses = 5;  // in a row, without one answer between them

Verdict timed_out(std::string why) {
  return {.kind = VerdictKind::timeout, .message = std::move(why)};
}

/// Waits before a server that has just died is started again, unless `stop` is requested.
void back_off(int losses, const std::stop_token& stop) {
  const Instant until = Clock::now() + std::chrono::milliseconds(20) * (1 << std::min(losses, 6));
  while (Clock::now() < until && !stop.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

/// A server that is counted as long as it is there.
struct Farewell {
  ServerCounts* counts = nullptr;
  void operator()(const LanguageServer* server) const {
    delete server;
    --counts->processes;
  }
};

/// One more of something while this is there.
class Counted {
 public:
  explicit Counted(std::atomic<int64_t>& count) : count_(count) { ++count_; }
  ~Counted() { --count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::atomic<int64_t>& count_;
};

class ServedTheorem final : public OpenTheorem {
 public:
  ServedTheorem(const Theorem& theorem, ChildCommand command, const LeanLimits& limits,
                std::shared_ptr<ServerCounts> counts)
      : theorem_(theorem),
        command_(std::move(command)),
        limits_(limits),
        counts_(std::move(counts)),
        open_(counts_->theorems),
        together_(CandidateDocument::can_hold_several(theorem) ? kBatch : 1),
        bare_document_(theorem, {""}, limits.heartbeats) {
    if (counts_->theorems > limits_.theorems)
      throw LeanBusy(std::to_string(limits_.theorems) + " theorems are open in Lean already: try again later");
    start({});
    goals_ = goals_at_hole(bare_document_.source(0), bare_, end_of(theorem.before));
  }

  const std::vector<std::string>& goals() const override { return goals_; }

  std::vector<Verdict> check(const std::vector<std::string>& scripts, std::stop_token stop) override {
    std::vector<Verdict> verdicts(scripts.size());
    std::vector<size_t> allowed;
    for (size_t i = 0; i < scripts.size(); ++i) {
      if (const auto refusal = refusal_of_tactics(scripts[i])) {
        verdicts[i] = {.kind = VerdictKind::rejected, .message = "not shown to Lean: " + *refusal};
      } else {
        allowed.push_back(i);
      }
    }
    const auto alone = std::stable_partition(allowed.begin(), allowed.end(), [&](size_t i) {
      return CandidateDocument::may_stand_beside_others(theorem_, scripts[i]);
    });
    const auto beside = static_cast<size_t>(alone - allowed.begin());
    for (size_t from = 0; from < allowed.size();) {
      const size_t count = from < beside ? std::min(together_, beside - from) : 1;
      check_batch(scripts, std::span(allowed).subspan(from, count), verdicts, stop);
      from += count;
    }
    return verdicts;
  }

 private:
  std::unique_ptr<LanguageServer, Farewell> start_process() {
    auto server = std::make_unique<LanguageServer>(command_, ServerLimits{.resident = limits_.resident});
    ++counts_->starts;
    ++counts_->processes;
    return {server.release(), Farewell{counts_.get()}};
  }

  /// A server that has read the file up to the hole. Throws StatementError, LeanUnavailable.
  void start(const std::stop_token& stop) {
    while (!server_ && !stop.stop_requested()) {
      try {
        server_ = start_process();
        const auto diagnostics = server_->elaborate(bare_document_, limits_.file, stop);
        require_no_error_before(diagnostics);
        bare_ = bare_document_.share_out(diagnostics).at(0);
      } catch (const ServerSlow& slow) {
        server_.reset();
        if (!stop.stop_requested())
          throw LeanUnavailable(std::string("Lean did not finish reading the file: ") + slow.what());
      } catch (const ServerLost& lost) {
        server_.reset();
        ++counts_->deaths;
        if (++losses_ > kMostLosses) throw LeanUnavailable(std::string("Lean keeps dying: ") + lost.what());
        back_off(losses_, stop);
      }
    }
  }

  void require_no_error_before(const std::vector<ServerDiagnostic>& diagnostics) const {
    if (const auto error = bare_document_.error_in_head(diagnostics))
      throw StatementError(error->text, error->from.line, error->from.column + 1);
  }

  /// All at once; one by one where that kills the server, so that each gets what it deserves.
  void check_batch(const std::vector<std::string>& scripts, std::span<const size_t> batch,
                   std::vector<Verdict>& verdicts, const std::stop_token& stop) {
    start(stop);
    std::string trouble = "stopped";
    if (server_ && !stop.stop_requested()) {
      if (const auto why_not = try_batch(scripts, batch, verdicts, stop)) {
        trouble = *why_not;
      } else {
        return;
      }
    }
    if (batch.size() == 1 || stop.stop_requested()) {
      for (const size_t i : batch) verdicts[i] = timed_out(trouble);
      return;
    }
    for (size_t i = 0; i < batch.size(); ++i) check_batch(scripts, batch.subspan(i, 1), verdicts, stop);
  }

  /// Why there are no verdicts, where there are none; then the server is gone.
  std::optional<std::string> try_batch(const std::vector<std::string>& scripts, std::span<const size_t> batch,
                                       std::vector<Verdict>& verdicts, const std::stop_token& stop) {
    std::vector<std::string> chosen;
    for (const size_t i : batch) chosen.push_back(scripts[i]);
    const CandidateDocument document(theorem_, chosen, limits_.heartbeats);
    const Instant begin = Clock::now();
    const Counted busy(counts_->busy);
    try {
      const std::vector<Elaboration> shares = document.share_out(server_->elaborate(document, limits_.script, stop));
      const std::chrono::duration<double, std::milli> time = Clock::now() - begin;
      for (size_t copy = 0; copy < batch.size(); ++copy) {
        verdicts[batch[copy]] = judge(document.source(copy), shares[copy], bare_);
        verdicts[batch[copy]].ms = time.count() / static_cast<double>(batch.size());
      }
      losses_ = 0;
      counts_->checks += static_cast<int64_t>(batch.size());
      return std::nullopt;
    } catch (const ServerSlow& slow) {
      server_.reset();
      ++counts_->kills;
      return slow.what();
    } catch (const ServerLost& lost) {
      server_.reset();
      ++counts_->deaths;
      return lost.what();
    }
  }

  const Theorem theorem_;
  const ChildCommand command_;
  const LeanLimits limits_;
  const std::shared_ptr<ServerCounts> counts_;
  const Counted open_;
  const size_t together_;  // scripts in one document
  const CandidateDocument bare_document_;
  std::unique_ptr<LanguageServer, Farewell> server_;
  int losses_ = 0;
  Elaboration bare_;
  std::vector<std::string> goals_;
};

}  // namespace

LanguageServerBackend::LanguageServerBackend(LeanInstallation lean, const LeanLimits& limits)
    : command_(std::move(lean), limits), limits_(limits), counts_(std::make_shared<ServerCounts>()) {
  arguments_ = command_.known_options({"-Dserver.reportDelayMs=0", "-DmaxErrors=0"});
  arguments_.insert(arguments_.begin(), "--server");
  info_ = {.backend = command_.is_jailed() ? "language server" : "language server, not jailed",
           .version = command_.lean().version,
           .library = command_.lean().library,
           .library_sha256 = command_.lean().library_sha256};
}

std::unique_ptr<OpenTheorem> LanguageServerBackend::open(const Theorem& theorem) {
  if (const auto refusal = refusal_of_file(theorem.before + theorem.head + theorem.tail))
    throw RejectedInput("the file is not shown to Lean: " + *refusal);
  return std::make_unique<ServedTheorem>(theorem, command_.with(arguments_), limits_, counts_);
}

LeanActivity LanguageServerBackend::activity() const {
  return {.processes = counts_->processes,
          .busy = counts_->busy,
          .checks = counts_->checks,
          .starts = counts_->starts,
          .deaths = counts_->deaths,
          .kills = counts_->kills};
}

}  // namespace rmt::prover
