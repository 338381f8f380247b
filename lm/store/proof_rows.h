// Proofs and the steps that were tried, as rows.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lm/store/sqlite_handle.h"
#include "lm/store/store.h"

namespace rmt::store {

/// The writing ones inside the caller's transaction, if any. Throw std::invalid_argument for rows that break the
/// schema.
int64_t insert_proof(const Database& database, const ProofRow& proof);
void update_proof(const Database& database, const ProofRow& proof);
void insert_proof_nodes(const Database& database, int64_t proof, std::span<const ProofNodeRow> nodes);

std::vector<ProofRow> read_proofs(const Database& database);
/// Throws Error(not_found).
ProofRow read_proof(const Database& database, int64_t id);
std::vector<ProofNodeRow> read_proof_nodes(const Database& database, int64_t proof);

}  // namespace rmt::store
