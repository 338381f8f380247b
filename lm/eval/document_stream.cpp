#include "lm/eval/document_stream.h"

namespace rmt::lm {

// Passes a text on and counts it token by token.
class DocumentStream::Meter final : public corpora::TextSource {
 public:
  explicit Meter(std::unique_ptr<corpora::TextSource> source) : source_(std::move(source)) {}

  bool next(std::string& chunk) override {
    if (!source_->next(chunk)) return false;
    meter_.add(chunk);
    return true;
  }

  corpora::Units take(size_t bytes) { return meter_.take(bytes); }

 private:
  std::unique_ptr<corpora::TextSource> source_;
  corpora::UnitMeter meter_;
};

DocumentStream::DocumentStream(std::unique_ptr<corpora::TextSource> text, const corpora::Tokenizer& tokenizer,
                               const Cut& cut)
    : text_(std::make_unique<Meter>(std::move(text))),
      tokens_(*text_, tokenizer),
      segments_(tokens_, cut.segment_length, cut.max_tokens, cut.bos) {}

DocumentStream::~DocumentStream() = default;

std::optional<MeteredSegment> DocumentStream::next() {
  if (!started_) {
    ahead_ = segments_.next();
    started_ = true;
  }
  if (!ahead_) return std::nullopt;

  MeteredSegment metered{std::move(*ahead_), {}, false};
  const corpora::Segment& segment = metered.segment;
  for (size_t i = 0; i < segment.ids.size(); ++i) {
    const bool is_bos = i == 0 && segment.starts_with_bos;
    metered.units.push_back(is_bos ? Units{} : text_->take(segment.bytes[i]));
  }
  ahead_ = segments_.next();
  metered.last = !ahead_;
  if (metered.last) metered.units.back().words += 1;  // the field no white space ends
  for (const Units& units : metered.units) read_ += units;
  return metered;
}

}  // namespace rmt::lm
