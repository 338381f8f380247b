#include "web/server/api/attention_json.h"

#include <cmath>
#include <span>
#include <vector>

namespace rmt::web {
namespace {

using store::Json;

/// To four digits: what a picture can show.
double rounded(float share) {
  return std::round(1e4 * share) / 1e4;
}

/// A map as rows of `width`.
Json rows_of(const std::vector<float>& map, size_t width) {
  Json rows = Json::array();
  for (size_t at = 0; at + width <= map.size(); at += width) {
    Json row = Json::array();
    for (const float share : std::span(map).subspan(at, width)) row.push_back(rounded(share));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

Json seen_json(const engine::SeenSegment& seen, const TextCodec& text) {
  Json json = {{"segment", seen.segment},
               {"token_from", seen.token_from},
               {"similarity", seen.similarity},
               {"change", seen.change}};
  if (seen.write.empty()) return json;
  Json tokens = Json::array();
  for (const int32_t id : seen.ids) tokens.push_back(text.name(id));
  json["tokens"] = std::move(tokens);
  json["write"] = rows_of(seen.write, seen.ids.size());
  json["read"] = rows_of(seen.read, seen.similarity.size());
  return json;
}

}  // namespace rmt::web
