// Any bytes as a Lean file and as tactics: holes are found or refused, what is opened is made of the file's own text,
// and a text that the filter lets pass ends its comments and strings.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "prover/source/cursor.h"
#include "prover/source/filter.h"
#include "prover/source/lean_file.h"
#include "prover/source/lean_lexer.h"
#include "prover/source/lean_text.h"
#include "prover/source/statement.h"

using namespace rmt::prover;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

template <typename Read>
void attempt(Read read) {
  try {
    read();
  } catch (const SourceError&) {
  }
}

void open_all(const std::string& file) {
  const std::string text = lean_text(file);
  size_t left = 8;  // a file of holes would take forever
  for (const Hole& hole : holes(file)) {
    if (left-- == 0) return;
    const OpenedHole opened = open_hole(file, hole.line);
    require(opened.hole.line == hole.line);
    require(text.starts_with(opened.theorem.before) && text.ends_with(opened.rest));
    require(opened.theorem.indent >= 0);
    require(opened.theorem.before.size() + opened.rest.size() + 5 <= text.size());
  }
}

void look_from_all_lines(const std::string& file) {
  const auto lines = static_cast<int>(std::min<ptrdiff_t>(std::ranges::count(file, '\n'), 20)) + 1;
  for (int line = 1; line <= lines; ++line) {
    attempt([&] { require(theorem_at_cursor(file, line).indent >= 0); });
    attempt([&] { require(theorem_at_cursor(file, line, 3).indent >= 0); });
  }
}

void check_filter(const std::string& text) {
  if (refusal_of_tactics(text)) return;
  LeanLexer lexer(text);
  while (const auto token = lexer.next()) {
    require(token->closed);
    require(token->kind != TokenKind::doc_comment);
    require(text.substr(token->begin, token->end - token->begin) != "sorry");
  }
  require(!lexer.ends_in_comment());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  attempt([&] { open_all(text); });
  look_from_all_lines(text);
  attempt([&] { theorem_from_statement(text); });
  check_filter(text);
  (void)refusal_of_statement(text);
  (void)refusal_of_file(text);
  return 0;
}
