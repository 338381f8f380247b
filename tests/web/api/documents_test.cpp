// Files as people have them, sent to the server to become texts.
#include <algorithm>
#include <filesystem>
#include <sstream>

#include "tests/support/doctest.h"
#include "tests/web/api/server_fixture.h"

using namespace rmt::tests;
using nlohmann::json;

namespace {

Asked sent(const std::string& name, std::vector<std::string> pieces) {
  Asked asked = post("/v1/documents?name=" + name, std::string());
  asked.headers.back().second = "application/octet-stream";
  asked.body = std::move(pieces);
  return asked;
}

std::vector<json> lines(const Answered& answer) {
  std::vector<json> parsed;
  std::istringstream text(answer.body);
  for (std::string line; std::getline(text, line);) parsed.push_back(json::parse(line));
  return parsed;
}

std::ptrdiff_t folders_left() {
  const auto is_ours = [](const auto& entry) {
    return entry.path().filename().string().starts_with("rmt-lm-document-");
  };
  return std::ranges::count_if(std::filesystem::directory_iterator(std::filesystem::temp_directory_path()), is_ours);
}

}  // namespace

TEST_CASE("records become a document each") {
  TestServer server;
  const std::ptrdiff_t before = folders_left();
  const auto all = lines(server.ask(
      sent("pile.jsonl", {R"({"text": "one"})", "\n", R"({"text": "two", "me)", R"(ta": {"id": "second"}})", "\n"})));
  REQUIRE(all.size() == 5);
  CHECK(all[0]["type"] == "document");
  CHECK(all[0]["id"] == "pile.jsonl#1");
  CHECK(all[1] == json({{"type", "text"}, {"text", "one"}}));
  CHECK(all[2]["id"] == "second");
  CHECK(all[3]["text"] == "two");
  CHECK(all[4] == json({{"type", "end"}, {"error", nullptr}}));
  CHECK(folders_left() == before);
}

TEST_CASE("a name is no way to another file, and no file of the machine is included") {
  TestServer server;
  const std::string tex = "\\input{/etc/hostname}\\input{../../etc/hostname}";
  for (const char* name : {"../../etc/passwd", "/etc/passwd", "..", "", "a%2Fb.txt", ".hidden"}) {
    const auto all = lines(server.ask(sent(name, {"text"})));
    REQUIRE_MESSAGE(all.size() == 3, name);
    CHECK(all[0]["id"].get<std::string>().find('/') == std::string::npos);
    CHECK(all[1]["text"] == "text");
  }
  const auto all = lines(server.ask(sent("paper.tex", {tex})));
  REQUIRE(!all.empty());
  for (const json& line : all) {
    if (line["type"] == "text") CHECK(tex.find(line["text"].get<std::string>()) != std::string::npos);
    CHECK(line.dump().find("rmt-lm-document-") == std::string::npos);
  }
}

TEST_CASE("what is broken is told, and where, but not where on this machine") {
  TestServer server;
  const auto package = lines(server.ask(sent("paper.tar.gz", {"\x1f\x8b", "not gzip"})));
  REQUIRE(package.size() == 2);
  CHECK(package[0]["type"] == "notice");
  CHECK(package[0].dump().find("paper.tar.gz") != std::string::npos);
  CHECK(package[0].dump().find("rmt-lm-document-") == std::string::npos);
  CHECK(package[1]["type"] == "end");

  // Records behind a broken one are read all the same.
  const auto records = lines(server.ask(sent("a.jsonl", {"{broken\n{\"text\": \"whole\"}\n"})));
  const auto whole = [](const json& line) { return line["type"] == "text" && line["text"] == "whole"; };
  CHECK(std::ranges::any_of(records, whole));
}

TEST_CASE("a file that is too large is refused") {
  rmt::web::ServiceOptions options;
  options.limits.body_bytes = 10;
  TestServer server({}, options);
  CHECK(server.ask(sent("a.txt", {"0123456789"})).status == 200);
  CHECK(server.ask(sent("a.txt", {"0123456789", "0"})).status == 413);
}
