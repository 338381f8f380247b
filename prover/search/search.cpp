#include "prover/search/search.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "prover/search/deadline.h"

namespace rmt::prover {
namespace {

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// A step that Lean is asked about.
struct Step {
  int parent = 0;
  std::string tactic;
  Origin by = Origin::model;
  double logprob = 0;
};

/// Hands the model's text on under the numbers of nodes.
class TextUnderNodes final : public CandidateListener {
 public:
  TextUnderNodes(const std::vector<int>& nodes, SearchListener& listener) : nodes_(nodes), listener_(listener) {}
  void on_text(size_t state, size_t candidate, std::string_view text) override {
    listener_.on_text(nodes_[state], static_cast<int>(candidate), text);
  }

 private:
  const std::vector<int>& nodes_;
  SearchListener& listener_;
};

class Search {
 public:
  Search(OpenTheorem& theorem, CandidateSource* source, const SearchOptions& options, SearchListener& listener,
         std::stop_token stop)
      : theorem_(theorem),
        source_(source),
        options_(options),
        listener_(listener),
        cancelled_(stop),
        deadline_(options.seconds, std::move(stop)),
        tree_(theorem.goals(), options.length_exponent),
        start_s_(now_s()) {}

  SearchResult run() {
    listener_.on_node(tree_.node(0));
    SearchEnding ending = SearchEnding::proved;
    while (!proof_) {
      if (tree_.open() == 0) ask_again();
      if (const auto why = must_end()) {
        ending = *why;
        break;
      }
      const std::vector<int> states = take_states();
      totals_.expansions += static_cast<int>(states.size());
      if (round_ > 0 || !try_automation(states)) try_model(states);
      report_progress();
    }
    return result(ending);
  }

 private:
  std::optional<SearchEnding> must_end() const {
    if (cancelled_.stop_requested()) return SearchEnding::cancelled;
    if (deadline_.token().stop_requested()) return SearchEnding::timeout;
    const bool used_up = totals_.expansions >= options_.expansions || totals_.checks >= options_.checks;
    if (used_up || tree_.open() == 0) return SearchEnding::exhausted;
    return std::nullopt;
  }

  // The model draws: asked once more it may say what it has not said yet. Not after it had nothing new for any state.
  void ask_again() {
    if (source_ == nullptr || !std::exchange(heard_news_, false)) return;
    ++round_;
    tree_.reopen();
  }

  std::vector<int> take_states() {
    const int most = std::min(options_.states_at_once, options_.expansions - totals_.expansions);
    std::vector<int> states;
    while (static_cast<int>(states.size()) < most) {
      const auto next = tree_.pop();
      if (!next) break;
      states.push_back(*next);
    }
    return states;
  }

  // True when it found a proof.
  bool try_automation(const std::vector<int>& states) {
    for (const int state : states) {
      std::vector<Step> steps;
      for (const std::string& tactic : options_.automation) steps.push_back({state, tactic, Origin::automation, 0});
      if (check(std::move(steps))) return true;
    }
    return false;
  }

  void try_model(const std::vector<int>& states) {
    if (source_ == nullptr || deadline_.token().stop_requested()) return;
    std::vector<ProofState> asked;
    asked.reserve(states.size());
    for (const int state : states) asked.push_back({state, tree_.node(state).verdict.goals, options_.prefix, round_});
    TextUnderNodes text(states, listener_);
    const double start_s = now_s();
    const auto proposed = source_->propose(asked, options_.candidates, &text, deadline_.token());
    totals_.model_s += now_s() - start_s;
    for (size_t i = 0; i < states.size(); ++i) {
      totals_.proposed += static_cast<int64_t>(proposed[i].size());
      std::vector<Step> steps;
      for (const Candidate& candidate : proposed[i])
        if (!tried_.contains({states[i], candidate.tactic}))
          steps.push_back({states[i], candidate.tactic, Origin::model, candidate.logprob});
      heard_news_ = heard_news_ || !steps.empty();
      if (check(std::move(steps))) return;
    }
  }

