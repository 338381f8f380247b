#include "lm/attention/heat_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <numeric>

#include "corpora/tokenizers/code_point.h"
#include "lm/eval/svg_chart.h"

namespace rmt::lm {

namespace {

constexpr double kLeft = 56, kRight = 28, kTop = 128, kTitleHeight = 42, kLabelHeight = 96, kPanelGap = 14;
constexpr double kLeastWidth = 560;   // of the cells: room for titles and legend
constexpr double kLabelPitch = 11;    // pixels from one label to the next
constexpr size_t kLongestLabel = 13;  // characters
constexpr size_t kLevels = 32;
constexpr char kInk[] = "#1f2937", kSoft[] = "#6b7280", kGrid[] = "#d1d5db";

struct Color {
  double red, green, blue;
};
constexpr std::array<Color, 5> kScale = {
    {{248, 250, 252}, {191, 219, 254}, {96, 165, 250}, {29, 78, 216}, {12, 20, 69}}};

std::string color_of(size_t level) {
  const double place = static_cast<double>(level) / (kLevels - 1) * (kScale.size() - 1);
  const size_t below = std::min(static_cast<size_t>(place), kScale.size() - 2);
  const double part = place - static_cast<double>(below);
  const auto mixed = [&](double Color::*channel) {
    return static_cast<int>(std::lround((1 - part) * kScale[below].*channel + part * kScale[below + 1].*channel));
  };
  return fmt::format("#{:02x}{:02x}{:02x}", mixed(&Color::red), mixed(&Color::green), mixed(&Color::blue));
}

size_t level_of(float value, float largest) {
  if (!(value > 0)) return 0;
  const double share = std::sqrt(std::min(1.0, static_cast<double>(value) / largest));
  return static_cast<size_t>(std::lround(share * (kLevels - 1)));
}

std::string shortened(const std::string& label) {
  size_t at = 0;
  for (size_t taken = 0; taken < kLongestLabel && at < label.size(); ++taken)
    at += corpora::code_point_at(label, at).bytes;
  return at == label.size() ? label : label.substr(0, at) + "…";
}

float largest_of(const HeatMap& map) {
  float largest = 0;
  for (const HeatPanel& panel : map.panels)
    for (const float value : panel.values) largest = std::max(largest, value);
  return largest > 0 ? largest : 1;
}

class HeatMapSvg {
 public:
  explicit HeatMapSvg(const HeatMap& map)
      : map_(map),
        columns_(std::max<size_t>(1, map.column_labels.size())),
        cell_(std::clamp(std::round(1100 / static_cast<double>(columns_)), 1.0, 18.0)),
        width_(kLeft + kRight + std::max(kLeastWidth, cell_ * static_cast<double>(columns_))),
        largest_(largest_of(map)) {}

  std::string draw() {
    draw_head();
    double top = kTop;
    for (const HeatPanel& panel : map_.panels) {
      draw_panel(panel, top);
      top += height_of(panel) + kPanelGap;
    }
    add("</svg>\n");
    return std::move(out_);
  }

 private:
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
  }
  void text(double x, double y, const char* kind, const std::string& words, const char* anchor = "start") {
    add("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\" text-anchor=\"{}\">{}</text>\n", x, y, kind, anchor,
        xml_escaped(words));
  }

  double x_of(size_t column) const { return kLeft + cell_ * static_cast<double>(column); }
  static double row_height(const HeatPanel& panel) {
    return std::clamp(std::round(192 / static_cast<double>(std::max<size_t>(1, panel.row_labels.size()))), 4.0, 16.0);
  }
  static double cells_height(const HeatPanel& panel) {
    return row_height(panel) * static_cast<double>(panel.row_labels.size());
  }
  static double height_of(const HeatPanel& panel) { return kTitleHeight + cells_height(panel) + kLabelHeight; }

  void draw_head();
  void draw_legend();
  void draw_panel(const HeatPanel& panel, double top);
  void draw_cells(const HeatPanel& panel, double top);
  void draw_groups(const HeatPanel& panel, double top);
  void draw_row_labels(const HeatPanel& panel, double top);
  std::vector<size_t> labelled_columns(const HeatPanel& panel) const;
  void draw_column_labels(const HeatPanel& panel, double bottom);

