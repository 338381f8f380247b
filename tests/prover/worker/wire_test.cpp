#include "prover/worker/wire.h"

#include "tests/support/doctest.h"

using namespace rmt::prover;  // NOLINT(google-build-using-namespace)
using Severity = Diagnostic::Severity;

TEST_CASE("requests arrive as they were sent") {
  const Request sent{.id = 7, .options = "set_option a 1\n", .context = "theorem ∀\n", .items = {"", "b"}};
  const auto got = from_wire<std::variant<Request, Cancel>>(to_wire(sent));
  const auto& request = std::get<Request>(got);
  CHECK(request.id == 7);
  CHECK(request.options == sent.options);
  CHECK(request.context == sent.context);
  CHECK(request.items == sent.items);

  const auto cancel = from_wire<std::variant<Request, Cancel>>(to_wire(Cancel{9}));
  CHECK(std::get<Cancel>(cancel).id == 9);
}

TEST_CASE("settings arrive with every limit") {
  const WorkerLimits limits{1, 2, 3, 4, 5, 6, 7};
  const auto got = from_wire<Settings>(to_wire(Settings{{"a", "b"}, "import A", limits}));
  CHECK(got.modules == std::vector<std::string>{"a", "b"});
  CHECK(got.header == "import A");
  CHECK(got.limits.item_cpu_s == 1);
  CHECK(got.limits.item_wall_s == 2);
  CHECK(got.limits.context_cpu_s == 3);
  CHECK(got.limits.context_wall_s == 4);
  CHECK(got.limits.address_space == 5);
  CHECK(got.limits.resident == 6);
  CHECK(got.limits.output == 7);
}

TEST_CASE("replies arrive with messages, kills and numbers") {
  Elaboration elaboration{.commands = 3, .axioms = {"t.ax"}};
  elaboration.messages = {{Severity::warning, {1, 2}, {3, 4}, "a \"quoted\" ⊢", "hasSorry"}};
  const auto got =
      from_wire<std::variant<Reply, BatchEnd>>(to_wire(Reply{.item = 5, .elaboration = elaboration, .ms = 1.5}));
  const auto& reply = std::get<Reply>(got);
  CHECK(reply.item == 5);
  CHECK_FALSE(reply.killed);
  CHECK(reply.ms == 1.5);
  REQUIRE(reply.elaboration);
  CHECK(reply.elaboration->commands == 3);
  CHECK(reply.elaboration->axioms == elaboration.axioms);
  REQUIRE(reply.elaboration->messages.size() == 1);
  const LeanMessage& message = reply.elaboration->messages[0];
  CHECK(message.severity == Severity::warning);
  CHECK(message.from == TextPosition{1, 2});
  CHECK(message.to == TextPosition{3, 4});
  CHECK(message.text == "a \"quoted\" ⊢");
  CHECK(message.kind == "hasSorry");

  const auto killed = from_wire<Reply>(to_wire(Reply{.killed = Killed{KillCause::memory, "too much"}}));
  CHECK_FALSE(killed.item);
  CHECK(killed.killed->cause == KillCause::memory);
  CHECK(killed.killed->what == "too much");

  const auto end = from_wire<std::variant<Reply, BatchEnd>>(to_wire(BatchEnd{.status = 11}));
  CHECK(std::get<BatchEnd>(end).status == 11);
}

TEST_CASE("a text that is no UTF-8 travels as one that is") {
  const auto got = from_wire<Greeting>(to_wire(Greeting{"4.35.0", "bad \xff byte"}));
  CHECK(got.error == "bad \xEF\xBF\xBD byte");
}

TEST_CASE("whatever else comes is refused") {
  for (const std::string frame :
       {"", "{", "null", "[]", "3", "{\"item\":\"x\"}", "{\"item\":-1,\"ms\":0}", "\xff\xfe",
        "{\"elaboration\":{\"messages\":3},\"ms\":0}", "{\"killed\":{\"cause\":99,\"what\":\"\"},\"ms\":0}"}) {
    CAPTURE(frame);
    CHECK_THROWS_AS(from_wire<Reply>(frame), WireError);
    CHECK_THROWS_AS(from_wire<Request>(frame), WireError);
    CHECK_THROWS_AS((from_wire<std::variant<Reply, BatchEnd>>(frame)), WireError);
  }
  const std::string severity = R"({"elaboration":{"axioms":[],"commands":1,"messages":[)"
                               R"({"severity":7,"from":[1,0],"to":[1,0],"text":"","kind":""}]},"ms":0})";
  CHECK_THROWS_AS(from_wire<Reply>(severity), WireError);
}
