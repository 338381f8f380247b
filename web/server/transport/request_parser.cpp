#include "web/server/transport/request_parser.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <limits>

#include "web/server/error.h"
#include "web/server/transport/head_guard.h"
#include "web/server/transport/header_text.h"
#include "web/server/transport/request_target.h"

namespace rmt::web {

namespace http = boost::beast::http;
using boost::beast::error_code;
using Text = boost::beast::string_view;

/// Beast's parser with its events kept: fields of the head, pieces of the body. Fields behind the last chunk are
/// counted and dropped; nothing that decides anything may come that late.
class RequestParser::Beast final : public http::basic_parser<true> {
 public:
  explicit Beast(const TransportLimits& limits) : limits_(limits) {
    header_limit(std::numeric_limits<uint32_t>::max());  // ours are counted by the guard
    body_limit(boost::none);                             // and the body's by who reads it
  }

  const TransportLimits& limits() const { return limits_; }
  std::string method, target;
  HeaderList fields;
  std::string* body = nullptr;

 private:
  void on_request_impl(http::verb, Text request_method, Text request_target, int, error_code&) override {
    method.assign(request_method.data(), request_method.size());
    target.assign(request_target.data(), request_target.size());
  }

  void on_response_impl(int, Text, int, error_code&) override {}

  void on_field_impl(http::field, Text name, Text value, error_code& error) override {
    if (in_body_) {
      trailer_bytes_ += name.size() + value.size();
      if (trailer_bytes_ > limits_.trailer_bytes) error = http::error::header_limit;
      return;
    }
    fields.emplace_back(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
  }

  void on_header_impl(error_code&) override { in_body_ = true; }
  void on_body_init_impl(const boost::optional<uint64_t>&, error_code&) override {}

  size_t on_body_impl(Text piece, error_code&) override {
    body->append(piece.data(), piece.size());
    return piece.size();
  }

  void on_chunk_header_impl(uint64_t, Text extension, error_code& error) override {
    extension_bytes_ += extension.size();
    if (extension.size() > limits_.chunk_line_bytes || extension_bytes_ > limits_.extension_bytes) {
      error = http::error::bad_chunk_extension;
    }
  }

  size_t on_chunk_body_impl(uint64_t, Text piece, error_code& error) override { return on_body_impl(piece, error); }
  void on_finish_impl(error_code&) override {}

  const TransportLimits limits_;
  bool in_body_ = false;
  size_t extension_bytes_ = 0, trailer_bytes_ = 0;
};

namespace {

/// Bytes of a chunked body that could not be used yet: the beginning of a chunk's first line, or of what follows the
/// last chunk. Beast would wait for their end for ever.
void check_waiting(std::string_view waiting, const TransportLimits& limits) {
  if (waiting.starts_with("\r\n")) waiting.remove_prefix(2);  // the end of the chunk before
  const size_t line = std::min(waiting.find("\r\n"), waiting.size());
  if (line > limits.chunk_line_bytes) throw HttpError(400, "the first line of a chunk is too long");
  if (waiting.size() - line > limits.trailer_bytes)
    throw HttpError(431, "the fields behind the last chunk are too long");
}

bool keeps_alive(const Request& request, bool http11) {
  bool close = false, keep = false;
  for (const auto& [name, value] : request.headers) {
    if (!same_token(name, "connection")) continue;
    close = close || lists_token(value, "close");
    keep = keep || lists_token(value, "keep-alive");
  }
  return !close && (http11 || keep);
}

bool has_token(const Request& request, std::string_view header, std::string_view token) {
  return std::ranges::any_of(request.headers, [&](const auto& field) {
    return same_token(field.first, header) && lists_token(field.second, token);
  });
}

}  // namespace

RequestParser::RequestParser(const TransportLimits& limits) : beast_(std::make_unique<Beast>(limits)) {}

RequestParser::~RequestParser() = default;

RequestHead RequestParser::read_head(std::string_view bytes) {
  check_head(bytes, beast_->limits());
  error_code error;
  const size_t used = beast_->put(boost::asio::buffer(bytes.data(), bytes.size()), error);
  if (error || used != bytes.size() || !beast_->is_header_done()) {
    throw HttpError(400, "the head is malformed: " + (error ? error.message() : "it ends early"));
  }
  RequestHead head;
  head.http11 = bytes.substr(0, bytes.find("\r\n")).ends_with("HTTP/1.1");
  Request& request = head.request;
  request.method = std::move(beast_->method);
  request.headers = std::move(beast_->fields);
  head.target = std::move(beast_->target);
  RequestTarget target = read_target(head.target, request.header("host"));
  request.path = std::move(target.path);
  request.query = std::move(target.query);
  if (const auto length = beast_->content_length()) request.content_length = *length;
  head.keep_alive = keeps_alive(request, head.http11);
  head.expects_continue = head.http11 && request.header("expect").has_value() && !complete();
  head.upgrades_to_websocket = head.http11 && request.method == "GET" && has_token(request, "upgrade", "websocket") &&
                               has_token(request, "connection", "upgrade");
  return head;
}

size_t RequestParser::read_body(std::string_view bytes, std::string& body) {
  if (broken_) throw HttpError(400, "the body is malformed");
  broken_ = true;  // until the end is reached: Beast's parser must not be gone on with after an error
  const size_t used = decode(bytes, body);
  broken_ = false;
  return used;
}

size_t RequestParser::decode(std::string_view bytes, std::string& body) {
  beast_->body = &body;
  size_t used = 0;
  while (!complete() && used < bytes.size()) {
    error_code error;
    used += beast_->put(boost::asio::buffer(bytes.data() + used, bytes.size() - used), error);
    if (error == http::error::need_more) {
      check_waiting(bytes.substr(used), beast_->limits());
      break;
    }
    if (error) throw HttpError(400, "the chunks of the body are malformed: " + error.message());
  }
  return used;
}

bool RequestParser::complete() const {
  return beast_->is_done();
}

}  // namespace rmt::web
