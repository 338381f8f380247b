#include "corpora/readers/lean_imports.h"

#include "tests/corpora/readers/files.h"

using namespace rmt::corpora;
using namespace rmt::tests;

using Paths = std::vector<std::string>;

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
