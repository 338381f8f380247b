// Clients that are slow, silent, or gone.
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "tests/support/doctest.h"
#include "tests/support/raw_client.h"
#include "tests/web/transport/site.h"

using namespace rmt::web;
using namespace rmt::web::tests;
using namespace std::chrono_literals;
using rmt::tests::RawClient;
using rmt::tests::RawReply;
using Clock = std::chrono::steady_clock;

namespace {

std::chrono::milliseconds since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
}

bool all_quiet(TestServer& site) {
  return wait_until([&] {
    const ServerCounters now = site.server().counters();
    return now.connections_open == 0 && now.requests_open == 0 && now.websockets_open == 0;
  });
}

}  // namespace

TEST_CASE("a silent connection is closed without a word") {
  TestServer site(hasty());
  const auto start = Clock::now();
  RawClient fresh(site.port()), used(site.port());
  used.send(get("/hello"));
  CHECK(used.reply().status == 200);
  CHECK(fresh.read_all().empty());
  CHECK(used.read_all().empty());
  CHECK(since(start) >= 390ms);
  CHECK(site.server().counters().timeouts == 0);
}

TEST_CASE("a slow head is cut with a 408, however steadily it trickles") {
  TestServer site(hasty());
  RawClient client(site.port());
  const auto start = Clock::now();
  for (const char& byte : get("/hello", "X: " + std::string(200, 'a') + "\r\n")) {
    if (!client.send({&byte, 1}) || since(start) > 400ms) break;
    std::this_thread::sleep_for(5ms);
  }
  const RawReply reply = client.reply();
  CHECK(reply.status == 408);
  CHECK(client.closes());
  CHECK(site.server().counters().timeouts == 1);
}

TEST_CASE("a body may take any time, if it only comes") {
  TestServer site(hasty());
  RawClient client(site.port());
  const auto start = Clock::now();
  client.send("POST /count HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n");
  for (int i = 0; i < 10; ++i) {
    std::this_thread::sleep_for(50ms);
    client.send("x");
  }
  CHECK(client.reply().body == "10");
  CHECK(since(start) > 400ms);  // twice what one piece may take
}

TEST_CASE("a body that stops coming is a 408") {
  TestServer site(hasty());
  for (const char* framing : {"Content-Length: 10\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n5\r\nabc"}) {
    RawClient client(site.port());
    client.send(std::string("POST /count HTTP/1.1\r\nHost: localhost\r\n") + framing);
    CHECK(client.reply().status == 408);
    CHECK(client.closes());
  }
  CHECK(site.server().counters().timeouts == 2);
  CHECK(all_quiet(site));
}

TEST_CASE("a reader that stops reading is cut, and its handler with it") {
  TestServer site(hasty());
  RawClient client(site.port(), 4096);
  client.send(get("/flood"));
  CHECK(wait_until([&] { return site.seen().handled == 1; }));
  CHECK(site.seen().gone == 1);
  CHECK(site.server().counters().timeouts == 1);
  CHECK(site.seen().written < 64 << 20);  // it was held back meanwhile
  CHECK(all_quiet(site));
  const std::vector<AccessLine> lines = site.seen().access();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].status == 499);
}

TEST_CASE("a slow reader that reads is waited for") {
  ServerOptions options = hasty();
  options.timeouts.write = 1s;  // longer than TCP waits before it asks whether a full window has opened
  TestServer site(options);
  RawClient client(site.port(), 16 << 10);
  client.send(get("/flood"));
  const auto start = Clock::now();
  uint64_t read = 0;
  while (since(start) < 1500ms) {
    read += client.read(20'000, 100ms).size();
    std::this_thread::sleep_for(1ms);
  }
  CHECK(site.seen().handled == 0);
  CHECK(read > 100'000);
}

TEST_CASE("a client that goes is noticed in every phase") {
  TestServer site;
  const std::string half_body = "POST /count HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc";
  struct Phase {
    std::string sent;
    int handled;
  };
  const std::vector<Phase> phases = {
      {"", 0},           {"GET /hel", 0},    {half_body, 1},
      {get("/hold"), 1}, {get("/flood"), 1}, {"POST /hold HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", 1},
  };
  int handled = 0;
  for (const bool reset : {false, true}) {
    for (const Phase& phase : phases) {
      CAPTURE(phase.sent);
      CAPTURE(reset);
      {
        RawClient client(site.port());
        client.send(phase.sent);
        handled += phase.handled;
        REQUIRE(wait_until([&] { return site.seen().begun == handled; }));  // a reset takes back what was not read
        if (phase.sent.find("/hold") != std::string::npos) {
          REQUIRE(wait_until([&] { return site.seen().holding == 1; }));
        }
        if (phase.sent.find("/flood") != std::string::npos) client.read(1000);
        if (reset) client.abort();
      }
      CHECK(wait_until([&] { return site.seen().handled == handled; }));
      CHECK(all_quiet(site));
    }
  }
  CHECK(site.seen().gone == 6);  // those that had asked to be told
  CHECK(site.server().counters().timeouts == 0);
}

TEST_CASE("a client that has said its last word is still answered") {
  TestServer site;
  RawClient client(site.port());
  client.send(get("/hello"));
  client.half_close();
  CHECK(client.reply().body == "hello");
  CHECK(client.closes());
}

TEST_CASE("connections have a cap, in all and for each address") {
  for (const bool each : {false, true}) {
    ServerOptions options;
    (each ? options.limits.connections_per_address : options.limits.connections) = 3;
    TestServer site(options);
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 3; ++i) {
      clients.push_back(std::make_unique<RawClient>(site.port()));
      clients.back()->send(get("/hello"));
      CHECK(clients.back()->reply().status == 200);
    }
    RawClient fourth(site.port());
    fourth.send(get("/hello"));
    const RawReply refusal = fourth.reply();
    CHECK(refusal.status == 503);
    CHECK(refusal.headers.at("retry-after") == "1");
    CHECK(refusal.headers.at("connection") == "close");
    CHECK(fourth.closes());
    CHECK(site.server().counters().connections_refused == 1);
    clients.pop_back();
    CHECK(wait_until([&] {
      RawClient next(site.port());
      next.send(get("/hello"));
      return next.reply().status == 200;
    }));
  }
}

TEST_CASE("requests in flight have a cap") {
  ServerOptions options;
  options.limits.requests_in_flight = 2;
  TestServer site(options);
  RawClient first(site.port()), second(site.port()), third(site.port());
  first.send(get("/hold"));
  second.send(get("/hold"));
  REQUIRE(wait_until([&] { return site.seen().holding == 2; }));
  third.send(get("/hello"));
  CHECK(third.reply().status == 503);
  site.seen().release = true;
  CHECK(first.reply().body == "released");
  CHECK(second.reply().body == "released");
  third.send(get("/hello"));
  CHECK(third.reply().status == 200);
}

TEST_CASE("many at once, each with its own answers") {
  TestServer site;
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        RawClient client(site.port());
        for (int k = 0; k < 3; ++k) {
          const std::string body = std::to_string(t * 1000 + i * 10 + k);
          client.send(post("/echo", body));
          if (client.reply().body == body) ++right;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(right == 8 * 20 * 3);
  CHECK(all_quiet(site));
}
