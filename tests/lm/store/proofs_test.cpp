// Proofs: begun, stepped through, ended, read back.
#include <array>
#include <stdexcept>

#include "lm/store/error.h"
#include "lm/store/store.h"
#include "tests/lm/store/scratch.h"
#include "tests/support/doctest.h"

namespace rmt::store::test {
namespace {

ProofRow theorem(int64_t run) {
  ProofRow row;
  row.run = run;
  row.name = "self";
  row.before = "import Rmt\n";
  row.head = "theorem self (p : Prop) : p → p := by\n  ";
  row.tail = "\n";
  row.indent = 2;
  row.lean = R"({"version":"4.35.0"})";
  return row;
}

ProofNodeRow node(int64_t id, int64_t parent, std::string verdict = "progress") {
  ProofNodeRow row;
  row.node = id;
  row.parent = parent;
  row.tactic = "intro h";
  row.verdict = std::move(verdict);
  row.goals = R"(["p : Prop\nh : p\n⊢ p"])";
  row.origin = parent < 0 ? "root" : "model";
  row.logprob = -1.0 / 3.0;
  row.score = -0.25;
  row.ms = 3.5;
  return row;
}

struct Fixture {
  ScratchFolder folder;
  std::string path = folder / "traces.db";
  Store store = Store::open(path);
  int64_t run = store.begin_run(sample_spec());
  int64_t proof = store.begin_proof(theorem(run));
};

TEST_CASE_FIXTURE(Fixture, "a proof is begun without an outcome and ended with one") {
  ProofRow row = store.proof(proof);
  CHECK(row.name == "self");
  CHECK(row.before + row.head + row.tail == "import Rmt\ntheorem self (p : Prop) : p → p := by\n  \n");
  CHECK(row.indent == 2);
  CHECK(row.outcome.empty());
  CHECK(row.goals == "[]");
  CHECK_FALSE(row.started.empty());
  CHECK(row.ended.empty());

  row.outcome = "proved";
  row.script = "intro h\nexact h";
  row.axioms = R"(["propext"])";
  row.expansions = 2;
  row.checks = 40;
  row.proposed = 31;
  row.seconds = 1.5;
  row.model_s = 1.0;
  row.lean_s = 0.25;
  store.end_proof(row);
  const ProofRow ended = store.proof(proof);
  CHECK(ended.outcome == "proved");
  CHECK(ended.script == "intro h\nexact h");
  CHECK(ended.axioms == R"(["propext"])");
  CHECK(ended.expansions == 2);
  CHECK(ended.checks == 40);
  CHECK(ended.proposed == 31);
  CHECK(ended.model_s == 1.0);
  CHECK_FALSE(ended.ended.empty());
  CHECK(store.proofs().size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "nodes are read back as they were written, in order") {
  ProofNodeRow again = node(2, 0);
  again.same_as = 1;
  const std::array first = {node(0, -1), node(1, 0)};
  store.add_proof_nodes(proof, first);
  store.add_proof_nodes(proof, {&again, 1});
  const std::vector<ProofNodeRow> nodes = store.proof_nodes(proof);
  REQUIRE(nodes.size() == 3);
  CHECK(nodes[0].parent == -1);
  CHECK(nodes[0].origin == "root");
  CHECK(nodes[1].parent == 0);
  CHECK(nodes[1].same_as == -1);
  CHECK(nodes[1].logprob == -1.0 / 3.0);
  CHECK(nodes[1].goals == first[1].goals);
  CHECK(nodes[2].same_as == 1);
  CHECK(nodes[2].ms == 3.5);
}

TEST_CASE_FIXTURE(Fixture, "of steps that break the schema none is kept") {
  const std::array orphan = {node(0, -1), node(2, 1)};
  CHECK_THROWS(store.add_proof_nodes(proof, orphan));
  const std::array guess = {node(0, -1), node(1, 0, "perhaps")};
  CHECK_THROWS_AS(store.add_proof_nodes(proof, guess), std::invalid_argument);
  CHECK(store.proof_nodes(proof).empty());
}

TEST_CASE_FIXTURE(Fixture, "a proof that is not there is said to be none") {
  ProofRow none = theorem(run);
  none.id = proof + 1;
  CHECK(error_of([&] { store.end_proof(none); }) == Errc::not_found);
  CHECK(error_of([&] { store.proof(proof + 1); }) == Errc::not_found);
}

}  // namespace
}  // namespace rmt::store::test
