#include "tests/support/doctest.h"
#include "tests/web/api/server_fixture.h"

using namespace rmt::tests;
using nlohmann::json;

namespace {

rmt::web::ServiceOptions with_keys() {
  rmt::web::ServiceOptions options;
  options.access.keys = {"secret-one", "secret-two"};
  return options;
}

Asked with(Asked asked, const std::string& name, const std::string& value) {
  asked.headers.emplace_back(name, value);
  return asked;
}

}  // namespace

TEST_CASE("without a key only health and files are answered") {
  TestServer server({}, with_keys());
  CHECK(server.get("/health").status == 200);
  CHECK(server.get("/livez").status == 200);
  CHECK(server.get("/").status == 200);
  for (const auto& route : server.service.routes()) {
    if (!route.needs_key) continue;
    Asked asked = get(route.pattern);
    asked.method = route.method;
    const Answered answer = server.ask(asked);
    CHECK_MESSAGE(answer.status == 401, route.method << " " << route.pattern);
    CHECK(answer.header("www-authenticate") == "Bearer");
  }
  CHECK(server.get("/no-such-path").status == 401);
}

TEST_CASE("keys") {
  TestServer server({}, with_keys());
  const auto status = [&](const char* name, const char* value) {
    return server.ask(with(get("/v1/models"), name, value)).status;
  };
  CHECK(status("Authorization", "Bearer secret-one") == 200);
  CHECK(status("authorization", "bearer secret-two") == 200);
  CHECK(status("X-Api-Key", "secret-two") == 200);
  CHECK(status("Authorization", "Bearer secret-three") == 401);
  CHECK(status("Authorization", "Bearer ") == 401);
  CHECK(status("Authorization", "Basic secret-one") == 401);
  CHECK(status("Authorization", "Bearer secret-one ") == 401);
  // Where no key is asked for, lm-eval's empty one is no fault.
  TestServer open;
  CHECK(open.ask(with(get("/v1/models"), "Authorization", "Bearer ")).status == 200);
}

TEST_CASE("an owner is a hash of the key") {
  TestServer server({}, with_keys());
  server.ask(with(post("/v1/completions", json{{"prompt", "x"}}), "Authorization", "Bearer secret-one"));
  server.ask(with(post("/v1/completions", json{{"prompt", "x"}}), "Authorization", "Bearer secret-two"));
  const auto jobs = server.generator.jobs();
  REQUIRE(jobs.size() == 2);
  CHECK(jobs[0].owner.starts_with("key-"));
  CHECK(jobs[0].owner.find("secret") == std::string::npos);
  CHECK(jobs[0].owner != jobs[1].owner);
}

TEST_CASE("a name in Host that is not ours is refused") {
  rmt::web::ServiceOptions options;
  options.access.hosts = rmt::web::loopback_hosts();
  TestServer server({}, options);
  const auto status = [&](const char* host) {
    Asked asked = get("/v1/models");
    asked.headers = {{"Host", host}};
    return server.ask(asked).status;
  };
  CHECK(status("localhost:8080") == 200);
  CHECK(status("127.0.0.1") == 200);
  CHECK(status("[::1]:8080") == 200);
  CHECK(status("LOCALHOST") == 200);
  CHECK(status("evil.example:8080") == 421);
  CHECK(status("localhost.evil.example") == 421);
  CHECK(status("") == 421);
}

TEST_CASE("pages of other origins may not call, unless they are let in") {
  rmt::web::ServiceOptions options;
  options.access.origins = {"https://lab.example"};
  TestServer server({}, options);
  const auto from = [&](const char* origin) {
    return server.ask(with(post("/v1/completions", json{{"prompt", "x"}}), "Origin", origin));
  };
  CHECK(from("http://localhost:8080").status == 200);
  CHECK(from("http://localhost:8080").header("access-control-allow-origin").empty());
  const Answered allowed = from("https://lab.example");
  CHECK(allowed.status == 200);
  CHECK(allowed.header("access-control-allow-origin") == "https://lab.example");
  CHECK(from("https://evil.example").status == 403);
  CHECK(from("null").status == 403);
  CHECK(from("https://lab.example.evil.example").status == 403);
  // Refusals, too, can be read by a page that is let in.
  Asked wrong = with(post("/v1/completions", json{{"prompt", 1}}), "Origin", "https://lab.example");
  CHECK(server.ask(wrong).header("access-control-allow-origin") == "https://lab.example");
  Asked nothing = with(get("/nothing"), "Origin", "https://lab.example");
  CHECK(server.ask(nothing).header("access-control-allow-origin") == "https://lab.example");
}

TEST_CASE("preflight") {
  rmt::web::ServiceOptions options = with_keys();
  options.access.origins = {"https://lab.example"};
  TestServer server({}, options);
  Asked asked = get("/v1/completions");
  asked.method = "OPTIONS";
  asked.headers.emplace_back("Origin", "https://lab.example");
  asked.headers.emplace_back("Access-Control-Request-Method", "POST");
  asked.headers.emplace_back("Access-Control-Request-Headers", "authorization,content-type,x-stainless-os");
  const Answered answer = server.ask(asked);
  CHECK(answer.status == 204);
  CHECK(answer.header("access-control-allow-methods") == "POST");
  CHECK(answer.header("access-control-allow-headers") == "authorization,content-type,x-stainless-os");
  asked.path = "/nothing";
  CHECK(server.ask(asked).status == 401);
}

TEST_CASE("a path that is not there, and a method that is not") {
  TestServer server;
  const Answered nothing = server.get("/v2/completions");
  CHECK(nothing.status == 404);
  CHECK(nothing.json()["error"]["code"] == "not_found");
  const Answered method = server.get("/v1/completions");
  CHECK(method.status == 405);
  CHECK(method.header("allow") == "POST");
  CHECK(server.get("/v1/sessions/").status == 404);
  CHECK(server.get("/v1/sessions//state").status == 404);
}
