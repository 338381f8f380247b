#include "prover/worker/server.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "prover/backends/process_tree.h"

namespace rmt::prover {
namespace {

constexpr size_t kKeptContexts = 4;  // a process each, sharing with the worker what they have not changed

using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

bool has_error(const Elaboration& elaboration) {
  return std::ranges::any_of(
      elaboration.messages, [](const LeanMessage& message) { return message.severity == Diagnostic::Severity::error; });
}

}  // namespace

WorkerServer::WorkerServer(const LoadedLibrary& library, const WorkerLimits& limits, Inbox& inbox,
                           std::function<void(const std::string&)> send)
    : library_(library), limits_(limits), inbox_(inbox), send_(std::move(send)) {}

void WorkerServer::answer(const Request& request) {
  ContextProcess& context = context_of(request);
  const Reply& reply = context.reply(inbox_, request.id);
  send_(to_wire(reply));
  if (request.items.empty() || reply.killed || has_error(*reply.elaboration)) {
    forget(context);
  } else {
    do_items(request);
  }
  done_.id = request.id;
  done_.resident = resident_bytes({getpid()});
  send_(to_wire(done_));
}

// One killer costs its neighbours nothing but a new process; one that takes the context along costs a new one of these.
void WorkerServer::do_items(const Request& request) {
  for (size_t next = 0; next < request.items.size();) {
    ContextProcess& context = context_of(request);
    if (const Reply& reply = context.reply(inbox_, request.id); reply.killed) {
      forget(context);
      return report_rest(request, next, *reply.killed);
    }
    const Batch batch{next, {request.items.begin() + static_cast<std::ptrdiff_t>(next), request.items.end()}};
    Clock::time_point begun = Clock::now();
    const auto tell = [&](const Reply& reply) {
      send_(to_wire(reply));
      next += 1;
      begun = Clock::now();
    };
    done_.forks += 1;
    const std::optional<Killed> killed = context.run(batch, tell, inbox_, request.id);
    if (context.is_lost()) forget(context);
    if (!killed) continue;
    if (killed->cause == KillCause::cancelled) return report_rest(request, next, *killed);
    send_(to_wire(Reply{.item = next, .killed = killed, .ms = ms_since(begun)}));
    next += 1;
  }
}

void WorkerServer::report_rest(const Request& request, size_t from, const Killed& why) {
  for (size_t item = from; item < request.items.size(); ++item) send_(to_wire(Reply{.item = item, .killed = why}));
}

ContextProcess& WorkerServer::context_of(const Request& request) {
  const auto found = std::ranges::find_if(contexts_, [&](const auto& context) { return context->is_for(request); });
  if (found != contexts_.end()) {
    contexts_.splice(contexts_.begin(), contexts_, found);
  } else {
    contexts_.push_front(std::make_unique<ContextProcess>(library_, request, limits_));
    done_.contexts += 1;
    if (contexts_.size() > kKeptContexts) contexts_.pop_back();
  }
  return *contexts_.front();
}

void WorkerServer::forget(const ContextProcess& context) {
  contexts_.remove_if([&](const auto& kept) { return kept.get() == &context; });
}

}  // namespace rmt::prover
