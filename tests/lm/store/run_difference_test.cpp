// Two runs side by side: which tokens are compared with which, and what was asked differently.
#include "lm/store/run_difference.h"

#include <cmath>

#include "tests/lm/store/scratch.h"
#include "tests/support/doctest.h"

namespace rmt::store::test {
namespace {

SegmentRow piece(int64_t from, int64_t to, double nll, int64_t scored = -1) {
  return {.token_from = from, .token_to = to, .scored_tokens = scored < 0 ? to - from : scored, .nll = nll};
}

std::string ranges(const DocumentDifference& difference) {
  std::string text;
  for (const auto& s : difference.stretches)
    text += std::to_string(s.token_from) + "-" + std::to_string(s.token_to) + " ";
  return text;
}

TEST_CASE("equal segments are compared one by one") {
  const std::vector<SegmentRow> a = {piece(0, 8, 7.0, 7), piece(8, 16, 8.0), piece(16, 20, 4.0)};
  const std::vector<SegmentRow> b = {piece(0, 8, 14.0, 7), piece(8, 16, 4.0), piece(16, 20, 4.0)};
  const DocumentDifference difference = align(a, b);
  CHECK(ranges(difference) == "0-8 8-16 16-20 ");
  CHECK(difference.unmatched_a == 0);
  CHECK(difference.unmatched_b == 0);
  CHECK(difference.stretches[0].difference() == 1.0);
  CHECK(difference.stretches[1].difference() == -0.5);
  CHECK(difference.stretches[2].difference() == 0.0);
  CHECK(difference.sum().token_to == 20);
  CHECK(difference.sum().scored_a == 19);
  CHECK(difference.sum().nll_a == 19.0);
  CHECK(difference.sum().nll_b == 22.0);
}

TEST_CASE("segments of other lengths are compared between common borders") {
  const std::vector<SegmentRow> a = {piece(0, 4, 1), piece(4, 8, 2), piece(8, 12, 3), piece(12, 14, 4)};
  const std::vector<SegmentRow> b = {piece(0, 8, 10), piece(8, 14, 20)};
  const DocumentDifference difference = align(a, b);
  CHECK(ranges(difference) == "0-8 8-14 ");
  CHECK(difference.stretches[0].nll_a == 3);
  CHECK(difference.stretches[0].nll_b == 10);
  CHECK(difference.stretches[1].nll_a == 7);
  CHECK(difference.stretches[1].scored_a == 6);
  CHECK(ranges(align(b, a)) == "0-8 8-14 ");
}

TEST_CASE("what one run lacks is counted, not compared") {
  const std::vector<SegmentRow> a = {piece(0, 4, 1), piece(4, 8, 2), piece(8, 12, 3)};
  SUBCASE("the end") {
    const DocumentDifference difference = align(a, std::vector<SegmentRow>{piece(0, 4, 1)});
    CHECK(ranges(difference) == "0-4 ");
    CHECK(difference.unmatched_a == 2);
    CHECK(difference.unmatched_b == 0);
  }
  SUBCASE("the middle") {
    const DocumentDifference difference = align(a, std::vector<SegmentRow>{piece(0, 4, 1), piece(8, 12, 1)});
    CHECK(ranges(difference) == "0-4 8-12 ");
    CHECK(difference.unmatched_a == 1);
  }
  SUBCASE("a border that never comes") {
    const DocumentDifference difference = align(a, std::vector<SegmentRow>{piece(0, 5, 1), piece(5, 11, 1)});
    CHECK(difference.stretches.empty());
    CHECK(difference.unmatched_a == 3);
    CHECK(difference.unmatched_b == 2);
  }
  SUBCASE("tokens in the middle of a longer segment") {
    const std::vector<SegmentRow> gap = {piece(0, 4, 1), piece(6, 12, 1)};
    const DocumentDifference difference = align(gap, std::vector<SegmentRow>{piece(0, 12, 1)});
    CHECK(difference.stretches.empty());
    CHECK(difference.unmatched_a == 2);
    CHECK(difference.unmatched_b == 1);
  }
  SUBCASE("everything") {
    CHECK(align(a, {}).unmatched_a == 3);
    CHECK(align({}, a).unmatched_b == 3);
    CHECK(std::isnan(align({}, {}).sum().difference()));
  }
}

TEST_CASE("windows that overlap are compared when they are the same") {
  const std::vector<SegmentRow> a = {piece(0, 8, 1), piece(4, 12, 2)};
  CHECK(ranges(align(a, a)) == "0-8 4-12 ");
}

TEST_CASE("runs are compared by the names of their documents") {
  const ScratchFolder folder;
  Store store = Store::open(folder / "traces.db");
  const auto add = [&](int64_t run, const std::string& name, double nll) {
    SegmentRow row = sample_segment(store.add_document(run, name, "text").id, 0);
    row.nll = nll;
    store.commit({&row, 1}, {}, {});
  };
  const int64_t a = store.begin_run(sample_spec());
  RunSpec other = sample_spec();
  other.dtype = "bfloat16";
  other.config = R"({"segment_length": 512, "rmt": {"memory_tokens": 16}, "seed": 1})";
  const int64_t b = store.begin_run(other);
  add(a, "only a", 1);
  add(a, "both", 511);
  add(b, "both", 1022);
  add(b, "only b", 1);

  const RunDifference difference = diff_runs(store, a, b);
  CHECK(difference.a.id == a);
  CHECK(difference.b.id == b);
  CHECK(difference.only_a == std::vector<std::string>{"only a"});
  CHECK(difference.only_b == std::vector<std::string>{"only b"});
  REQUIRE(difference.documents.size() == 1);
  CHECK(difference.documents[0].name == "both");
  CHECK(difference.sum().difference() == 1.0);
  CHECK(describe(difference.spec) ==
        "dtype: float32 is now bfloat16; config/rmt/memory_tokens: 10 is now 16; config/seed: (none) is now 1");
  CHECK(diff_runs(store, a, a).spec.empty());
  CHECK(error_of([&] { diff_runs(store, a, b + 1); }) == Errc::not_found);
}

}  // namespace
}  // namespace rmt::store::test
