#include "web/server/json/json_writer.h"

#include <cmath>
#include <cstdlib>
#include <limits>

#include "tests/support/doctest.h"
#include "web/server/error.h"
#include "web/server/json/body_reader.h"
#include "web/server/json/fields.h"

using namespace rmt::web;
using nlohmann::json;

TEST_CASE("what is written is JSON, piece by piece") {
  JsonWriter writer;
  writer.begin_object().key("a").begin_array().number(int64_t{1}).text("x\"\\\n\x01é").boolean(true);
  writer.null();
  std::string whole = writer.take();
  CHECK(writer.size() == 0);
  writer.begin_object().end_object().end_array().key("b").raw("[]").end_object();
  whole += writer.take();
  CHECK(json::parse(whole) == json{{"a", {1, "x\"\\\n\x01é", true, nullptr, json::object()}}, {"b", json::array()}});
}

TEST_CASE("numbers read back as the same bits, and are never NaN") {
  const auto written = [](auto value) {
    JsonWriter writer;
    writer.number(value);
    return writer.take();
  };
  CHECK(written(0.1F) == "0.1");
  CHECK(written(-5.5451775F) == "-5.5451775");
  CHECK(written(1.0 / 3) == "0.3333333333333333");
  for (const float value : {1e-42F, -9999.0F, 3.4e38F, 0.0F})
    CHECK(std::strtof(written(value).c_str(), nullptr) == value);
  CHECK(written(std::numeric_limits<double>::quiet_NaN()) == "null");
  CHECK(written(-std::numeric_limits<float>::infinity()) == "null");
}

TEST_CASE("ids go straight into vectors, whatever stands around them") {
  const Limits limits;
  const Body body =
      read_body(R"({"a": [1, {"prompt": [2]}], "prompt": [[1, 2], [], [3]], "b": {"c": null}})", limits, "prompt");
  CHECK(body.bulk.shape == Bulk::Shape::id_lists);
  CHECK(body.bulk.lists == std::vector<std::vector<int32_t>>{{1, 2}, {}, {3}});
  CHECK(body.fields == json{{"a", {1, {{"prompt", {2}}}}}, {"b", {{"c", nullptr}}}});
  CHECK(read_body(R"({"prompt": []})", limits, "prompt").bulk.shape == Bulk::Shape::ids);
  CHECK(read_body(R"({"prompt": null})", limits, "prompt").bulk.shape == Bulk::Shape::null);
  CHECK(read_body(R"({"prompt": ["a", "b"]})", limits, "prompt").bulk.texts == std::vector<std::string>{"a", "b"});
  CHECK(read_body(R"({"prompt": ["a", "b"]})", limits).fields["prompt"].size() == 2);
  for (const char* wrong :
       {R"({"prompt": [["a"]]})", R"({"prompt": [["a"], [1]]})", R"({"prompt": [[[1]]]})", R"({"prompt": ["a", [1]]})",
        R"({"prompt": true})", R"({"prompt": [null]})", R"({"prompt": [2147483648]})", R"({"prompt": 1e3})"})
    CHECK_THROWS_AS(read_body(wrong, limits, "prompt"), HttpError);
}

TEST_CASE("fields are of their type, in their range, and known") {
  const json object = {{"b", true}, {"i", 3.0}, {"n", 0.5}, {"t", "text"}, {"o", {{"x", 1}}}, {"null", nullptr}};
  Fields fields(object, "outer.");
  CHECK(fields.boolean("b") == true);
  CHECK(fields.integer("i", 0, 3) == 3);
  CHECK(fields.number("n", 0, 1) == 0.5);
  CHECK(fields.text("t", 4) == "text");
  CHECK(!fields.integer("null", 0, 1));
  CHECK(!fields.text("absent", 1));
  CHECK_THROWS_WITH_AS(fields.integer("i", 0, 2), "'outer.i' must be an integer from 0 to 2.", HttpError);
  CHECK_THROWS_WITH_AS(fields.text("t", 3), "'outer.t' is longer than 3 bytes.", HttpError);
  CHECK_THROWS_AS(fields.integer("n", 0, 2), HttpError);
  CHECK_THROWS_WITH_AS(fields.refuse_unknown(), "'outer.o' is not known here.", HttpError);
  auto inner = fields.object("o");
  CHECK_NOTHROW(fields.refuse_unknown());
  CHECK_THROWS_WITH_AS(inner->refuse_unknown(), "'outer.o.x' is not known here.", HttpError);
}
