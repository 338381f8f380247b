// What a client is told when its request cannot be answered.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace rmt::web {

/// Thrown by a handler before it has begun its answer; becomes a status and
/// {"error": {"message", "type", "param", "code"}}, the shape OpenAI's clients read.
struct HttpError : std::runtime_error {
  HttpError(unsigned status_code, const std::string& message, std::string field = {}, std::string code_name = {})
      : std::runtime_error(message), status(status_code), param(std::move(field)), code(std::move(code_name)) {}

  unsigned status;
  std::string param;                                         ///< the field of the request that is wrong; empty: null
  std::string code;                                          ///< for programs: "model_not_found", …; empty: null
  std::optional<double> retry_after_s;                       ///< when to come again; only where coming again can help
  std::string allow;                                         ///< of a 405: the methods there are
  std::vector<std::pair<std::string, std::string>> headers;  ///< of the answer, besides those its status asks for
};

/// {"error": {…}}: the body of an answer, and what is said where an answer has already begun.
std::string error_body(const HttpError& error);

}  // namespace rmt::web
