// What no honest client sends. Each must be refused with its status and its connection, so that no byte of it is ever
// taken for a further request.
#include <string>
#include <vector>

#include "tests/support/doctest.h"
#include "tests/support/raw_client.h"
#include "tests/web/transport/site.h"

using namespace rmt::web;
using namespace rmt::web::tests;
using rmt::tests::RawClient;
using rmt::tests::RawReply;

namespace {

// A second request, which must never be answered.
const std::string kSmuggled = "GET /where/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";

struct Case {
  std::string name;
  std::string request;
  unsigned status;
};

std::string with(const std::string& headers, const std::string& body = {}) {
  return "POST /count HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n" + body;
}

std::string in_chunks(const std::string& body) {
  return with("Transfer-Encoding: chunked\r\n", body);
}

std::string line(const std::string& request_line) {
  return request_line + "\r\nHost: localhost\r\n\r\n";
}

std::string many_headers(int count) {
  std::string headers;
  for (int i = 0; i < count; ++i) headers += "x-" + std::to_string(i) + ": 1\r\n";
  return headers;
}

std::vector<Case> framing_cases() {
  return {
      {"length and chunks", with("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {"chunks and length", with("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"), 400},
      {"chunked, identity", with("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), 501},
      {"identity, chunked", with("Transfer-Encoding: identity, chunked\r\n", "0\r\n\r\n"), 501},
      {"chunked twice in one", with("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), 501},
      {"xchunked", with("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 501},
      {"gzip", with("Transfer-Encoding: gzip\r\n"), 501},
      {"gzip, chunked", with("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501},
      {"an empty encoding", with("Transfer-Encoding:\r\n"), 501},
      {"chunked in quotes", with("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"), 501},
      {"chunked with a parameter", with("Transfer-Encoding: chunked;x=1\r\n", "0\r\n\r\n"), 501},
      {"two encodings", with("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"), 400},
      {"chunked twice", with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {"a space before the colon", with("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), 400},
      {"a vertical tab before chunked", with("Transfer-Encoding: \vchunked\r\n", "0\r\n\r\n"), 400},
      {"chunks in HTTP/1.0", "POST /count HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"two lengths", with("Content-Length: 3\r\nContent-Length: 4\r\n", "abc"), 400},
      {"one length twice", with("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400},
      {"a list of lengths", with("Content-Length: 3, 3\r\n", "abc"), 400},
      {"a signed length", with("Content-Length: +3\r\n", "abc"), 400},
      {"a negative length", with("Content-Length: -1\r\n"), 400},
      {"a hexadecimal length", with("Content-Length: 0x3\r\n", "abc"), 400},
      {"a length with a space inside", with("Content-Length: 1 2\r\n", "abc"), 400},
      {"a length with a fraction", with("Content-Length: 3.0\r\n", "abc"), 400},
      {"an empty length", with("Content-Length:\r\n"), 400},
      {"a length beyond 64 bits", with("Content-Length: 18446744073709551616\r\n"), 400},
      {"a length beyond 63 bits", with("Content-Length: 9223372036854775808\r\n"), 400},
      {"no host", "GET /hello HTTP/1.1\r\n\r\n", 400},
      {"two hosts", "GET /hello HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"a host with a path", "GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"a host with a user", "GET /hello HTTP/1.1\r\nHost: me@a\r\n\r\n", 400},
      {"a list of hosts", "GET /hello HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
      {"an unknown expectation", with("Content-Length: 3\r\nExpect: 200-ok\r\n", "abc"), 417},
  };
}

std::vector<Case> head_cases() {
  using namespace std::string_literals;
  return {
      {"a folded line", get("/hello", "X: a\r\n b\r\n"), 400},
      {"a folded line by a tab", get("/hello", "X: a\r\n\tb\r\n"), 400},
      {"a fold before all headers", "GET /hello HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n", 400},
      {"a bare line feed", "GET /hello HTTP/1.1\nHost: localhost\n\n", 400},
      {"one bare line feed", "GET /hello HTTP/1.1\r\nHost: localhost\nX: a\r\n\r\n", 400},
      {"a bare carriage return", get("/hello", "X: a\rY: b\r\n"), 400},
      {"NUL in a value", get("/hello", "X: a\0b\r\n"s), 400},
      {"NUL in a name", get("/hello", "X\0: a\r\n"s), 400},
      {"a bell in a value", get("/hello", "X: \a\r\n"), 400},
      {"a delete in a value", get("/hello", "X: \x7f\r\n"), 400},
      {"an escape in a value", get("/hello", "X: \x1b[2J\r\n"), 400},
      {"no colon", get("/hello", "nothing\r\n"), 400},
      {"no name", get("/hello", ": a\r\n"), 400},
      {"a name with a space", get("/hello", "a b: c\r\n"), 400},
      {"a name that is not ASCII", get("/hello", "\xc3\xa9: c\r\n"), 400},
      {"a name in brackets", get("/hello", "(a): c\r\n"), 400},
      {"too many headers", get("/hello", many_headers(100)), 431},
      {"a long header", get("/hello", "X: " + std::string(17'000, 'a') + "\r\n"), 431},
      {"a head without end", "GET /hello HTTP/1.1\r\nHost: a\r\nX: " + std::string(40'000, 'a'), 431},
      {"a long target", line("GET /" + std::string(8 << 10, 'a') + " HTTP/1.1"), 414},
      {"a long method", line(std::string(33, 'A') + " /hello HTTP/1.1"), 501},
      {"a method that is no token", line("GE(T /hello HTTP/1.1"), 400},
      {"an unknown version", line("GET /hello HTTP/1.2"), 505},
      {"an old version", line("GET /hello HTTP/0.9"), 505},
      {"HTTP/2 from memory", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"a version in lower case", line("GET /hello http/1.1"), 400},
      {"no version", line("GET /hello"), 400},
      {"two spaces", line("GET  /hello HTTP/1.1"), 400},
      {"a tab between", line("GET\t/hello HTTP/1.1"), 400},
      {"a space behind", line("GET /hello HTTP/1.1 "), 400},
      {"nothing but an end", "\r\n\r\n\r\n\r\n", 400},
      {"a TLS greeting", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s, 400},
  };
}

std::vector<Case> target_cases() {
  return {
      {"CONNECT", line("CONNECT localhost:80 HTTP/1.1"), 501},
      {"TRACE", line("TRACE /hello HTTP/1.1"), 501},
      {"an asterisk", line("OPTIONS * HTTP/1.1"), 400},
      {"no slash", line("GET hello HTTP/1.1"), 400},
      {"another host", line("GET http://elsewhere/hello HTTP/1.1"), 400},
      {"another port", line("GET http://localhost:1/hello HTTP/1.1"), 400},
      {"a user and the host", line("GET http://me@localhost/hello HTTP/1.1"), 400},
      {"another scheme", line("GET file://localhost/hello HTTP/1.1"), 400},
      {"a scheme without a host", line("GET http:///hello HTTP/1.1"), 400},
      {"up", line("GET /where/../hello HTTP/1.1"), 400},
      {"up at the end", line("GET /where/.. HTTP/1.1"), 400},
      {"up in escapes", line("GET /where/%2e%2E/hello HTTP/1.1"), 400},
      {"a dot", line("GET /./hello HTTP/1.1"), 400},
      {"an escaped slash", line("GET /where%2f..%2fhello HTTP/1.1"), 400},
      {"a backslash", line("GET /where\\..\\hello HTTP/1.1"), 400},
      {"an escaped backslash", line("GET /where%5chello HTTP/1.1"), 400},
      {"an escaped NUL", line("GET /hello%00 HTTP/1.1"), 400},
      {"an escaped line feed", line("GET /hello%0a HTTP/1.1"), 400},
      {"half an escape", line("GET /hello%2 HTTP/1.1"), 400},
      {"a false escape", line("GET /hello%zz HTTP/1.1"), 400},
      {"escapes that are not UTF-8", line("GET /hello%ff HTTP/1.1"), 400},
      {"an overlong escape of a slash", line("GET /where/..%c0%afhello HTTP/1.1"), 400},
      {"bytes that are not ASCII", line("GET /hell\xc3\xb6 HTTP/1.1"), 400},
      {"a fragment", line("GET /hello#there HTTP/1.1"), 400},
  };
}

std::vector<Case> chunk_cases() {
  const std::string endless_extension = "1;" + std::string(100'000, 'e');
  std::string extensions;
  for (int i = 0; i < 100; ++i) extensions += "1;" + std::string(900, 'e') + "\r\na\r\n";
  return {
      {"a size that is none", in_chunks("xyz\r\nabc\r\n0\r\n\r\n"), 400},
      {"an empty size", in_chunks("\r\nabc\r\n0\r\n\r\n"), 400},
      {"a signed size", in_chunks("+3\r\nabc\r\n0\r\n\r\n"), 400},
      {"a negative size", in_chunks("-3\r\nabc\r\n0\r\n\r\n"), 400},
      {"a size with a prefix", in_chunks("0x3\r\nabc\r\n0\r\n\r\n"), 400},
      {"a size beyond 64 bits", in_chunks("10000000000000003\r\nabc\r\n0\r\n\r\n"), 400},
      {"a space before the size", in_chunks(" 3\r\nabc\r\n0\r\n\r\n"), 400},
      {"a chunk longer than its size", in_chunks("3\r\nabcd\r\n0\r\n\r\n"), 400},
      {"a chunk without its end", in_chunks("3\r\nabc0\r\n\r\n"), 400},
      {"a bare line feed behind a size", in_chunks("3\nabc\r\n0\r\n\r\n"), 400},
      {"a bare line feed behind a chunk", in_chunks("3\r\nabc\n0\r\n\r\n"), 400},
      {"a line feed in an extension", in_chunks("3;a\nb\r\nabc\r\n0\r\n\r\n"), 400},
      {"a long first line, whole", in_chunks("1;" + std::string(2000, 'e') + "\r\na\r\n0\r\n\r\n"), 400},
      {"a first line without end", in_chunks(endless_extension), 400},
      {"zeros without end", in_chunks(std::string(100'000, '0')), 400},
      {"extensions without end", in_chunks(extensions + "0\r\n\r\n"), 400},
      {"trailers without end", in_chunks("0\r\nX: " + std::string(100'000, 't')), 431},
      {"long trailers", in_chunks("0\r\nX: " + std::string(9'000, 't') + "\r\n\r\n"), 400},
      {"a trailer that is no header", in_chunks("0\r\nnothing\r\n\r\n"), 400},
      {"a length in the trailer", in_chunks("0\r\nContent-Length: 5\r\n\r\n"), 400},
      {"an encoding in the trailer", in_chunks("0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400},
  };
}

void check_refused(const std::vector<Case>& cases) {
  TestServer site;
  for (const Case& each : cases) {
    CAPTURE(each.name);
    RawClient client(site.port());
    client.send(each.request);
    client.send(kSmuggled);
    const RawReply reply = client.reply();
    CHECK(reply.status == each.status);
    CHECK(reply.whole);
    CHECK(reply.body.starts_with("{\"error\":{\"message\":\""));
    const auto connection = reply.headers.find("connection");
    CHECK((connection != reply.headers.end() && connection->second == "close"));
    const std::string rest = client.read_all();
    CHECK_MESSAGE(rest.empty(), rest);
  }
}

}  // namespace

TEST_CASE("framing in doubt") {
  check_refused(framing_cases());
}
TEST_CASE("malformed heads") {
  check_refused(head_cases());
}
TEST_CASE("targets that are none of ours") {
  check_refused(target_cases());
}
TEST_CASE("malformed chunks") {
  check_refused(chunk_cases());
}

TEST_CASE("the limits are where they are said to be") {
  TestServer site;
  RawClient client(site.port());
  const auto status = [&](const std::string& request) {
    client.send(request);
    return client.reply().status;
  };
  CHECK(status(get("/hello", many_headers(99))) == 200);
  CHECK(status(line("GET /where/" + std::string((8 << 10) - 7, 'a') + " HTTP/1.1")) == 200);
  const std::string rest = get("/hello", "X: \r\n");
  CHECK(status(get("/hello", "X: " + std::string((16 << 10) - rest.size(), 'a') + "\r\n")) == 200);
  CHECK(status(in_chunks("1;" + std::string(1000, 'e') + "\r\na\r\n0\r\n\r\n")) == 200);
  CHECK(status(in_chunks("0\r\nX: " + std::string(8'000, 't') + "\r\n\r\n")) == 200);
  CHECK(status("\r\n" + get("/hello")) == 200);
  CHECK(status(get("/hello", "X: obs-text \xe9\r\n")) == 200);
  CHECK(status(get("/hello", "X:\ta tab\t\r\n")) == 200);
  CHECK(site.server().counters().connections_total == 1);
}

TEST_CASE("a refusal does not wait for what will not come") {
  TestServer site;  // whose header time is 10 s
  for (const char* begun : {"GET /hello HTTP/1.1\n", "\x16\x03\x01", "GET /hello HTTP/1.1\r\nX: \x01"}) {
    RawClient client(site.port());
    client.send(begun);
    CHECK(client.reply(false, std::chrono::seconds(5)).status == 400);
  }
}
