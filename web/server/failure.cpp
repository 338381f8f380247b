#include "web/server/failure.h"

#include "corpora/error.h"
#include "prover/lean_backend.h"
#include "web/server/exchange.h"

namespace rmt::web {

HttpError failure_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const HttpError& error) {
    return error;
  } catch (const Gone&) {
    throw;
  } catch (const corpora::Error& error) {
    if (error.code() == corpora::Errc::bad_text) return {400, error.what(), {}, "invalid_text"};
    return {500, std::string("The server has a fault: ") + error.what(), {}, "internal_error"};
  } catch (const prover::RejectedInput& error) {
    return {400, error.what(), {}, "rejected_input"};
  } catch (const prover::LeanUnavailable& error) {
    return {503, error.what(), {}, "lean_unavailable"};
  } catch (const std::exception& error) {
    return {500, std::string("The server has a fault: ") + error.what(), {}, "internal_error"};
  }
}

}  // namespace rmt::web
