#include "corpora/readers/lean_imports.h"

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

TEST_CASE("imports are read from the header of a file") {
  CHECK(lean_imports("import Mathlib.Data.Nat\nimport A\n\ntheorem x : 1 = 1 := rfl\nimport B") ==
        Paths{"Mathlib/Data/Nat.lean", "A.lean"});
  CHECK(lean_imports("/- Copyright /- nested -/ import No -/\n-- import No\nimport A -- import No\nimport B") ==
        Paths{"A.lean", "B.lean"});
  CHECK(lean_imports("module\n\nprelude\npublic import A\nmeta import B\npublic meta import C\nimport all D\n") ==
        Paths{"A.lean", "B.lean", "C.lean", "D.lean"});
  CHECK(lean_imports("import «my module».B.«c.d»\nimport Δ.α₁'") == Paths{"my module/B/c.d.lean", "Δ/α₁'.lean"});
  CHECK(lean_imports("\ufeffimport A\r\nimport B\r\n") == Paths{"A.lean", "B.lean"});
  CHECK(lean_imports("import A import B") == Paths{"A.lean", "B.lean"});
  for (const std::string none : {"", "-- only", "/- open", "important A", "open import A", "import", "import .A",
                                 "import A.", "import «open", "/-- doc -/ def import := 1", "#eval 1"}) {
    CAPTURE(none);
    CHECK(lean_imports(none).empty());
  }
}

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

TEST_CASE("an import means the file under the nearest folder above both") {
  // Two packages with a module of the same name, and a source root that is not the folder given.
  CHECK(in_import_order({{"one/A/Basic.lean", {"A/Core.lean"}},
                         {"one/A/Core.lean", {}},
                         {"two/A/Basic.lean", {}},
                         {"two/A/Core.lean", {"A/Basic.lean"}}}) ==
        Paths{"one/A/Core.lean", "one/A/Basic.lean", "two/A/Basic.lean", "two/A/Core.lean"});
  CHECK(
      in_import_order({{"/x/Mathlib/Algebra/A.lean", {"Mathlib/Algebra/B.lean"}}, {"/x/Mathlib/Algebra/B.lean", {}}}) ==
      Paths{"/x/Mathlib/Algebra/B.lean", "/x/Mathlib/Algebra/A.lean"});
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
