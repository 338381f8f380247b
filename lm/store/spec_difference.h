// What two runs were asked to do differently. Two specs without a difference are the same run, which
// is what makes one resumable by the other.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lm/store/store.h"

namespace rmt::store {

struct FieldDifference {
  std::string field;                ///< "dtype", or the path of a configuration key: "config/rmt/memory_tokens"
  std::optional<std::string> a, b;  ///< nothing where that side lacks the key
};

/// Field by field; the configurations key by key, so that white space and order do not matter.
std::vector<FieldDifference> compare_specs(const RunSpec& a, const RunSpec& b);

/// "dtype: fp32 is now bf16; config/batch: 4 is now (none)".
std::string describe(const std::vector<FieldDifference>& differences);

}  // namespace rmt::store
