// One document as metered segments: its tokens in runs of fixed length, each token with the bytes,
// characters and words it stands for. Memory is bounded by two segments and one chunk of text.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "corpora/document.h"
#include "corpora/segments.h"
#include "corpora/token_stream.h"
#include "lm/eval/line_parts.h"
#include "lm/eval/metrics.h"

namespace rmt::lm {

struct MeteredSegment {
  corpora::Segment segment;
  std::vector<Units> units;            ///< parallel to segment.ids; all zero for a BOS
  bool last = false;                   ///< the document ends with this segment
  std::vector<LinePart> tactic_lines;  ///< empty unless they were asked for
};

/// How documents are cut; the same for every document of a run.
struct Cut {
  int64_t segment_length = 512;
  int64_t max_tokens = -1;       ///< of a document; < 0 reads to its end
  std::optional<int32_t> bos{};  ///< put before the first token
  bool tactic_lines = false;     ///< find the lines of Lean's tactic proofs
};

class DocumentStream {
 public:
  /// `tokenizer` must outlive the stream.
  DocumentStream(std::unique_ptr<corpora::TextSource> text, const corpora::Tokenizer& tokenizer, const Cut& cut);
  ~DocumentStream();

  /// Nothing at the end, and for a document without text. Throws what the text throws.
  std::optional<MeteredSegment> next();

  /// All units handed out so far.
  const Units& read() const { return read_; }

 private:
  class Meter;

  std::unique_ptr<Meter> text_;
  corpora::TokenStream tokens_;
  corpora::SegmentReader segments_;
  std::optional<corpora::Segment> ahead_;  // one segment of lookahead tells which is the last
  bool started_ = false;
  Units read_;
};

}  // namespace rmt::lm