  // Asks Lean about steps of one state and puts the answers into the tree. True when one of them is a proof.
  bool check(std::vector<Step> steps) {
    if (steps.empty()) return false;
    std::vector<std::string> scripts;
    scripts.reserve(steps.size());
    for (const Step& step : steps) {
      tried_.emplace(step.parent, step.tactic);
      scripts.push_back(tree_.script(step.parent, step.tactic));
    }
    const double start_s = now_s();
    std::vector<Verdict> verdicts = theorem_.check(scripts, deadline_.token());
    totals_.lean_s += now_s() - start_s;
    totals_.checks += static_cast<int64_t>(scripts.size());
    for (size_t i = 0; i < steps.size(); ++i) {
      write_out(steps[i], verdicts[i], scripts[i]);
      take(std::move(steps[i]), std::move(verdicts[i]), scripts[i]);
    }
    return proof_.has_value();
  }

  // A proof should say what `exact?` has found, not search for it whenever it is read.
  void write_out(Step& step, Verdict& verdict, std::string& script) {
    if (verdict.kind != VerdictKind::proved || verdict.instead.empty() || !step.tactic.ends_with('?')) return;
    std::string said = tree_.script(step.parent, verdict.instead);
    const std::vector<Verdict> again = theorem_.check({said}, deadline_.token());
    ++totals_.checks;
    if (again.at(0).kind != VerdictKind::proved) return;
    step.tactic = std::move(verdict.instead);
    script = std::move(said);
  }

  void take(Step step, Verdict verdict, const std::string& script) {
    // Automation that closes nothing only widens the tree: the model would have to choose among its leftovers.
    if (step.by == Origin::automation && verdict.kind != VerdictKind::proved) return;
    if (proof_ && verdict.kind == VerdictKind::proved) return;  // one is enough
    if (verdict.kind == VerdictKind::rejected) ++totals_.rejected;
    const bool too_deep = tree_.node(step.parent).depth + 1 >= options_.longest_path;
    if (too_deep && verdict.kind == VerdictKind::progress) return;
    const Node& node = tree_.add(step.parent, std::move(step.tactic), std::move(verdict), step.by, step.logprob);
    if (node.verdict.kind != VerdictKind::proved)
      listener_.on_node(node);
    else
      close(node, script);
  }

  void close(const Node& node, const std::string& script) {
    const double start_s = now_s();
    if (listener_.on_closed(node, script)) proof_ = node.id;
    totals_.lean_s += now_s() - start_s;
  }

  void report_progress() {
    totals_.seconds = now_s() - start_s_;
    totals_.open = tree_.open();
    listener_.on_progress(totals_);
  }

  SearchResult result(SearchEnding ending) {
    totals_.seconds = now_s() - start_s_;
    totals_.open = tree_.open();
    const int last = proof_ ? *proof_ : tree_.furthest();
    const Node& node = tree_.node(last);
    return {ending, tree_.script(last), node.verdict.goals, last, totals_};
  }

  OpenTheorem& theorem_;
  CandidateSource* source_;
  const SearchOptions& options_;
  SearchListener& listener_;
  const std::stop_token cancelled_;
  const Deadline deadline_;
  SearchTree tree_;
  SearchTotals totals_;
  std::set<std::pair<int, std::string>> tried_;  // below a state
  int round_ = 0;                                // how often every state was gone on from before
  bool heard_news_ = false;                      // from the model, in this round
  std::optional<int> proof_;
  const double start_s_;
};

}  // namespace

const std::vector<std::string>& automation_portfolio() {
  static const std::vector<std::string> portfolio = {"rfl",
                                                     "assumption",
                                                     "trivial",
                                                     "contradiction",
                                                     "simp",
                                                     "simp_all",
                                                     "decide",
                                                     "omega",
                                                     "constructor <;> simp_all",
                                                     "intros; simp_all",
                                                     "exact?"};
  return portfolio;
}

std::string_view to_string(SearchEnding ending) {
  switch (ending) {
    case SearchEnding::proved: return "proved";
    case SearchEnding::exhausted: return "exhausted";
    case SearchEnding::timeout: return "timeout";
    case SearchEnding::cancelled: return "cancelled";
  }
  return "";
}

SearchResult search(OpenTheorem& theorem, CandidateSource* source, const SearchOptions& options,
                    SearchListener& listener, std::stop_token stop) {
  return Search(theorem, source, options, listener, std::move(stop)).run();
}

}  // namespace rmt::prover
