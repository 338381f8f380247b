// From a search's threads to a handler: its events, on the strand. Whatever ends the handler ends the search.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "web/server/api/lean_desk.h"
#include "web/server/api/proof_events.h"
#include "web/server/blocking_work.h"
#include "web/server/text_codec.h"

namespace rmt::web {

/// What to search for, and with what. Desk, generator and tokenizer must outlive the work.
struct ProofSearch {
  const LeanDesk* desk = nullptr;
  engine::Generator* generator = nullptr;
  const corpora::Tokenizer* tokenizer = nullptr;
  prover::Theorem theorem;
  prover::ProofOptions options;
  bool model = true;  ///< false: automation alone
};

/// Used on one strand.
class ProofChannel {
 public:
  ProofChannel(BlockingWork& work, const boost::asio::any_io_executor& strand, size_t most_bytes);
  /// Ends the search. Nothing of the strand is used after this.
  ~ProofChannel();
  ProofChannel(const ProofChannel&) = delete;
  ProofChannel& operator=(const ProofChannel&) = delete;

  /// What to call when the client has gone: next() then throws Gone. May outlive the channel.
  std::function<void()> on_gone() const;

  /// Once. Throws HttpError(429) where too much waits.
  void start(ProofSearch search);
  /// The search ends soon, with its report.
  void cancel();

  /// The next event; nothing when none came in `patience`. ProofEnded is the last. Throws Gone, HttpError(503).
  boost::asio::awaitable<std::optional<ProofEvent>> next(std::chrono::milliseconds patience);

 private:
  class Inbox;

  BlockingWork& work_;
  std::shared_ptr<Inbox> inbox_;
  BlockingWork::Ticket ticket_ = 0;
};

}  // namespace rmt::web
