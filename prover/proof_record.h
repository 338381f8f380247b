// A proof search written down while it goes on.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "lm/store/store.h"
#include "prover/prove.h"

namespace rmt::prover {

/// Where proofs are kept; `lock` guards a store that others write to as well, null where nobody does. All must outlive
/// the record.
struct ProofStore {
  store::Store* store = nullptr;
  std::mutex* lock = nullptr;
  int64_t run = 0;
};

/// Passes everything on, and stores it: nodes with every progress, the rest at the end. A proof that was begun and not
/// ended, because the program was killed, keeps the nodes stored by then and has no outcome.
class ProofRecord final : public ProofListener {
 public:
  /// Throws store::Error.
  ProofRecord(const ProofStore& kept, const Theorem& theorem, const LeanInfo& lean, ProofListener& outer);

  /// Of the proof in the database.
  int64_t id() const { return row_.id; }

  void on_opened(const Theorem& theorem, const std::vector<std::string>& goals) override;
  void on_node(const Node& node) override;
  /// Throws store::Error, which ends the search.
  void on_progress(const SearchTotals& totals) override;
  void on_text(int node, int candidate, std::string_view text) override;

  /// Throws store::Error.
  void end(const ProofReport& report);

 private:
  std::unique_lock<std::mutex> locked() const;
  void store_nodes();

  const ProofStore kept_;
  ProofListener& outer_;
  store::ProofRow row_;
  std::vector<store::ProofNodeRow> waiting_;
};

/// The theorem of a stored proof.
Theorem theorem_of(const store::ProofRow& row);

}  // namespace rmt::prover
