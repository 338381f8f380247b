// Decompressors: bytes in, bytes out, in the memory of one window, with every checksum verified.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "corpora/readers/bytes.h"

namespace rmt::corpora {

/// One or more gzip members. `name` is for messages. Reading throws Error: truncated (with the bytes
/// read so far) where the file ends inside a member, malformed where it is damaged.
std::unique_ptr<ByteSource> gunzip(std::unique_ptr<ByteSource> from, std::string name);

/// One or more Zstandard frames; the same contract. A frame that wants a window of more than 128 MiB
/// is refused.
std::unique_ptr<ByteSource> unzstd(std::unique_ptr<ByteSource> from, std::string name);

inline bool is_gzip(std::string_view head) {
  return head.starts_with("\x1f\x8b");
}
inline bool is_zstd(std::string_view head) {
  return head.starts_with("\x28\xb5\x2f\xfd");
}

}  // namespace rmt::corpora
