#include "prover/backends/script_source.h"

#include <algorithm>

namespace rmt::prover {
namespace {

std::string_view without_trailing_space(std::string_view text) {
  const size_t last = text.find_last_not_of(" \n");
  return last == std::string_view::npos ? std::string_view{} : text.substr(0, last + 1);
}

std::string new_line(int indent) {
  return "\n" + std::string(static_cast<size_t>(std::max(indent, 0)), ' ');
}

}  // namespace

std::string indented(std::string_view script, int columns) {
  std::string text;
  for (size_t at = 0; at <= script.size();) {
    const size_t end = std::min(script.find('\n', at), script.size());
    const std::string_view line = script.substr(at, end - at);
    if (at > 0) text += line.empty() ? "\n" : new_line(columns);
    text += line;
    at = end + 1;
  }
  return text;
}

ScriptSource source_of(const Theorem& theorem, std::string_view script) {
  ScriptSource source;
  const auto holds_sorry = [](std::string_view text) { return text.find("sorry") != std::string_view::npos; };
  source.sorry_elsewhere = holds_sorry(theorem.head) || holds_sorry(theorem.tail);
  source.text = theorem.head;
  source.script = end_of(source.text);
  const std::string block = indented(without_trailing_space(script), theorem.indent);
  if (!block.empty()) source.text += block + new_line(theorem.indent);
  source.probe = end_of(source.text);
  // A line of its own in the block's column: no tactic of the script, however deep its own blocks, can take it in.
  source.text += "trace_state" + new_line(theorem.indent) + "all_goals sorry";
  source.tail = end_of(source.text);
  source.text += theorem.tail;
  return source;
}

std::string file_of(const Theorem& theorem, std::string_view script) {
  return theorem.before + theorem.head + indented(without_trailing_space(script), theorem.indent) + theorem.tail;
}

}  // namespace rmt::prover
