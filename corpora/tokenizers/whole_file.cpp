#include "corpora/tokenizers/whole_file.h"

#include "corpora/error.h"
#include "corpora/readers/bytes.h"

namespace rmt::corpora {

std::string whole_file(const std::string& path) {
  constexpr size_t kLargest = size_t{512} << 20;
  std::string content = read_up_to(*open_file(path), kLargest + 1);
  if (content.size() > kLargest)
    throw Error(Errc::malformed, path + ": more than 512 MiB, which no tokenizer file is; is the path right?");
  return content;
}

}  // namespace rmt::corpora
