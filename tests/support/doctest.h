// The only way a test includes doctest. c10's logging header defines CHECK after doctest does and
// wins silently (its warning is hidden in a system header), which leaves every CHECK of a test
// asserting nothing. So c10 comes first, its CHECKs go, then doctest.
#pragma once

#if __has_include(<c10/util/Logging.h>) && defined(RMTLM_TEST_TORCH)
#include <c10/util/Logging.h>
#endif
#undef CHECK
#undef CHECK_EQ
#undef CHECK_NE
#undef CHECK_LE
#undef CHECK_LT
#undef CHECK_GE
#undef CHECK_GT

#include <doctest/doctest.h>
