#include "prover/search/goal_key.h"

#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using prover::goal_key;

TEST_CASE("goals are the same but for white space and the numbers of metavariables") {
  CHECK(goal_key({"n : Nat\n⊢ n  =  ?m.12"}) == goal_key({"n : Nat\n⊢ n =\n    ?m.345"}));
  CHECK(goal_key({"⊢ ?a✝.3"}) == goal_key({"⊢ ?a✝.4"}));
  CHECK(goal_key({"⊢ f 12"}) != goal_key({"⊢ f 13"}));
  CHECK(goal_key({"⊢ x.1"}) != goal_key({"⊢ x.2"}));
  CHECK(goal_key({"⊢ a", "⊢ b"}) != goal_key({"⊢ a ⊢ b"}));
  CHECK(goal_key({"⊢ a", "⊢ b"}) != goal_key({"⊢ b", "⊢ a"}));
}

TEST_CASE("what hypotheses are called says nothing") {
  const std::string goal = goal_key({"n m : Nat\nh : n ≤ m\n⊢ n - m = 0 ∧ h.le"});
  CHECK(goal == goal_key({"a b : Nat\nh₂ : a ≤ b\n⊢ a - b = 0 ∧ h₂.le"}));
  CHECK(goal == goal_key({"case inl\nn✝ m✝¹ : Nat\nthis : n✝ ≤ m✝¹\n⊢ n✝ - m✝¹ = 0 ∧ this.le"}));
  CHECK(goal != goal_key({"a b : Nat\nh : b ≤ a\n⊢ a - b = 0 ∧ h.le"}));
  CHECK(goal != goal_key({"a : Nat\nb : Nat\nh : a ≤ b\n⊢ a - b = 1 ∧ h.le"}));
}

TEST_CASE("a name that is not declared is told apart, and so is a field") {
  CHECK(goal_key({"x : Nat\n⊢ f x"}) != goal_key({"x : Nat\n⊢ g x"}));
  CHECK(goal_key({"x y : P\n⊢ x.y"}) != goal_key({"x z : P\n⊢ x.z"}));
  CHECK(goal_key({"succ : Nat\n⊢ Nat.succ succ = 1"}) == goal_key({"k : Nat\n⊢ Nat.succ k = 1"}));
  CHECK(goal_key({"x : Nat\n⊢ ∀ z, z = x"}) != goal_key({"x : Nat\n⊢ ∀ z, z = z"}));
}

TEST_CASE("names of one goal mean nothing in the next") {
  CHECK(goal_key({"x : Nat\n⊢ p x", "y : Nat\n⊢ p y"}) == goal_key({"y : Nat\n⊢ p y", "x : Nat\n⊢ p x"}));
  CHECK(goal_key({"x : Nat\n⊢ p x", "⊢ q x"}) != goal_key({"y : Nat\n⊢ p y", "⊢ q y"}));
}

TEST_CASE("the middle of a long hypothesis declares nothing") {
  const std::string goal = goal_key({"h : a →\n  b : Nat\n⊢ b"});
  CHECK(goal == goal_key({"k : a →\n  b : Nat\n⊢ b"}));
  CHECK(goal != goal_key({"h : a →\n  c : Nat\n⊢ c"}));
}

}  // namespace
}  // namespace rmt::tests
