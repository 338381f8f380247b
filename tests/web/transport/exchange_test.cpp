// Requests as honest clients send them: framing, keep-alive, pieces, headers.
#include <algorithm>
#include <cstdio>
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

std::string chunked(const std::vector<std::string>& pieces) {
  std::string body;
  for (const std::string& piece : pieces) {
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
    body += size + piece + "\r\n";
  }
  return body + "0\r\n\r\n";
}

}  // namespace

TEST_CASE("an answer carries what the transport adds, and nothing that breaks it") {
  TestServer site;
  RawClient client(site.port());
  client.send(get("/hello", "x-request-id: mine-1\r\n"));
  const RawReply reply = client.reply();
  CHECK(reply.status == 200);
  CHECK(reply.body == "hello");
  CHECK(reply.headers.at("content-length") == "5");
  CHECK(reply.headers.at("server") == "rmt-lm");
  CHECK(reply.headers.at("x-request-id") == "mine-1");
  CHECK(reply.headers.at("date").size() == 29);
  CHECK_FALSE(reply.headers.contains("x-broken"));
  CHECK_FALSE(reply.headers.contains("x-smuggled"));
  CHECK_FALSE(reply.headers.contains("connection"));
}

TEST_CASE("a request id that is not plain is replaced") {
  TestServer site;
  RawClient client(site.port());
  for (const std::string& bad : {std::string("a b"), std::string(65, 'x'), std::string("\xc3\xa9")}) {
    client.send(get("/hello", "x-request-id: " + bad + "\r\n"));
    const RawReply reply = client.reply();
    CHECK(reply.status == 200);
    CHECK(reply.headers.at("x-request-id").starts_with("req_"));
  }
}

TEST_CASE("one connection carries many requests, also sent at once") {
  TestServer site;
  RawClient client(site.port());
  for (int i = 0; i < 3; ++i) {
    client.send(post("/echo", "number " + std::to_string(i)));
    CHECK(client.reply().body == "number " + std::to_string(i));
  }
  std::string all;
  for (int i = 0; i < 50; ++i) all += i % 2 ? post("/echo", std::to_string(i)) : get("/where/" + std::to_string(i));
  client.send(all);
  for (int i = 0; i < 50; ++i) {
    const std::string number = std::to_string(i);
    CHECK(client.reply().body == (i % 2 ? number : "GET /where/" + number + " "));
  }
  CHECK(site.server().counters().connections_total == 1);
}

TEST_CASE("a body in chunks is one body, however it is cut and sent") {
  TestServer site;
  const std::string request = "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" +
                              chunked({"one ", "two; ", std::string(300, 'x'), "end"});
  const std::string body = "one two; " + std::string(300, 'x') + "end";
  RawClient client(site.port());
  client.send(request);
  CHECK(client.reply().body == body);
  for (const char& byte : request) client.send({&byte, 1});
  CHECK(client.reply().body == body);
  for (const size_t cut : {size_t{10}, request.size() / 2, request.size() - 4, request.size() - 1}) {
    client.send(request.substr(0, cut));
    CHECK(client.stays_silent(std::chrono::milliseconds(20)));
    client.send(request.substr(cut));
    CHECK(client.reply().body == body);
  }
}

TEST_CASE("chunk extensions and trailers of honest size change nothing") {
  TestServer site;
  RawClient client(site.port());
  client.send(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: Chunked\r\n\r\n"
      "3;name=value;quoted=\"a;b\"\r\nabc\r\n0;last\r\nX-Checksum: 1\r\nX-Other: 2\r\n\r\n" +
      get("/where"));
  CHECK(client.reply().body == "abc");
  CHECK(client.reply().body == "GET /where ");
}

TEST_CASE("a large body is handed on in pieces and never whole") {
  TestServer site;
  RawClient client(site.port());
  const std::string body(8 << 20, 'b');
  client.send(post("/count", body));
  CHECK(client.reply().body == std::to_string(body.size()));
  CHECK(site.seen().largest_piece <= 128 << 10);
}

TEST_CASE("an answer in pieces, to the old version until the end of the connection") {
  TestServer site;
  RawClient client(site.port());
  client.send(get("/stream"));
  const RawReply reply = client.reply();
  CHECK(reply.body == "piece 0;piece 1;piece 2;");
  CHECK(reply.whole);
  client.send(get("/hello"));
  CHECK(client.reply().body == "hello");

  RawClient old(site.port());
  old.send("GET /stream HTTP/1.0\r\n\r\n");
  const RawReply older = old.reply();
  CHECK(older.body == "piece 0;piece 1;piece 2;");
  CHECK(older.headers.at("connection") == "close");
  CHECK_FALSE(older.headers.contains("transfer-encoding"));
}

