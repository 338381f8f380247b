// The search over a Lean that counts: the best state first, within its budget, and nothing called proved that was not.
#include "prover/search/search.h"
#include "prover/search/goal_key.h"

#include <algorithm>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/prover/search/counting_lean.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using namespace prover;  // NOLINT(google-build-using-namespace): every second word here is one of its names

/// Proposes the same tactics everywhere, and remembers where it was asked.
class SameEverywhere final : public CandidateSource {
 public:
  explicit SameEverywhere(std::vector<Candidate> candidates) : candidates_(std::move(candidates)) {}
  std::vector<std::vector<Candidate>> propose(std::span<const ProofState> states, int count,
                                              CandidateListener* listener, const std::stop_token& /*stop*/) override {
    std::vector<std::vector<Candidate>> proposed;
    for (size_t i = 0; i < states.size(); ++i) {
      asked.push_back(states[i]);
      if (listener != nullptr) listener->on_text(i, 0, candidates_.front().tactic);
      proposed.emplace_back(candidates_.begin(), candidates_.begin() + std::min<long>(count, std::ssize(candidates_)));
    }
    largest = std::max(largest, states.size());
    return proposed;
  }

  std::vector<ProofState> asked;
  size_t largest = 0;

 private:
  std::vector<Candidate> candidates_;
};

struct Record final : SearchListener {
  void on_node(const Node& node) override { nodes.push_back(node); }
  void on_progress(const SearchTotals& totals) override { last = totals; }
  void on_text(int node, int /*candidate*/, std::string_view /*text*/) override { texts.insert(node); }
  bool on_closed(const Node& node, const std::string& script) override {
    nodes.push_back(node);
    closed.push_back(script);
    return script.find(refused) == std::string::npos;
  }

  std::vector<Node> nodes;
  SearchTotals last;
  std::set<int> texts;
  std::vector<std::string> closed;
  std::string refused = "\n\n";
};

const std::vector<Candidate> kSteps = {{"half", -0.5, 1}, {"triple", -1.5, 1}, {"done", -2.0, 1}, {"jump", -3.0, 1}};

SearchOptions options(int expansions = 200) {
  SearchOptions options;
  options.expansions = expansions;
  options.candidates = 8;
  options.states_at_once = 1;
  return options;
}

TEST_CASE("a proof is found, and its script is one that Lean accepts") {
  CountingTheorem lean(6);  // 6 3 10 5 16 8 4 2 1
  SameEverywhere source(kSteps);
  Record record;
  const SearchResult result = search(lean, &source, options(), record, {});
  CHECK(result.ending == SearchEnding::proved);
  CHECK(result.script == "half\ntriple\nhalf\ntriple\nhalf\nhalf\nhalf\nhalf\ndone");
  CHECK(result.goals.empty());
  CHECK(lean.check({result.script}, {})[0].kind == VerdictKind::proved);
  CHECK(record.closed == std::vector<std::string>{result.script});
  CHECK(record.nodes.front().by == Origin::root);
  CHECK(record.last.checks == lean.checked - 1);
  CHECK(result.totals.expansions == static_cast<int>(source.asked.size()));
  // Steps that Lean refused are told, too.
  CHECK(std::ranges::any_of(record.nodes, [](const Node& node) { return node.verdict.kind == VerdictKind::error; }));
  CHECK(record.texts.contains(0));
}

TEST_CASE("states are gone on from best first, equals by age, and each goal once") {
  CountingTheorem lean(8);
  SameEverywhere source({{"stay", -0.1, 1}, {"half", -0.5, 1}, {"triple", -4.0, 1}});
  Record record;
  const SearchResult result = search(lean, &source, options(4), record, {});
  CHECK(result.ending == SearchEnding::exhausted);
  std::vector<std::string> goals;
  for (const ProofState& state : source.asked) goals.push_back(goal_key(state.goals));
  // "stay" leads nowhere new, so it is never gone on from, although it is the likeliest.
  CHECK(goals ==
        std::vector<std::string>{"⊢ reach ?m._ 8\n", "⊢ reach ?m._ 4\n", "⊢ reach ?m._ 2\n", "⊢ reach ?m._ 1\n"});
  const auto again = std::ranges::find(record.nodes, std::string("stay"), &Node::tactic);
  CHECK(again->same_as == 0);
}

TEST_CASE("automation goes first, and where it is enough no model is asked") {
  CountingTheorem lean(1);
  SameEverywhere source(kSteps);
  Record record;
  SearchOptions with = options();
  with.automation = {"jump", "done"};
  const SearchResult result = search(lean, &source, with, record, {});
  CHECK(result.ending == SearchEnding::proved);
  CHECK(result.script == "done");
  CHECK(record.nodes.back().by == Origin::automation);
  CHECK(source.asked.empty());

  CountingTheorem harder(2);
  Record alone;
  CHECK(search(harder, nullptr, with, alone, {}).ending == SearchEnding::exhausted);
  Record both;
  const SearchResult joint = search(harder, &source, with, both, {});
  CHECK(joint.script == "half\ndone");
  CHECK(both.nodes.back().by == Origin::automation);
  // The model is not asked about what automation has tried.
  CHECK(std::ranges::none_of(both.nodes,
                             [](const Node& node) { return node.tactic == "done" && node.by == Origin::model; }));
}

