// tokenizer_config.json and special_tokens_map.json: which spelling has which role, and BERT's options.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "corpora/tokenizer.h"

namespace rmt::corpora {

/// What the files beside a vocabulary say; nothing where they do not say it.
struct TokenizerConfig {
  std::optional<std::string> bos, eos, pad, unk, cls, sep, mask;
  std::optional<bool> add_bos;
  std::optional<bool> lower_case, strip_accents, ideographs_apart;  ///< of BERT
};

/// Reads the two files of a folder, each of which may be missing; tokenizer_config.json wins.
/// Throws Error(malformed).
TokenizerConfig read_tokenizer_config(const std::string& folder);

/// The roles as ids: `id_of` looks a spelling up. A spelling that is not in the vocabulary has no id.
SpecialTokens special_tokens(const TokenizerConfig& config,
                             const std::function<std::optional<int32_t>(const std::string&)>& id_of);

}  // namespace rmt::corpora
