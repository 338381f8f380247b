// The protocol of RFC 6455 frame by frame, as the well-known conformance suite groups it: framing, pings, reserved
// bits, opcodes, fragments, UTF-8, closing, limits. The server echoes text; binary messages are refused.
#include <string>
#include <vector>

#include "tests/support/doctest.h"
#include "tests/support/raw_client.h"
#include "tests/support/web_frames.h"
#include "tests/web/transport/site.h"

using namespace rmt::web;
using namespace rmt::web::tests;
using rmt::tests::close_code;
using rmt::tests::close_frame;
using rmt::tests::encode;
using rmt::tests::ping_frame;
using rmt::tests::RawClient;
using rmt::tests::read_frame;
using rmt::tests::text_frame;
using rmt::tests::WebFrame;

namespace {

constexpr uint8_t kText = 1, kClose = 8, kPong = 10;

struct Expected {
  uint8_t opcode;
  std::string payload;
};

/// What is sent in one go; the frames that come back; and the code of the close frame behind them, or -1 where none
/// is to come.
struct Case {
  std::string name;
  std::string sent;
  std::vector<Expected> answers;
  int closed = -1;
};

Expected text(std::string payload) {
  return {kText, std::move(payload)};
}
Expected pong(std::string payload) {
  return {kPong, std::move(payload)};
}

/// A fragment: opcode 0 goes on with the message before.
std::string part(uint8_t opcode, std::string payload, bool final = false) {
  return encode({.final = final, .opcode = opcode, .payload = std::move(payload)});
}

std::string each_byte_alone(const std::string& message) {
  std::string frames;
  for (size_t i = 0; i < message.size(); ++i) {
    frames += part(i == 0 ? 1 : 0, message.substr(i, 1), i + 1 == message.size());
  }
  return frames;
}

std::vector<Case> framing_cases() {
  std::vector<Case> cases;
  for (const size_t size : {0, 1, 125, 126, 127, 128, 65'535, 65'536, 65'537}) {
    const std::string message(size, '*');
    cases.push_back({"text of " + std::to_string(size), text_frame(message), {text(message)}});
  }
  cases.push_back({"two in one go", text_frame("a") + text_frame("b"), {text("a"), text("b")}});
  cases.push_back({"binary", encode({.opcode = 2, .payload = "ab"}), {}, 1003});
  cases.push_back({"empty binary", encode({.opcode = 2}), {}, 1003});
  cases.push_back({"binary in parts", part(2, "a") + part(0, "b", true), {}, 1003});
  cases.push_back({"not masked", encode({.payload = "ab", .masked = false}), {}, 1002});
  cases.push_back({"a length longer than needed, 16 bits", encode({.payload = "ab", .length_bytes = 2}), {}, 1002});
  cases.push_back({"a length longer than needed, 64 bits", encode({.payload = "ab", .length_bytes = 8}), {}, 1002});
  cases.push_back(
      {"a length with its highest bit", encode({.claimed_length = uint64_t{1} << 63, .length_bytes = 8}), {}, 1009});
  return cases;
}

std::vector<Case> ping_cases() {
  const std::string bytes = "\x00\xff\xfe\xfd\xfc\xfb\x00\xff";
  std::vector<Case> cases = {
      {"ping", ping_frame(""), {pong("")}},
      {"ping with text", ping_frame("hello"), {pong("hello")}},
      {"ping with bytes", ping_frame(bytes), {pong(bytes)}},
      {"ping of 125", ping_frame(std::string(125, 'p')), {pong(std::string(125, 'p'))}},
      {"ping of 126", ping_frame(std::string(126, 'p')), {}, 1002},
      {"a pong nobody asked for", encode({.opcode = 10, .payload = "x"}) + text_frame("a"), {text("a")}},
      {"an empty pong", encode({.opcode = 10}) + ping_frame("b"), {pong("b")}},
      {"pong of 126", encode({.opcode = 10, .payload = std::string(126, 'p')}), {}, 1002},
  };
  Case many{"ten pings", {}, {}};
  for (int i = 0; i < 10; ++i) {
    many.sent += ping_frame(std::to_string(i));
    many.answers.push_back(pong(std::to_string(i)));
  }
  cases.push_back(many);
  return cases;
}

std::vector<Case> reserved_cases() {
  std::vector<Case> cases;
  for (uint8_t bits = 1; bits < 8; ++bits) {
    const std::string name = "reserved bits " + std::to_string(bits);
    cases.push_back({name, encode({.reserved = bits, .payload = "a"}), {}, 1002});
    cases.push_back({name + " behind a message", text_frame("a") + encode({.reserved = bits}), {text("a")}, 1002});
  }
  cases.push_back({"reserved bits of a ping", encode({.reserved = 4, .opcode = 9}), {}, 1002});
  cases.push_back({"reserved bits of a close", encode({.reserved = 1, .opcode = 8}), {}, 1002});
  for (const uint8_t opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    const std::string name = "opcode " + std::to_string(opcode);
    cases.push_back({name, encode({.opcode = opcode, .payload = "a"}), {}, 1002});
    cases.push_back({name + " behind a message", text_frame("a") + encode({.opcode = opcode}), {text("a")}, 1002});
  }
  return cases;
}

std::vector<Case> fragment_cases() {
  return {
      {"two parts", part(1, "ab") + part(0, "cd", true), {text("abcd")}},
      {"parts that are empty", part(1, "") + part(0, "") + part(0, "", true), {text("")}},
      {"an empty last part", part(1, "ab") + part(0, "", true), {text("ab")}},
      {"a part for each byte", each_byte_alone("a longer text"), {text("a longer text")}},
      {"ping between", part(1, "ab") + ping_frame("p") + part(0, "cd", true), {pong("p"), text("abcd")}},
      {"pong between", part(1, "ab") + encode({.opcode = 10}) + part(0, "cd", true), {text("abcd")}},
      {"pings between many",
       part(1, "a") + ping_frame("1") + part(0, "b") + ping_frame("2") + part(0, "c", true),
       {pong("1"), pong("2"), text("abc")}},
      {"close between", part(1, "ab") + close_frame(1000), {}, 1000},
      {"a ping in parts", part(9, "a") + part(0, "b", true), {}, 1002},
      {"a pong in parts", part(10, "a") + part(0, "b", true), {}, 1002},
      {"a close in parts", part(8, "") + part(0, "", true), {}, 1002},
      {"to go on with nothing", part(0, "a", true), {}, 1002},
      {"to go on with nothing, in parts", part(0, "a") + part(0, "b", true), {}, 1002},
      {"to go on with what has ended", text_frame("a") + part(0, "b", true), {text("a")}, 1002},
      {"a new one before the last has ended", part(1, "a") + text_frame("b"), {}, 1002},
      {"a binary one before the last has ended", part(1, "a") + part(2, "b", true), {}, 1002},
  };
}

std::vector<Case> utf8_cases() {
  const std::string greek = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5", clef = "\xf0\x9d\x84\x9e";
  std::vector<Case> cases = {
      {"two bytes", text_frame("\xc2\x80\xdf\xbf"), {text("\xc2\x80\xdf\xbf")}},
      {"three bytes", text_frame("\xe0\xa0\x80\xef\xbf\xbf"), {text("\xe0\xa0\x80\xef\xbf\xbf")}},
      {"four bytes", text_frame("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"), {text("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf")}},
      {"around the surrogates", text_frame("\xed\x9f\xbf\xee\x80\x80"), {text("\xed\x9f\xbf\xee\x80\x80")}},
      {"each byte in a part", each_byte_alone(greek + clef), {text(greek + clef)}},
      {"cut in a character", part(1, clef.substr(0, 2)) + part(0, clef.substr(2), true), {text(clef)}},
      {"a ping in a character",
       part(1, clef.substr(0, 3)) + ping_frame("p") + part(0, clef.substr(3), true),
       {pong("p"), text(clef)}},
      {"NUL and friends", text_frame(std::string("\0\x01\x7f", 3)), {text(std::string("\0\x01\x7f", 3))}},
      {"wrong in the first of two parts", part(1, "ok\xff") + part(0, "ok", true), {}, 1007},
      {"wrong in a later part", part(1, greek) + part(0, "\xed\xa0\x80", true), {}, 1007},
      {"unfinished over two parts", part(1, "\xce") + part(0, "", true), {}, 1007},
  };
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"a byte in the middle", "\x80"},
      {"0xfe", "\xfe"},
      {"0xff", "\xff"},
      {"unfinished, two bytes", "ab\xce"},
      {"unfinished, three bytes", "\xe1\xbd"},
      {"unfinished, four bytes", "\xf0\x9d\x84"},
      {"overlong, two bytes", "\xc0\xaf"},
      {"overlong, three bytes", "\xe0\x80\xaf"},
      {"overlong, four bytes", "\xf0\x80\x80\xaf"},
      {"overlong NUL", "\xc0\x80"},
      {"a surrogate", "\xed\xa0\x80"},
      {"a pair of surrogates", "\xed\xa0\x80\xed\xb0\x80"},
      {"beyond Unicode", "\xf4\x90\x80\x80"},
      {"five bytes", "\xf8\x88\x80\x80\x80"},
      {"six bytes", "\xfc\x84\x80\x80\x80\x80"},
  };
  for (const auto& [name, bytes] : wrong) cases.push_back({name, text_frame(bytes), {}, 1007});
  return cases;
}

