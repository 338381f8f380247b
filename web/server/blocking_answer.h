// A piece of blocking work whose result a handler waits for.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "web/server/blocking_work.h"
#include "web/server/error.h"
#include "web/server/exchange.h"
#include "web/server/strand_inbox.h"

namespace rmt::web {

/// Runs `make` on one of the threads of `work` and returns what it returned, or throws what it threw. A client that
/// goes asks it to stop. Throws HttpError(429) where too much waits, Gone.
template <typename Result>
boost::asio::awaitable<Result> blocking_answer(BlockingWork& work, Exchange& exchange,
                                               std::function<Result(std::stop_token)> make) {
  struct Outcome {
    std::optional<Result> result;
    std::exception_ptr thrown;
  };
  using Inbox = StrandInbox<Outcome>;
  const auto inbox = std::make_shared<Inbox>(exchange.executor(), 0);
  exchange.on_gone([weak = std::weak_ptr<Inbox>(inbox)] {
    if (const auto alive = weak.lock()) alive->client_gone();
  });
  BlockingWork::Ticket ticket = 0;
  const bool taken = work.submit(
      [inbox, make = std::move(make)](const std::stop_token& stop) {
        Outcome outcome;
        try {
          outcome.result = make(stop);
        } catch (...) {
          outcome.thrown = std::current_exception();
        }
        inbox->put(std::move(outcome), 0);
      },
      ticket);
  if (!taken) {
    HttpError error(429, "Lean has too much to do, and too much waits.", {}, "overloaded");
    error.retry_after_s = 2;
    throw error;
  }
  struct Ended {
    BlockingWork& work;
    BlockingWork::Ticket ticket;
    Inbox& inbox;
    ~Ended() {
      inbox.close();
      work.cancel(ticket);
    }
  } const ended{work, ticket, *inbox};
  for (;;) {
    if (inbox->gone()) throw Gone();
    if (std::optional<Outcome> outcome = inbox->take()) {
      if (outcome->thrown) std::rethrow_exception(outcome->thrown);
      co_return std::move(*outcome->result);
    }
    co_await inbox->wait(Inbox::Clock::now() + std::chrono::hours(1));
  }
}

}  // namespace rmt::web
