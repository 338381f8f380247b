// rmt-lm runs as a user meets it, on a database of two small runs.
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "lm/store/store.h"
#include "tests/support/doctest.h"

namespace {

namespace store = rmt::store;

store::SegmentRow segment(int64_t document, int64_t index, double nll) {
  store::SegmentRow row;
  row.document = document;
  row.index = index;
  row.token_from = 8 * index;
  row.token_to = 8 * (index + 1);
  row.byte_from = 32 * index;
  row.byte_to = 32 * (index + 1);
  row.scored_tokens = index == 0 ? 7 : 8;
  row.scored_bytes = 32;
  row.nll = nll;
  return row;
}

class Database {
 public:
  Database() {
    std::string name = (std::filesystem::temp_directory_path() / "rmtlm-runs-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    folder_ = name;
    store::Store out = store::Store::open(folder_ + "/traces.db");
    add_run(out, "fp32", 14.0);
    add_run(out, "bf16", 21.0);
  }
  ~Database() { std::filesystem::remove_all(folder_); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  std::string file(const std::string& name) const { return folder_ + "/" + name; }

  /// Runs the program on the database; both its streams, with its exit code at the end.
  std::string run(const std::string& arguments) const {
    const std::string command =
        RMTLM_PROGRAM " runs " + arguments + " --db " + file("traces.db") + " >" + file("out") + " 2>&1";
    const int status = std::system(command.c_str());
    std::ifstream out(file("out"), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(out), {}};
    return text + "exit " + std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : -1);
  }

 private:
  static void add_run(store::Store& out, const std::string& dtype, double first_nll) {
    const int64_t run = out.begin_run({"eval", "rmt", "reader", std::string(64, 'a'), std::string(64, 'b'),
                                       R"({"segment_length":8})", "cpu", dtype, "0.1.0"});
    store::DocumentRow document = out.add_document(run, "a \x1b[31mb.txt", "text");
    const store::SegmentRow rows[] = {segment(document.id, 0, first_nll), segment(document.id, 1, 8.0)};
    document.tokens = document.words = 16;
    document.bytes = document.chars = 64;
    out.commit(rows, {}, {&document, 1});
    out.end_run(run, store::RunStatus::finished);
  }

  std::string folder_;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::vector<nlohmann::json> objects(const std::string& text) {
  std::vector<nlohmann::json> all;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line) && !line.starts_with("exit ");) {
    all.push_back(nlohmann::json::parse(line));
  }
  return all;
}

TEST_CASE_FIXTURE(Database, "runs list has a line a run") {
  const std::string text = run("list");
  CHECK(text.starts_with(
      "id  started (UTC)        status    command  protocol  documents  segments     ppl  model\n1   2"));
  CHECK(contains(text, "finished  eval     rmt             1/1         2  4.3348  reader\n"));  // exp(22 / 15)
  CHECK(text.ends_with("exit 0"));
  const auto lines = objects(run("list --json"));
  REQUIRE(lines.size() == 2);
  CHECK(lines[1]["run"] == 2);
  CHECK(lines[1]["dtype"] == "bf16");
  CHECK(lines[1]["totals"]["nll"] == 29.0);
}

TEST_CASE_FIXTURE(Database, "runs show has a line a document, and no control characters") {
  const std::string text = run("show 1");
  CHECK(contains(text, "config      {\"segment_length\":8}\n"));
  CHECK(contains(text, "  to its end  a ?[31mb.txt\n"));
  CHECK(contains(text, "  1 of 1  (total)\n"));
  CHECK_FALSE(contains(text, "\x1b"));
  const auto lines = objects(run("show 1 --json"));
  REQUIRE(lines.size() == 3);
  CHECK(lines[0]["type"] == "run");
  CHECK(lines[1]["type"] == "document");
  CHECK(lines[1]["name"] == "a \x1b[31mb.txt");
  CHECK(lines[2]["type"] == "total");
  CHECK(lines[2]["scored_tokens"] == 15);
}

TEST_CASE_FIXTURE(Database, "runs diff says what differs, and by how much") {
  const std::string text = run("diff 1 2 --segments");
  CHECK(contains(text, "dtype: fp32 | bf16\n"));
  CHECK(contains(text, " 0..8       7  2.00000  3.00000    +1.00000\n"));
  CHECK(contains(text, " 8..16       8  1.00000  1.00000    +0.00000\n"));
  CHECK_FALSE(contains(run("diff 1 2"), "0..8"));
  const auto lines = objects(run("diff 1 2 --json"));
  REQUIRE(lines.size() == 5);
  CHECK(lines[0] == nlohmann::json({{"type", "field"}, {"field", "dtype"}, {"a", "fp32"}, {"b", "bf16"}}));
  CHECK(lines[1]["difference"] == 1.0);
  CHECK(lines[3]["unmatched_a"] == 0);
  CHECK(lines[4]["nll_b"] == 29.0);
}

TEST_CASE_FIXTURE(Database, "runs export writes to standard output or a file") {
  const std::string text = run("export 2 --format csv");
  CHECK(text.starts_with("run,document,source,seg,"));
  CHECK(contains(text, ",text,1,8,16,32,64,8,32,8,,0,0,,0\r\n"));
  CHECK(run("export 2 -o " + file("run.csv")) == "exit 0");
  std::ifstream written(file("run.csv"), std::ios::binary);
  CHECK(std::string{std::istreambuf_iterator<char>(written), {}} + "exit 0" == text);
  CHECK(objects(run("export 2 --format jsonl")).size() == 4);
}

TEST_CASE_FIXTURE(Database, "runs that are not there are exit code 69, wrong words 2") {
  CHECK(run("show 3").ends_with("shows those it has.\nexit 69"));
  CHECK(run("diff 1 3").ends_with("exit 69"));
  CHECK(run("export 3").ends_with("exit 69"));
  CHECK(run("export 1 --format xml").ends_with("exit 2"));
  CHECK(run("show").ends_with("exit 2"));
  CHECK(run("export 1 -o " + file("no/such/folder.csv")).ends_with("exit 69"));
}

}  // namespace
