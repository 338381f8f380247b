#include "tests/support/doctest.h"
#include "tests/web/api/server_fixture.h"

using namespace rmt::tests;
using nlohmann::json;

namespace {

std::string made(TestServer& server, const std::string& name = "book") {
  const Answered answer = server.post("/v1/sessions", {{"name", name}});
  CHECK(answer.status == 201);
  const std::string path = "/v1/sessions/" + answer.json()["id"].get<std::string>();
  CHECK(answer.header("location") == path);
  return path;
}

Answered append(TestServer& server, const std::string& path, std::vector<std::string> pieces) {
  Asked asked = post(path + "/append", std::string());
  asked.headers.back().second = "text/plain; charset=utf-8";
  asked.body = std::move(pieces);
  return server.ask(asked);
}

Asked drop(const std::string& path) {
  Asked asked = get(path);
  asked.method = "DELETE";
  return asked;
}

}  // namespace

TEST_CASE("a session reads what is appended, in any pieces") {
  TestServer server;
  const std::string path = made(server);
  CHECK(server.get(path).json()["tokens"] == 0);
  const json answer = append(server, path, {"Gr\xC3", "\xBC\xC3", "\x9F", "e, world"}).json();
  CHECK(answer["appended_tokens"] == 14);
  CHECK(answer["tokens"] == 14);
  CHECK(answer["segments"] == 1);
  CHECK(answer["version"] == 2);
  CHECK(answer["name"] == "book");
  CHECK(append(server, path, {"!"}).json()["tokens"] == 15);
  CHECK(server.post(path + "/append", {{"text", "ab"}}).json()["tokens"] == 17);
  CHECK(server.post(path + "/append", {{"tokens", {97, 98, 99}}}).json()["tokens"] == 20);
  CHECK(append(server, path, {}).json()["version"] == 5);  // nothing was appended: nothing changed
}

TEST_CASE("a long text is fed as the model catches up") {
  TestServer server;
  const std::string path = made(server);
  const json answer = append(server, path, std::vector<std::string>(50, std::string(1000, 'x'))).json();
  CHECK(answer["tokens"] == 50'000);
  CHECK(answer["segments"] == 6250);
}

TEST_CASE("a text begins with BOS once") {
  TestServer server({}, {}, true);
  const std::string path = made(server);
  CHECK(append(server, path, {"ab"}).json()["tokens"] == 3);
  CHECK(append(server, path, {"ab"}).json()["tokens"] == 5);
}

TEST_CASE("what cannot be appended leaves the session as it was") {
  TestServer server;
  const std::string path = made(server);
  CHECK(append(server, path, {"abc", "d\xFF"}).status == 400);
  CHECK(error_of(append(server, path, {"abc", "d\xFF"})).find("byte 4 (0xFF) is not valid UTF-8") != std::string::npos);
  CHECK(error_of(append(server, path, {"abc\xC3"})).find("byte 3 (0xC3)") != std::string::npos);
  CHECK(server.post(path + "/append", {{"tokens", {300}}}).status == 400);
  CHECK(server.post(path + "/append", {{"tokens", {1}}, {"text", "a"}}).status == 400);
  CHECK(server.post(path + "/append", json::object()).status == 400);
  CHECK(server.get(path).json()["tokens"] == 0);
}

TEST_CASE("completions from a session leave it where it is, unless they commit") {
  TestServer server(saying("ef"));
  const std::string path = made(server);
  append(server, path, {"abcd"});
  const std::string id = server.get(path).json()["id"];
  const json request = {{"prompt", "x"}, {"session", id}};
  CHECK(server.post("/v1/completions", request).json()["choices"][0]["text"] == "ef");
  REQUIRE(server.generator.jobs().back().from);
  CHECK(server.generator.jobs().back().from->tokens == 4);
  CHECK(server.get(path).json()["tokens"] == 4);

  json committing = request;
  committing["commit"] = true;
  CHECK(server.post("/v1/completions", committing).status == 200);
  CHECK(server.get(path).json()["tokens"] == 8);  // the prompt, two tokens, the end of text
  committing["max_tokens"] = 0;
  committing["stream"] = true;
  CHECK(server.post("/v1/completions", committing).status == 200);
  CHECK(server.get(path).json()["tokens"] == 9);
  committing["n"] = 2;
  CHECK(server.post("/v1/completions", committing).status == 400);
  // In the middle of a text there may be nothing to add.
  CHECK(server.post("/v1/completions", {{"prompt", ""}, {"session", id}}).status == 200);
}

TEST_CASE("forks go their own ways") {
  TestServer server;
  const std::string path = made(server);
  append(server, path, {"abcd"});
  const Answered answer = server.post(path + "/fork", {{"n", 2}});
  CHECK(answer.status == 201);
  const json forks = answer.json()["data"];
  REQUIRE(forks.size() == 2);
  append(server, "/v1/sessions/" + forks[0]["id"].get<std::string>(), {"ef"});
  CHECK(server.get("/v1/sessions/" + forks[0]["id"].get<std::string>()).json()["tokens"] == 6);
  CHECK(server.get("/v1/sessions/" + forks[1]["id"].get<std::string>()).json()["tokens"] == 4);
  CHECK(server.get(path).json()["tokens"] == 4);
  CHECK(server.get("/v1/sessions").json()["data"].size() == 3);
  CHECK(server.ask(drop(path)).json()["deleted"] == true);
  CHECK(server.get(path).status == 404);
  CHECK(server.ask(drop(path)).status == 404);
}

TEST_CASE("a state is saved and restored; a foreign one is refused") {
  TestServer server;
  const std::string path = made(server), other = made(server);
  CHECK(server.get(path + "/state").status == 409);
  append(server, path, {"abcdefghij"});
  const Answered state = server.get(path + "/state");
  CHECK(state.header("content-type") == "application/octet-stream");
  Asked put = post(other + "/state", state.body);
  put.method = "PUT";
  CHECK(server.ask(put).json()["tokens"] == 10);
  put.body = {"another model's"};
  const Answered refused = server.ask(put);
  CHECK(refused.status == 422);
  CHECK(refused.json()["error"]["code"] == "foreign_state");
  CHECK(server.get(other).json()["tokens"] == 10);
}

TEST_CASE("nobody sees another key's sessions") {
  rmt::web::ServiceOptions options;
  options.access.keys = {"one", "two"};
  TestServer server({}, options);
  const auto with = [](Asked asked, const char* key) {
    asked.headers.emplace_back("Authorization", std::string("Bearer ") + key);
    return asked;
  };
  const std::string id = server.ask(with(post("/v1/sessions", json::object()), "one")).json()["id"];
  CHECK(server.ask(with(get("/v1/sessions/" + id), "one")).status == 200);
  CHECK(server.ask(with(get("/v1/sessions/" + id), "two")).status == 404);
  CHECK(server.ask(with(get("/v1/sessions"), "two")).json()["data"].empty());
  CHECK(server.ask(with(post("/v1/completions", json{{"prompt", "x"}, {"session", id}}), "two")).status == 404);
}
