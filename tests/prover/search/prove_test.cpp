// From a theorem to a report, with a scripted model that draws letters: every way it can end.
#include "prover/prove.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "lm/engine/scheduler.h"
#include "tests/lm/engine/letter_tokenizer.h"
#include "tests/lm/engine/scripted_model.h"
#include "tests/prover/search/counting_lean.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using namespace prover;  // NOLINT(google-build-using-namespace): every second word here is one of its names

/// Any byte is one of the model's tokens, so that goals and prompts can be anything.
class FoldedBytes final : public corpora::Tokenizer {
 public:
  size_t vocab_size() const override { return letters_.vocab_size(); }
  const corpora::SpecialTokens& specials() const override { return letters_.specials(); }
  void encode(std::string_view text, corpora::Tokens& out) const override {
    for (const char byte : text) {
      out.ids.push_back(static_cast<unsigned char>(byte) % 32);
      out.bytes.push_back(1);
    }
  }
  size_t safe_prefix(std::string_view text) const override { return text.size(); }
  std::string decode(std::span<const int32_t> ids) const override { return letters_.decode(ids); }
  std::string piece(int32_t id) const override { return letters_.piece(id); }
  const std::string& fingerprint() const override { return letters_.fingerprint(); }

 private:
  LetterTokenizer letters_;
};

struct Model {
  FoldedBytes tokenizer;
  engine::Scheduler scheduler{std::make_unique<ScriptedModel>(ScriptedModel::Options{}), tokenizer, {}};
};

DrawOptions draw(Context context = Context::memory) {
  DrawOptions options;
  options.prompt.stop = {"A", "B"};
  options.prompt.max_tokens = 40;
  options.context = context;
  options.temperature = 2;
  return options;
}

const Theorem kTheorem{.name = "t",
                       .before = "a file of some length, so that memory is written: theorem a, theorem b.\n",
                       .head = "theorem t : reach := by\n  ",
                       .tail = ""};

std::vector<Candidate> propose(Model& model, const DrawOptions& options, int id = 0, int count = 12,
                               const std::vector<std::string>& goals = {"⊢ x"}) {
  ModelCandidates source(model.scheduler, model.tokenizer, options, kTheorem);
  const ProofState state{id, goals};
  return source.propose({&state, 1}, count, nullptr, {})[0];
}

std::vector<std::string> texts(const std::vector<Candidate>& candidates) {
  std::vector<std::string> texts;
  for (const Candidate& candidate : candidates) texts.push_back(candidate.tactic);
  return texts;
}

TEST_CASE("candidates are different, likeliest first, and depend on state, seed and file alone") {
  Model model;
  const std::vector<Candidate> drawn = propose(model, draw());
  REQUIRE(drawn.size() > 3);
  for (size_t i = 1; i < drawn.size(); ++i) CHECK(drawn[i - 1].logprob >= drawn[i].logprob);
  const std::vector<std::string> first = texts(drawn);
  CHECK(std::set<std::string>(first.begin(), first.end()).size() == first.size());
  for (const std::string& tactic : first) CHECK(tactic.find_first_of("AB") == std::string::npos);

  CHECK(texts(propose(model, draw())) == first);
  CHECK(texts(propose(model, draw(), 1)) != first);
  CHECK(texts(propose(model, draw(), 0, 12, {"⊢ y"})) != first);
  DrawOptions other = draw();
  other.seed = 7;
  CHECK(texts(propose(model, other)) != first);
  CHECK(texts(propose(model, draw(Context::none))) != first);
}

TEST_CASE("what the model sees of the file is all, its end, or nothing") {
  Model model;
  const auto tokens = [&](Context context, int64_t tail) {
    DrawOptions options = draw(context);
    options.tail_tokens = tail;
    return ModelCandidates(model.scheduler, model.tokenizer, options, kTheorem).context_tokens();
  };
  const auto all = static_cast<int64_t>(kTheorem.before.size());
  CHECK(tokens(Context::memory, 10) == all);
  CHECK(tokens(Context::tail, 10) == 10);
  CHECK(tokens(Context::tail, 10'000) == all);
  CHECK(tokens(Context::none, 10) == 0);
}

TEST_CASE("a prefix begins every candidate") {
  Model model;
  ModelCandidates source(model.scheduler, model.tokenizer, draw(), kTheorem);
  const ProofState state{0, {"⊢ x"}, "intro "};
  const auto proposed = source.propose({&state, 1}, 8, nullptr, {});
  for (const Candidate& candidate : proposed[0]) CHECK(candidate.tactic.starts_with("intro"));
}

TEST_CASE("a stopped source comes back at once with what it has") {
  Model model;
  ModelCandidates source(model.scheduler, model.tokenizer, draw(), kTheorem);
  std::stop_source stop;
  stop.request_stop();
  const ProofState state{0, {"⊢ x"}};
  CHECK(source.propose({&state, 1}, 8, nullptr, stop.get_token()).size() == 1);
}

TEST_CASE("a model that is going down is a model that cannot be asked") {
  Model model;
  ModelCandidates source(model.scheduler, model.tokenizer, draw(), kTheorem);
  model.scheduler.end_all();
  CountingLean lean(4);
  WordCheck check;
  ProofListener listener;
  const ProofReport report =
      prove(kTheorem, {lean, check, &model.scheduler, &model.tokenizer}, {{}, draw()}, listener, {});
  CHECK(report.outcome == ProofOutcome::model_unavailable);
  CHECK_FALSE(report.message.empty());
}

struct Told final : ProofListener {
  void on_node(const Node& node) override { nodes.push_back(node); }
  std::vector<Node> nodes;
};

ProofReport prove_number(int number, FinalCheck& check, bool all = false) {
  CountingLean lean(number);
  ProofOptions options;
  options.search.automation = {"done", "half\ndone", "half\nfinish"};
  options.all = all;
  Told told;
  const ProofReport report = prove(kTheorem, {lean, check}, options, told, {});
  const auto said = [&](VerdictKind kind) {
    return std::ranges::count_if(told.nodes, [kind](const Node& node) { return node.verdict.kind == kind; });
  };
  if (report.outcome == ProofOutcome::proved) CHECK(said(VerdictKind::proved) == (all ? 2 : 1));
  if (report.outcome == ProofOutcome::exhausted) {
    CHECK(said(VerdictKind::proved) == 0);
    CHECK(said(VerdictKind::rejected) == 2);
  }
  return report;
}

TEST_CASE("a report says what came of it") {
  WordCheck accepts, refuses("half");
  const ProofReport proved = prove_number(2, accepts);
  CHECK(proved.outcome == ProofOutcome::proved);
  CHECK(proved.script == "half\ndone");
  CHECK(proved.certificate.proved);
  CHECK(proved.by_automation_alone());
  CHECK(proved.steps == std::vector{Origin::automation});

  const ProofReport first_of_all = prove_number(2, accepts, true);
  CHECK(first_of_all.outcome == ProofOutcome::proved);
  CHECK(first_of_all.script == "half\ndone");

  const ProofReport refused = prove_number(2, refuses);
  CHECK(refused.outcome == ProofOutcome::exhausted);
  CHECK_FALSE(refused.certificate.proved);
  CHECK_FALSE(refused.by_automation_alone());

  const ProofReport broken = prove_number(0, accepts);
  CHECK(broken.outcome == ProofOutcome::lean_error);
  CHECK(broken.line == 3);
  CHECK(broken.column == 7);
  CHECK(broken.message == "nothing to reach");
  CHECK(prove_number(-1, accepts).outcome == ProofOutcome::rejected_input);
}

}  // namespace
}  // namespace rmt::tests