TEST_CASE("a proof says what a search of Lean's own has found, where that is a proof too") {
  SearchOptions with = options();
  for (const auto& [asked, written] : {std::pair{"done?", "done"}, {"vain?", "vain?"}}) {
    CountingTheorem lean(1);
    Record record;
    with.automation = {asked};
    CHECK(search(lean, nullptr, with, record, {}).script == written);
    CHECK(record.nodes.back().tactic == written);
    CHECK(record.last.checks == lean.checked);
  }
}

TEST_CASE("where no state is left, the model is asked again while it has something new to say") {
  /// Says one tactic a round, and at last nothing new.
  class OneAtATime final : public CandidateSource {
   public:
    std::vector<std::vector<Candidate>> propose(std::span<const ProofState> states, int /*count*/,
                                                CandidateListener* /*listener*/, const std::stop_token&) override {
      const std::vector<Candidate> all = {{"jump", -0.5, 1}, {"half", -1.0, 1}, {"done", -2.0, 1}};
      for (const ProofState& state : states) rounds.push_back(state.round);
      const auto at = static_cast<size_t>(std::min(states.front().round, 2));
      return {states.size(), {all[at]}};
    }
    std::vector<int> rounds;
  };
  CountingTheorem lean(2);
  OneAtATime source;
  Record record;
  const SearchResult result = search(lean, &source, options(), record, {});
  CHECK(result.script == "half\ndone");
  // Round 1 reaches a second state, which is asked about in the same round; in round 2 both are.
  CHECK(source.rounds == std::vector<int>{0, 1, 1, 2, 2});

  CountingTheorem harder(3);
  OneAtATime vain;
  Record none;
  CHECK(search(harder, &vain, options(), none, {}).ending == SearchEnding::exhausted);
  CHECK(vain.rounds == std::vector<int>{0, 1, 2, 3});
}

TEST_CASE("a proof that is not accepted does not end the search") {
  CountingTheorem lean(4);
  SameEverywhere source({{"half", -0.5, 1}, {"done", -1.0, 1}, {"finish", -2.0, 1}});
  Record record;
  record.refused = "done";
  const SearchResult result = search(lean, &source, options(), record, {});
  CHECK(result.ending == SearchEnding::proved);
  CHECK(record.closed == std::vector<std::string>{"half\nhalf\ndone", "half\nhalf\nfinish"});
  CHECK(result.script == "half\nhalf\nfinish");
}

TEST_CASE("budgets end it: expansions, checks, time, and whoever stops it") {
  SameEverywhere source(kSteps);
  SUBCASE("expansions, also with several states at once") {
    CountingTheorem lean(27);
    Record record;
    SearchOptions few = options(10);
    few.states_at_once = 4;
    const SearchResult result = search(lean, &source, few, record, {});
    CHECK(result.ending == SearchEnding::exhausted);
    CHECK(result.totals.expansions == 10);
    CHECK(source.largest > 1);
    CHECK(source.largest <= 4);
    CHECK_FALSE(result.goals.empty());
    CHECK(goal_key(lean.check({result.script}, {})[0].goals) == goal_key(result.goals));
  }
  SUBCASE("checks") {
    CountingTheorem lean(27);
    Record record;
    SearchOptions few = options();
    few.checks = 20;
    CHECK(search(lean, &source, few, record, {}).totals.checks <= 24);
  }
  SUBCASE("time, in the middle of a step") {
    CountingTheorem lean(2);
    SameEverywhere slow({{"wait", -1, 1}});
    Record record;
    SearchOptions brief = options();
    brief.seconds = 0.05;
    const SearchResult result = search(lean, &slow, brief, record, {});
    CHECK(result.ending == SearchEnding::timeout);
    CHECK(result.totals.seconds < 5);
  }
  SUBCASE("a request to stop") {
    CountingTheorem lean(2);
    SameEverywhere slow({{"wait", -1, 1}});
    Record record;
    std::stop_source stop;
    std::jthread later([&stop] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      stop.request_stop();
    });
    CHECK(search(lean, &slow, options(), record, stop.get_token()).ending == SearchEnding::cancelled);
  }
}

TEST_CASE("no path grows beyond its limit") {
  CountingTheorem lean(27);
  SameEverywhere source(kSteps);
  Record record;
  SearchOptions shallow = options();
  shallow.longest_path = 4;
  CHECK(search(lean, &source, shallow, record, {}).ending == SearchEnding::exhausted);
  for (const Node& node : record.nodes) CHECK(node.depth <= 4);
}

TEST_CASE("the length exponent decides between short likely steps and long unlikely ones") {
  const std::vector<std::string> start = {"⊢ a"};
  const auto verdict = [](std::string goal) {
    return Verdict{.kind = VerdictKind::progress, .goals = {std::move(goal)}, .message = {}};
  };
  for (const double exponent : {0.0, 1.0}) {
    SearchTree tree(start, exponent);
    tree.pop();
    const int near = tree.add(0, "near", verdict("⊢ b"), Origin::model, -3).id;
    const int far = tree.add(0, "far", verdict("⊢ c"), Origin::model, -2).id;
    CHECK(tree.pop() == far);
    const int farther = tree.add(far, "farther", verdict("⊢ d"), Origin::model, -2).id;
    CHECK(tree.pop() == (exponent == 0 ? near : farther));
  }
}

}  // namespace
}  // namespace rmt::tests
