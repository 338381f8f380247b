#include "lm/train/row_stream.h"

#include <utility>

#include "corpora/error.h"

namespace rmt::lm {

RowStream::RowStream(TrainSource source, const corpora::Tokenizer& tokenizer, int64_t row_tokens, int64_t shuffle_rows,
                     uint64_t seed)
    : source_(std::move(source)),
      tokenizer_(tokenizer),
      row_tokens_(static_cast<size_t>(row_tokens)),
      shuffle_rows_(static_cast<size_t>(shuffle_rows)),
      random_(seed) {}

Row RowStream::next() {
  fill();
  std::swap(buffer_[random_() % buffer_.size()], buffer_.back());
  Row row = std::move(buffer_.back());
  buffer_.pop_back();
  return row;
}

void RowStream::fill() {
  while (buffer_.size() < shuffle_rows_) {
    if (read_row()) continue;
    // A small corpus may be shorter than the buffer: its rows are handed out before they are read again.
    if (!buffer_.empty()) return;
    if (rows_this_pass_ == 0)
      throw corpora::Error(corpora::Errc::not_found,
                           source_.paths.front() + ": the documents there hold less than one row of " +
                               std::to_string(row_tokens_) + " tokens; give more text, or train with fewer segments");
    reader_.reset();
    rows_this_pass_ = 0;
  }
}

// False at the end of the last document.
bool RowStream::read_row() {
  while (pending_.ids.size() < row_tokens_)
    if (!read_tokens() && !open_next_document()) return false;
  buffer_.push_back(std::exchange(pending_, {}));
  ++rows_this_pass_;
  return true;
}

// False at the end of a document.
bool RowStream::read_tokens() {
  read_.clear();
  if (!tokens_ || !tokens_->read(row_tokens_ - pending_.ids.size(), read_)) return false;
  pending_.ids.insert(pending_.ids.end(), read_.ids.begin(), read_.ids.end());
  for (const uint32_t bytes : read_.bytes) {
    at_byte_ += bytes;
    // A token that reaches into a span from before it is predicted, too: what is learned begins in it.
    pending_.learned.push_back(marked_ == nullptr || marked_->is_learned(at_byte_ - 1));
  }
  return true;
}

bool RowStream::open_next_document() {
  if (!reader_) reader_ = corpora::open_documents(source_.paths, {.skip_broken = true});
  tokens_.reset();
  auto document = reader_->next();
  if (!document) {
    text_.reset();
    return false;
  }
  const auto& specials = tokenizer_.specials();
  const auto separator = specials.eos ? specials.eos : specials.bos;
  if (separator && !pending_.ids.empty()) {
    pending_.ids.push_back(*separator);
    pending_.learned.push_back(source_.learned.are_everything());
  }
  open(std::move(document->text));
  tokens_ = std::make_unique<corpora::TokenStream>(*text_, tokenizer_);
  return true;
}

void RowStream::open(std::unique_ptr<corpora::TextSource> text) {
  at_byte_ = 0;
  text_ = std::move(text);
  if (source_.learned.are_everything()) return;
  auto marked = std::make_unique<MarkedText>(std::move(text_), source_.learned);
  marked_ = marked.get();
  text_ = std::move(marked);
}

namespace {

std::vector<double> weights(const std::vector<TrainSource>& sources) {
  std::vector<double> all;
  for (const TrainSource& source : sources) all.push_back(source.weight);
  return all;
}

}  // namespace

RowMixture::RowMixture(const std::vector<TrainSource>& sources, const corpora::Tokenizer& tokenizer, int64_t row_tokens,
                       int64_t shuffle_rows, uint64_t seed)
    : random_(seed) {
  const auto shares = weights(sources);
  choice_ = std::discrete_distribution<size_t>(shares.begin(), shares.end());
  for (const TrainSource& source : sources)
    streams_.emplace_back(source, tokenizer, row_tokens, shuffle_rows, random_());
}

Row RowMixture::next() {
  return streams_[choice_(random_)].next();
}

}  // namespace rmt::lm
