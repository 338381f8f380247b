// What a file is, as far as its name tells; its first bytes have the last word on compression.
#pragma once

#include <string_view>

namespace rmt::corpora {

enum class FileKind {
  unknown,
  text,
  markdown,
  tex,
  lean,
  records,  ///< JSON, one record a line
  package,  ///< a tar archive, or what arXiv sends as one
};

struct FileName {
  FileKind kind = FileKind::unknown;
  bool compressed = false;  ///< the name promises gzip or zstd around it
};

/// By the endings: .txt .text .md .markdown .tex .ltx .latex .lean .jsonl .ndjson .tar, each also with
/// .gz or .zst after it; .tgz; .gz after a name without such an ending ("2304.11062.gz"), which is how
/// arXiv sends sources. Upper or lower case.
FileName file_name(std::string_view path);

/// True for the first 512 bytes of a tar archive of any flavour.
inline constexpr size_t kTarHeaderBytes = 512;
bool is_tar(std::string_view head);

}  // namespace rmt::corpora
