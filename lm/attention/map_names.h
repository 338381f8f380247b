// What a file with attention maps says beside the weights.
#pragma once

#include <string>
#include <vector>

namespace rmt::lm {

struct MapNames {
  std::string document, model;
  std::vector<std::string> tokens;  ///< a label for each token of the segment
};

/// Which of a segment's maps a file holds.
struct MapKinds {
  bool write = true, read = true;
};

}  // namespace rmt::lm
