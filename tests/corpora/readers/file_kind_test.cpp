#include "corpora/readers/file_kind.h"

#include "tests/corpora/readers/files.h"

using namespace rmt::corpora;
using namespace rmt::tests;

TEST_CASE("the name of a file tells its kind") {
  struct Case {
    std::string path;
    FileKind kind;
    bool compressed;
  };
  const std::vector<Case> cases = {
      {"a.txt", FileKind::text, false},
      {"dir.tex/A.TXT", FileKind::text, false},
      {"a.md", FileKind::markdown, false},
      {"a.tex", FileKind::tex, false},
      {"a.lean", FileKind::lean, false},
      {"a.jsonl", FileKind::records, false},
      {"a.jsonl.zst", FileKind::records, true},
      {"a.jsonl.gz", FileKind::records, true},
      {"a.tar", FileKind::package, false},
      {"a.tar.gz", FileKind::package, true},
      {"a.tgz", FileKind::package, true},
      {"2304.11062.gz", FileKind::package, true},
      {"math0309136.gz", FileKind::package, true},
      {"table.csv.gz", FileKind::unknown, true},
      {"2304.11062.zst", FileKind::unknown, true},
      {"a.pdf", FileKind::unknown, false},
      {"tex", FileKind::unknown, false},
      {"a.tex/", FileKind::unknown, false},
      {"", FileKind::unknown, false},
  };
  for (const Case& expected : cases) {
    CAPTURE(expected.path);
    CHECK(file_name(expected.path).kind == expected.kind);
    CHECK(file_name(expected.path).compressed == expected.compressed);
  }
}

TEST_CASE("a tar archive is told by the checksum of its first header") {
  std::string tar = tar_of({{"a.tex", "content"}});
  CHECK(is_tar(tar));
  CHECK_FALSE(is_tar(tar.substr(0, 511)));
  tar[5] ^= 1;
  CHECK_FALSE(is_tar(tar));
  CHECK_FALSE(is_tar(std::string(512, '\0')));
  CHECK_FALSE(is_tar(std::string(512, 'x')));
}
