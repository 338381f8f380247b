// A vocabulary file as one string.
#pragma once

#include <string>

namespace rmt::corpora {

/// Throws Error: not_found, io, malformed where the file is larger than any vocabulary.
std::string whole_file(const std::string& path);

}  // namespace rmt::corpora
