#include "lm/attention/map_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace rmt::lm {

namespace {

using nlohmann::ordered_json;

ordered_json nested(const at::Tensor& values) {
  ordered_json array = ordered_json::array();
  for (int64_t i = 0; i < values.size(0); ++i) {
    if (values.dim() > 1)
      array.push_back(nested(values.select(0, i)));
    else
      array.push_back(std::round(values.const_data_ptr<float>()[i] * 1e6) / 1e6);
  }
  return array;
}

}  // namespace

std::string to_json(const SegmentAttention& maps, const MapNames& names, MapKinds kinds) {
  const corpora::Segment& segment = maps.segment;
  ordered_json object = {{"document", names.document},
                         {"model", names.model},
                         {"segment", segment.index},
                         {"token_from", segment.token_from},
                         {"token_to", segment.token_to},
                         {"byte_from", segment.byte_from},
                         {"byte_to", segment.byte_to},
                         {"starts_with_bos", segment.starts_with_bos},
                         {"memory_tokens", maps.memory_tokens()},
                         {"tokens", names.tokens},
                         {"layers", maps.layers}};
  object["heads"] = maps.heads.empty() ? ordered_json("mean") : ordered_json(maps.heads);
  if (kinds.write) object["write"] = nested(maps.write.contiguous());
  if (kinds.read) object["read"] = nested(maps.read.contiguous());
  return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace rmt::lm
