// Maps as JSON and as pictures, and the labels of tokens in both.
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>

#include <nlohmann/json.hpp>

#include "lm/attention/map_json.h"
#include "lm/attention/map_picture.h"
#include "lm/attention/token_label.h"
#include "tests/lm/byte_models.h"
#include "tests/support/doctest.h"
#include "tests/support/xml.h"

namespace rmt::lm {
namespace {

using nlohmann::json;
using tests::is_well_formed;
using tests::occurrences;

/// Two layers of one averaged head, one memory token, two of text.
SegmentAttention small_maps() {
  SegmentAttention maps;
  maps.segment.index = 4;
  maps.segment.token_from = 8;
  maps.segment.token_to = 10;
  maps.layers = {0, 1};
  maps.write = at::tensor({0.5f, 0.125f, 0.25f, 0.125f, 1.0f, 0.0f, 0.0f, 0.0f}).view({2, 1, 1, 4});
  maps.read = at::tensor({0.25f, 0.0f, 1.0f / 3, 0.5f}).view({2, 1, 2, 1});
  return maps;
}

const MapNames kNames{"a<b>.txt", "model", {"▁\"A&B\"", "<script>"}};

TEST_CASE("a label shows white space and bytes that are no characters") {
  const auto tokenizer = tests::byte_tokenizer();
  CHECK(token_label(*tokenizer, 'a') == "a");
  CHECK(token_label(*tokenizer, ' ') == "▁");
  CHECK(token_label(*tokenizer, '\n') == "⏎");
  CHECK(token_label(*tokenizer, 0xe2) == "<0xE2>");
  CHECK(token_label(*tokenizer, 0) == "<0x00>");
}

TEST_CASE("JSON holds the names, the labels and the weights in the tensors' order") {
  const json object = json::parse(to_json(small_maps(), kNames, {}));
  CHECK(object["document"] == "a<b>.txt");
  CHECK(object["segment"] == 4);
  CHECK(object["token_to"] == 10);
  CHECK(object["heads"] == "mean");
  CHECK(object["tokens"] == json::array({"▁\"A&B\"", "<script>"}));
  CHECK(object["write"] == json::parse("[[[[0.5,0.125,0.25,0.125]]],[[[1.0,0.0,0.0,0.0]]]]"));
  CHECK(object["read"] == json::parse("[[[[0.25],[0.0]]],[[[0.333333],[0.5]]]]"));
  SegmentAttention one = small_maps();
  one.heads = {7};
  const json part = json::parse(to_json(one, kNames, {.write = false, .read = true}));
  CHECK(part["heads"] == json::array({7}));
  CHECK(!part.contains("write"));
}

TEST_CASE("a picture has a panel a layer and kind, the text of both under the same columns") {
  const HeatMap picture = map_picture(small_maps(), kNames, {});
  REQUIRE(picture.panels.size() == 4);
  CHECK(picture.column_labels == std::vector<std::string>{"r0", "▁\"A&B\"", "<script>", "w0"});
  CHECK(picture.panels[0].columns == 4);
  CHECK(picture.panels[3].first_column == 1);
  CHECK(picture.panels[3].row_labels == std::vector<std::string>{"r0"});
  CHECK(picture.panels[3].values == std::vector<float>{1.0f / 3, 0.5f});
  CHECK(map_picture(small_maps(), kNames, {.write = true, .read = false}).panels.size() == 2);
}

TEST_CASE("an SVG is well-formed, and no label is markup") {
  const std::string svg = to_svg(map_picture(small_maps(), kNames, {}));
  CHECK(is_well_formed(svg));
  CHECK(occurrences(svg, "<script") == 0);
  CHECK(occurrences(svg, ">&lt;script&gt;<") == 4);
  CHECK(occurrences(svg, "▁&quot;A&amp;B&quot;") == 4);
  CHECK(occurrences(svg, "a&lt;b&gt;.txt, segment 4") == 2);
  CHECK(occurrences(svg, ">write memory<") == 2);  // no part of the read maps
  CHECK(occurrences(svg, "nan") + occurrences(svg, "inf") == 0);
}

HeatMap wide(size_t columns, std::vector<float> values) {
  HeatMap map{"t", "s", std::vector<std::string>(columns, "word"), {{"text", 0, columns}}, {}};
  map.panels.push_back({"p", 0, columns, std::vector<std::string>(values.size() / columns, "row"), std::move(values)});
  return map;
}

TEST_CASE("neighbours of one colour are one cell, nothing is drawn for nothing, and labels are thinned") {
  const std::string svg = to_svg(wide(4, {0, 1, 1, 0}));
  CHECK(occurrences(svg, "h36v16h-36z") == 1);
  CHECK(occurrences(svg, "<path class=\"cells\"") == 1);
  CHECK(occurrences(svg, ">word<") == 4);
  const size_t labels = occurrences(to_svg(wide(1000, std::vector<float>(1000, 0))), ">word<");
  CHECK(labels > 50);
  CHECK(labels < 100);
  std::vector<float> values(1000, 0.1f);
  values[777] = 1;
  HeatMap hot = wide(1000, values);
  hot.column_labels[777] = "hot";
  CHECK(occurrences(to_svg(hot), ">hot<") == 1);
  const std::string tall = to_svg(wide(1, std::vector<float>(100, 0.5f)));
  CHECK(occurrences(tall, ">row<") < 50);
}

TEST_CASE("a picture of nothing, and one of a segment without columns, is still a picture") {
  CHECK(is_well_formed(to_svg(HeatMap{})));
  CHECK(is_well_formed(to_svg(wide(1, {0}))));
}

}  // namespace
}  // namespace rmt::lm
