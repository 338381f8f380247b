// Line charts as self-contained SVG: light, readable, nothing fetched, every text escaped.
#pragma once

#include <string>
#include <vector>

namespace rmt::lm {

struct ChartPoint {
  double x = 0, y = 0;  ///< points with a y that is not finite are left out
};

struct ChartSeries {
  std::string label;
  std::string color;              ///< CSS, "#2563eb"
  std::vector<ChartPoint> dots;   ///< drawn small and faint; may be empty
  std::vector<ChartPoint> curve;  ///< drawn as a line through the points
  bool dashed = false;
};

struct ChartPanel {
  std::string title;
  std::string x_label, y_label;
  std::vector<ChartSeries> series;
};

struct Chart {
  std::string title, subtitle;
  std::vector<std::string> notes;  ///< small print under the panels
  std::vector<ChartPanel> panels;  ///< from top to bottom; the first is the tallest
};

/// The y range of a panel holds all curves and 99 % of the dots; what lies outside is cut off, and
/// the panel says how many dots that were.
std::string to_svg(const Chart& chart);

/// Round numbers that divide [low, high] into about `wanted` steps, in order.
std::vector<double> round_ticks(double low, double high, int wanted);

/// `text` as XML character data: markup escaped, control characters and broken UTF-8 replaced.
std::string xml_escaped(const std::string& text);

}  // namespace rmt::lm
