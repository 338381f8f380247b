// The rules, held against the project's own sources.
#include <algorithm>

#include "tests/architecture/rules.h"
#include "tests/architecture/source_tree.h"
#include "tests/support/doctest.h"

namespace rmt::architecture {
namespace {

void expect_none(const Findings& findings) {
  for (const std::string& finding : findings) FAIL_CHECK(finding);
  CHECK(findings.empty());
}

struct Tree {
  const std::vector<SourceFile> files = read_tree(RMTLM_SOURCE);
};

TEST_CASE_FIXTURE(Tree, "the sources are found") {
  const auto includes_of = [&](const std::string& path) -> size_t {
    const auto file = std::ranges::find(files, path, &SourceFile::path);
    return file == files.end() ? 0 : file->includes.size();
  };
  CHECK(files.size() > 100);
  CHECK(includes_of("corpora/document.h") > 0);
  CHECK(includes_of("model/backbone.h") > 0);
  CHECK(includes_of("app/program.cpp") > 0);
}

TEST_CASE_FIXTURE(Tree, "modules include only what lies below them") {
  expect_none(foreign_includes(files));
}
TEST_CASE_FIXTURE(Tree, "libtorch stays where it belongs") {
  expect_none(torch_includes(files));
}
TEST_CASE_FIXTURE(Tree, "doctest comes through its one header") {
  expect_none(direct_doctest(files));
}
TEST_CASE_FIXTURE(Tree, "no header includes itself") {
  expect_none(include_cycles(files));
}
TEST_CASE_FIXTURE(Tree, "the house rules hold") {
  expect_none(house_rules(files));
}

}  // namespace
}  // namespace rmt::architecture
