#include "corpora/readers/lean_order.h"

#include <algorithm>
#include <random>

#include "tests/corpora/readers/files.h"

using namespace rmt::corpora;
using namespace rmt::tests;

namespace {

using Paths = std::vector<std::string>;

std::string cycle_of(const std::vector<LeanFile>& files) {
  const Error error = error_of([&] { in_import_order(files); });
  CHECK(error.code() == Errc::malformed);
  return error.what();
}

}  // namespace

TEST_CASE("files come after what they import, ties by name") {
  CHECK(in_import_order({{"A.lean", {"Z.lean"}}, {"M.lean", {}}, {"Z.lean", {}}}) ==
        Paths{"M.lean", "Z.lean", "A.lean"});
  CHECK(in_import_order({{"c.lean", {}}, {"a.lean", {}}, {"b.lean", {}}}) == Paths{"a.lean", "b.lean", "c.lean"});
  CHECK(in_import_order({{"A.lean", {"Mathlib.lean", "B.lean", "B.lean"}}, {"B.lean", {"Init.lean"}}}) ==
        Paths{"B.lean", "A.lean"});
  CHECK(in_import_order({}).empty());
}

TEST_CASE("the order does not depend on the order given") {
  std::vector<LeanFile> files;
  for (int i = 0; i < 40; ++i) {
    LeanFile file{"F" + std::to_string(i) + ".lean", {}};
    for (int j = i + 1; j < 40; j += 1 + i % 7) file.imports.push_back("F" + std::to_string(j) + ".lean");
    files.push_back(file);
  }
  const Paths order = in_import_order(files);
  REQUIRE(order.size() == files.size());
  std::mt19937 random(3);
  for (int round = 0; round < 10; ++round) {
    std::shuffle(files.begin(), files.end(), random);
    CHECK(in_import_order(files) == order);
  }
  const auto place = [&](const std::string& path) {
    return std::find(order.begin(), order.end(), path) - order.begin();
  };
  for (const LeanFile& file : files) {
    for (const std::string& import : file.imports) CHECK(place(import) < place(file.path));
  }
}

TEST_CASE("the folder from which modules are named is found by where imports lead") {
  // Two packages with modules of the same names.
  CHECK(in_import_order({{"one/A/Basic.lean", {"A/Core.lean"}},
                         {"one/A/Core.lean", {}},
                         {"two/A/Basic.lean", {}},
                         {"two/A/Core.lean", {"A/Basic.lean"}}}) ==
        Paths{"one/A/Core.lean", "one/A/Basic.lean", "two/A/Basic.lean", "two/A/Core.lean"});
  // A part of a package, with the root above the folder that was given.
  CHECK(
      in_import_order({{"/x/Mathlib/Algebra/A.lean", {"Mathlib/Algebra/B.lean"}}, {"/x/Mathlib/Algebra/B.lean", {}}}) ==
      Paths{"/x/Mathlib/Algebra/B.lean", "/x/Mathlib/Algebra/A.lean"});
  // Additions to a library in a folder of its name: the library's own modules are not among the files.
  CHECK(in_import_order({{"FLT/Mathlib/A.lean", {"Mathlib/A.lean"}},
                         {"FLT/Mathlib/B.lean", {"Mathlib/C.lean", "FLT/Mathlib/C.lean"}},
                         {"FLT/Mathlib/C.lean", {"Mathlib/B.lean", "FLT/Mathlib/D.lean"}},
                         {"FLT/Mathlib/D.lean", {"FLT/Mathlib/E.lean"}},
                         {"FLT/Mathlib/E.lean", {}}}) == Paths{"FLT/Mathlib/A.lean", "FLT/Mathlib/E.lean",
                                                               "FLT/Mathlib/D.lean", "FLT/Mathlib/C.lean",
                                                               "FLT/Mathlib/B.lean"});
  // A small package inside a large one.
  CHECK(in_import_order({{"A.lean", {"B.lean", "C.lean"}},
                         {"B.lean", {"C.lean"}},
                         {"C.lean", {}},
                         {"inner/P/A.lean", {"P/B.lean", "P/C.lean"}},
                         {"inner/P/B.lean", {"P/C.lean"}},
                         {"inner/P/C.lean", {}}}) ==
        Paths{"C.lean", "B.lean", "A.lean", "inner/P/C.lean", "inner/P/B.lean", "inner/P/A.lean"});
  // Where two folders explain the imports equally well, the outer one.
  CHECK(in_import_order({{"B.lean", {}}, {"C.lean", {"B.lean"}}, {"P/A.lean", {"B.lean"}}, {"P/B.lean", {}}}) ==
        Paths{"B.lean", "C.lean", "P/A.lean", "P/B.lean"});
  // A file named like the root module it imports is not its own import.
  CHECK(in_import_order({{"A/Basic.lean", {"Basic.lean"}}, {"Basic.lean", {}}}) == Paths{"Basic.lean", "A/Basic.lean"});
}

TEST_CASE("a circle of imports is refused by name") {
  CHECK(contains(cycle_of({{"A.lean", {"B.lean"}}, {"B.lean", {"C.lean"}}, {"C.lean", {"B.lean"}}}),
                 "B.lean → C.lean → B.lean"));
  CHECK(contains(cycle_of({{"A.lean", {"A.lean"}}}), "A.lean → A.lean"));
  CHECK(contains(cycle_of({{"Z.lean", {}}, {"P/A.lean", {"P/B.lean"}}, {"P/B.lean", {"Z.lean", "P/A.lean"}}}),
                 "P/A.lean → P/B.lean → P/A.lean"));
}
