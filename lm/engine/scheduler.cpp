#include "lm/engine/scheduler.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <utility>

namespace rmt::engine {
namespace {

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// A failure of one job, or of the rows computed together with it, is told to those jobs; the others go on.
template <class Work>
void guarded(std::span<ActiveJob* const> concerned, Work work) {
  std::string why;
  try {
    return work();
  } catch (const std::exception& error) {
    why = error.what();
  }
  for (ActiveJob* job : concerned) job->end(Ending::failed, why);
}

}  // namespace

Scheduler::Scheduler(std::unique_ptr<StreamModel> model, const corpora::Tokenizer& tokenizer, SchedulerOptions options)
    : model_(std::move(model)),
      tokenizer_(tokenizer),
      options_(std::move(options)),
      cache_(model_->info().reading, static_cast<size_t>(options_.cache_bytes)),
      thread_([this] { run(); }) {}

Scheduler::~Scheduler() {
  {
    const std::lock_guard lock(mutex_);
    accepting_ = false;
    end_all_ = quit_ = true;
  }
  arrived_.notify_one();
  thread_.join();
}

GeneratorLoad Scheduler::load() const {
  const std::lock_guard lock(mutex_);
  GeneratorLoad load = load_;
  load.queued_jobs = static_cast<int64_t>(known_.size()) - load.reading_jobs - load.generating_jobs;
  load.queued_tokens += inbox_tokens_ + taken_tokens_;
  load.accepting = accepting_;
  return load;
}

void Scheduler::check(const Job& job) const {
  const ReadingInfo& reading = info().reading;
  const auto bad = [&](int32_t id) { return id < 0 || id >= reading.vocabulary; };
  if (const auto token = std::find_if(job.prompt.begin(), job.prompt.end(), bad); token != job.prompt.end())
    throw std::invalid_argument(fmt::format("token {} of the prompt is {}; the vocabulary has {}",
                                            token - job.prompt.begin(), *token, reading.vocabulary));
  if (job.from && (static_cast<int64_t>(job.from->memory.size()) != reading.memory_tokens * reading.width ||
                   static_cast<int64_t>(job.from->tail.size()) >= reading.segment_length))
    throw std::invalid_argument("the reading to go on from is not this model's");
  if (job.from && job.scoring.reset_too)
    throw std::invalid_argument("scores with the memory reset need the text from its beginning");
  if (static_cast<int64_t>(job.continuations.size()) > options_.lanes)
    throw std::invalid_argument(fmt::format("{} continuations at once; at most {} can be generated together",
                                            job.continuations.size(), options_.lanes));
  if (job.looking.layer && (*job.looking.layer < 0 || *job.looking.layer >= info().layers))
    throw std::invalid_argument(fmt::format("layer {} of {} is to be looked at", *job.looking.layer, info().layers));
  const bool empty = job.prompt.empty() && !job.more_to_come && (!job.from || job.from->tokens == 0);
  if (empty && !job.continuations.empty()) throw std::invalid_argument("there is no token to continue from");
  for (const Continuation& continuation : job.continuations) validate(continuation.sampling, reading.vocabulary);
}

void Scheduler::check_room(const Job& job) const {
  if (!accepting_) throw Overloaded("the server is going down", 5);
  const int64_t unread = load_.queued_tokens + taken_tokens_ + inbox_tokens_;
  const double read_per_s = std::max(1.0, static_cast<double>(load_.read_tokens) / std::max(1e-3, load_.read_s));
  const double retry_after_s = std::clamp(static_cast<double>(unread) / read_per_s, 1.0, 120.0);
  const int64_t busy = static_cast<int64_t>(known_.size()) - starved_;
  if (busy >= options_.active_jobs + options_.waiting_jobs)
    throw Overloaded(fmt::format("{} requests are being worked on or wait already", busy), retry_after_s);
  if (job.more_to_come && starved_ >= options_.starved_jobs)
    throw Overloaded(fmt::format("{} texts are being sent already", starved_), retry_after_s);
  if (unread > 0 && unread + static_cast<int64_t>(job.prompt.size()) > options_.waiting_tokens)
    throw Overloaded(fmt::format("{} tokens wait to be read already", unread), retry_after_s);
}

JobId Scheduler::submit(Job job, std::shared_ptr<JobListener> listener) {
  check(job);
  JobId id = 0;
  {
    const std::lock_guard lock(mutex_);
    check_room(job);
    id = ++last_id_;
    known_.insert(id);
    inbox_tokens_ += static_cast<int64_t>(job.prompt.size());
    inbox_.emplace_back(Submitted{id, std::move(job), std::move(listener), now_s()});
  }
  arrived_.notify_one();
  return id;
}

bool Scheduler::feed(JobId job, std::vector<int32_t> tokens, bool last) {
  const int64_t vocabulary = info().reading.vocabulary;
  if (std::any_of(tokens.begin(), tokens.end(), [&](int32_t id) { return id < 0 || id >= vocabulary; }))
    throw std::invalid_argument(fmt::format("a token is outside the vocabulary of {}", vocabulary));
  {
    const std::lock_guard lock(mutex_);
    if (known_.count(job) == 0) return false;
    inbox_tokens_ += static_cast<int64_t>(tokens.size());
    inbox_.emplace_back(Fed{job, std::move(tokens), last});
  }
  arrived_.notify_one();
  return true;
}

void Scheduler::cancel(JobId job) {
  {
    const std::lock_guard lock(mutex_);
    if (known_.count(job) == 0) return;
    inbox_.emplace_back(Cancelled{job});
  }
  arrived_.notify_one();
}

void Scheduler::stop_accepting() {
  const std::lock_guard lock(mutex_);
  accepting_ = false;
}

void Scheduler::end_all() {
  {
    const std::lock_guard lock(mutex_);
    accepting_ = false;
    end_all_ = true;
  }
  arrived_.notify_one();
}

void Scheduler::run() {
  if (options_.on_thread) options_.on_thread();
  while (take_messages()) {
    begin_waiting();
    decode();
    read();
    remove_ended();
    done_.ticks += 1;
    publish();
  }
}

// Waits while there is nothing to do; false when there will be nothing any more.
bool Scheduler::take_messages() {
  std::vector<Message> messages;
  bool end_all = false, quit = false;
  {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return !inbox_.empty() || end_all_ || quit_ || has_work(); });
    messages.swap(inbox_);
    taken_tokens_ += std::exchange(inbox_tokens_, 0);
    end_all = std::exchange(end_all_, false);
    quit = quit_;
  }
  for (Message& message : messages) std::visit([this](auto& each) { take(each); }, message);
  remove_ended();  // the cancelled
  if (end_all) shut_down_jobs();
  return !quit;
}

