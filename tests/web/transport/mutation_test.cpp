// Requests with something wrong in them, thousands of them from one seed: none brings the server down, hangs it, or
// makes it answer more often than it was asked.
#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "tests/support/doctest.h"
#include "tests/support/raw_client.h"
#include "tests/support/web_frames.h"
#include "tests/web/transport/site.h"

using namespace rmt::web;
using namespace rmt::web::tests;
using namespace std::chrono_literals;
using rmt::tests::RawClient;

namespace {

constexpr int kMutations = 10'000;

const std::vector<std::string>& seeds() {
  static const std::vector<std::string> seeds = {
      get("/hello", "Accept: */*\r\nConnection: keep-alive\r\n"),
      get("/where/%C3%A9?a=b&c", "x-request-id: abc\r\n"),
      post("/echo", "{\"prompt\":\"text\"}", "Content-Type: application/json\r\n"),
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3;a=b\r\nabc\r\n10\r\n0123456789abcdef\r\n"
      "0\r\nX: y\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc",
      "GET http://localhost/stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
      rmt::tests::upgrade_request("/messages") + rmt::tests::text_frame("hello") + rmt::tests::ping_frame("p"),
  };
  return seeds;
}

/// What breaks parsers: bytes that mean something in the wrong place.
const std::vector<std::string>& pieces() {
  using namespace std::string_literals;
  static const std::vector<std::string> pieces = {"\r\n",
                                                  "\n",
                                                  "\r",
                                                  "\0"s,
                                                  " ",
                                                  "\t",
                                                  ":",
                                                  ",",
                                                  ";",
                                                  "%00",
                                                  "%2e%2e/",
                                                  "chunked",
                                                  "0\r\n\r\n",
                                                  "Transfer-Encoding: chunked\r\n",
                                                  "Content-Length: 5\r\n",
                                                  "Content-Length: 99999999999999999999\r\n",
                                                  "Host: b\r\n",
                                                  "HTTP/1.1",
                                                  "\xff",
                                                  "ffffffffffffffff\r\n",
                                                  "Upgrade: websocket\r\nConnection: upgrade\r\n"};
  return pieces;
}

std::string mutated(std::string request, std::mt19937_64& random) {
  for (uint64_t edits = 1 + random() % 3; edits > 0 && !request.empty(); --edits) {
    const size_t at = random() % request.size(), length = 1 + random() % 8;
    switch (random() % 6) {
      case 0: request[at] = static_cast<char>(random()); break;
      case 1: request[at] = static_cast<char>(request[at] ^ (1 << random() % 8)); break;
      case 2: request.erase(at, length); break;
      case 3: request.insert(at, request.substr(random() % request.size(), 4 * length)); break;
      case 4: request.insert(at, pieces()[random() % pieces().size()]); break;
      default: request.resize(at); break;
    }
  }
  return request;
}

size_t answers_in(const std::string& bytes) {
  size_t count = 0;
  for (size_t at = bytes.find("HTTP/1.1 "); at != std::string::npos; at = bytes.find("HTTP/1.1 ", at + 1)) {
    if (bytes.compare(at, 12, "HTTP/1.1 100") != 0) ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("mutated requests") {
  TestServer site;
  std::mt19937_64 random(20);
  size_t refused = 0, served = 0;
  for (int i = 0; i < kMutations; ++i) {
    const std::string request = mutated(seeds()[static_cast<size_t>(i) % seeds().size()], random);
    RawClient client(site.port());
    client.send(request);
    client.half_close();
    const std::string answer = client.read_all();
    CAPTURE(i);
    CAPTURE(request);
    REQUIRE(client.closes(0ms));
    const size_t answers = answers_in(answer);
    REQUIRE(answers <= 1 + static_cast<size_t>(std::ranges::count(request, '\n')) / 2);
    refused += answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.1 5");
    served += answer.starts_with("HTTP/1.1 2") || answer.starts_with("HTTP/1.1 1");
    REQUIRE(answer.find("HTTP/1.1 500") == std::string::npos);
  }
  CHECK(refused > 2'000);
  CHECK(served > 500);
  RawClient client(site.port());
  client.send(get("/hello"));
  CHECK(client.reply().body == "hello");
  CHECK(wait_until([&] {
    const ServerCounters now = site.server().counters();
    return now.connections_open == 1 && now.requests_open == 0;
  }));
}
