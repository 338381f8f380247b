// One file of the page in the program's read-only data; the table of them is written by embed.mjs.
#pragma once

#include <span>

namespace rmt::web {

struct EmbeddedFile {
  const char* path;
  const char* content_type;
  const char* etag;
  bool immutable;
  const char* begin;  ///< gzipped
  const char* end;
};

std::span<const EmbeddedFile> embedded_files();

}  // namespace rmt::web
