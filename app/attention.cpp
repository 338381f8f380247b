// rmt-lm attention: where the memory looks while it is written, and which words look at it.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "app/attention_options.h"
#include "app/command.h"
#include "app/exit_code.h"
#include "app/table.h"
#include "corpora/document.h"
#include "corpora/error.h"
#include "lm/attention/capture.h"
#include "lm/attention/map_json.h"
#include "lm/attention/map_picture.h"
#include "lm/attention/npy.h"
#include "lm/attention/shares.h"
#include "lm/attention/token_label.h"
#include "lm/eval/request.h"
#include "lm/open_model.h"
#include "model/weights/atomic_file.h"

namespace rmt::app {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

lm::LoadedModel open_model(const AttentionOptions& options) {
  lm::LoadedModel model = lm::open_model(open_options(options.model));
  check(options, model);
  if (!model.trained_memory)
    spdlog::warn("{} has no trained memory: what a segment hands on is random, and so is where it looks", model.name);
  model.backbone = lm::load_packed(model, model::Precision::fp32);
  return model;
}

/// How `eval` cuts documents, so that segments have the numbers they have in its traces.
lm::Cut cut_of(const lm::LoadedModel& model) {
  try {
    return lm::resolve(lm::EvalRequest{}, model).cut;
  } catch (const std::invalid_argument& error) {
    throw UsageError(error.what());
  }
}

std::unique_ptr<corpora::DocumentReader> open_reader(const AttentionOptions& options) {
  corpora::ReadOptions read;
  read.lossy = options.lossy;
  read.on_notice = [](const corpora::Notice& notice) { spdlog::warn("{}: {}", notice.where, notice.what); };
  return corpora::open_documents({options.document}, read);
}

std::vector<lm::SegmentAttention> read(const AttentionOptions& options, const lm::LoadedModel& model) {
  const model::RmtDecoder decoder = lm::make_decoder(model);
  const lm::Cut cut = cut_of(model);
  const auto reader = open_reader(options);
  auto document = reader->next();
  if (!document) throw corpora::Error(corpora::Errc::not_found, options.document + ": there is no document there");
  lm::DocumentStream stream(std::move(document->text), *model.tokenizer, cut);
  const std::set<int64_t> chosen(options.segments.begin(), options.segments.end());
  lm::AttentionCapture capture = lm::capture_attention(decoder, stream, chosen);
  if (capture.segments_read <= *chosen.rbegin())
    throw UsageError(fmt::format("--segments {}: {} has {} segments of {} tokens, numbered from 0.", *chosen.rbegin(),
                                 document->id, capture.segments_read, cut.segment_length));
  return std::move(capture.segments);
}

lm::SegmentAttention chosen_part(lm::SegmentAttention maps, const AttentionOptions& options) {
  if (options.layer >= 0) maps = lm::only_layer(std::move(maps), options.layer);
  if (const auto head = head_number(options)) return lm::only_head(std::move(maps), *head);
  return options.averages_heads() ? lm::mean_of_heads(std::move(maps)) : maps;
}

lm::MapNames names_of(const lm::SegmentAttention& maps, const AttentionOptions& options, const lm::LoadedModel& model) {
  lm::MapNames names{options.document, model.name, {}};
  for (const int32_t id : maps.segment.ids) names.tokens.push_back(lm::token_label(*model.tokenizer, id));
  return names;
}

/// The files of one segment; returns their paths.
std::vector<std::string> write_files(const lm::SegmentAttention& maps, const AttentionOptions& options,
                                     const lm::MapNames& names) {
  const std::string stem = options.document == "-" ? "stdin" : fs::path(options.document).stem().string();
  const fs::path start = fs::path(options.output) / fmt::format("{}.segment-{}.", stem, maps.segment.index);
  const lm::MapKinds kinds = options.kinds();
  std::vector<std::string> paths;
  const auto write = [&](const char* ending, const std::string& bytes) {
    paths.push_back(start.string() + ending);
    model::AtomicFile file(paths.back());
    file.write(bytes);
    file.commit();
    spdlog::info("Wrote {}", paths.back());
  };
  if (options.format == "svg") write("svg", lm::to_svg(lm::map_picture(maps, names, kinds)));
  if (options.format == "json") write("json", lm::to_json(maps, names, kinds));
  if (options.format == "npy" && kinds.write) write("write.npy", lm::to_npy(maps.write));
  if (options.format == "npy" && kinds.read) write("read.npy", lm::to_npy(maps.read));
  return paths;
}

struct ShareLine {
  int64_t layer = 0;
  std::optional<int64_t> head;  // nothing: the mean over all
  lm::HeadShares shares;
};

std::vector<ShareLine> share_lines(const lm::SegmentAttention& maps) {
  std::vector<ShareLine> lines;
  for (int64_t layer = 0; layer < maps.write.size(0); ++layer)
    for (int64_t head = 0; head < maps.write.size(1); ++head) {
      ShareLine line{maps.layers[static_cast<size_t>(layer)], {}, lm::head_shares(maps, layer, head)};
      if (!maps.heads.empty()) line.head = maps.heads[static_cast<size_t>(head)];
      lines.push_back(line);
    }
  return lines;
}

void print_json(const lm::SegmentAttention& maps, const std::vector<std::string>& files) {
  const auto print = [](const ordered_json& object) {
    fmt::print("{}\n", object.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
  };
  const corpora::Segment& segment = maps.segment;
  print({{"type", "segment"},
         {"segment", segment.index},
         {"token_from", segment.token_from},
         {"token_to", segment.token_to},
         {"byte_from", segment.byte_from},
         {"byte_to", segment.byte_to},
         {"files", files}});
  for (const ShareLine& line : share_lines(maps))
    print({{"type", "shares"},
           {"segment", segment.index},
           {"layer", line.layer},
           {"head", line.head ? ordered_json(*line.head) : ordered_json("mean")},
           {"write_on_read", line.shares.write_on_read},
           {"write_on_text", line.shares.write_on_text},
           {"write_on_write", line.shares.write_on_write},
           {"text_on_read", line.shares.text_on_read}});
}

void add_lines(Table& table, const lm::SegmentAttention& maps) {
  const auto percent = [](double share) { return fmt::format("{:.1f} %", 100 * share); };
  for (const ShareLine& line : share_lines(maps))
    table.add({std::to_string(maps.segment.index), std::to_string(line.layer),
               line.head ? std::to_string(*line.head) : "mean", percent(line.shares.write_on_read),
               percent(line.shares.write_on_text), percent(line.shares.write_on_write),
               percent(line.shares.text_on_read), ""});
}

int run(const AttentionOptions& options) {
  configure_threads(options.model);
  const lm::LoadedModel model = open_model(options);
  std::vector<lm::SegmentAttention> captured = read(options, model);

  fs::create_directories(options.output);
  Table table(0);
  table.add({"segment", "layer", "head", "write > read", "write > text", "write > write", "text > read", ""});
  for (lm::SegmentAttention& all : captured) {
    const lm::SegmentAttention maps = chosen_part(std::move(all), options);
    const std::vector<std::string> files = write_files(maps, options, names_of(maps, options, model));
    if (options.json)
      print_json(maps, files);
    else
      add_lines(table, maps);
  }
  if (options.json) return kOk;
  table.print();
  fmt::print(
      "\nShares of attention: of the rows that write the memory, on the memory they got, the text and each\n"
      "other; of the text's rows, on the memory.\n");
  return kOk;
}

}  // namespace

void add_attention(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<AttentionOptions>();
  CLI::App* command = app.add_subcommand("attention", "Where the memory looks, and who looks at it: maps of segments");
  add_attention_options(*command, *options);
  command->callback([options, &chosen] { chosen.run = [options] { return run(*options); }; });
}

}  // namespace rmt::app
