// Lean files parted by lines "=====", named A.lean, B.lean, …: headers are read, and the order holds
// every file once, after its imports, or names a circle.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "corpora/error.h"
#include "corpora/readers/lean_imports.h"
#include "corpora/readers/lean_order.h"

using namespace rmt::corpora;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  constexpr std::string_view kBorder = "\n=====\n";
  std::vector<LeanFile> files;
  for (bool more = true; more && files.size() < 20;) {
    const size_t end = rest.find(kBorder);
    more = end != std::string_view::npos;
    const std::string name(1, static_cast<char>('A' + files.size()));
    files.push_back({name + ".lean", lean_imports(rest.substr(0, end))});
    rest.remove_prefix(more ? end + kBorder.size() : 0);
  }
  try {
    const auto order = in_import_order(files);
    if (order.size() != files.size()) std::abort();
    for (const LeanFile& file : files) {
      const auto at = std::find(order.begin(), order.end(), file.path);
      if (at == order.end()) std::abort();
      for (const std::string& import : file.imports) {
        if (import != file.path && std::find(at, order.end(), import) != order.end()) std::abort();
      }
    }
  } catch (const Error&) {
  }
  return 0;
}
