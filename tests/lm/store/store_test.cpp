// Runs, documents, segments and states: stored, read back, refused.
#include "lm/store/store.h"

#include <limits>
#include <stdexcept>

#include "tests/lm/store/scratch.h"
#include "tests/support/doctest.h"

namespace rmt::store::test {
namespace {

struct Fixture {
  ScratchFolder folder;
  std::string path = folder / "traces.db";
  Store store = Store::open(path);
  int64_t run = store.begin_run(sample_spec());
  int64_t document = store.add_document(run, "a.txt", "text").id;

  void commit(const SegmentRow& segment, const std::string& blob = "state") {
    const StateRow state{segment.document, segment.index + 1, blob};
    store.commit({&segment, 1}, {&state, 1}, {});
  }
};

bool same(const SegmentRow& a, const SegmentRow& b) {
  return a.document == b.document && a.index == b.index && a.token_from == b.token_from && a.token_to == b.token_to &&
         a.byte_from == b.byte_from && a.byte_to == b.byte_to && a.scored_tokens == b.scored_tokens &&
         a.scored_bytes == b.scored_bytes && a.nll == b.nll && a.nll_reset == b.nll_reset && a.nll_head == b.nll_head &&
         a.scored_head == b.scored_head && a.nll_head_reset == b.nll_head_reset && a.ms == b.ms;
}

TEST_CASE_FIXTURE(Fixture, "a run is read back as it was begun") {
  const Run read = store.run(run);
  CHECK(read.id == run);
  CHECK(read.status == RunStatus::running);
  CHECK(read.spec.command == "eval");
  CHECK(read.spec.protocol == "rmt");
  CHECK(read.spec.model == "models/reader");
  CHECK(read.spec.model_sha256 == std::string(64, 'a'));
  CHECK(read.spec.tokenizer_sha256 == std::string(64, 'b'));
  CHECK(read.spec.config == sample_spec().config);
  CHECK(read.spec.device == "cpu");
  CHECK(read.spec.dtype == "float32");
  CHECK(read.spec.version == "0.1.0");
  CHECK(read.ended.empty());
  REQUIRE(read.started.size() == 24);  // 2026-01-31T23:59:59.999Z
  CHECK(read.started[10] == 'T');
  CHECK(read.started.back() == 'Z');

  store.end_run(run, RunStatus::interrupted);
  CHECK(store.run(run).status == RunStatus::interrupted);
  CHECK(store.run(run).ended >= read.started);
  CHECK(store.runs().size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "what does not exist is said to be missing") {
  CHECK(error_of([&] { store.run(run + 1); }) == Errc::not_found);
  CHECK(error_of([&] { store.end_run(run + 1, RunStatus::finished); }) == Errc::not_found);
  CHECK(error_of([&] { store.resume_run(run + 1, sample_spec()); }) == Errc::not_found);
  CHECK(message_of([&] { store.run(7); }).find(path + ": no run 7. ") == 0);
  CHECK(store.documents(run + 1).empty());
  CHECK(store.segments(document + 1).empty());
  CHECK_FALSE(store.state(document + 1).has_value());
}

TEST_CASE_FIXTURE(Fixture, "a document keeps its name and is added once") {
  const std::string odd("dir/\xff\0name \"x\",\n.txt", 20);
  const DocumentRow added = store.add_document(run, odd, "tex");
  CHECK(added.name == odd);
  CHECK(added.source == "tex");
  CHECK_FALSE(added.finished);
  CHECK(store.add_document(run, odd, "tex").id == added.id);
  CHECK(store.documents(run).size() == 2);
  const int64_t other = store.begin_run(sample_spec());
  CHECK(store.add_document(other, odd, "tex").id != added.id);
  CHECK_THROWS_AS(store.add_document(other + 1, odd, "tex"), std::invalid_argument);
}

TEST_CASE_FIXTURE(Fixture, "segments keep every bit of their numbers") {
  SegmentRow first = sample_segment(document, 0);
  first.nll = 0.1 + 0.2;
  SegmentRow second = sample_segment(document, 1);
  second.nll = std::numeric_limits<double>::denorm_min();
  second.nll_reset = second.nll_head_reset = std::nullopt;
  SegmentRow third = sample_segment(document, 2);
  third.nll = std::numeric_limits<double>::max();
  third.byte_to = std::numeric_limits<int64_t>::max();
  for (const SegmentRow& row : {first, second, third}) commit(row);

  const std::vector<SegmentRow> read = store.segments(document);
  REQUIRE(read.size() == 3);
  CHECK(same(read[0], first));
  CHECK(same(read[1], second));
  CHECK(same(read[2], third));
}

TEST_CASE_FIXTURE(Fixture, "a state is replaced, and dropped with the end of its document") {
  CHECK_FALSE(store.state(document).has_value());
  const StateRow before_any{document, 0, "tokens that wait for a window to fill"};
  store.commit({}, {&before_any, 1}, {});
  REQUIRE(store.state(document).has_value());
  CHECK(store.state(document)->blob == before_any.blob);
  commit(sample_segment(document, 0), std::string("first\0state", 11));
  REQUIRE(store.state(document).has_value());
  CHECK(store.state(document)->blob == std::string("first\0state", 11));
  CHECK(store.state(document)->segments == 1);
  commit(sample_segment(document, 1), "");
  REQUIRE(store.state(document).has_value());
  CHECK(store.state(document)->blob.empty());

  const SegmentRow last = sample_segment(document, 2);
  const StateRow state{document, 3, "end"};
  const DocumentRow end = sample_end(document, 3);
  store.commit({&last, 1}, {&state, 1}, {&end, 1});
  CHECK_FALSE(store.state(document).has_value());
  const DocumentRow read = store.documents(run).at(0);
  CHECK(read.finished);
  CHECK(read.name == "a.txt");
  CHECK(read.tokens == 1536);
  CHECK(read.bytes == 6000);
  CHECK(read.chars == 5970);
  CHECK(read.words == 900);
}

TEST_CASE_FIXTURE(Fixture, "a commit that breaks a rule leaves nothing behind") {
  commit(sample_segment(document, 0));
  const auto refused = [&](std::vector<SegmentRow> segments, std::vector<StateRow> states,
                           std::vector<DocumentRow> ends) {
    CHECK_THROWS_AS(store.commit(segments, states, ends), std::invalid_argument);
    CHECK(store.segments(document).size() == 1);
    CHECK(store.state(document)->segments == 1);
    CHECK_FALSE(store.documents(run).at(0).finished);
  };
  const SegmentRow good = sample_segment(document, 1);
  SegmentRow not_a_number = sample_segment(document, 2);
  not_a_number.nll = std::numeric_limits<double>::quiet_NaN();
  SegmentRow backwards = sample_segment(document, 2);
  backwards.token_to = backwards.token_from - 1;

  refused({good, sample_segment(document, 0)}, {}, {});      // stored already
  refused({good, sample_segment(document + 9, 0)}, {}, {});  // no such document
  refused({good, not_a_number}, {}, {});
  refused({good, backwards}, {}, {});
  refused({good}, {{document, 3, "a state of another segment"}}, {});
  refused({good}, {{document + 9, 1, "a state of no document"}}, {});
  refused({good}, {{document, 2, "fine"}}, {sample_end(document + 9, 1)});
  commit(good);
  CHECK(store.segments(document).size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "a state that is not what was stored is refused") {
  const int64_t other = store.add_document(run, "b.txt", "text").id;
  commit(sample_segment(document, 0), "one state");
  commit(sample_segment(other, 0), "another one");
  const std::string of_document = " WHERE document = " + std::to_string(document);

  SUBCASE("a changed byte") {
    sql(path, "UPDATE state SET blob = CAST('one stale' AS BLOB)" + of_document);
  }
  SUBCASE("another document's") {
    sql(path, "UPDATE state SET (blob, sha256) = (SELECT blob, sha256 FROM state WHERE document = " +
                  std::to_string(other) + ")" + of_document);
  }
  SUBCASE("another number of segments") {
    sql(path, "UPDATE state SET segments = 2" + of_document);
  }
  SUBCASE("a segment is missing") {
    sql(path, "DELETE FROM segment" + of_document);
  }
  CHECK(error_of([&] { store.state(document); }) == Errc::corrupt);
  CHECK(message_of([&] { store.state(document); }).find("document " + std::to_string(document)) != std::string::npos);
  CHECK(store.state(other)->blob == "another one");
}

TEST_CASE_FIXTURE(Fixture, "the newest unfinished run with the same inputs is resumed") {
  REQUIRE(store.find_resumable(sample_spec()).has_value());
  CHECK(store.find_resumable(sample_spec())->id == run);
  const int64_t newer = store.begin_run(sample_spec());
  CHECK(store.find_resumable(sample_spec())->id == newer);
  store.end_run(newer, RunStatus::finished);
  CHECK(store.find_resumable(sample_spec())->id == run);
  store.end_run(run, RunStatus::failed);
  CHECK(store.find_resumable(sample_spec())->id == run);

  RunSpec reordered = sample_spec();
  reordered.config = R"({"rmt":{"memory_tokens":10},"segment_length":512})";
  CHECK(store.find_resumable(reordered)->id == run);
  store.resume_run(run, reordered);
  CHECK(store.run(run).status == RunStatus::running);
  CHECK(store.run(run).ended.empty());
}

TEST_CASE_FIXTURE(Fixture, "a run is not resumed with any other input") {
  const auto with = [](auto change) {
    RunSpec spec = sample_spec();
    change(spec);
    return spec;
  };
  const std::vector<RunSpec> others = {
      with([](RunSpec& s) { s.command = "read"; }),
      with([](RunSpec& s) { s.protocol = "lm-eval"; }),
      with([](RunSpec& s) { s.model = "models/other"; }),
      with([](RunSpec& s) { s.model_sha256[0] = 'c'; }),
      with([](RunSpec& s) { s.tokenizer_sha256[63] = 'c'; }),
      with([](RunSpec& s) { s.config = R"({"segment_length": 512, "rmt": {"memory_tokens": 16}})"; }),
      with([](RunSpec& s) { s.device = "cuda"; }),
      with([](RunSpec& s) { s.dtype = "bfloat16"; }),
      with([](RunSpec& s) { s.version = "0.2.0"; }),
  };
  for (const RunSpec& other : others) {
    CHECK_FALSE(store.find_resumable(other).has_value());
    CHECK(error_of([&] { store.resume_run(run, other); }) == Errc::mismatch);
  }
  CHECK(message_of([&] { store.resume_run(run, others[5]); }).find("config/rmt/memory_tokens: 10 is now 16") !=
        std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a run's configuration must be JSON") {
  RunSpec spec = sample_spec();
  spec.config = "{segment_length: 512}";
  CHECK_THROWS_AS(store.begin_run(spec), std::invalid_argument);
  CHECK(store.runs().size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "totals are sums, and know whether the reset was always measured") {
  const int64_t other = store.add_document(run, "b.txt", "text").id;
  CHECK(store.run_totals(run).segments == 0);
  CHECK(store.run_totals(run).nll == 0);
  CHECK_FALSE(store.run_totals(run).nll_reset.has_value());
  commit(sample_segment(document, 0));
  commit(sample_segment(document, 1));
  const SegmentRow only = sample_segment(other, 0);
  const DocumentRow end = sample_end(other, 1);
  store.commit({&only, 1}, {}, {&end, 1});

  const Totals totals = store.run_totals(run);
  CHECK(totals.documents == 2);
  CHECK(totals.finished == 1);
  CHECK(totals.segments == 3);
  CHECK(totals.scored_tokens == 511 + 512 + 511);
  CHECK(totals.scored_bytes == 1997 + 2000 + 1997);
  CHECK(totals.words == 300);
  CHECK(totals.chars == 1990);
  CHECK(totals.nll == doctest::Approx(1001));
  REQUIRE(totals.nll_reset.has_value());
  CHECK(*totals.nll_reset == doctest::Approx(1101));
  CHECK(totals.ms == 37.5);
  CHECK(store.document_totals(document).segments == 2);
  CHECK(store.document_totals(document).documents == 1);

  SegmentRow without_reset = sample_segment(document, 2);
  without_reset.nll_reset = std::nullopt;
  commit(without_reset);
  CHECK_FALSE(store.run_totals(run).nll_reset.has_value());
  CHECK(store.document_totals(other).nll_reset.has_value());
}

TEST_CASE_FIXTURE(Fixture, "a total does not lose what an addition rounds away") {
  int64_t index = 0;
  for (const double nll : {1e17, 1.0, 1.0, -1e17}) {
    SegmentRow row = sample_segment(document, index++);
    row.nll = nll;
    commit(row);
  }
  CHECK(store.run_totals(run).nll == 2.0);
}

TEST_CASE_FIXTURE(Fixture, "a reader sees what was committed, and a snapshot one moment of it") {
  commit(sample_segment(document, 0));
  const Store reader = Store::open_read_only(path);
  CHECK(reader.segments(document).size() == 1);
  commit(sample_segment(document, 1));
  CHECK(reader.segments(document).size() == 2);
  {
    const Store::Snapshot snapshot = reader.snapshot();
    CHECK(reader.segments(document).size() == 2);
    commit(sample_segment(document, 2));
    CHECK(reader.segments(document).size() == 2);
  }
  CHECK(reader.segments(document).size() == 3);
}

TEST_CASE_FIXTURE(Fixture, "a reader cannot write") {
  Store reader = Store::open_read_only(path);
  CHECK_THROWS_AS(reader.begin_run(sample_spec()), std::logic_error);
  CHECK_THROWS_AS(reader.add_document(run, "c", ""), std::logic_error);
  const SegmentRow row = sample_segment(document, 0);
  CHECK_THROWS_AS(reader.commit({&row, 1}, {}, {}), std::logic_error);
  CHECK(store.segments(document).empty());
}

TEST_CASE("a run whose process is gone is no longer called running") {
  const ScratchFolder folder;
  const std::string path = folder / "traces.db";
  { Store::open(path).begin_run(sample_spec()); }
  CHECK(Store::open_read_only(path).run(1).status == RunStatus::running);
  const Store next = Store::open(path);
  CHECK(next.run(1).status == RunStatus::interrupted);
  CHECK(next.run(1).ended.empty());
  CHECK(next.find_resumable(sample_spec())->id == 1);
}

TEST_CASE("a store can be moved") {
  const ScratchFolder folder;
  Store first = Store::open(folder / "traces.db");
  Store second = std::move(first);
  CHECK(second.begin_run(sample_spec()) == 1);
  second = Store::open(folder / "others.db");
  CHECK(second.runs().empty());
  CHECK(Store::open(folder / "traces.db").runs().size() == 1);
}

}  // namespace
}  // namespace rmt::store::test
