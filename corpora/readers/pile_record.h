// One line of a .jsonl corpus in the Pile's format: {"text": "…", "meta": {…}}.
#pragma once

#include <string>
#include <string_view>

namespace rmt::corpora {

struct PileRecord {
  std::string text;
  std::string id;      ///< meta.id, else a top-level id; empty where there is none
  std::string title;   ///< meta.title
  std::string source;  ///< the first there is of meta.set, meta.source, meta.pile_set_name
};

/// Parses without building a tree: memory is the record's text and its longest other string. Throws
/// Error saying what is wrong and at which byte of the line: truncated where the line ends inside the
/// record, else malformed.
PileRecord parse_pile_record(std::string_view line);

}  // namespace rmt::corpora
