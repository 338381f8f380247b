#include "app/exit_code.h"

#include <c10/util/Exception.h>

#include <filesystem>
#include <new>
#include <system_error>

#include "corpora/error.h"
#include "lm/processes/error.h"
#include "lm/store/error.h"
#include "lm/train/error.h"
#include "model/device/error.h"
#include "model/error.h"
#include "prover/lean_backend.h"
#include "prover/source/lean_file.h"
#include "web/server/transport/transport_error.h"

namespace rmt::app {
namespace {

constexpr char kReport[] = " This is a fault of rmt-lm: please report it with the command that led to it.";

ExitCode exit_code(corpora::Errc code) {
  switch (code) {
    case corpora::Errc::not_found: return kUnavailable;
    case corpora::Errc::io: return kIo;
    case corpora::Errc::bad_text:
    case corpora::Errc::truncated:
    case corpora::Errc::malformed:
    case corpora::Errc::unsupported:
    case corpora::Errc::mismatch: return kBadData;
  }
  return kBug;
}

ExitCode exit_code(model::Errc code) {
  switch (code) {
    case model::Errc::not_found: return kUnavailable;
    case model::Errc::io: return kIo;
    case model::Errc::truncated:
    case model::Errc::malformed:
    case model::Errc::unsupported:
    case model::Errc::mismatch: return kBadData;
  }
  return kBug;
}

ExitCode exit_code(store::Errc code) {
  switch (code) {
    case store::Errc::not_found: return kUnavailable;
    case store::Errc::io:
    case store::Errc::disk_full: return kIo;
    case store::Errc::busy: return kRetry;
    case store::Errc::foreign:
    case store::Errc::newer:
    case store::Errc::corrupt:
    case store::Errc::mismatch: return kBadData;
  }
  return kBug;
}

ExitCode exit_code(lm::TrainErrc code) {
  switch (code) {
    case lm::TrainErrc::recipe: return kUsage;
    case lm::TrainErrc::diverged: return kCheckFailed;
    case lm::TrainErrc::memory: return kUnavailable;
  }
  return kBug;
}

ExitCode exit_code(lm::ProcessErrc code) {
  switch (code) {
    case lm::ProcessErrc::misplaced:
    case lm::ProcessErrc::unlike: return kUsage;
    case lm::ProcessErrc::lost: return kRetry;
    case lm::ProcessErrc::unavailable: return kUnavailable;
  }
  return kBug;
}

}  // namespace

Failure classify(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const UsageError& e) {
    return {kUsage, e.what()};
  } catch (const corpora::Error& e) {
    return {exit_code(e.code()), e.what()};
  } catch (const model::Error& e) {
    return {exit_code(e.code()), e.what()};
  } catch (const store::Error& e) {
    return {exit_code(e.code()), e.what()};
  } catch (const lm::TrainError& e) {
    return {exit_code(e.code()), e.what()};
  } catch (const lm::ProcessError& e) {
    return {exit_code(e.code()), e.what()};
  } catch (const prover::SourceError& e) {
    return {kBadData, e.what()};
  } catch (const prover::LeanUnavailable& e) {
    return {kUnavailable, e.what()};
  } catch (const web::TransportError& e) {
    return {kUnavailable, e.what()};
  } catch (const model::DeviceError& e) {
    return {kUnavailable, e.what()};
  } catch (const std::bad_alloc&) {
    return {kUnavailable, "Out of memory. A smaller segment-length, batch or model needs less."};
  } catch (const c10::OutOfMemoryError& e) {
    return {kUnavailable,
            std::string("Out of memory on the device: ") + e.what_without_backtrace() +
                " Lower --batch, --lanes, segment-length or a recipe's batch, take --dtype bf16, or compute "
                "with --device cpu."};
  } catch (const c10::Error& e) {
    return {kBug, std::string(e.what_without_backtrace()) + kReport};
  } catch (const std::system_error& e) {  // std::filesystem's errors are among these
    return {kIo, e.what()};
  } catch (const std::exception& e) {
    return {kBug, std::string(e.what()) + kReport};
  } catch (...) {
    return {kBug, std::string("An exception of an unknown type.") + kReport};
  }
}

}  // namespace rmt::app
