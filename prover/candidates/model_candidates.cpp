#include "prover/candidates/model_candidates.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "prover/candidates/finished_jobs.h"

namespace rmt::prover {
namespace {

// What has been drawn at the given temperature is unlikely to be all that the model knows.
constexpr float kFreer = 0.25F;  // of the temperature, added for each time it is asked again
constexpr int kFreest = 4;

// Splitmix64: neighbouring inputs give unrelated seeds.
uint64_t mixed(uint64_t value) {
  value += 0x9E3779B97F4A7C15ULL;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31);
}

std::string trimmed(const std::string& text) {
  constexpr const char* kBlank = " \t\r\n";
  const size_t from = text.find_first_not_of(kBlank);
  if (from == std::string::npos) return {};
  return text.substr(from, text.find_last_not_of(kBlank) - from + 1);
}

/// Each tactic once, likeliest first. One that was cut off at its length is no tactic.
std::vector<Candidate> candidates_of(std::span<const FinishedContinuation> drawn, const std::string& prefix) {
  std::map<std::string, Candidate> by_text;
  for (const FinishedContinuation& one : drawn) {
    if (one.ending != engine::Ending::stop && one.ending != engine::Ending::eos) continue;
    std::string tactic = trimmed(prefix + one.text);
    if (tactic.empty()) continue;
    by_text.try_emplace(tactic, Candidate{tactic, one.logprob, one.tokens});
  }
  std::vector<Candidate> candidates;
  candidates.reserve(by_text.size());
  for (auto& [text, candidate] : by_text) candidates.push_back(std::move(candidate));
  std::ranges::stable_sort(candidates, std::ranges::greater(), &Candidate::logprob);
  return candidates;
}

}  // namespace

ModelCandidates::ModelCandidates(engine::Generator& generator, const corpora::Tokenizer& tokenizer, DrawOptions options,
                                 const Theorem& theorem, const std::stop_token& stop)
    : generator_(generator), tokenizer_(tokenizer), options_(std::move(options)) {
  if (options_.context != Context::none && !theorem.before.empty()) read_context(theorem, stop);
}

std::vector<int32_t> ModelCandidates::encode(std::string_view text, bool at_start) const {
  const corpora::SpecialTokens& specials = tokenizer_.specials();
  corpora::Tokens tokens;
  tokenizer_.encode(text, tokens);
  if (at_start && specials.add_bos && specials.bos) tokens.ids.insert(tokens.ids.begin(), *specials.bos);
  return std::move(tokens.ids);
}

void ModelCandidates::read_context(const Theorem& theorem, const std::stop_token& stop) {
  std::vector<int32_t> ids = encode(theorem.before, true);
  if (options_.context == Context::tail) {
    const auto most = static_cast<size_t>(std::max<int64_t>(options_.tail_tokens, 0));
    if (ids.size() > most) ids.erase(ids.begin(), ids.end() - static_cast<std::ptrdiff_t>(most));
  }
  context_tokens_ = static_cast<int64_t>(ids.size());
  engine::Job job;
  job.prompt = std::move(ids);
  job.owner = options_.owner;
  std::vector<engine::Job> jobs;
  jobs.push_back(std::move(job));
  context_ = finish_jobs(generator_, std::move(jobs), {}, stop).front().end.reading;
}

engine::Job ModelCandidates::job_for(const ProofState& state, int from, int to) const {
  engine::Continuation one;
  one.sampling.temperature = options_.temperature * (1 + kFreer * static_cast<float>(std::min(state.round, kFreest)));
  one.max_tokens = options_.prompt.max_tokens;
  one.stop = options_.prompt.stop;
  engine::Job job;
  job.from = context_;
  job.prompt = encode(options_.prompt.text(joined_goals(state.goals), state.prefix), context_ == nullptr);
  job.owner = options_.owner;
  for (int i = from; i < to; ++i) {
    const uint64_t draw = (static_cast<uint64_t>(state.round) << 32) + static_cast<uint64_t>(i);
    one.sampling.seed = mixed(mixed(options_.seed + static_cast<uint64_t>(state.id)) + draw);
    job.continuations.push_back(one);
  }
  return job;
}

std::vector<std::vector<Candidate>> ModelCandidates::propose(std::span<const ProofState> states, int count,
                                                             CandidateListener* listener, const std::stop_token& stop) {
  struct Share {
    size_t state;
    int from;
  };
  std::vector<Share> shares;
  std::vector<engine::Job> jobs;
  for (size_t state = 0; state < states.size(); ++state) {
    for (int from = 0; from < count; from += options_.at_once) {
      shares.push_back({state, from});
      jobs.push_back(job_for(states[state], from, std::min(from + options_.at_once, count)));
    }
  }
  OnText on_text;
  if (listener != nullptr)
    on_text = [listener, &shares](size_t job, size_t continuation, std::string_view text) {
      listener->on_text(shares[job].state, static_cast<size_t>(shares[job].from) + continuation, text);
    };
  const std::vector<FinishedJob> done = finish_jobs(generator_, std::move(jobs), on_text, stop);

  std::vector<std::vector<FinishedContinuation>> drawn(states.size());
  for (size_t job = 0; job < done.size(); ++job)
    std::ranges::copy(done[job].continuations, std::back_inserter(drawn[shares[job].state]));
  std::vector<std::vector<Candidate>> proposed;
  proposed.reserve(states.size());
  for (size_t state = 0; state < states.size(); ++state)
    proposed.push_back(candidates_of(drawn[state], states[state].prefix));
  return proposed;
}

}  // namespace rmt::prover
