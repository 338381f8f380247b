#include "lm/store/proof_rows.h"

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "lm/store/error.h"
#include "lm/store/rows.h"

namespace rmt::store {
namespace {

constexpr std::string_view kSelectProof =
    "SELECT id, run, name, before, head, tail, indent, lean, outcome, script, goals, axioms, message, expansions, "
    "checks, "
    "proposed, seconds, model_s, lean_s, started, ended FROM proof ";

ProofRow read_row(const Statement& query) {
  return {.id = query.integer(0),
          .run = query.integer(1),
          .name = query.text(2),
          .before = query.text(3),
          .head = query.text(4),
          .tail = query.text(5),
          .indent = query.integer(6),
          .lean = query.text(7),
          .outcome = query.text(8),
          .script = query.text(9),
          .goals = query.text(10),
          .axioms = query.text(11),
          .message = query.text(12),
          .expansions = query.integer(13),
          .checks = query.integer(14),
          .proposed = query.integer(15),
          .seconds = query.real(16),
          .model_s = query.real(17),
          .lean_s = query.real(18),
          .started = query.text(19),
          .ended = query.text(20)};
}

[[noreturn]] void no_proof(const Database& database, int64_t id) {
  throw Error(Errc::not_found, database.path() + ": no proof " + std::to_string(id) + ". `rmt-lm runs proofs --db " +
                                   database.path() + "` shows those it has.");
}

// The schema cannot say so: SQLite's JSON functions are not to be trusted with a schema somebody else wrote.
std::string_view checked_json(const std::string& json, const char* column) {
  if (json.empty()) return "[]";
  if (!nlohmann::json::accept(json)) throw std::invalid_argument(std::string(column) + " of a proof must be JSON");
  return json;
}

}  // namespace

int64_t insert_proof(const Database& database, const ProofRow& proof) {
  Statement(
      database,
      "INSERT INTO proof (run, name, before, head, tail, indent, lean, script, goals, axioms, message, expansions, "
      "checks, proposed, seconds, model_s, lean_s, started) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, '', '[]', '[]', "
      "'', 0, 0, 0, 0.0, 0.0, 0.0, " +
          std::string(kNow) + ")")
      .run(proof.run, proof.name, proof.before, proof.head, proof.tail, proof.indent, checked_json(proof.lean, "lean"));
  return database.last_insert_id();
}

void update_proof(const Database& database, const ProofRow& proof) {
  Statement(database,
            "UPDATE proof SET outcome = ?2, script = ?3, goals = ?4, axioms = ?5, message = ?6, expansions = ?7, "
            "checks = ?8, proposed = ?9, seconds = ?10, model_s = ?11, lean_s = ?12, ended = " +
                std::string(kNow) + " WHERE id = ?1")
      .run(proof.id, proof.outcome, proof.script, checked_json(proof.goals, "goals"),
           checked_json(proof.axioms, "axioms"), proof.message, proof.expansions, proof.checks, proof.proposed,
           proof.seconds, proof.model_s, proof.lean_s);
  if (database.changed_rows() != 1) no_proof(database, proof.id);
}

void insert_proof_nodes(const Database& database, int64_t proof, std::span<const ProofNodeRow> nodes) {
  Statement insert(
      database,
      "INSERT INTO proof_node (proof, node, parent, tactic, verdict, goals, message, origin, logprob, score, "
      "same_as, ms) VALUES (?1, ?2, nullif(?3, -1), ?4, ?5, ?6, ?7, ?8, ?9, ?10, nullif(?11, -1), ?12)");
  for (const ProofNodeRow& node : nodes)
    insert.run(proof, node.node, node.parent, node.tactic, node.verdict, checked_json(node.goals, "goals"),
               node.message, node.origin, node.logprob, node.score, node.same_as, node.ms);
}

std::vector<ProofRow> read_proofs(const Database& database) {
  std::vector<ProofRow> proofs;
  Statement query(database, std::string(kSelectProof) + "ORDER BY id");
  while (query.step()) proofs.push_back(read_row(query));
  return proofs;
}

ProofRow read_proof(const Database& database, int64_t id) {
  Statement query(database, std::string(kSelectProof) + "WHERE id = ?1");
  if (!query.bind(id).step()) no_proof(database, id);
  return read_row(query);
}

std::vector<ProofNodeRow> read_proof_nodes(const Database& database, int64_t proof) {
  std::vector<ProofNodeRow> nodes;
  Statement query(database,
                  "SELECT node, ifnull(parent, -1), tactic, verdict, goals, message, origin, logprob, score, "
                  "ifnull(same_as, -1), ms FROM proof_node WHERE proof = ?1 ORDER BY node");
  query.bind(proof);
  while (query.step())
    nodes.push_back({.node = query.integer(0),
                     .parent = query.integer(1),
                     .tactic = query.text(2),
                     .verdict = query.text(3),
                     .goals = query.text(4),
                     .message = query.text(5),
                     .origin = query.text(6),
                     .logprob = query.real(7),
                     .score = query.real(8),
                     .same_as = query.integer(9),
                     .ms = query.real(10)});
  return nodes;
}

}  // namespace rmt::store