void Scheduler::take(Submitted& submitted) {
  waiting_.push_back(std::move(submitted));
}

void Scheduler::take(Fed& fed) {
  if (const auto job = jobs_.find(fed.id); job != jobs_.end())
    return job->second->feed(std::move(fed.tokens), fed.last);
  const auto waiting = find_waiting(fed.id);
  if (waiting == waiting_.end()) return;
  waiting->job.prompt.insert(waiting->job.prompt.end(), fed.tokens.begin(), fed.tokens.end());
  waiting->job.more_to_come = !fed.last;
}

void Scheduler::take(const Cancelled& cancelled) {
  if (const auto job = jobs_.find(cancelled.id); job != jobs_.end()) return job->second->end(Ending::cancelled);
  const auto waiting = find_waiting(cancelled.id);
  if (waiting == waiting_.end()) return;
  refuse(*waiting, Ending::cancelled);
  waiting_.erase(waiting);
}

std::deque<Scheduler::Submitted>::iterator Scheduler::find_waiting(JobId id) {
  return std::find_if(waiting_.begin(), waiting_.end(), [id](const Submitted& other) { return other.id == id; });
}

// The end of a job that never began.
void Scheduler::refuse(const Submitted& submitted, Ending ending, const std::string& why) {
  JobEnd end;
  end.ending = ending;
  end.why = why;
  end.queued_ms = 1e3 * (now_s() - submitted.at_s);
  done_.jobs_done += 1;
  forget(submitted.id);
  submitted.listener->on_end(end);
}

void Scheduler::forget(JobId job) {
  const std::lock_guard lock(mutex_);
  known_.erase(job);
}

void Scheduler::shut_down_jobs() {
  for (const auto& [id, job] : jobs_) job->end(Ending::shut_down);
  for (const Submitted& submitted : std::exchange(waiting_, {})) refuse(submitted, Ending::shut_down);
  remove_ended();
  publish();
}

void Scheduler::begin_waiting() {
  while (may_begin()) {
    Submitted next = std::move(waiting_.front());
    waiting_.pop_front();
    begin(std::move(next));
  }
}

void Scheduler::begin(Submitted submitted) {
  try {
    const JobTools tools{*model_, tokenizer_, sampler_, cache_};
    auto job = std::make_unique<ActiveJob>(submitted.id, std::move(submitted.job), submitted.listener, tools,
                                           1e3 * (now_s() - submitted.at_s));
    turns_.add(job->owner(), submitted.id);
    jobs_.emplace(submitted.id, std::move(job));
  } catch (const std::exception& error) {
    refuse(submitted, Ending::failed, error.what());
  }
}