std::vector<Case> close_cases() {
  std::vector<Case> cases = {
      {"close without a code", encode({.opcode = 8}), {}, 1000},
      {"close with half a code", encode({.opcode = 8, .payload = "\x03"}), {}, 1002},
      {"close and more", close_frame(1000) + text_frame("ignored"), {}, 1000},
      {"a message, then close", text_frame("a") + close_frame(1000), {text("a")}, 1000},
      {"two closes", close_frame(1000) + close_frame(1000), {}, 1000},
      {"close and a ping", close_frame(1000) + ping_frame("x"), {}, 1000},
      {"close with a reason", close_frame(1000, "enough"), {}, 1000},
      {"a reason of 123 bytes", close_frame(1000, std::string(123, 'r')), {}, 1000},
      {"a reason of 124 bytes", close_frame(1000, std::string(124, 'r')), {}, 1002},
      {"a reason that is not UTF-8", close_frame(1000, "\xce\xba\xed\xa0\x80"), {}, 1002},
  };
  for (const uint16_t code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999}) {
    cases.push_back({"valid code " + std::to_string(code), close_frame(code), {}, code});
  }
  for (const uint16_t code : {0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999}) {
    cases.push_back({"invalid code " + std::to_string(code), close_frame(code), {}, 1002});
  }
  return cases;
}

