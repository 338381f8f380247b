// A service around a fake generator, as most tests want one.
#pragma once

#include <memory>

#include "lm/engine/sessions.h"
#include "tests/web/api/fake_exchange.h"
#include "tests/web/api/fake_generator.h"
#include "web/server/service.h"

namespace rmt::tests {

struct TestServer {
  explicit TestServer(FakeModel model = {}, web::ServiceOptions options = {}, bool add_bos = false)
      : tokenizer(byte_tokenizer(add_bos)),
        generator(std::move(model), *tokenizer),
        sessions({}, nullptr),
        service(generator, sessions, *tokenizer, std::move(options)) {}

  Answered ask(const Asked& asked) { return tests::ask(service, asked); }
  Answered post(const std::string& path, const nlohmann::json& body) { return ask(tests::post(path, body)); }
  Answered get(const std::string& path) { return ask(tests::get(path)); }

  std::unique_ptr<const corpora::Tokenizer> tokenizer;
  FakeGenerator generator;
  engine::Sessions sessions;
  web::Service service;
};

/// What a fake says.
inline FakeModel saying(std::string text) {
  FakeModel model;
  model.says = std::move(text);
  return model;
}

inline std::string error_of(const Answered& answered) {
  return answered.json().at("error").at("message").get<std::string>();
}

}  // namespace rmt::tests
