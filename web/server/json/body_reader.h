// A request's JSON body, read in one pass: token ids go straight into vectors, everything else becomes a small tree.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "web/server/limits.h"

namespace rmt::web {

/// What the body's bulk field held: "prompt": text, texts, ids, or lists of ids.
struct Bulk {
  enum class Shape { absent, null, text, texts, ids, id_lists };
  Shape shape = Shape::absent;
  std::vector<std::string> texts;           ///< one, for Shape::text
  std::vector<std::vector<int32_t>> lists;  ///< one, for Shape::ids
};

struct Body {
  nlohmann::json fields;  ///< an object, without the bulk field
  Bulk bulk;
};

/// `bulk_field` is a key of the outermost object; empty: there is none. Throws HttpError(400): not JSON (naming the
/// byte), no object, a key twice, deeper or more than the limits, an id that is no 32-bit integer, a bulk field of
/// another shape.
Body read_body(std::string_view json, const Limits& limits, std::string_view bulk_field = {});

}  // namespace rmt::web
