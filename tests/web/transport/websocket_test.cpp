// WebSockets around their frames: the upgrade, queues, silence, and the ways they end.
#include <chrono>
#include <string>
#include <thread>

#include "tests/support/doctest.h"
#include "tests/support/raw_client.h"
#include "tests/support/web_frames.h"
#include "tests/web/transport/site.h"

using namespace rmt::web;
using namespace rmt::web::tests;
using namespace std::chrono_literals;
using rmt::tests::close_code;
using rmt::tests::close_frame;
using rmt::tests::RawClient;
using rmt::tests::RawReply;
using rmt::tests::read_frame;
using rmt::tests::text_frame;
using rmt::tests::upgrade_request;
using rmt::tests::WebFrame;

namespace {

constexpr uint8_t kClose = 8, kPing = 9;

void open(RawClient& client, const std::string& path) {
  client.send(upgrade_request(path));
  REQUIRE(client.reply().status == 101);
}

std::string without(std::string request, const std::string& line) {
  const size_t at = request.find(line);
  return request.erase(at, request.find("\r\n", at) + 2 - at);
}

std::string with(std::string request, const std::string& line, const std::string& other) {
  const size_t at = request.find(line);
  return request.replace(at, request.find("\r\n", at) - at, other);
}

/// Skips what else comes.
int closed_with(RawClient& client) {
  while (const std::optional<WebFrame> frame = read_frame(client)) {
    if (frame->opcode == kClose) return close_code(*frame);
  }
  return -1;
}

bool all_closed(TestServer& site) {
  return wait_until([&] {
    const ServerCounters now = site.server().counters();
    return now.websockets_open == 0 && now.connections_open == 0;
  });
}

}  // namespace

