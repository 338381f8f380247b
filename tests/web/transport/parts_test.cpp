// The parts that need no socket.
#include <string>

#include "tests/support/doctest.h"
#include "web/server/error.h"
#include "web/server/percent.h"
#include "web/server/transport/access_line.h"
#include "web/server/transport/admission.h"
#include "web/server/transport/header_text.h"
#include "web/server/transport/request_id.h"
#include "web/server/transport/request_parser.h"
#include "web/server/transport/response_head.h"

using namespace rmt::web;

TEST_CASE("percent-decoding") {
  CHECK(percent_decoded("a%20b%C3%a9") == "a b\xC3\xA9");
  CHECK(percent_decoded("") == "");
  CHECK(percent_decoded("%00") == std::string(1, '\0'));
  for (const char* bad : {"%", "%2", "a%", "%zz", "%-1", "% 1"}) CHECK_FALSE(percent_decoded(bad));
  CHECK(decoded_path("/a/..b/c..") == "/a/..b/c..");
  for (const char* bad : {"", "a", "/..", "/a/%2e./b", "/%2F", "/%5c", "/%0d", "/%7f", "/%c0%80"}) {
    CHECK_FALSE(decoded_path(bad));
  }
}

TEST_CASE("pieces of header values") {
  CHECK(same_token("Keep-Alive", "keep-alive"));
  CHECK_FALSE(same_token("keep", "keep-alive"));
  CHECK(lists_token("a, Upgrade ,b", "upgrade"));
  CHECK(lists_token("upgrade", "upgrade"));
  CHECK_FALSE(lists_token("upgrades, x", "upgrade"));
  CHECK_FALSE(lists_token("", "upgrade"));
  CHECK(trimmed(" \ta b\t ") == "a b");
  CHECK(trimmed(" \t") == "");
  CHECK(is_token("x-1"));
  CHECK_FALSE(is_token("x 1"));
  CHECK_FALSE(is_token(""));
}

TEST_CASE("dates are those of HTTP") {
  CHECK(http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST_CASE("lines of a log stay lines") {
  CHECK(escaped_for_log("plain /path") == "plain /path");
  CHECK(escaped_for_log("a\nb\"\\\x1b\xff") == "a\\x0ab\\x22\\x5c\\x1b\\xff");
  CHECK(escaped_for_log("abcdef", 3) == "abc...");
}

TEST_CASE("request ids are drawn anew") {
  CHECK(request_id("a-b_c.d:1") == "a-b_c.d:1");
  CHECK(request_id({}) != request_id({}));
  CHECK(request_id("").starts_with("req_"));
  CHECK(request_id("a\"b").starts_with("req_"));
}

TEST_CASE("tickets come back") {
  Admission admission(2, 1);
  auto one = admission.admit("a");
  CHECK(one);
  CHECK_FALSE(admission.admit("a"));
  const auto other = admission.admit("b");
  CHECK(other);
  CHECK_FALSE(admission.admit("c"));
  one.reset();
  CHECK(admission.admit("c"));
}

TEST_CASE("a parser is given any split of a body") {
  const std::string head = "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string coded = "5\r\nhello\r\n1;x=y\r\n \r\n6\r\nworld!\r\n0\r\nX: y\r\n\r\n", next = "GET / HTTP/1.1";
  for (size_t cut = 0; cut <= coded.size(); ++cut) {
    RequestParser parser{TransportLimits{}};
    CHECK(parser.read_head(head).request.path == "/p");
    std::string body, waiting = coded.substr(0, cut);
    waiting.erase(0, parser.read_body(waiting, body));
    waiting += coded.substr(cut) + next;
    while (!parser.complete()) waiting.erase(0, parser.read_body(waiting, body));
    CHECK(body == "hello world!");
    CHECK(waiting == next);
  }
}

TEST_CASE("a parser that has refused a body goes on refusing it") {
  RequestParser parser{TransportLimits{}};
  parser.read_head("POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::string body;
  for (const char* bytes : {"3\r\nabc\r\nx\r\n", "0\r\n\r\n", ""})
    CHECK_THROWS_AS(parser.read_body(bytes, body), HttpError);
  CHECK_FALSE(parser.complete());
}

TEST_CASE("a body of known length ends where it says") {
  RequestParser parser{TransportLimits{}};
  const RequestHead head = parser.read_head("PUT /p?q HTTP/1.1\r\nhost: h\r\ncontent-length: 3\r\n\r\n");
  CHECK(head.request.content_length == 3);
  CHECK(head.request.query == "q");
  std::string body;
  CHECK(parser.read_body("abcdef", body) == 3);
  CHECK(body == "abc");
  CHECK(parser.complete());
  CHECK(parser.read_body("def", body) == 0);
  CHECK_THROWS_AS(RequestParser{TransportLimits{}}.read_head("GET / HTTP/1.1\r\n\r\n"), HttpError);
}
