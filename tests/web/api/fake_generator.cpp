#include "tests/web/api/fake_generator.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "corpora/tokenizers/byte_alphabet.h"
#include "corpora/tokenizers/byte_bpe.h"
#include "lm/engine/stop_texts.h"
#include "lm/engine/token_text.h"

namespace rmt::tests {

using namespace rmt::engine;

std::unique_ptr<const corpora::Tokenizer> byte_tokenizer(bool add_bos) {
  corpora::ByteBpeSpec spec;
  const corpora::ByteAlphabet alphabet;
  for (int byte = 0; byte < 256; ++byte) spec.pieces.push_back(alphabet.spelling(static_cast<unsigned char>(byte)));
  spec.pieces.emplace_back("<|endoftext|>");
  spec.added.push_back({256, "<|endoftext|>", true});
  spec.specials.bos = spec.specials.eos = 256;
  spec.specials.add_bos = add_bos;
  return std::make_unique<corpora::ByteBpe>(std::move(spec), "bytes");
}

/// One job being worked on.
struct FakeGenerator::Work {
  JobId id;
  const Job& job;
  JobListener& listener;
  JobEnd end;
  std::vector<int32_t> text;  // from the job's beginning
  Reading reading;            // after it
  int64_t steps = 0;
};

FakeGenerator::FakeGenerator(FakeModel model, const corpora::Tokenizer& tokenizer)
    : model_(std::move(model)), tokenizer_(tokenizer), overloads_(model_.overloads), thread_([this] { run(); }) {
  info_.model = "fake";
  info_.dtype = "fp32";
  info_.device = "cpu";
  info_.parameters = 1000;
  info_.weight_bytes = 4000;
  info_.reading = {"fingerprint-of-fake", kSegment, 1, 1, kVocabulary};
  info_.eos = {256};
}

FakeGenerator::~FakeGenerator() {
  {
    const std::lock_guard lock(mutex_);
    quit_ = true;
  }
  arrived_.notify_all();
  thread_.join();
}

GeneratorLoad FakeGenerator::load() const {
  const std::lock_guard lock(mutex_);
  GeneratorLoad load;
  load.queued_jobs = static_cast<int64_t>(tasks_.size());
  load.read_tokens = read_tokens_;
  load.accepting = accepting_;
  return load;
}

JobId FakeGenerator::submit(Job job, std::shared_ptr<JobListener> listener) {
  for (const int32_t id : job.prompt) {
    if (id < 0 || id >= kVocabulary) throw std::invalid_argument("a token outside the vocabulary");
  }
  const std::lock_guard lock(mutex_);
  if (overloads_ > 0 && overloads_-- > 0) throw Overloaded("too many requests wait", 2.5);
  if (model_.most_jobs && running_.size() >= *model_.most_jobs) throw Overloaded("too many requests wait", 2.5);
  jobs_.push_back(job);
  running_.insert(++last_);
  if (job.more_to_come) fed_[last_] = {{}, false};
  tasks_.push_back({last_, std::move(job), std::move(listener)});
  arrived_.notify_all();
  return last_;
}

bool FakeGenerator::feed(JobId job, std::vector<int32_t> tokens, bool last) {
  const std::lock_guard lock(mutex_);
  if (!running_.contains(job)) return false;
  auto& [waiting, ended] = fed_[job];
  waiting.insert(waiting.end(), tokens.begin(), tokens.end());
  ended = last;
  arrived_.notify_all();
  return true;
}

void FakeGenerator::cancel(JobId job) {
  const std::lock_guard lock(mutex_);
  if (running_.contains(job)) cancelled_.insert(job);
  arrived_.notify_all();
}

std::vector<Job> FakeGenerator::jobs() const {
  const std::lock_guard lock(mutex_);
  return jobs_;
}

int64_t FakeGenerator::cancelled() const {
  const std::lock_guard lock(mutex_);
  return cancelled_jobs_;
}

void FakeGenerator::stop_accepting() {
  const std::lock_guard lock(mutex_);
  accepting_ = false;
}

std::string FakeGenerator::save(const Reading& reading) const {
  std::string bytes = "FAKE" + std::to_string(reading.segments) + " " + std::to_string(reading.tokens);
  for (const int32_t id : reading.tail) bytes += " " + std::to_string(id);
  return bytes;
}

Reading FakeGenerator::restore(const std::string& bytes) const {
  if (!bytes.starts_with("FAKE")) throw std::invalid_argument("these bytes are no reading of this model");
  Reading reading{{0}, {0}, {}, 0, 0};
  char* at = nullptr;
  reading.segments = std::strtoll(bytes.c_str() + 4, &at, 10);
  reading.tokens = std::strtoll(at, &at, 10);
  while (*at != 0) reading.tail.push_back(static_cast<int32_t>(std::strtol(at, &at, 10)));
  return reading;
}

void FakeGenerator::run() {
  for (;;) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      arrived_.wait(lock, [&] { return quit_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
      if (quit_) cancelled_.insert(task.id);
    }
    work(task);
  }
}

bool FakeGenerator::is_cancelled(JobId id) const {
  const std::lock_guard lock(mutex_);
  return quit_ || cancelled_.contains(id);
}

void FakeGenerator::work(Task& task) {
  Work work{task.id, task.job, *task.listener, {}, {}, {{0}, {}, {}, 0, 0}};
  if (task.job.from) work.reading = *task.job.from;
  bool ok = read(work);
  for (int k = 0; ok && k < static_cast<int>(task.job.continuations.size()); ++k) ok = generate(work, k);
  {
    const std::lock_guard lock(mutex_);
    running_.erase(task.id);
    read_tokens_ += work.end.prompt_tokens;
    if (!ok && work.end.why.empty()) work.end.ending = Ending::cancelled, ++cancelled_jobs_;
  }
  task.listener->on_end(work.end);
}

float FakeGenerator::logprob(int32_t before, int32_t id) const {
  if (model_.kind == FakeModel::Kind::uniform) return static_cast<float>(-std::log(256.0));
  return static_cast<float>(id == (before + 1) % 256 ? std::log(0.5) : std::log(0.5 / 255));
}

std::vector<TopToken> FakeGenerator::top(int32_t before, int count) const {
  std::vector<TopToken> list;
  if (model_.kind == FakeModel::Kind::successor && count > 0)
    list.push_back({(before + 1) % 256, logprob(before, (before + 1) % 256)});
  for (int32_t id = 0; static_cast<int>(list.size()) < count; ++id) {
    if (list.empty() || list.front().id != id || model_.kind == FakeModel::Kind::uniform)
      list.push_back({id, logprob(before, id)});
  }
  return list;
}

namespace {

void advance(Reading& reading, int32_t id) {
  reading.tail.push_back(id);
  ++reading.tokens;
  if (static_cast<int64_t>(reading.tail.size()) < FakeGenerator::kSegment) return;
  reading.last_hidden = {static_cast<float>(id)};
  reading.memory = {reading.memory.front() + static_cast<float>(id)};
  reading.tail.clear();
  ++reading.segments;
}

std::optional<int32_t> last_of(const Reading& reading) {
  if (!reading.tail.empty()) return reading.tail.back();
  if (!reading.last_hidden.empty()) return static_cast<int32_t>(reading.last_hidden.front());
  return std::nullopt;
}

}  // namespace

/// A map, where it is asked for, is 1/8 everywhere.
SeenSegment FakeGenerator::seen(const Work& work, float memory_before) {
  SeenSegment seen;
  seen.segment = work.reading.segments - 1;
  seen.token_from = work.reading.tokens - kSegment;
  seen.ids.assign(kSegment, 'x');
  seen.similarity = {1};
  seen.change = {work.reading.memory.front() - memory_before};
  if (std::ranges::count(work.job.looking.segments, seen.segment) > 0)
    seen.write.assign(kSegment, 0.125F), seen.read.assign(kSegment, 0.125F);
  const int64_t every = work.job.looking.readings_every;
  if (every > 0 && work.reading.segments % every == 0) seen.after = std::make_shared<const Reading>(work.reading);
  return seen;
}

/// Segment by segment; false when it was cancelled or has failed.
bool FakeGenerator::read(Work& work) {
  std::deque<int32_t> waiting(work.job.prompt.begin(), work.job.prompt.end());
  bool more = work.job.more_to_come;
  ScoredTokens scored;
  const auto tell = [&] {
    if (work.job.scoring.wanted && !scored.tokens.empty()) work.listener.on_scored(scored);
    scored = {};
  };
  while (more || !waiting.empty()) {
    if (is_cancelled(work.id)) return false;
    if (waiting.empty()) {
      work.listener.on_hungry();
      std::unique_lock lock(mutex_);
      auto& [fed, last] = fed_[work.id];
      arrived_.wait(lock, [&] { return quit_ || cancelled_.contains(work.id) || !fed.empty() || last; });
      waiting.assign(fed.begin(), fed.end());
      fed.clear();
      more = !last;
      continue;
    }
    const int32_t id = waiting.front();
    waiting.pop_front();
    const std::optional<int32_t> before = last_of(work.reading);
    if (scored.tokens.empty()) scored.segment = work.reading.segments, scored.token_from = work.reading.tokens;
    ScoredToken token{id, std::nullopt, std::nullopt, {}};
    if (before) {
      token.logprob = logprob(*before, id);
      if (work.job.scoring.reset_too) token.logprob_reset = *token.logprob - 1;
      token.top = top(*before, work.job.scoring.top_logprobs);
    }
    if (work.end.prompt_tokens >= work.job.scoring.from) scored.tokens.push_back(token);
    ++work.end.prompt_tokens;
    const float memory_before = work.reading.memory.front();
    advance(work.reading, id);
    if (!work.reading.tail.empty()) continue;
    tell();
    if (work.job.looking.wanted) work.listener.on_seen(seen(work, memory_before));
    if (model_.fails_after && work.job.continuations.empty() && ++work.steps > *model_.fails_after) {
      work.end.ending = Ending::failed;
      work.end.why = "a number that is none";
      return false;
    }
  }
  tell();
  work.end.reading = std::make_shared<const Reading>(work.reading);
  return true;
}

int32_t FakeGenerator::next_token(const Continuation& continuation, int64_t generated) const {
  if (!model_.says)
    return 'a' + static_cast<int32_t>((continuation.sampling.seed + static_cast<uint64_t>(generated)) % 26);
  if (generated >= static_cast<int64_t>(model_.says->size())) return 256;
  return static_cast<unsigned char>((*model_.says)[static_cast<size_t>(generated)]);
}

bool FakeGenerator::generate(Work& work, int number) {
  const Continuation& continuation = work.job.continuations[static_cast<size_t>(number)];
  Reading reading = work.reading;
  TokenText text(tokenizer_);
  StopTexts stops(continuation.stop);
  ContinuationEnd end;
  end.continuation = number;
  while (!continuation.max_tokens || end.tokens < *continuation.max_tokens) {
    std::this_thread::sleep_for(model_.token_time);
    if (is_cancelled(work.id)) return false;
    if (model_.fails_after && end.tokens >= *model_.fails_after) {
      work.end.ending = Ending::failed;
      work.end.why = "a number that is none";
      return false;
    }
    GeneratedToken token;
    token.continuation = number;
    token.id = next_token(continuation, end.tokens);
    const int32_t before = last_of(reading).value_or(0);
    token.logprob = logprob(before, token.id);
    token.top = top(before, continuation.top_logprobs);
    const bool ends = token.id == 256 && continuation.stop_at_eos;
    if (!ends) token.text = stops.push(text.push(token.id));
    advance(reading, token.id);
    ++end.tokens;
    ++work.end.generated_tokens;
    work.listener.on_token(token);
    if (ends || stops.found()) {
      end.ending = ends ? Ending::eos : Ending::stop;
      break;
    }
  }
  if (stops.found())
    end.stop_text = *stops.found();
  else
    end.text = stops.push(text.finish()) + stops.finish();
  end.reading = std::make_shared<const Reading>(reading);
  work.listener.on_continuation_end(end);
  return true;
}

}  // namespace rmt::tests