  const HeatMap& map_;
  size_t columns_;
  double cell_, width_;
  float largest_;
  std::string out_;
};

void HeatMapSvg::draw_head() {
  double height = kTop;
  for (const HeatPanel& panel : map_.panels) height += height_of(panel) + kPanelGap;
  add("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" "
      "height=\"{1:.0f}\" role=\"img\">\n<title>{2}</title>\n",
      width_, height, xml_escaped(map_.title));
  add("<style>text{{font-family:system-ui,'Segoe UI',Helvetica,Arial,sans-serif;fill:{}}}"
      ".title{{font-size:19px;font-weight:600}}.panel{{font-size:14px;font-weight:600}}"
      ".tick{{font-size:10px;fill:{}}}.sub{{font-size:13px;fill:{}}}.cells{{shape-rendering:crispEdges}}</style>\n",
      kInk, kSoft, kSoft);
  add("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
  text(kLeft, 30, "title", map_.title);
  text(kLeft, 50, "sub", map_.subtitle);
  draw_legend();
}

void HeatMapSvg::draw_legend() {
  constexpr double kY = 68, kStep = 8, kHeight = 12;
  for (size_t level = 0; level < kLevels; ++level)
    add("<rect class=\"cells\" x=\"{:.1f}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"/>\n",
        kLeft + kStep * static_cast<double>(level), kY, kStep, kHeight, color_of(level));
  for (const double place : {0.0, 0.25, 0.5, 0.75, 1.0})
    text(kLeft + kStep * kLevels * place, kY + kHeight + 13, "tick", fmt::format("{:.2g}", place * place * largest_),
         place == 0   ? "start"
         : place == 1 ? "end"
                      : "middle");
  text(kLeft + kStep * kLevels + 12, kY + 10, "sub", "attention weight, on a square-root scale");
}

void HeatMapSvg::draw_panel(const HeatPanel& panel, double top) {
  text(kLeft, top + 14, "panel", panel.title);
  const double first = top + kTitleHeight;
  draw_cells(panel, first);
  draw_groups(panel, first);
  draw_row_labels(panel, first);
  draw_column_labels(panel, first + cells_height(panel));
}

// One path a level, neighbours of one level joined: most cells of a map are alike.
void HeatMapSvg::draw_cells(const HeatPanel& panel, double top) {
  const double height = row_height(panel);
  add("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\" stroke=\"{}\"/>\n",
      x_of(panel.first_column), top, cell_ * static_cast<double>(panel.columns), cells_height(panel), color_of(0),
      kGrid);
  std::array<std::string, kLevels> paths;
  for (size_t row = 0; row < panel.row_labels.size(); ++row) {
    const float* values = panel.values.data() + row * panel.columns;
    for (size_t from = 0, to = 0; from < panel.columns; from = to) {
      const size_t level = level_of(values[from], largest_);
      for (to = from + 1; to < panel.columns && level_of(values[to], largest_) == level;) ++to;
      if (level == 0) continue;
      const double width = cell_ * static_cast<double>(to - from);
      fmt::format_to(std::back_inserter(paths[level]), "M{:.0f} {:.0f}h{:.0f}v{:.0f}h-{:.0f}z",
                     x_of(panel.first_column + from), top + height * static_cast<double>(row), width, height, width);
    }
  }
  for (size_t level = 0; level < kLevels; ++level)
    if (!paths[level].empty()) add("<path class=\"cells\" fill=\"{}\" d=\"{}\"/>\n", color_of(level), paths[level]);
}

void HeatMapSvg::draw_groups(const HeatPanel& panel, double top) {
  for (size_t i = 0; i < map_.groups.size(); ++i) {
    const ColumnGroup& group = map_.groups[i];
    if (group.from < panel.first_column || group.to > panel.first_column + panel.columns) continue;
    // A narrow group at an end would push its name out of the picture.
    const bool first = i == 0, last = i + 1 == map_.groups.size();
    const double x = first ? x_of(group.from) : last ? x_of(group.to) : (x_of(group.from) + x_of(group.to)) / 2;
    text(x, top - 8, "tick", group.label, first ? "start" : last ? "end" : "middle");
    if (group.from > panel.first_column)
      add("<path d=\"M{:.1f} {:.1f}v{:.1f}\" stroke=\"{}\" stroke-dasharray=\"3 2\"/>\n", x_of(group.from), top - 4,
          cells_height(panel) + 8, kSoft);
  }
}

void HeatMapSvg::draw_row_labels(const HeatPanel& panel, double top) {
  const double height = row_height(panel);
  const auto step = static_cast<size_t>(std::ceil(kLabelPitch / height));
  for (size_t row = 0; row < panel.row_labels.size(); row += step)
    text(x_of(panel.first_column) - 6, top + height * (static_cast<double>(row) + 0.5) + 3.5, "tick",
         shortened(panel.row_labels[row]), "end");
}

// As many as have room, those with the largest values first.
std::vector<size_t> HeatMapSvg::labelled_columns(const HeatPanel& panel) const {
  std::vector<float> strongest(panel.columns, 0);
  for (size_t i = 0; i < panel.values.size(); ++i)
    strongest[i % panel.columns] = std::max(strongest[i % panel.columns], panel.values[i]);
  std::vector<size_t> order(panel.columns);
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return strongest[a] > strongest[b]; });

  const auto apart = static_cast<size_t>(std::ceil(kLabelPitch / cell_));
  std::vector<bool> crowded(panel.columns, false);
  std::vector<size_t> labelled;
  for (const size_t column : order) {
    if (crowded[column]) continue;
    labelled.push_back(panel.first_column + column);
    const size_t from = column - std::min(column, apart - 1), to = std::min(panel.columns, column + apart);
    std::fill(crowded.begin() + static_cast<ptrdiff_t>(from), crowded.begin() + static_cast<ptrdiff_t>(to), true);
  }
  return labelled;
}

void HeatMapSvg::draw_column_labels(const HeatPanel& panel, double bottom) {
  for (const size_t column : labelled_columns(panel)) {
    const double x = x_of(column) + cell_ / 2;
    add("<path d=\"M{:.1f} {:.1f}v3\" stroke=\"{}\"/>\n<g transform=\"translate({:.1f} {:.1f}) rotate(-90)\">", x,
        bottom, kSoft, x + 3.5, bottom + 6);
    text(0, 0, "tick", shortened(map_.column_labels[column]), "end");
    add("</g>\n");
  }
}

}  // namespace

std::string to_svg(const HeatMap& map) {
  return HeatMapSvg(map).draw();
}

}  // namespace rmt::lm
