#include "app/suggest.h"

#include "tests/support/doctest.h"

namespace rmt::app {
namespace {

const std::vector<std::string> kOptions = {"segment-length", "memory-tokens", "max-tokens", "model", "db"};

TEST_CASE("the closest word is found by edits and by beginnings") {
  CHECK(closest("segmnt-length", kOptions) == "segment-length");    // one missing
  CHECK(closest("segmentt-length", kOptions) == "segment-length");  // one too many
  CHECK(closest("modle", kOptions) == "model");                     // neighbours swapped count once
  CHECK(closest("bd", {"xdbx", "db"}) == "db");
  CHECK(closest("segment", kOptions) == "segment-length");
  CHECK(closest("max-token", kOptions) == "max-tokens");
}

TEST_CASE("nothing is suggested for a word far from all") {
  CHECK(closest("temperature", kOptions) == std::nullopt);
  CHECK(closest("", kOptions) == std::nullopt);
  CHECK(closest("model", {}) == std::nullopt);
}

TEST_CASE("a suggestion ends a sentence") {
  CHECK(did_you_mean("modle", kOptions, "--") == "; did you mean '--model'?");
  CHECK(did_you_mean("temperature", kOptions) == ".");
}

}  // namespace
}  // namespace rmt::app
