// Messages of a WebSocket client, one a line: the connection stays usable, and all that was begun ends.
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "tests/web/api/fake_channel.h"
#include "tests/web/api/server_fixture.h"

using namespace rmt::tests;

namespace {

TestServer& server() {
  static TestServer server = [] {
    rmt::web::ServiceOptions options;
    options.limits.max_tokens = 1024;
    options.limits.choices = 4;
    FakeModel model;
    model.says = "an answer";
    return TestServer(model, options);
  }();
  return server;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::istringstream lines(std::string(reinterpret_cast<const char*>(data), size));
  std::vector<Said> said;
  for (std::string line; std::getline(lines, line) && said.size() < 50;) said.push_back({line});
  const auto at_once = [](const std::vector<nlohmann::json>&) { return true; };
  const Talk heard = talk(server().service, std::move(said), at_once);
  if (!heard.ended || !heard.thrown.empty()) std::abort();
  for (const nlohmann::json& message : heard.messages) {
    if (!message.contains("type") || !message.contains("id")) std::abort();
  }
  return 0;
}
