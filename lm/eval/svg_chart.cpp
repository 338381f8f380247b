#include "lm/eval/svg_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>

namespace rmt::lm {

namespace {

constexpr double kWidth = 960, kLeft = 76, kRight = 28, kTop = 84;
constexpr double kFirstHeight = 320, kOtherHeight = 180, kPanelGap = 92, kNoteHeight = 16;
constexpr size_t kFewDots = 40;  // drawn larger
constexpr char kInk[] = "#1f2937", kSoft[] = "#6b7280", kGrid[] = "#e5e7eb";

struct Range {
  double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();

  void include(double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  bool holds(double value) const { return value >= low && value <= high; }
  // Never empty, so that everything has a place.
  Range usable(double margin) const {
    if (low > high) return {0, 1};
    const double pad = high > low ? (high - low) * margin : std::max(1e-9, std::abs(low) * 0.05);
    return {low - pad, high + pad};
  }
};

struct Frame {
  double left, top, width, height;
  Range x, y;

  double at_x(double value) const { return left + (value - x.low) / (x.high - x.low) * width; }
  double at_y(double value) const { return top + height - (value - y.low) / (y.high - y.low) * height; }
};

class Svg {
 public:
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
  }
  void text(double x, double y, const char* style, const std::string& words) {
    add("<text x=\"{:.1f}\" y=\"{:.1f}\" {}>{}</text>\n", x, y, style, xml_escaped(words));
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

Range x_range(const ChartPanel& panel) {
  Range range;
  for (const ChartSeries& series : panel.series) {
    for (const ChartPoint& point : series.dots) range.include(point.x);
    for (const ChartPoint& point : series.curve) range.include(point.x);
  }
  return range.usable(0);
}

Range y_range(const ChartPanel& panel) {
  Range range;
  std::vector<double> dots;
  for (const ChartSeries& series : panel.series) {
    for (const ChartPoint& point : series.dots)
      if (std::isfinite(point.y)) dots.push_back(point.y);
    for (const ChartPoint& point : series.curve) range.include(point.y);
  }
  if (!dots.empty()) {
    std::sort(dots.begin(), dots.end());
    const size_t tail = dots.size() / 200;
    range.include(dots[tail]);
    range.include(dots[dots.size() - 1 - tail]);
  }
  return range.usable(0.06);
}

std::string tick_label(double value, double step) {
  const int digits = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 9);
  return fmt::format("{:.{}f}", value == 0 ? 0.0 : value, digits);
}

void draw_axes(Svg& svg, const Frame& frame, const ChartPanel& panel) {
  const double bottom = frame.top + frame.height, right = frame.left + frame.width;
  const auto ys = round_ticks(frame.y.low, frame.y.high, frame.height > 250 ? 7 : 4);
  for (const double y : ys) {
    svg.add("<path d=\"M{:.1f} {:.1f}H{:.1f}\" stroke=\"{}\"/>\n", frame.left, frame.at_y(y), right, kGrid);
    svg.text(frame.left - 10, frame.at_y(y) + 4, "class=\"tick\" text-anchor=\"end\"",
             tick_label(y, ys.size() > 1 ? ys[1] - ys[0] : 1));
  }
  const double span = frame.x.high - frame.x.low;  // of whole numbers: no ticks between them
  const auto xs = round_ticks(frame.x.low, frame.x.high, std::clamp(static_cast<int>(span), 1, 10));
  for (const double x : xs) {
    svg.add("<path d=\"M{:.1f} {:.1f}v5\" stroke=\"{}\"/>\n", frame.at_x(x), bottom, kSoft);
    svg.text(frame.at_x(x), bottom + 19, "class=\"tick\" text-anchor=\"middle\"",
             tick_label(x, xs.size() > 1 ? xs[1] - xs[0] : 1));
  }
  svg.add("<path d=\"M{:.1f} {:.1f}H{:.1f}\" stroke=\"{}\"/>\n", frame.left, bottom, right, kSoft);
  svg.text(frame.left + frame.width / 2, bottom + 40, "class=\"label\" text-anchor=\"middle\"", panel.x_label);
  svg.add("<g transform=\"translate({:.1f} {:.1f}) rotate(-90)\">", frame.left - 56, frame.top + frame.height / 2);
  svg.text(0, 0, "class=\"label\" text-anchor=\"middle\"", panel.y_label);
  svg.add("</g>\n");
}

// Every dot is a stroke of length zero with round ends: one path for all of them.
int64_t draw_dots(Svg& svg, const Frame& frame, const ChartSeries& series) {
  int64_t outside = 0;
  if (series.dots.empty()) return 0;
  svg.add("<path class=\"{}\" stroke=\"{}\" d=\"", series.dots.size() <= kFewDots ? "dots few" : "dots",
          xml_escaped(series.color));
  for (const ChartPoint& point : series.dots) {
    if (!std::isfinite(point.y)) continue;
    if (frame.y.holds(point.y))
      svg.add("M{:.1f} {:.1f}h0", frame.at_x(point.x), frame.at_y(point.y));
    else
      ++outside;
  }
  svg.add("\"/>\n");
  return outside;
}

void draw_curve(Svg& svg, const Frame& frame, const ChartSeries& series) {
  svg.add("<path class=\"curve\" stroke=\"{}\"{} d=\"", xml_escaped(series.color),
          series.dashed ? " stroke-dasharray=\"6 4\"" : "");
  bool pen_down = false;
  for (const ChartPoint& point : series.curve) {
    const bool drawable = std::isfinite(point.y);
    if (drawable) svg.add("{}{:.1f} {:.1f}", pen_down ? 'L' : 'M', frame.at_x(point.x), frame.at_y(point.y));
    pen_down = drawable;
  }
  svg.add("\"/>\n");
}

void draw_legend(Svg& svg, const Frame& frame, const ChartPanel& panel) {
  double x = frame.left + frame.width;
  for (auto series = panel.series.rbegin(); series != panel.series.rend(); ++series) {
    svg.text(x, frame.top - 10, "class=\"label\" text-anchor=\"end\"", series->label);
    x -= 7.4 * static_cast<double>(series->label.size()) + 8;
    svg.add("<path class=\"curve\" stroke=\"{}\"{} d=\"M{:.1f} {:.1f}h20\"/>\n", xml_escaped(series->color),
            series->dashed ? " stroke-dasharray=\"6 4\"" : "", x - 20, frame.top - 14);
    x -= 40;
  }
}

void draw_panel(Svg& svg, const ChartPanel& panel, double top, double height) {
  const Frame frame{kLeft, top, kWidth - kLeft - kRight, height, x_range(panel), y_range(panel)};
  svg.text(kLeft, top - 10, "class=\"panel\"", panel.title);
  draw_axes(svg, frame, panel);
  draw_legend(svg, frame, panel);
  int64_t outside = 0;
  for (const ChartSeries& series : panel.series) outside += draw_dots(svg, frame, series);
  for (const ChartSeries& series : panel.series) draw_curve(svg, frame, series);
  if (outside > 0)
    svg.text(kWidth - kRight, top + height + 40, "class=\"note\" text-anchor=\"end\"",
             fmt::format("{} outlying dots not shown", outside));
}

// The length of the UTF-8 sequence at `at`, or 0 for bytes that are none.
size_t sequence_length(const std::string& text, size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  const size_t length = byte < 0x80                   ? 1
                        : byte >= 0xc2 && byte < 0xe0 ? 2
                        : byte >= 0xe0 && byte < 0xf0 ? 3
                        : byte >= 0xf0 && byte < 0xf5 ? 4
                                                      : 0;
  if (length == 0 || at + length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i)
    if ((static_cast<unsigned char>(text[at + i]) & 0xc0) != 0x80) return 0;
  return length;
}

}  // namespace

std::string xml_escaped(const std::string& text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t length = sequence_length(text, at);
    const char c = text[at];
    if (length == 0 || (length == 1 && static_cast<unsigned char>(c) < 0x20) || c == 0x7f)
      out += "\xef\xbf\xbd";
    else if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (c == '\'')
      out += "&apos;";
    else
      out.append(text, at, length);
    at += std::max<size_t>(1, length);
  }
  return out;
}

std::vector<double> round_ticks(double low, double high, int wanted) {
  if (!(high > low) || wanted < 1) return {low};
  const double rough = (high - low) / wanted, power = std::pow(10, std::floor(std::log10(rough)));
  const double step = power * (rough / power < 1.5 ? 1 : rough / power < 3.5 ? 2 : rough / power < 7.5 ? 5 : 10);
  std::vector<double> ticks;
  for (double i = std::ceil(low / step - 1e-9); i * step <= high + step * 1e-9; ++i) ticks.push_back(i * step);
  return ticks;
}

std::string to_svg(const Chart& chart) {
  double height = kTop;
  for (size_t i = 0; i < chart.panels.size(); ++i) height += (i == 0 ? kFirstHeight : kOtherHeight) + kPanelGap;
  height += kNoteHeight * static_cast<double>(chart.notes.size());

  Svg svg;
  svg.add(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1:.0f}\" width=\"{0}\" height=\"{1:.0f}\" "
      "role=\"img\">\n<title>{2}</title>\n",
      kWidth, height, xml_escaped(chart.title));
  svg.add(
      "<style>text{{font-family:system-ui,'Segoe UI',Helvetica,Arial,sans-serif;fill:{}}}"
      ".title{{font-size:19px;font-weight:600}}.panel{{font-size:14px;font-weight:600}}.label{{font-size:13px}}"
      ".tick{{font-size:12px;fill:{}}}.note{{font-size:11.5px;fill:{}}}.sub{{font-size:13px;fill:{}}}"
      ".dots{{fill:none;stroke-width:2.6;stroke-linecap:round;stroke-opacity:.28}}"
      ".few{{stroke-width:6;stroke-opacity:.8}}"
      ".curve{{fill:none;stroke-width:2;stroke-linejoin:round}}</style>\n",
      kInk, kSoft, kSoft, kSoft);
  svg.add("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
  svg.text(kLeft, 30, "class=\"title\"", chart.title);
  svg.text(kLeft, 50, "class=\"sub\"", chart.subtitle);

  double top = kTop + 6;
  for (size_t i = 0; i < chart.panels.size(); ++i) {
    const double panel_height = i == 0 ? kFirstHeight : kOtherHeight;
    draw_panel(svg, chart.panels[i], top, panel_height);
    top += panel_height + kPanelGap;
  }
  top -= kPanelGap - 70;
  for (const std::string& note : chart.notes) {
    svg.text(kLeft, top, "class=\"note\"", note);
    top += kNoteHeight;
  }
  svg.add("</svg>\n");
  return svg.take();
}

}  // namespace rmt::lm