TEST_CASE("a WebSocket is no request in flight") {
  ServerOptions options;
  options.limits.requests_in_flight = 1;
  TestServer site(options);
  RawClient first(site.port()), second(site.port()), other(site.port());
  open(first, "/messages");
  open(second, "/messages");
  other.send("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(other.reply().status == 200);
}

TEST_CASE("an upgrade is granted with the answer to its key") {
  TestServer site;
  RawClient client(site.port());
  client.send(upgrade_request("/messages"));
  const RawReply reply = client.reply();
  CHECK(reply.status == 101);
  CHECK(reply.headers.at("sec-websocket-accept") == rmt::tests::kUpgradeAccept);
  CHECK(reply.headers.at("x-request-id").starts_with("req_"));
  CHECK(reply.headers.at("server") == "rmt-lm");
  CHECK_FALSE(reply.headers.contains("sec-websocket-extensions"));
  client.send(text_frame("hello"));
  CHECK(read_frame(client)->payload == "hello");
}

TEST_CASE("no message is compressed, whatever is offered") {
  TestServer site;
  RawClient client(site.port());
  client.send(with(upgrade_request("/messages"),
                   "Host:", "Host: a\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"));
  const RawReply reply = client.reply();
  CHECK(reply.status == 101);
  CHECK_FALSE(reply.headers.contains("sec-websocket-extensions"));
}

TEST_CASE("upgrades that are refused") {
  TestServer site;
  const std::string good = upgrade_request("/messages"), key = "Sec-WebSocket-Key:";
  const auto status = [&](const std::string& request) {
    RawClient client(site.port());
    client.send(request);
    return client.reply().status;
  };
  CHECK(status(good) == 101);
  CHECK(status(with(good, "Sec-WebSocket-Version:", "Sec-WebSocket-Version: 8")) == 426);
  CHECK(status(without(good, "Sec-WebSocket-Version:")) == 426);
  CHECK(status(without(good, key)) == 400);
  CHECK(status(with(good, key, key + " short==")) == 400);
  CHECK(status(with(good, key, key + " dGhlIHNhbXBsZSBub25jZ!==")) == 400);
  CHECK(status(with(good, "Host:", "Host: a\r\nContent-Length: 5")) == 400);
  CHECK(status(good + text_frame("too early")) == 400);
  CHECK(status(without(good, "Connection:")) == 426);  // not an upgrade, and there is nothing else
  CHECK(status(without(good, "Upgrade:")) == 426);
  CHECK(status(with(good, "Upgrade:", "Upgrade: h2c")) == 426);
  CHECK(status(upgrade_request("/nowhere")) == 404);
  CHECK(status(upgrade_request("/hello")) == 200);  // a server may ignore the wish (RFC 9110, section 7.8)
  RawClient client(site.port());
  client.send(get("/messages"));
  CHECK(client.reply().headers.at("sec-websocket-version") == "13");
}

TEST_CASE("a connection that served requests can still become a WebSocket") {
  TestServer site;
  RawClient client(site.port());
  for (int i = 0; i < 3; ++i) {
    client.send(get("/hello"));
    CHECK(client.reply().status == 200);
    std::this_thread::sleep_for(5ms);
  }
  open(client, "/messages");
  client.send(text_frame("hello"));
  CHECK(read_frame(client)->payload == "hello");
  client.send(close_frame(1000));
  CHECK(closed_with(client) == 1000);
  REQUIRE(wait_until([&] { return site.seen().access().size() == 4; }));
  const AccessLine line = site.seen().access().back();
  CHECK(line.status == 101);
  CHECK(line.bytes_received == 5);
  CHECK(line.bytes_sent == 5);
}

TEST_CASE("a handler ends a conversation, by closing or by failing") {
  TestServer site;
  RawClient asked(site.port()), failed(site.port());
  open(asked, "/messages");
  asked.send(text_frame("close 4000"));
  const std::optional<WebFrame> frame = read_frame(asked);
  REQUIRE(frame);
  CHECK(close_code(*frame) == 4000);
  CHECK(frame->payload.substr(2) == "as you wish");
  asked.send(close_frame(4000));
  CHECK(asked.closes());
  open(failed, "/messages");
  failed.send(text_frame("throw"));
  const std::optional<WebFrame> failure = read_frame(failed);
  REQUIRE(failure);
  CHECK(close_code(*failure) == 1011);
  CHECK(failure->payload.find("secret") == std::string::npos);
  failed.send(close_frame(1011));
  CHECK(failed.closes());
  CHECK(all_closed(site));
}

TEST_CASE("a peer that does not read is closed with 1013, and what it costs is bounded") {
  ServerOptions options = hasty();
  options.limits.websocket_queue_bytes = 200'000;
  TestServer site(options);
  SUBCASE("a handler that does not wait") {
    RawClient client(site.port(), 4096);
    open(client, "/flood");
    CHECK(wait_until([&] { return site.seen().handled == 1; }));
    CHECK(site.server().counters().websocket_overflows == 1);
    CHECK(site.seen().gone == 1);
  }
  SUBCASE("it is told so, where it reads in the end") {
    RawClient client(site.port());
    open(client, "/flood");
    CHECK(wait_until([&] { return site.server().counters().websocket_overflows == 1; }));
    const int code = closed_with(client);
    CHECK((code == 1013 || code == -1));  // within the time for closing
  }
  SUBCASE("a handler that waits is held back, then cut") {
    RawClient client(site.port(), 4096);
    open(client, "/flood?patient");
    CHECK(wait_until([&] { return site.seen().handled == 1; }));
    CHECK(site.server().counters().websocket_overflows == 0);
    CHECK(site.server().counters().timeouts == 1);
    CHECK(site.seen().written < 16 << 20);
  }
  CHECK(all_closed(site));
}

TEST_CASE("overflow is answered with the code, at once") {
  ServerOptions options;
  options.limits.websocket_queue_messages = 2;
  TestServer site(options);
  RawClient client(site.port());
  open(client, "/flood");
  CHECK(closed_with(client) == 1013);
}

TEST_CASE("a patient handler floods a reading peer for as long as it reads") {
  TestServer site;
  RawClient client(site.port());
  open(client, "/flood?patient");
  for (int i = 0; i < 500; ++i) {
    const std::optional<WebFrame> frame = read_frame(client);
    REQUIRE(frame);
    REQUIRE(frame->payload.size() == 10'000);
  }
  CHECK(site.server().counters().websocket_overflows == 0);
  client.abort();
  CHECK(wait_until([&] { return site.seen().handled == 1; }));
}

TEST_CASE("a peer that goes is noticed while nothing is sent") {
  TestServer site;
  for (const bool reset : {false, true}) {
    const int before = site.seen().gone;
    RawClient client(site.port());
    open(client, "/wait");
    REQUIRE(wait_until([&] { return site.seen().holding == 1; }));
    reset ? client.abort() : client.half_close();
    CHECK(wait_until([&] { return site.seen().gone == before + 1; }));
    site.seen().release = true;
    CHECK(wait_until([&] { return site.seen().holding == 0; }));
    site.seen().release = false;
  }
  CHECK(all_closed(site));
}

TEST_CASE("silence is asked about, and ended where there is no answer") {
  TestServer site(hasty());
  RawClient living(site.port()), dead(site.port());
  open(living, "/messages");
  open(dead, "/messages");
  for (int i = 0; i < 4; ++i) {  // twice the time that silence may last
    const std::optional<WebFrame> ping = read_frame(living);
    REQUIRE(ping);
    CHECK(ping->opcode == kPing);
    living.send(rmt::tests::encode({.opcode = 10, .payload = ping->payload}));
  }
  CHECK(dead.closes(0ms));
  living.send(text_frame("still here"));
  std::optional<WebFrame> frame = read_frame(living);
  while (frame && frame->opcode == kPing) frame = read_frame(living);
  REQUIRE(frame);
  CHECK(frame->payload == "still here");
}

TEST_CASE("messages that nobody asks for wait outside") {
  ServerOptions options;
  options.limits.websocket_unread_messages = 4;
  options.timeouts.websocket_close = 200ms;
  TestServer site(options);
  RawClient client(site.port());
  open(client, "/wait");
  REQUIRE(wait_until([&] { return site.seen().holding == 1; }));
  const std::string message = text_frame(std::string(100'000, 'x'));
  std::atomic<int> sent{0};
  std::thread sender([&] {
    while (sent < 1000 && client.send(message)) ++sent;
  });
  std::this_thread::sleep_for(300ms);
  CHECK(sent < 500);  // the systems' buffers hold the rest
  site.seen().release = true;
  sender.join();
  CHECK(all_closed(site));
}

TEST_CASE("going down: no further message, what is under way may be said, then 1001") {
  TestServer site;
  RawClient idle(site.port()), busy(site.port());
  open(idle, "/messages");
  open(busy, "/wait");
  REQUIRE(wait_until([&] { return site.seen().holding == 1; }));
  site.server().drain(20s);
  CHECK(closed_with(idle) == 1001);
  idle.send(close_frame(1001));
  CHECK(idle.closes());
  site.seen().release = true;
  const std::optional<WebFrame> last = read_frame(busy);
  REQUIRE(last);
  CHECK(last->payload == "last words");
  CHECK(closed_with(busy) == 1001);
  busy.send(close_frame(1001));
  CHECK(busy.closes());
  CHECK(site.server().wait(20s));
}

TEST_CASE("going down does not wait for a conversation that does not end") {
  TestServer site;
  RawClient busy(site.port());
  open(busy, "/wait");
  REQUIRE(wait_until([&] { return site.seen().holding == 1; }));
  site.server().drain(100ms);
  CHECK(busy.closes());
  CHECK(wait_until([&] { return site.seen().gone == 1; }));
  site.seen().release = true;
  CHECK(site.server().wait(20s));
}
