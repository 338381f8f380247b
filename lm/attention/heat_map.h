// Heat maps as self-contained SVG: light, readable, nothing fetched, every text escaped.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace rmt::lm {

/// Neighbouring columns with a name of their own.
struct ColumnGroup {
  std::string label;
  size_t from = 0, to = 0;
};

/// One map: rows of cells under some of the columns.
struct HeatPanel {
  std::string title;
  size_t first_column = 0, columns = 0;
  std::vector<std::string> row_labels;  ///< one a row
  std::vector<float> values;            ///< [rows, columns], none negative
};

struct HeatMap {
  std::string title, subtitle;
  std::vector<std::string> column_labels;  ///< of the columns all panels stand under
  std::vector<ColumnGroup> groups;         ///< in order, together all columns
  std::vector<HeatPanel> panels;           ///< from top to bottom
};

/// One scale for all panels: colour by the square root of a value, from 0 to the largest there is, so
/// that a weight of 0.01 beside one of 1 is still seen. Where columns are too narrow for all labels, those
/// with the largest values have theirs.
std::string to_svg(const HeatMap& map);

}  // namespace rmt::lm
