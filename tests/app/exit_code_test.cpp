#include "app/exit_code.h"

#include <c10/util/Exception.h>

#include <filesystem>
#include <new>

#include "corpora/error.h"
#include "lm/processes/error.h"
#include "lm/store/error.h"
#include "model/error.h"
#include "tests/support/doctest.h"

namespace rmt::app {
namespace {

template <class Error>
Failure failure_of(const Error& error) {
  return classify(std::make_exception_ptr(error));
}

TEST_CASE("each module's errors have their exit code") {
  using C = corpora::Errc;
  CHECK(failure_of(corpora::Error(C::not_found, "x")).code == kUnavailable);
  CHECK(failure_of(corpora::Error(C::io, "x")).code == kIo);
  for (const C code : {C::bad_text, C::truncated, C::malformed, C::unsupported, C::mismatch}) {
    CHECK(failure_of(corpora::Error(code, "x")).code == kBadData);
  }
  using M = model::Errc;
  CHECK(failure_of(model::Error(M::not_found, "x")).code == kUnavailable);
  CHECK(failure_of(model::Error(M::io, "x")).code == kIo);
  for (const M code : {M::truncated, M::malformed, M::unsupported, M::mismatch}) {
    CHECK(failure_of(model::Error(code, "x")).code == kBadData);
  }
  using S = store::Errc;
  CHECK(failure_of(store::Error(S::not_found, "x")).code == kUnavailable);
  CHECK(failure_of(store::Error(S::io, "x")).code == kIo);
  CHECK(failure_of(store::Error(S::disk_full, "x")).code == kIo);
  CHECK(failure_of(store::Error(S::busy, "x")).code == kRetry);
  for (const S code : {S::foreign, S::newer, S::corrupt, S::mismatch}) {
    CHECK(failure_of(store::Error(code, "x")).code == kBadData);
  }
  using P = lm::ProcessErrc;
  CHECK(failure_of(lm::ProcessError(P::misplaced, "x")).code == kUsage);
  CHECK(failure_of(lm::ProcessError(P::unlike, "x")).code == kUsage);
  CHECK(failure_of(lm::ProcessError(P::lost, "x")).code == kRetry);
  CHECK(failure_of(lm::ProcessError(P::unavailable, "x")).code == kUnavailable);
}

TEST_CASE("an error's message is passed on as it is") {
  CHECK(failure_of(corpora::Error(corpora::Errc::malformed, "a.jsonl:3: Not JSON.")).message == "a.jsonl:3: Not JSON.");
  const Failure usage = failure_of(UsageError("--plot needs one document."));
  CHECK(usage.code == kUsage);
  CHECK(usage.message == "--plot needs one document.");
}

TEST_CASE("the system's errors are I/O, and everything else is a fault of the program that says so") {
  CHECK(failure_of(std::system_error(ENOSPC, std::generic_category(), "trace.db")).code == kIo);
  CHECK(failure_of(std::filesystem::filesystem_error("plot.svg", std::make_error_code(std::errc::io_error))).code ==
        kIo);
  CHECK(failure_of(std::bad_alloc()).code == kUnavailable);
  for (const Failure& bug : {failure_of(std::logic_error("a != b")), failure_of(42)}) {
    CHECK(bug.code == kBug);
    CHECK(bug.message.find("fault of rmt-lm") != std::string::npos);
  }
}

TEST_CASE("a libtorch error is shown without its backtrace") {
  try {
    TORCH_CHECK(false, "sizes differ");
  } catch (const c10::Error& error) {
    const Failure failure = classify(std::current_exception());
    CHECK(failure.code == kBug);
    CHECK(failure.message.starts_with("sizes differ"));
    CHECK(failure.message.find("frame #") == std::string::npos);
  }
}

}  // namespace
}  // namespace rmt::app
