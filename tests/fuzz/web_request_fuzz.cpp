// A request's body at every endpoint that takes one: the answer is an answer, and never the server's fault.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "tests/web/api/server_fixture.h"

using namespace rmt::tests;

namespace {

struct Target {
  const char* path;
  const char* content_type;
};

/// The input's first byte chooses.
constexpr std::array<Target, 10> kTargets = {{{"/v1/completions", "application/json"},
                                              {"/v1/chat/completions", "application/json"},
                                              {"/v1/perplexity", "application/json"},
                                              {"/tokenize", "application/json"},
                                              {"/detokenize", "application/json"},
                                              {"/api/generate", "application/json"},
                                              {"/generate", "application/json"},
                                              {"/", "application/json"},
                                              {"/v1/evals", "text/plain"},
                                              {"/v1/sessions", "application/json"}}};

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
  if (size == 0) return 0;
  const Target& target = kTargets[data[0] % kTargets.size()];
  Asked asked = post(target.path, std::string(reinterpret_cast<const char*>(data + 1), size - 1));
  asked.headers.back().second = target.content_type;
  const Answered answer = server().ask(asked);
  if (!answer.thrown.empty() || answer.status < 200 || answer.status >= 500) std::abort();
  if (answer.header("content-type") == "application/json" && !answer.json().is_object()) std::abort();
  return 0;
}
