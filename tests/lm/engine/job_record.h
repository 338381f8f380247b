// A listener that keeps what it was told and lets a test wait for the end.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "lm/engine/generator.h"

namespace rmt::tests {

class JobRecord final : public engine::JobListener {
 public:
  void on_scored(const engine::ScoredTokens& scored) override;
  void on_token(const engine::GeneratedToken& token) override;
  void on_continuation_end(const engine::ContinuationEnd& end) override;
  void on_hungry() override;
  void on_end(const engine::JobEnd& end) override;

  /// The end, waited for; throws std::runtime_error if it does not come in ten seconds.
  engine::JobEnd end();
  bool ended();
  void wait_until_hungry(int times);
  void wait_for_tokens(size_t count);

  // Whole once end() has returned.
  std::vector<engine::ScoredTokens> scored;
  std::vector<engine::GeneratedToken> tokens;
  std::map<int, engine::ContinuationEnd> ends;
  std::vector<std::string> after_the_end;  ///< whatever was told after on_end: a mistake

  std::vector<engine::ScoredToken> scored_tokens() const;
  std::vector<int32_t> generated(int continuation = 0) const;
  std::string text(int continuation = 0) const;

 private:
  template <class Change>
  void change(const char* what, Change change);
  template <class Condition>
  void wait(const char* what, Condition condition);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::unique_ptr<engine::JobEnd> end_;
  int hungry_ = 0;
};

}  // namespace rmt::tests
