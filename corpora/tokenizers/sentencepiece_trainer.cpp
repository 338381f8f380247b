#include "corpora/tokenizers/sentencepiece_trainer.h"

#include <sentencepiece_trainer.h>

#include <algorithm>
#include <exception>
#include <unordered_map>

#include "corpora/error.h"

namespace rmt::corpora {

namespace {

// Longer lines are cut, or the library would leave them out.
constexpr size_t kLongestLine = 16 << 10;

// The lines of the documents, one after another, as the library asks for them. What the reader throws
// does not travel through the library: it ends the lines and waits in failure().
class Lines final : public sentencepiece::SentenceIterator {
 public:
  Lines(DocumentReader& documents, int64_t max_bytes) : documents_(documents), left_(max_bytes) { Next(); }

  bool done() const override { return done_; }
  const std::string& value() const override { return line_; }
  absl::Status status() const override { return absl::OkStatus(); }
  std::exception_ptr failure() const { return failure_; }

  void Next() override {
    try {
      done_ = left_ <= 0 || !find_line();
      left_ -= static_cast<int64_t>(line_.size());
    } catch (...) {
      failure_ = std::current_exception();
      done_ = true;
    }
  }

 private:
  bool find_line() {
    do {
      const size_t newline = text_.find('\n', from_);
      if (newline == std::string::npos && text_.size() - from_ < kLongestLine && refill()) continue;
      if (from_ == text_.size()) return false;
      const size_t end = cut(std::min(newline, text_.size()));
      line_.assign(text_, from_, end - from_);
      from_ = end + (end < text_.size() && text_[end] == '\n');
      if (!line_.empty()) return true;
    } while (true);
  }

  // Not inside a code point.
  size_t cut(size_t end) const {
    if (end - from_ <= kLongestLine) return end;
    end = from_ + kLongestLine;
    while ((static_cast<unsigned char>(text_[end]) & 0xc0) == 0x80) --end;
    return end;
  }

  // More text behind what is left; a document's last line ends with it. False at the very end.
  bool refill() {
    text_.erase(0, from_);
    from_ = 0;
    std::string chunk;
    while (!document_ || !document_->text->next(chunk)) {
      const bool had_document = document_.has_value();
      document_.reset();
      document_ = documents_.next();
      if (!document_) return false;
      if (had_document && !text_.empty()) {
        text_ += '\n';
        return true;
      }
    }
    text_ += chunk;
    return true;
  }

  DocumentReader& documents_;
  std::optional<Document> document_;
  int64_t left_;
  std::string text_, line_;
  size_t from_ = 0;
  bool done_ = false;
  std::exception_ptr failure_;
};

std::unordered_map<std::string, std::string> arguments(const SentencePieceTraining& options) {
  return {
      {"model_type", options.model == SentencePieceTraining::Model::bpe ? "bpe" : "unigram"},
      {"vocab_size", std::to_string(options.vocab_size)},
      {"character_coverage", std::to_string(options.character_coverage)},
      {"byte_fallback", "true"},
      {"normalization_rule_name", "identity"},
      {"add_dummy_prefix", "false"},
      {"remove_extra_whitespaces", "false"},
      {"allow_whitespace_only_pieces", "true"},
      {"split_digits", "true"},
      {"max_sentence_length", std::to_string(kLongestLine)},
      {"num_threads", "4"},  // how sums are split decides their rounding: never the machine's count
      {"minloglevel", "2"},
  };
}

}  // namespace

std::string train_sentencepiece(DocumentReader& documents, const SentencePieceTraining& options) {
  Lines lines(documents, options.max_bytes);
  if (lines.failure()) std::rethrow_exception(lines.failure());
  if (lines.done()) throw Error(Errc::mismatch, "no text to train a tokenizer on");
  std::string model;
  const absl::Status trained = sentencepiece::SentencePieceTrainer::Train(arguments(options), &lines, &model);
  if (lines.failure()) std::rethrow_exception(lines.failure());
  if (!trained.ok())
    throw Error(Errc::mismatch, "no tokenizer of " + std::to_string(options.vocab_size) +
                                    " pieces can be trained on this text: " + std::string(trained.message()));
  return model;
}

}  // namespace rmt::corpora
