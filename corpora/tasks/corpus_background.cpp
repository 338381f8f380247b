// Documents as one long text in tokens, from which passages are taken at random places.
#include <algorithm>

#include "corpora/tasks/background.h"
#include "corpora/tasks/fact_free_text.h"
#include "corpora/tasks/random_stream.h"
#include "corpora/token_stream.h"

namespace rmt::corpora {

namespace {

std::vector<int32_t> read_pool(const std::vector<std::string>& paths, const Tokenizer& tokenizer,
                               const CorpusOptions& options) {
  const auto limit = static_cast<size_t>(std::max<int64_t>(options.max_tokens, 0));
  const auto reader = open_documents(paths, options.read);
  Tokens pool;
  while (pool.size() < limit) {
    const auto document = reader->next();
    if (!document) break;
    FactFreeText text(*document->text);
    TokenStream stream(text, tokenizer);
    while (stream.read(limit - pool.size(), pool)) pool.bytes.clear();
  }
  pool.ids.shrink_to_fit();
  return std::move(pool.ids);
}

// By id: whether a sentence may end with the token.
std::vector<bool> sentence_ends(const std::vector<int32_t>& pool, const Tokenizer& tokenizer) {
  std::vector<bool> seen(tokenizer.vocab_size()), ends(tokenizer.vocab_size());
  for (const int32_t id : pool) {
    const auto at = static_cast<size_t>(id);
    if (!seen.at(at)) ends[at] = ends_sentence(tokenizer.decode({&id, 1}));
    seen[at] = true;
  }
  return ends;
}

class CorpusBackground final : public Background {
 public:
  CorpusBackground(const Tokenizer& tokenizer, std::vector<int32_t> pool)
      : Background(tokenizer.fingerprint()), pool_(std::move(pool)), ends_(sentence_ends(pool_, tokenizer)) {}

  int64_t capacity() const override { return static_cast<int64_t>(pool_.size()); }

  // The pool is a ring. What the passages leave of it is shared out at random between them, and the whole
  // is turned by a random angle. Then each passage moves on to the next end of a sentence, if that is
  // before the next passage.
  void fill(uint64_t seed, uint64_t stream, std::span<const std::span<int32_t>> passages) const override {
    size_t wanted = 0;
    for (const auto passage : passages) wanted += passage.size();
    require(static_cast<int64_t>(wanted));
    if (wanted == 0) return;
    RandomStream random(seed, stream);
    std::vector<std::span<int32_t>> order(passages.begin(), passages.end());
    random.shuffle<std::span<int32_t>>(order);
    std::vector<size_t> skipped(order.size());
    for (size_t& tokens : skipped) tokens = random.below(pool_.size() - wanted + 1);
    std::ranges::sort(skipped);
    skipped.push_back(skipped.front() + pool_.size() - wanted);  // the first passage again, round the ring
    size_t at = random.below(pool_.size());
    for (size_t i = 0; i < order.size(); ++i) {
      const size_t end = at + skipped[i] + order[i].size();
      copy_from(at + skipped[i] + to_sentence_end(end, skipped[i + 1] - skipped[i]), order[i]);
      at += order[i].size();
    }
  }

 private:
  // How far the end of a sentence is from `end`; 0 where it is further than `limit`.
  size_t to_sentence_end(size_t end, size_t limit) const {
    for (size_t more = 0; more <= std::min(limit, kLongestWait); ++more) {
      const int32_t last = pool_[(end + more + pool_.size() - 1) % pool_.size()];
      if (ends_[static_cast<size_t>(last)]) return more;
    }
    return 0;
  }

  void copy_from(size_t place, std::span<int32_t> passage) const {
    const size_t from = place % pool_.size();
    const size_t before_end = std::min(passage.size(), pool_.size() - from);
    std::copy_n(pool_.begin() + static_cast<std::ptrdiff_t>(from), before_end, passage.begin());
    std::copy_n(pool_.begin(), passage.size() - before_end, passage.begin() + static_cast<std::ptrdiff_t>(before_end));
  }

  static constexpr size_t kLongestWait = 256;  // tokens; text without sentences is cut where it stands

  std::vector<int32_t> pool_;
  std::vector<bool> ends_;  // by id
};

}  // namespace

std::unique_ptr<const Background> corpus_background(const std::vector<std::string>& paths, const Tokenizer& tokenizer,
                                                    const CorpusOptions& options) {
  return std::make_unique<CorpusBackground>(tokenizer, read_pool(paths, tokenizer, options));
}

}  // namespace rmt::corpora
