#include "web/server/transport/response_head.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "web/server/transport/header_text.h"

namespace rmt::web {
namespace {

std::string_view reason_of(unsigned status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 426: return "Upgrade Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return "";  // a reason may be empty (RFC 9112, section 4)
  }
}

bool is_ours(std::string_view name) {
  constexpr std::array<std::string_view, 7> kOurs = {"connection",   "content-length",    "date",  "keep-alive",
                                                     "x-request-id", "transfer-encoding", "server"};
  return std::ranges::any_of(kOurs, [&](std::string_view ours) { return same_token(ours, name); });
}

bool stays_in_line(std::string_view value) {
  return std::ranges::none_of(value, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\t') || byte == 0x7f;
  });
}

void add(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ").append(value).append("\r\n");
}

void add_framing(std::string& head, const ResponseFraming& framing) {
  using Body = ResponseFraming::Body;
  if (framing.body == Body::sized) add(head, "Content-Length", std::to_string(framing.length));
  if (framing.body == Body::chunked) add(head, "Transfer-Encoding", "chunked");
  if (!framing.keep_alive) add(head, "Connection", "close");
  if (framing.keep_alive && !framing.http11) add(head, "Connection", "keep-alive");
}

}  // namespace

bool status_has_body(unsigned status) {
  return status >= 200 && status != 204 && status != 304;
}

std::string response_head(const Response& response, const ResponseFraming& framing) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head.append(reason_of(response.status)).append("\r\n");
  add(head, "Date", http_date(framing.now));
  add(head, "Server", framing.server);
  add(head, "x-request-id", framing.request_id);
  for (const auto& [name, value] : response.headers) {
    if (is_token(name) && !is_ours(name) && stays_in_line(value)) add(head, name, value);
  }
  add_framing(head, framing);
  return head + "\r\n";
}

std::string http_date(std::time_t time) {
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc{};
  gmtime_r(&time, &utc);  // not strftime: its names are the locale's
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02d %s %d %02d:%02d:%02d GMT", kDays[static_cast<size_t>(utc.tm_wday)],
                utc.tm_mday, kMonths[static_cast<size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                utc.tm_sec);
  return text.data();
}

}  // namespace rmt::web
