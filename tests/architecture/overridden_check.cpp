// The wrong order on purpose: c10 redefines doctest's CHECK, and this check of a falsehood asserts
// nothing. CTest expects the test main to refuse it.
#include <doctest/doctest.h>

// after doctest
#include <c10/util/Logging.h>

TEST_CASE("asserts nothing") {
  CHECK(1 + 1 == 2);
}
