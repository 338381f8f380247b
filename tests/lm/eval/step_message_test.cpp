// Steps arrive as they were sent.
#include "lm/eval/step_message.h"

#include <limits>

#include "lm/eval/read_before.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

lm::ScoredRow full_row() {
  lm::ScoredRow scored;
  scored.series = lm::Series::strided;
  scored.window = true;
  scored.first_scored = 1;
  scored.token_nll = {0.1, 1.0 / 3, 1e-300, std::numeric_limits<double>::denorm_min(), 7};
  scored.token_nll_reset = {{0.2, 2.0 / 3}};
  scored.tactic_lines = {{7, {true, 1.0 / 3}, {}}, {8, {false, 0.1}, lm::LineScore{true, 2.0 / 7}}};
  scored.row = {.document = 0,
                .index = 1,
                .token_from = 2,
                .token_to = 3,
                .byte_from = 4,
                .byte_to = int64_t{5} << 40,
                .scored_tokens = 6,
                .scored_bytes = 7,
                .nll = 1.0 / 7,
                .nll_reset = 2.0 / 7,
                .nll_head = 3.0 / 7,
                .scored_head = 8,
                .nll_head_reset = 4.0 / 7,
                .ms = 5.0 / 7};
  return scored;
}

void check_same(const lm::ScoredRow& a, const lm::ScoredRow& b) {
  CHECK(a.series == b.series);
  CHECK(a.window == b.window);
  CHECK(a.first_scored == b.first_scored);
  CHECK(a.token_nll == b.token_nll);
  CHECK(a.token_nll_reset == b.token_nll_reset);
  CHECK((a.tactic_lines == b.tactic_lines));
  const store::SegmentRow &x = a.row, &y = b.row;
  CHECK(x.index == y.index);
  CHECK(x.token_from == y.token_from);
  CHECK(x.token_to == y.token_to);
  CHECK(x.byte_from == y.byte_from);
  CHECK(x.byte_to == y.byte_to);
  CHECK(x.scored_tokens == y.scored_tokens);
  CHECK(x.scored_bytes == y.scored_bytes);
  CHECK(x.nll == y.nll);
  CHECK(x.nll_reset == y.nll_reset);
  CHECK(x.nll_head == y.nll_head);
  CHECK(x.scored_head == y.scored_head);
  CHECK(x.nll_head_reset == y.nll_head_reset);
  CHECK(x.ms == y.ms);
}

TEST_CASE("everything a step says arrives, bit for bit") {
  lm::DocumentStep full, bare;
  full.document = {3, "docs/\xff\n.txt", "a \"source\""};
  full.opened = true;
  full.rows = {full_row(), lm::ScoredRow{}};
  full.state = std::string("blob\0\xfe", 6);
  full.end = lm::DocumentEnd{10, 11, {lm::Units{1, 2, 3, 4}, lm::Units{5, 6, 7, 8}}};
  full.broken = "not \xc3 text";
  bare.document.number = 4;
  const auto arrived = lm::steps_of(lm::to_bytes({full, bare}));
  REQUIRE(arrived.size() == 2);
  CHECK(arrived[0].document.number == 3);
  CHECK(arrived[0].document.id == full.document.id);
  CHECK(arrived[0].document.source == full.document.source);
  CHECK(arrived[0].opened);
  REQUIRE(arrived[0].rows.size() == 2);
  check_same(arrived[0].rows[0], full.rows[0]);
  check_same(arrived[0].rows[1], full.rows[1]);
  CHECK(arrived[0].state == full.state);
  REQUIRE(arrived[0].end);
  CHECK(arrived[0].end->tokens == 10);
  CHECK(arrived[0].end->bytes == 11);
  CHECK(arrived[0].end->scored == full.end->scored);
  CHECK(arrived[0].broken == full.broken);

  CHECK(arrived[1].document.number == 4);
  CHECK(!arrived[1].opened);
  CHECK(arrived[1].rows.empty());
  CHECK(arrived[1].state.empty());
  CHECK(!arrived[1].end);
  CHECK(!arrived[1].broken);
  CHECK(lm::steps_of(lm::to_bytes(std::vector<lm::DocumentStep>{})).empty());
}

TEST_CASE("what was read before arrives too") {
  lm::ReadBefore before{true, 7, {}};
  before.documents["a\xff"] = {true, {0, 0}, ""};
  before.documents["b"] = {false, {3, 5}, std::string("\0\1", 2)};
  const lm::ReadBefore arrived = lm::read_before_of(to_bytes(before));
  CHECK(arrived.recorded);
  CHECK(!lm::read_before_of(to_bytes(lm::ReadBefore{})).recorded);
  CHECK(arrived.run == 7);
  REQUIRE(arrived.documents.size() == 2);
  CHECK(arrived.documents.at("a\xff").finished);
  const lm::DocumentBefore& b = arrived.documents.at("b");
  CHECK(!b.finished);
  CHECK(b.rows == std::array<int64_t, 2>{3, 5});
  CHECK(b.state == std::string("\0\1", 2));
}

}  // namespace
}  // namespace rmt::tests
