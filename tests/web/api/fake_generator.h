// A generator whose every answer is known: a thread of its own, a model that can be told what to say, and faults on
// demand.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "corpora/tokenizer.h"
#include "lm/engine/generator.h"

namespace rmt::tests {

/// Byte-level BPE without merges: id = byte; 256 is "<|endoftext|>", the end of a text.
std::unique_ptr<const corpora::Tokenizer> byte_tokenizer(bool add_bos = false);

struct FakeModel {
  /// Every byte has the probability 1/256; or the byte after b has 1/2 if it is b + 1, and all others share the rest.
  enum class Kind { uniform, successor };
  Kind kind = Kind::uniform;
  std::optional<std::string> says;  ///< what is generated, then the end of text; none: letters by seed, without end
  std::chrono::milliseconds token_time{0};
  std::optional<int64_t> fails_after;  ///< tokens generated, or segments read where nothing is generated
  std::optional<size_t> most_jobs;     ///< beyond these it is overloaded
  int overloads = 0;                   ///< so many submissions are refused first
};

class FakeGenerator final : public engine::Generator {
 public:
  static constexpr int64_t kSegment = 8;
  static constexpr int64_t kVocabulary = 257;

  FakeGenerator(FakeModel model, const corpora::Tokenizer& tokenizer);
  ~FakeGenerator() override;

  const engine::GeneratorInfo& info() const override { return info_; }
  engine::GeneratorLoad load() const override;
  engine::JobId submit(engine::Job job, std::shared_ptr<engine::JobListener> listener) override;
  bool feed(engine::JobId job, std::vector<int32_t> tokens, bool last) override;
  void cancel(engine::JobId job) override;
  std::string save(const engine::Reading& reading) const override;
  engine::Reading restore(const std::string& bytes) const override;

  /// Of the jobs submitted so far, copies, without the tokens fed to them later.
  std::vector<engine::Job> jobs() const;
  int64_t cancelled() const;  ///< jobs that ended because they were cancelled
  void stop_accepting();

 private:
  struct Task {
    engine::JobId id = 0;
    engine::Job job;
    std::shared_ptr<engine::JobListener> listener;
  };
  struct Work;

  void run();
  void work(Task& task);
  bool is_cancelled(engine::JobId id) const;
  bool read(Work& work);
  static engine::SeenSegment seen(const Work& work, float memory_before);
  bool generate(Work& work, int continuation);
  std::vector<engine::TopToken> top(int32_t before, int count) const;
  float logprob(int32_t before, int32_t id) const;
  int32_t next_token(const engine::Continuation& continuation, int64_t generated) const;

  const FakeModel model_;
  const corpora::Tokenizer& tokenizer_;
  engine::GeneratorInfo info_;

  mutable std::mutex mutex_;  // of all below
  std::condition_variable arrived_;
  std::deque<Task> tasks_;
  std::vector<engine::Job> jobs_;
  std::map<engine::JobId, std::pair<std::vector<int32_t>, bool>> fed_;  // tokens not yet read; no more will come
  std::set<engine::JobId> running_, cancelled_;
  engine::JobId last_ = 0;
  int overloads_ = 0;
  int64_t cancelled_jobs_ = 0, read_tokens_ = 0;
  bool accepting_ = true, quit_ = false;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace rmt::tests
