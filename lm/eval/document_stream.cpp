#include "lm/eval/document_stream.h"

namespace rmt::lm {

// Passes a text on, counts it token by token and looks for lines.
class DocumentStream::Meter final : public corpora::TextSource {
 public:
  Meter(std::unique_ptr<corpora::TextSource> source, bool with_lines) : source_(std::move(source)) {
    if (with_lines) lines_.emplace();
  }

  bool next(std::string& chunk) override {
    if (!source_->next(chunk)) return false;
    meter_.add(chunk);
    if (lines_) lines_->add(chunk);
    return true;
  }

  corpora::Units take(size_t bytes) { return meter_.take(bytes); }
  std::vector<LinePart> lines_of(const corpora::Segment& segment) {
    return lines_ ? lines_->take(segment) : std::vector<LinePart>();
  }

 private:
  std::unique_ptr<corpora::TextSource> source_;
  corpora::UnitMeter meter_;
  std::optional<LineParts> lines_;
};

DocumentStream::DocumentStream(std::unique_ptr<corpora::TextSource> text, const corpora::Tokenizer& tokenizer,
                               const Cut& cut)
    : text_(std::make_unique<Meter>(std::move(text), cut.tactic_lines)),
      tokens_(*text_, tokenizer),
      segments_(tokens_, cut.segment_length, cut.max_tokens, cut.bos) {}

DocumentStream::~DocumentStream() = default;

std::optional<MeteredSegment> DocumentStream::next() {
  if (!started_) {
    ahead_ = segments_.next();
    started_ = true;
  }
  if (!ahead_) return std::nullopt;

  MeteredSegment metered{std::move(*ahead_), {}, false, {}};
  const corpora::Segment& segment = metered.segment;
  for (size_t i = 0; i < segment.ids.size(); ++i) {
    const bool is_bos = i == 0 && segment.starts_with_bos;
    metered.units.push_back(is_bos ? Units{} : text_->take(segment.bytes[i]));
  }
  metered.tactic_lines = text_->lines_of(segment);
  ahead_ = segments_.next();
  metered.last = !ahead_;
  if (metered.last) metered.units.back().words += 1;  // the field no white space ends
  for (const Units& units : metered.units) read_ += units;
  return metered;
}

}  // namespace rmt::lm
