// Rows as JSON objects, for exports and for `--json`. Keys are the column names of SCHEMA.md.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "lm/store/run_difference.h"
#include "lm/store/store.h"

namespace rmt::store {

using Json = nlohmann::ordered_json;

Json to_json(const Run& run);  ///< its configuration as an object
Json to_json(const DocumentRow& document);
Json to_json(const SegmentRow& segment);
Json to_json(const TrainStepRow& step);
Json to_json(const FieldDifference& difference);
Json to_json(const StretchDifference& stretch);
Json to_json(const Totals& totals);  ///< with perplexity, bits per byte and memory gain

/// One line. Bytes that are not UTF-8 (file names need not be) become U+FFFD, NaN becomes null;
/// doubles read back as the same bits.
std::string json_line(const Json& value);
/// The same with a first key "type", by which lines of several kinds are told apart.
std::string typed_line(std::string_view type, const Json& object);

}  // namespace rmt::store
