// Errors in the shape OpenAI's clients read, with the headers that keep them from repeating what cannot help.
#include "web/server/error.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "corpora/readers/utf8.h"
#include "web/server/exchange.h"
#include "web/server/json/json_writer.h"

namespace rmt::web {
namespace {

std::string_view type_of(unsigned status) {
  switch (status) {
    case 401: return "authentication_error";
    case 403: return "permission_error";
    case 404: return "not_found_error";
    case 409: return "conflict_error";
    case 429: return "rate_limit_error";
    case 503: return "unavailable_error";
    default: return status >= 500 ? "server_error" : "invalid_request_error";
  }
}

void add_text_or_null(JsonWriter& json, std::string_view key, const std::string& text) {
  json.key(key);
  if (text.empty()) return json.null();
  json.text(corpora::repaired_utf8(text));
}

}  // namespace

std::string error_body(const HttpError& error) {
  JsonWriter json;
  json.begin_object().key("error").begin_object();
  json.key("message").text(corpora::repaired_utf8(error.what()));  // may quote what a client sent
  json.key("type").text(type_of(error.status));
  add_text_or_null(json, "param", error.param);
  add_text_or_null(json, "code", error.code);
  json.end_object().end_object();
  return json.take();
}

Response error_response(const HttpError& error) {
  Response response{error.status, {{"content-type", "application/json"}}, error_body(error)};
  // OpenAI's clients repeat 408, 409, 429 and 5xx by themselves; a 2 M-token prompt that fails for good would be read
  // three times.
  response.headers.emplace_back("x-should-retry", error.retry_after_s ? "true" : "false");
  if (error.retry_after_s) {
    const auto seconds = static_cast<int64_t>(std::ceil(std::max(1.0, *error.retry_after_s)));
    response.headers.emplace_back("retry-after", std::to_string(seconds));
  }
  if (error.status == 401) response.headers.emplace_back("www-authenticate", "Bearer");
  if (!error.allow.empty()) response.headers.emplace_back("allow", error.allow);
  response.headers.insert(response.headers.end(), error.headers.begin(), error.headers.end());
  return response;
}

}  // namespace rmt::web
