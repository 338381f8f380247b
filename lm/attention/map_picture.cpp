#include "lm/attention/map_picture.h"

#include <fmt/format.h>

#include <filesystem>

namespace rmt::lm {

namespace {

// Of a path its end, or the title would run out of the picture.
std::string short_name(const std::string& path) {
  const std::string name = std::filesystem::path(path).filename().string();
  return name.empty() ? path : name;
}

std::vector<std::string> numbered(char letter, int64_t count) {
  std::vector<std::string> labels;
  for (int64_t i = 0; i < count; ++i) labels.push_back(fmt::format("{}{}", letter, i));
  return labels;
}

// map [rows, columns]
HeatPanel panel_of(std::string title, const at::Tensor& map, int64_t first_column, std::vector<std::string> rows) {
  const at::Tensor dense = map.contiguous();
  const auto* values = dense.const_data_ptr<float>();
  return {std::move(title), static_cast<size_t>(first_column), static_cast<size_t>(map.size(1)), std::move(rows),
          std::vector<float>(values, values + dense.numel())};
}

HeatMap empty_picture(const SegmentAttention& maps, const MapNames& names) {
  const auto m = static_cast<size_t>(maps.memory_tokens()), t = static_cast<size_t>(maps.text_tokens());
  const corpora::Segment& segment = maps.segment;
  HeatMap picture;
  picture.title = fmt::format("{}, segment {}", short_name(names.document), segment.index);
  picture.subtitle = fmt::format("{}; tokens {} to {} of the document, {} memory tokens", short_name(names.model),
                                 segment.token_from, segment.token_to - 1, m);
  picture.column_labels = numbered('r', maps.memory_tokens());
  picture.column_labels.insert(picture.column_labels.end(), names.tokens.begin(), names.tokens.end());
  const auto write = numbered('w', maps.memory_tokens());
  picture.column_labels.insert(picture.column_labels.end(), write.begin(), write.end());
  picture.groups = {{"read memory", 0, m}, {"text", m, m + t}, {"write memory", m + t, m + t + m}};
  return picture;
}

}  // namespace

HeatMap map_picture(const SegmentAttention& maps, const MapNames& names, MapKinds kinds) {
  const int64_t m = maps.memory_tokens();
  HeatMap picture = empty_picture(maps, names);
  for (int64_t layer = 0; layer < maps.write.size(0); ++layer) {
    for (int64_t head = 0; head < maps.write.size(1); ++head) {
      const auto place = static_cast<size_t>(head);
      const std::string where =
          fmt::format("Layer {}, {}", maps.layers[static_cast<size_t>(layer)],
                      maps.heads.empty() ? "mean of heads" : fmt::format("head {}", maps.heads[place]));
      if (kinds.write)
        picture.panels.push_back(
            panel_of(where + ": what each write row attends to", maps.write[layer][head], 0, numbered('w', m)));
      if (kinds.read)  // [T, M] -> [M, T]
        picture.panels.push_back(panel_of(where + ": how much each token attends to each read row",
                                          maps.read[layer][head].t(), m, numbered('r', m)));
    }
  }
  return picture;
}

}  // namespace rmt::lm
