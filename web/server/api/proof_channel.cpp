#include "web/server/api/proof_channel.h"

#include <utility>

#include "prover/candidates/finished_jobs.h"
#include "prover/proof_record.h"
#include "web/server/error.h"
#include "web/server/exchange.h"
#include "web/server/strand_inbox.h"

namespace rmt::web {
namespace {

namespace asio = boost::asio;

using PutEvent = std::function<void(ProofEvent)>;

class Teller final : public prover::ProofListener {
 public:
  explicit Teller(const PutEvent& put) : put_(put) {}
  void on_opened(const prover::Theorem& theorem, const std::vector<std::string>& goals) override {
    put_(ProofOpened{theorem.name, goals});
  }
  void on_node(const prover::Node& node) override { put_(node); }
  void on_progress(const prover::SearchTotals& totals) override { put_(totals); }
  void on_text(int node, int candidate, std::string_view text) override {
    put_(ProofText{node, candidate, std::string(text)});
  }

 private:
  const PutEvent& put_;
};

ProofEnded run_search(const ProofSearch& search, prover::ProofListener& teller, const std::stop_token& stop) {
  const LeanDesk& desk = *search.desk;
  prover::ProofTools tools{*desk.backend, *desk.final_check};
  if (search.model) tools.generator = search.generator, tools.tokenizer = search.tokenizer;
  if (desk.store.store == nullptr || search.options.all)
    return {prove(search.theorem, tools, search.options, teller, stop), 0, {}, {}};
  prover::ProofRecord record(desk.store, search.theorem, desk.backend->info(), teller);
  ProofEnded ended{prove(search.theorem, tools, search.options, record, stop), record.id(), {}, {}};
  record.end(ended.report);
  ended.database = desk.store.store->path();
  return ended;
}

/// Without a Lean the model sees the declaration instead of goals.
class TextOfSuggestions final : public prover::CandidateListener {
 public:
  explicit TextOfSuggestions(const PutEvent& put) : put_(put) {}
  void on_text(size_t /*state*/, size_t candidate, std::string_view text) override {
    put_(ProofText{0, static_cast<int>(candidate), std::string(text)});
  }

 private:
  const PutEvent& put_;
};

ProofEnded suggest_unverified(const ProofSearch& search, const PutEvent& put, const std::stop_token& stop) {
  ProofEnded ended;
  ended.report.outcome = prover::ProofOutcome::backend_unavailable;
  ended.report.message = search.desk->why_not;
  if (!search.options.all || !search.model) return ended;
  put(ProofOpened{search.theorem.name, {search.theorem.head}});
  prover::ModelCandidates source(*search.generator, *search.tokenizer, search.options.draw, search.theorem, stop);
  TextOfSuggestions text(put);
  const prover::ProofState state{0, {search.theorem.head}, search.options.search.prefix};
  const auto proposed = source.propose({&state, 1}, search.options.search.candidates, &text, stop);
  int number = 0;
  for (const prover::Candidate& candidate : proposed.front())
    put(Unverified{number++, candidate.tactic, candidate.logprob});
  return ended;
}

/// All that happens on the search's thread. Whatever goes wrong is the end's message.
void run(const ProofSearch& search, const PutEvent& put, const std::stop_token& stop) {
  ProofEnded ended;
  try {
    Teller teller(put);
    ended = search.desk->backend == nullptr ? suggest_unverified(search, put, stop) : run_search(search, teller, stop);
  } catch (const prover::CandidateError& error) {
    ended.report.outcome = prover::ProofOutcome::model_unavailable;
    ended.report.message = error.what();
  } catch (const std::exception& error) {
    ended.failure = error.what();
  }
  put(std::move(ended));
}

}  // namespace

class ProofChannel::Inbox : public StrandInbox<ProofEvent> {
  using StrandInbox::StrandInbox;
};

ProofChannel::ProofChannel(BlockingWork& work, const asio::any_io_executor& strand, size_t most_bytes)
    : work_(work), inbox_(std::make_shared<Inbox>(strand, most_bytes)) {}

ProofChannel::~ProofChannel() {
  inbox_->close();
  cancel();
}

std::function<void()> ProofChannel::on_gone() const {
  return [inbox = std::weak_ptr<Inbox>(inbox_)] {
    if (const auto alive = inbox.lock()) alive->client_gone();
  };
}

void ProofChannel::start(ProofSearch search) {
  auto piece = [search = std::move(search), inbox = inbox_](const std::stop_token& stop) {
    run(
        search,
        [&inbox](ProofEvent event) {
          const bool last = std::holds_alternative<ProofEnded>(event);
          const size_t bytes = last ? 0 : bytes_of(event);
          inbox->put(std::move(event), bytes);
        },
        stop);
  };
  if (work_.submit(std::move(piece), ticket_)) return;
  HttpError error(429, "Too many proofs are being searched for, and too many wait.", {}, "overloaded");
  error.retry_after_s = 5;
  throw error;
}

void ProofChannel::cancel() {
  if (ticket_ > 0) work_.cancel(ticket_);
}

asio::awaitable<std::optional<ProofEvent>> ProofChannel::next(std::chrono::milliseconds patience) {
  const auto until = Inbox::Clock::now() + patience;
  for (;;) {
    if (inbox_->gone()) throw Gone();
    if (inbox_->overflowed())
      throw HttpError(503, "The search's events were not taken as fast as they came, and too many wait.", {},
                      "slow_reader");
    if (std::optional<ProofEvent> event = inbox_->take()) co_return event;
    if (Inbox::Clock::now() >= until) co_return std::nullopt;
    co_await inbox_->wait(until);
  }
}

}  // namespace rmt::web
