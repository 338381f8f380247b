#include "prover/backends/json_rpc.h"

#include <string>

#include "tests/support/doctest.h"

namespace rmt::prover {
namespace {

TEST_CASE("messages come whole, however their bytes arrive") {
  const std::string bytes = framed({{"a", "ℕ"}}) + "content-length:2\r\nX: y\r\n\r\n{}" + framed({{"b", 1}});
  for (size_t step = 1; step <= bytes.size(); ++step) {
    MessageReader reader;
    std::string seen;
    for (size_t at = 0; at < bytes.size(); at += step) {
      reader.append(std::string_view(bytes).substr(at, step));
      while (const auto message = reader.next()) seen += message->dump();
    }
    CHECK(seen == R"({"a":"ℕ"}{}{"b":1})");
  }
}

TEST_CASE("a length is not believed") {
  const auto read = [](const std::string& bytes) {
    MessageReader reader;
    reader.append(bytes);
    return reader.next().has_value();
  };
  CHECK_FALSE(read("Content-Length: 10\r\n\r\n{}"));
  CHECK_THROWS_AS(read("Content-Length: 99999999999\r\n\r\n"), ProtocolError);
  CHECK_THROWS_AS(read("Content-Length: 99999999999999999999999\r\n\r\n"), ProtocolError);
  CHECK_THROWS_AS(read("Content-Length: -2\r\n\r\n{}"), ProtocolError);
  CHECK_THROWS_AS(read("Content-Length: 2x\r\n\r\n{}"), ProtocolError);
  CHECK_THROWS_AS(read("Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"), ProtocolError);
  CHECK_THROWS_AS(read("Length: 2\r\n\r\n{}"), ProtocolError);
  CHECK_THROWS_AS(read("Content-Length: 2\r\n\r\n[]"), ProtocolError);
  CHECK_THROWS_AS(read("Content-Length: 3\r\n\r\n{x}"), ProtocolError);
  CHECK_THROWS_AS(read(std::string(9000, 'x')), ProtocolError);
  CHECK_FALSE(read(std::string(8000, 'x')));
}

TEST_CASE("bytes that are no UTF-8 can be sent") {
  CHECK(framed({{"a", "\xFF"}}).ends_with("{\"a\":\"\xEF\xBF\xBD\"}"));
}

}  // namespace
}  // namespace rmt::prover
