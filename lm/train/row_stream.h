// Documents as an endless stream of shuffled rows of tokens: what training reads.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "corpora/document.h"
#include "corpora/token_stream.h"
#include "corpora/tokenizer.h"
#include "lm/train/learned_spans.h"

namespace rmt::lm {

struct TrainSource {
  std::vector<std::string> paths;  ///< as open_documents() takes them
  double weight = 1.0;             ///< share of the rows that come from here, relative to the other sources
  LearnedSpans learned{};          ///< what of them is to be predicted
};

struct Row {
  std::vector<int32_t> ids;
  std::vector<bool> learned;  ///< whether the loss counts how well each token is predicted
};

/// The rows of one source, in an order drawn from the seed; the documents again when all are read. Documents are
/// pulled in chunks: memory holds `shuffle_rows` rows and one chunk of text, whatever the size of the corpus.
///
/// A row is `row_tokens` tokens that stand together in a document. What is left at a document's end is
/// joined with the beginning of the next, an end-of-text token between them where the tokenizer has one.
class RowStream {
 public:
  /// The tokenizer must outlive the stream. Throws corpora::Error for paths without documents.
  RowStream(TrainSource source, const corpora::Tokenizer& tokenizer, int64_t row_tokens, int64_t shuffle_rows,
            uint64_t seed);

  /// Throws corpora::Error(not_found) when a whole pass over the documents gave no row.
  Row next();

 private:
  void fill();
  bool read_row();
  bool read_tokens();
  bool open_next_document();
  void open(std::unique_ptr<corpora::TextSource> text);

  const TrainSource source_;
  const corpora::Tokenizer& tokenizer_;
  size_t row_tokens_, shuffle_rows_;
  std::mt19937_64 random_;
  std::unique_ptr<corpora::DocumentReader> reader_;
  std::unique_ptr<corpora::TextSource> text_;
  MarkedText* marked_ = nullptr;  // the same, where only parts of it are learned
  int64_t at_byte_ = 0;           // of the text, where the next token begins
  std::unique_ptr<corpora::TokenStream> tokens_;
  corpora::Tokens read_;
  Row pending_;  // the beginning of the next row
  std::vector<Row> buffer_;
  int64_t rows_this_pass_ = 0;
};

/// Rows of several sources, each drawn by its weight.
class RowMixture {
 public:
  RowMixture(const std::vector<TrainSource>& sources, const corpora::Tokenizer& tokenizer, int64_t row_tokens,
             int64_t shuffle_rows, uint64_t seed);
  Row next();

 private:
  std::vector<RowStream> streams_;
  std::discrete_distribution<size_t> choice_;
  std::mt19937_64 random_;
};

}  // namespace rmt::lm