void Scheduler::decode() {
  std::vector<DecodeWork> rows;
  std::vector<ActiveJob*> concerned;
  for (const auto& [id, job] : jobs_) {
    const size_t before = rows.size();
    job->add_decode_work(rows);
    if (rows.size() > before) concerned.push_back(job.get());
  }
  if (rows.empty()) {
    reading_debt_s_ = 0;
    return;
  }
  const double start_s = now_s();
  guarded(concerned, [&] { model_->decode(rows); });
  const double took_s = now_s() - start_s;
  reading_debt_s_ -= took_s;
  done_.busy_s += took_s;
  for (ActiveJob* job : concerned) guarded(std::span(&job, 1), [&] { job->decoded(1e3 * took_s); });
}

// While tokens are being generated, reading may take as much time as decoding and no more.
void Scheduler::read() {
  if (reading_debt_s_ > 0) return;
  std::vector<ActiveJob*> readers;
  const double start_s = now_s();
  for (int64_t i = 0; i < options_.segments_per_tick; ++i) {
    const auto id = turns_.next([this, &readers](JobId candidate) {
      const auto& job = jobs_.at(candidate);
      return may_read(*job) && std::find(readers.begin(), readers.end(), job.get()) == readers.end();
    });
    if (!id) break;
    ActiveJob* job = jobs_.at(*id).get();
    if (job->wants_segment())
      readers.push_back(job);
    else
      guarded(std::span(&job, 1), [&] { job->finish_prompt(); });
  }
  read_segments(readers);
  const double took_s = now_s() - start_s;
  done_.busy_s += took_s;
  done_.read_s += took_s;
  reading_debt_s_ = std::max(0.0, reading_debt_s_) + took_s;
}

bool Scheduler::may_read(const ActiveJob& job) const {
  return job.wants_segment() || (job.wants_finish() && job.lanes() + open_lanes() <= options_.lanes);
}

void Scheduler::read_segments(std::span<ActiveJob* const> jobs) {
  if (jobs.empty()) return;
  std::vector<SegmentWork*> rows;
  for (ActiveJob* job : jobs) job->add_segment_work(rows);
  const double start_s = now_s();
  guarded(jobs, [&] { model_->read(rows); });
  const double ms = 1e3 * (now_s() - start_s);
  for (ActiveJob* job : jobs) guarded(std::span(&job, 1), [&] { job->segments_read(ms); });
}

// Who hears of the end finds the job gone, and counted.
void Scheduler::remove_ended() {
  std::vector<std::unique_ptr<ActiveJob>> ended;
  for (auto place = jobs_.begin(); place != jobs_.end();) {
    if (!place->second->ended()) {
      ++place;
      continue;
    }
    const ActiveJob& job = *ended.emplace_back(std::move(place->second));
    done_.jobs_done += 1;
    done_.read_tokens += job.read_tokens();
    done_.generated_tokens += job.generated_tokens();
    done_.cached_tokens += job.cached_tokens();
    turns_.remove(place->first);
    forget(place->first);
    place = jobs_.erase(place);
  }
  if (!ended.empty()) publish();
  for (const auto& job : ended) job->tell_end();
}

int64_t Scheduler::open_lanes() const {
  int64_t lanes = 0;
  for (const auto& [id, job] : jobs_) lanes += job->open_lanes();
  return lanes;
}

int64_t Scheduler::starved_jobs() const {
  return std::count_if(jobs_.begin(), jobs_.end(), [](const auto& entry) { return entry.second->starved(); });
}

// A client that is slow to send takes nobody's place.
bool Scheduler::may_begin() const {
  return !waiting_.empty() && static_cast<int64_t>(jobs_.size()) - starved_jobs() < options_.active_jobs;
}

bool Scheduler::has_work() const {
  return may_begin() || std::any_of(jobs_.begin(), jobs_.end(), [this](const auto& entry) {
           return entry.second->open_lanes() > 0 || may_read(*entry.second);
         });
}

void Scheduler::publish() {
  GeneratorLoad load = done_;
  for (const Submitted& submitted : waiting_) load.queued_tokens += static_cast<int64_t>(submitted.job.prompt.size());
  for (const auto& [id, job] : jobs_) {
    load.queued_tokens += job->waiting_tokens();
    load.reading_jobs += job->reading_prompt() ? 1 : 0;
    load.generating_jobs += job->reading_prompt() ? 0 : 1;
    load.generating_lanes += job->open_lanes();
    load.read_tokens += job->read_tokens();
    load.generated_tokens += job->generated_tokens();
    load.cached_tokens += job->cached_tokens();
  }
  load.cached_readings = cache_.size();
  const int64_t starved = starved_jobs();
  const std::lock_guard lock(mutex_);
  taken_tokens_ = 0;
  starved_ = starved;
  load_ = load;
}

}  // namespace rmt::engine
