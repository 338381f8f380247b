#include "corpora/readers/jsonl.h"

#include <algorithm>

#include "corpora/error.h"
#include "corpora/readers/pile_record.h"
#include "corpora/readers/utf8.h"

namespace rmt::corpora {

namespace {

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

JsonlReader::JsonlReader(std::unique_ptr<ByteSource> bytes, std::string name, ReadOptions options,
                         size_t max_record_bytes)
    : bytes_(std::move(bytes)),
      name_(std::move(name)),
      options_(std::move(options)),
      max_record_bytes_(max_record_bytes) {}

std::optional<Document> JsonlReader::next() {
  std::string line;
  while (read_line(line)) {
    try {
      if (too_long_) {
        throw Error(Errc::malformed, place() + ": the line is longer than " + std::to_string(max_record_bytes_) +
                                         " bytes; is this a file of one JSON record a line?");
      }
      if (!is_blank(line)) return parse(line);
    } catch (const Error& error) {
      if (!options_.skip_broken) throw;
      options_.on_notice({place(), std::string("skipped: ") + error.what()});
    }
  }
  return std::nullopt;
}

// The next line without its end; false at the end of the file. What is too long is not kept.
bool JsonlReader::read_line(std::string& line) {
  line.clear();
  ++line_;
  too_long_ = false;
  while (from_ < buffer_.size() || fill()) {
    const size_t end = buffer_.find('\n', from_);
    const size_t to = std::min(end, buffer_.size());
    too_long_ = too_long_ || line.size() + (to - from_) > max_record_bytes_;
    if (too_long_) {
      line.clear();
    } else {
      line.append(buffer_, from_, to - from_);
    }
    from_ = to;
    if (end == std::string::npos) continue;
    ++from_;
    return true;
  }
  return !line.empty() || too_long_;
}

bool JsonlReader::fill() {
  buffer_ = read_up_to(*bytes_, kChunkBytes);
  from_ = 0;
  at_end_ = buffer_.empty();
  return !at_end_;
}

Document JsonlReader::parse(std::string& line) {
  const Utf8Prefix prefix = utf8_prefix(line);
  if (prefix.valid < line.size()) {
    const std::string at =
        byte_at(static_cast<int64_t>(prefix.valid), static_cast<unsigned char>(line[prefix.valid])) + " of the line";
    if (!options_.lossy) {
      throw Error(Errc::bad_text, place() + ": " + at + " is not valid UTF-8; convert the file, or read it with " +
                                      "--lossy, which puts U+FFFD in its place");
    }
    options_.on_notice({place(), "invalid UTF-8 is replaced by U+FFFD, first at " + at});
    line = repaired_utf8(line);
  }
  PileRecord record;
  try {
    record = parse_pile_record(line);
  } catch (const Error& error) {
    const bool cut_off = at_end_ && error.code() == Errc::truncated;
    throw Error(cut_off ? Errc::truncated : Errc::malformed,
                place() + ": " + error.what() +
                    (cut_off ? "; the file ends inside it: fetch or copy it again" : "; mend the line") +
                    ", or leave the record out with --skip-broken");
  }
  if (record.id.empty()) record.id = name_ + "#" + std::to_string(line_);
  if (record.title.empty()) record.title = record.id;
  if (record.source.empty()) record.source = "jsonl";
  return {std::move(record.id), std::move(record.title), std::move(record.source),
          std::make_unique<MemoryText>(std::move(record.text))};
}

}  // namespace rmt::corpora
