// Sessions in the trace database.
#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "lm/engine/generator.h"
#include "lm/engine/session_storage.h"
#include "lm/store/store.h"

namespace rmt::engine {

class StoredSessions final : public SessionStorage {
 public:
  using OnProblem = std::function<void(const std::string& what)>;

  /// All references must outlive this. `store_lock` is held while the store is used: others write to it too. The
  /// generator's model decides which sessions are loaded; those of other models stay where they are.
  StoredSessions(store::Store& store, std::mutex& store_lock, const Generator& generator, OnProblem on_problem);

  /// Throw store::Error: disk_full, busy, io, corrupt.
  void put(std::span<const StoredSession> sessions) override;
  void touch(std::span<const SessionInfo> sessions) override;
  void drop(std::span<const std::string> ids) override;

  /// A damaged session is left out, and told of.
  std::vector<StoredSession> load() override;

 private:
  store::Store& store_;
  std::mutex& store_lock_;
  const Generator& generator_;
  OnProblem on_problem_;
};

}  // namespace rmt::engine
