// An arXiv source package (a tar archive of a TeX project, already decompressed) as one document.
// Its text files are held in memory, within limits; nothing is written to disk.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "corpora/document.h"
#include "corpora/readers/bytes.h"
#include "corpora/readers/tex_files.h"

namespace rmt::corpora {

struct PackageLimits {
  int64_t members = 20'000;
  int64_t total_bytes = int64_t{1} << 30;   ///< of the whole archive, decompressed
  int64_t text_bytes = int64_t{256} << 20;  ///< of the files kept: those that are not images or the like
};

/// The text members of a tar archive. Throws Error: truncated, malformed on a damaged archive, on a
/// member whose path is absolute or climbs out by "..", and beyond a limit; not_found when no text is
/// in it.
TexMembers read_package(std::unique_ptr<ByteSource> tar, const std::string& name, const PackageLimits& limits = {});

/// The document its main file makes, with everything that file includes. Throws the same, and not_found.
Document open_package(std::unique_ptr<ByteSource> tar, const std::string& name, const ReadOptions& options,
                      const PackageLimits& limits = {});

}  // namespace rmt::corpora