TEST_CASE("what is read may be answered while more comes") {
  TestServer site;
  RawClient client(site.port());
  client.send("POST /duplex HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
  REQUIRE(client.read_through("\r\n\r\n"));
  CHECK(client.read_through("begin.\r\n"));
  CHECK(client.read_through("2\r\nab\r\n"));
  client.send("3\r\ncde\r\n");
  CHECK(client.read_through("3\r\ncde\r\n"));
  client.send("0\r\n\r\n");
  CHECK(client.read_through("0\r\n\r\n"));
  CHECK(client.closes());
}

TEST_CASE("HEAD is answered like GET, without the body") {
  TestServer site;
  RawClient client(site.port());
  for (const char* path : {"/hello", "/stream"}) {
    client.send(std::string("HEAD ") + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(client.reply(true).status == 200);
    CHECK(client.stays_silent(std::chrono::milliseconds(20)));
  }
  client.send(get("/hello"));
  CHECK(client.reply().body == "hello");
}

TEST_CASE("a connection ends when the client says so") {
  TestServer site;
  for (const char* header : {"Connection: close\r\n", "Connection: TE, Close\r\n"}) {
    RawClient client(site.port());
    client.send(get("/hello", header));
    CHECK(client.reply().headers.at("connection") == "close");
    CHECK(client.closes());
  }
  RawClient old(site.port());
  old.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(old.reply().headers.at("connection") == "keep-alive");
  old.send("GET /hello HTTP/1.0\r\n\r\n");
  CHECK(old.reply().headers.at("connection") == "close");
  CHECK(old.closes());
}

TEST_CASE("100-continue is said when the body is wanted, and only then") {
  TestServer site;
  SUBCASE("wanted") {
    RawClient client(site.port());
    client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n");
    CHECK(client.reply().status == 100);
    client.send("abc" + get("/hello"));
    CHECK(client.reply().body == "abc");
    CHECK(client.reply().body == "hello");
  }
  SUBCASE("refused before") {
    RawClient client(site.port());
    client.send("POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    const RawReply reply = client.reply();
    CHECK(reply.status == 404);
    CHECK(reply.headers.at("connection") == "close");  // whether the body comes cannot be known
    CHECK(client.closes());
  }
  SUBCASE("too large to be wanted") {
    RawClient client(site.port());
    client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\nExpect: 100-continue\r\n\r\n");
    CHECK(client.reply().status == 413);
    CHECK(client.closes());
  }
  SUBCASE("without a body") {
    RawClient client(site.port());
    client.send(get("/hello", "Expect: 100-continue\r\n"));
    CHECK(client.reply().status == 200);
  }
}

TEST_CASE("a body nobody reads: a small one is skipped, of a large one the answer arrives whole") {
  TestServer site;
  RawClient client(site.port());
  client.send(post("/hello", "small") + get("/where"));
  CHECK(client.reply().body == "hello");
  CHECK(client.reply().body == "GET /where ");
  client.send(post("/nowhere", std::string(5 << 20, 'x')));
  const RawReply reply = client.reply();
  CHECK(reply.status == 404);
  CHECK(reply.headers.at("connection") == "close");
  CHECK(client.closes());
}

TEST_CASE("a body beyond the limit is refused with its connection") {
  TestServer site;
  RawClient client(site.port());
  client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 20; ++i) client.send("19000\r\n" + std::string(0x19000, 'x') + "\r\n");
  const RawReply reply = client.reply();
  CHECK(reply.status == 413);
  CHECK(reply.whole);
  CHECK(client.closes());
}

TEST_CASE("handlers that fail") {
  TestServer site;
  const auto answer = [&](const std::string& how) {
    RawClient client(site.port());
    client.send(get("/fail?" + how));
    return client.reply();
  };
  const RawReply unforeseen = answer("now");
  CHECK(unforeseen.status == 500);
  CHECK(unforeseen.body.find("secret") == std::string::npos);
  CHECK(unforeseen.body.find("\"error\"") != std::string::npos);
  CHECK(answer("nothing").status == 500);
  const RawReply foreseen = answer("http");
  CHECK(foreseen.status == 422);
  CHECK(foreseen.body.find("bad_prompt") != std::string::npos);
  for (const char* how : {"late", "unended"}) {  // cut off, so that half an answer is not taken for a whole one
    const RawReply half = answer(how);
    CHECK(half.status == 200);
    CHECK_FALSE(half.whole);
  }
  REQUIRE(wait_until([&] { return site.seen().access().size() == 5; }));
  const std::vector<AccessLine> lines = site.seen().access();  // in any order: each comes after its answer
  CHECK(std::ranges::count(lines, "a secret of the inside", &AccessLine::fault) == 2);
}

TEST_CASE("targets: escapes, queries, the form with a host") {
  TestServer site;
  RawClient client(site.port());
  const auto answer = [&](const std::string& target) {
    client.send(get(target));
    return client.reply().body;
  };
  CHECK(answer("/where/a%20b?x=%20&y") == "GET /where/a b x=%20&y");
  CHECK(answer("/where/%C3%A9") == "GET /where/\xC3\xA9 ");
  CHECK(answer("http://LOCALHOST/where/here?q") == "GET /where/here q");
  CHECK(answer("/where/...") == "GET /where/... ");
}

TEST_CASE("access lines say what was asked and answered, in print") {
  TestServer site;
  RawClient client(site.port());
  client.send(post("/echo?secret=1", "12345", "x-request-id: r1\r\nAuthorization: Bearer key\r\n"));
  client.reply();
  client.send(get("/where/%22%C3%A9", "x-request-id: r2\r\n"));  // one connection: its lines are in order
  client.reply();
  REQUIRE(wait_until([&] { return site.seen().access().size() == 2; }));
  const std::vector<AccessLine> lines = site.seen().access();
  CHECK(lines[0].method == "POST");
  CHECK(lines[0].path == "/echo");
  CHECK(lines[0].status == 200);
  CHECK(lines[0].bytes_received == 5);
  CHECK(lines[0].bytes_sent == 5);
  CHECK(lines[0].request_id == "r1");
  CHECK(lines[0].remote == "127.0.0.1");
  CHECK(lines[0].ms > 0);
  CHECK(lines[1].path == "/where/\\x22\\xc3\\xa9");
}
