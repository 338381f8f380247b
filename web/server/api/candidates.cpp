#include "web/server/api/candidates.h"

#include "web/server/api/job_queue.h"

namespace rmt::web {

awaitable<Candidates> generate_all(Api& api, Exchange& exchange, engine::Job job) {
  Candidates candidates;
  candidates.list.resize(job.continuations.size());
  JobChannel channel(api.generator, exchange.executor(), SIZE_MAX);
  exchange.on_gone(channel.on_gone());
  std::vector<engine::Job> jobs;
  jobs.push_back(std::move(job));
  JobQueue queue(channel, std::move(jobs), api.limits, api.metrics);
  queue.begin();
  for (;;) {
    const std::optional<JobEvent> event = co_await queue.next();
    if (!event) break;
    if (const auto* token = std::get_if<engine::GeneratedToken>(&event->what)) {
      Candidate& candidate = candidates.list[static_cast<size_t>(token->continuation)];
      candidate.text += token->text;
      candidate.logprob += token->logprob;
    } else if (const auto* end = std::get_if<engine::ContinuationEnd>(&event->what)) {
      Candidate& candidate = candidates.list[static_cast<size_t>(end->continuation)];
      candidate.text += end->text;
      candidate.ending = end->ending;
    } else if (const auto* last = std::get_if<engine::JobEnd>(&event->what)) {
      candidates.end = *last;
    }
  }
  co_return candidates;
}

}  // namespace rmt::web
