// A TeX project in one input: files "0.tex", "1.tex", … parted by lines "=====". Reading ends, and the
// text of a project without includes is its first file.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "corpora/error.h"
#include "corpora/readers/tex_main.h"
#include "corpora/readers/tex_tree.h"

using namespace rmt::corpora;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  constexpr std::string_view kBorder = "\n=====\n";
  TexMembers members;
  for (bool more = true; more && members.size() < 10;) {
    const size_t end = rest.find(kBorder);
    more = end != std::string_view::npos;
    members.emplace(std::to_string(members.size()) + ".tex", rest.substr(0, end));
    rest.remove_prefix(more ? end + kBorder.size() : 0);
  }
  ReadOptions options;
  options.lossy = true;
  bool includes = false, valid = true;
  try {
    find_main_file("input", members, options);
    const std::string first = members.at("0.tex");
    includes = !tex_profile(*bytes_of(first)).includes.empty();
    options.on_notice = [&](const Notice&) { valid = false; };
    TexTree tree(std::make_unique<TexPackage>("input", std::move(members)), "0.tex", options, {.includes = 200});
    const std::string text = read_all(tree);
    const bool marked = first.starts_with("\xEF\xBB\xBF");
    if (!includes && valid && text != first.substr(marked ? 3 : 0)) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