std::vector<Case> limit_cases() {
  const std::string most(1 << 20, 'm');
  return {
      {"the largest message", text_frame(most), {text(most)}},
      {"the largest message in two parts",
       part(1, most.substr(0, 1 << 19)) + part(0, most.substr(1 << 19), true),
       {text(most)}},
      {"a message too large", text_frame(most + "m"), {}, 1009},
      {"a message too large by its parts", part(1, most) + part(0, "m", true), {}, 1009},
      {"a message that only claims to be large",
       encode({.claimed_length = uint64_t{1} << 40, .length_bytes = 8}),
       {},
       1009},
  };
}

void check(const std::vector<Case>& cases) {
  TestServer site;
  for (const Case& each : cases) {
    CAPTURE(each.name);
    RawClient client(site.port());
    client.send(rmt::tests::upgrade_request("/messages"));
    REQUIRE(client.reply().status == 101);
    client.send(each.sent);
    // Where no close is expected, one asked for by us shows that nothing else comes.
    if (each.closed < 0) client.send(close_frame(1000));
    for (const Expected& expected : each.answers) {
      const std::optional<WebFrame> frame = read_frame(client);
      REQUIRE(frame);
      CHECK(frame->final);
      CHECK(frame->reserved == 0);
      CHECK(frame->opcode == expected.opcode);
      CHECK((frame->payload == expected.payload));
    }
    const std::optional<WebFrame> last = read_frame(client);
    REQUIRE(last);
    CHECK(last->opcode == kClose);
    CHECK(close_code(*last) == (each.closed < 0 ? 1000 : each.closed));
    client.send(close_frame(1000));  // where the server began, it waits for our half
    CHECK(client.read_all().empty());
  }
  CHECK(wait_until([&] { return site.server().counters().websockets_open == 0; }));
  CHECK(site.server().counters().websockets_total == static_cast<int64_t>(cases.size()));
}

}  // namespace

TEST_CASE("frames") {
  check(framing_cases());
}
TEST_CASE("pings and pongs") {
  check(ping_cases());
}
TEST_CASE("reserved bits and opcodes") {
  check(reserved_cases());
}
TEST_CASE("fragments") {
  check(fragment_cases());
}
TEST_CASE("UTF-8") {
  check(utf8_cases());
}
TEST_CASE("closing") {
  check(close_cases());
}
TEST_CASE("limits of messages") {
  check(limit_cases());
}

TEST_CASE("frames may come byte by byte") {
  TestServer site;
  RawClient client(site.port());
  for (const char& byte : rmt::tests::upgrade_request("/messages")) client.send({&byte, 1});
  REQUIRE(client.reply().status == 101);
  for (const char& byte : part(1, "ab") + ping_frame("p") + part(0, "cd", true)) client.send({&byte, 1});
  CHECK(read_frame(client)->payload == "p");
  CHECK(read_frame(client)->payload == "abcd");
}
