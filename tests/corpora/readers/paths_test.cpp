#include "corpora/readers/paths.h"

#include "tests/support/doctest.h"

using namespace rmt::corpora;

TEST_CASE("paths are worked out without leaving the root") {
  CHECK(path_within_root("", "a/./b//c") == "a/b/c");
  CHECK(path_within_root("x/y", "../z") == "x/z");
  CHECK(path_within_root("x", "..") == "");
  CHECK(path_within_root("x", "../..") == std::nullopt);
  CHECK(path_within_root("x", "/z") == std::nullopt);
  CHECK(path_within_root("", "...") == "...");
  CHECK(directory_of("a/b/c") == "a/b");
  CHECK(directory_of("c") == "");
  CHECK(folders_above("a/b/c") == std::vector<std::string>{"a/b", "a", ""});
  CHECK(folders_above("/a/b") == std::vector<std::string>{"/a", ""});
  CHECK(path_in("", "a") == "a");
  CHECK(path_in("a/b", "c") == "a/b/c");
}
