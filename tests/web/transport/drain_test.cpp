// Going down: what is under way ends well, nothing new begins, and nothing holds it up for ever.
#include <chrono>

#include "tests/support/doctest.h"
#include "tests/support/raw_client.h"
#include "tests/web/transport/site.h"

using namespace rmt::web;
using namespace rmt::web::tests;
using namespace std::chrono_literals;
using rmt::tests::RawClient;
using rmt::tests::RawReply;

namespace {

bool refuses_connections(uint16_t port) {
  return wait_until([&] {
    try {
      RawClient client(port);
      return client.read_all(1000ms).empty();
    } catch (const std::runtime_error&) {
      return true;
    }
  });
}

}  // namespace

TEST_CASE("idle connections close at once, requests under way end") {
  TestServer site;
  RawClient idle(site.port()), used(site.port()), busy(site.port());
  used.send(get("/hello"));
  CHECK(used.reply().status == 200);
  busy.send(get("/hold") + get("/hello"));
  REQUIRE(wait_until([&] { return site.seen().holding == 1; }));

  site.server().drain(20s);
  CHECK(idle.read_all().empty());
  CHECK(used.read_all().empty());
  CHECK(refuses_connections(site.port()));
  CHECK_FALSE(site.server().wait(50ms));

  site.seen().release = true;
  const RawReply reply = busy.reply();
  CHECK(reply.body == "released");
  CHECK(reply.headers.at("connection") == "close");
  CHECK(busy.read_all().empty());  // the second request, behind it, is not begun
  CHECK(site.server().wait(20s));
}

TEST_CASE("what does not end in time is cut") {
  TestServer site;
  RawClient busy(site.port());
  busy.send(get("/hold"));
  REQUIRE(wait_until([&] { return site.seen().holding == 1; }));
  site.server().drain(100ms);
  CHECK(busy.read_all().empty());
  CHECK(site.server().wait(20s));
  CHECK(site.seen().gone == 1);
}

TEST_CASE("a second call does not wait") {
  TestServer site;
  RawClient busy(site.port());
  busy.send(get("/hold"));
  REQUIRE(wait_until([&] { return site.seen().holding == 1; }));
  site.server().drain(1h);
  CHECK_FALSE(site.server().wait(50ms));
  site.server().drain(1h);
  CHECK(site.server().wait(20s));
  CHECK(busy.read_all().empty());
}

TEST_CASE("a server that was never asked anything goes down at once, and one that never started too") {
  TestServer site;
  site.server().drain(1h);
  CHECK(site.server().wait(20s));
  ServerOptions options;
  options.port = 0;
  const Server never(options, [](const Request&) { return Endpoint(); });
  CHECK(never.port() != 0);
}

TEST_CASE("a server with requests under way can be destroyed") {
  auto site = std::make_unique<TestServer>();
  RawClient busy(site->port()), flooded(site->port());
  busy.send(get("/hold"));
  flooded.send(get("/flood"));
  REQUIRE(wait_until([&] { return site->seen().holding == 1; }));
  site.reset();
  CHECK(busy.closes());
  CHECK(flooded.closes());
}

TEST_CASE("a port that is taken, and a host that is none") {
  TestServer site;
  ServerOptions options;
  options.port = site.port();
  const auto listen = [&] { const Server second(options, [](const Request&) { return Endpoint(); }); };
  CHECK_THROWS_WITH_AS(listen(), doctest::Contains("another port"), TransportError);
  options.host = "203.0.113.1";
  CHECK_THROWS_AS(listen(), TransportError);
}
