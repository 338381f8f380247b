// What encoding changes while it runs, apart from the tokenizer it runs for. Encoders borrow a workspace
// for one call, so one const tokenizer serves any number of threads, and a thread that encodes chunk
// after chunk finds its words still cached.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "corpora/tokenizers/word_cache.h"
#include "corpora/tokenizers/word_merger.h"

namespace rmt::corpora {

struct BpeWorkspace {
  explicit BpeWorkspace(WordMerger blank) : merger(std::move(blank)) {}
  WordCache cache;
  WordMerger merger;
};

class BpeWorkspacePool {
 public:
  /// Workspaces are made for the vocabulary of `blank`.
  explicit BpeWorkspacePool(WordMerger blank) : blank_(std::move(blank)) {}

  /// A workspace for as long as the lease lives. Safe to call from several threads.
  class Lease {
   public:
    explicit Lease(BpeWorkspacePool& pool) : pool_(pool), workspace_(pool.take()) {}
    ~Lease() { pool_.give_back(std::move(workspace_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    BpeWorkspace& operator*() const { return *workspace_; }

   private:
    BpeWorkspacePool& pool_;
    std::unique_ptr<BpeWorkspace> workspace_;
  };

 private:
  std::unique_ptr<BpeWorkspace> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<BpeWorkspace> workspace = std::move(idle_.back());
        idle_.pop_back();
        return workspace;
      }
    }
    return std::make_unique<BpeWorkspace>(blank_);
  }

  void give_back(std::unique_ptr<BpeWorkspace> workspace) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(workspace));
  }

  const WordMerger blank_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<BpeWorkspace>> idle_;
};

}  // namespace rmt::corpora
