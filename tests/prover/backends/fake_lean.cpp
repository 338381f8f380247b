// A Lean that only knows how to speak: it answers as `lean` does, from words it finds in the text, and can misbehave on
// demand. In LEAN_FAKE: "old" (knows no options), "mute" (a server that dies at once), "silent" (one that never
// answers), "lean3".
//
//   --stdin            reads a file; "#say X" in it becomes a message, "BAD" an error, "CRASH" a crash
//   --server           a language server; in a script:
//     close            leaves no goal          skip      leaves one
//     DIE HANG GARBLE LIE SHORT WRONG EAT      dies, hangs, speaks nonsense, claims a length of 99999999999,
//                                              claims more than it sends, sends JSON of a shape of its own, eats memory
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

using nlohmann::json;

namespace {

std::string mode() {
  const char* const value = std::getenv("LEAN_FAKE");
  return value != nullptr ? value : "";
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

[[noreturn]] void hang() {
  for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
}

void write_raw(const std::string& bytes) {
  std::cout << bytes << std::flush;
}

void send(json message) {
  message["jsonrpc"] = "2.0";
  const std::string body = message.dump();
  write_raw("Content-Length: " + std::to_string(body.size()) + "\r\nContent-Type: application/vscode-jsonrpc\r\n\r\n" +
            body);
}

bool read_message(json& message) {
  size_t length = 0;
  for (std::string line; std::getline(std::cin, line) && line != "\r";)
    if (line.starts_with("Content-Length: ")) length = std::stoul(line.substr(16));
  std::string body(length, '\0');
  if (length == 0 || !std::cin.read(body.data(), static_cast<std::streamsize>(length))) return false;
  message = json::parse(body);
  return true;
}

int utf16(const std::string& text) {
  int units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) units += byte >= 0xF0 ? 2 : 1;
  }
  return units;
}

json diagnostic(const std::vector<std::string>& lines, size_t line, const std::string& word, int severity,
                const std::string& text) {
  const int column = utf16(lines[line].substr(0, lines[line].find(word)));
  const json place = {{"line", line}, {"character", column}};
  return {{"range", {{"start", place}, {"end", place}}}, {"severity", severity}, {"message", text}};
}

void misbehave(const std::string& line) {
  const auto has = [&](const char* word) { return line.find(word) != std::string::npos; };
  if (has("DIE")) {
    std::cerr << "fake: as it was told\n";
    std::_Exit(9);
  }
  if (has("HANG")) hang();
  if (has("GARBLE")) write_raw(std::string(20000, '\x01'));
  if (has("LIE")) write_raw("Content-Length: 99999999999\r\n\r\n{}");
  if (has("SHORT")) write_raw("Content-Length: 100\r\n\r\n{}"), hang();
  if (has("WRONG")) send({{"method", "textDocument/publishDiagnostics"}, {"params", {{"diagnostics", 7}}}});
  if (has("EAT")) {
    std::vector<char> eaten(size_t{300} << 20, 'x');
    hang();
  }
}

json diagnostics_of(const std::string& text) {
  const std::vector<std::string> lines = lines_of(text);
  json found = json::array();
  bool closed = false;
  for (size_t i = 0; i < lines.size(); ++i) {
    misbehave(lines[i]);
    if (lines[i].starts_with("set_option maxHeartbeats")) closed = false;
    if (lines[i].find("BAD") != std::string::npos) found.push_back(diagnostic(lines, i, "BAD", 1, "this is bad"));
    if (lines[i].find("close") != std::string::npos) closed = true;
    if (lines[i].find("trace_state") != std::string::npos)
      found.push_back(diagnostic(lines, i, "trace_state", 3, closed ? "" : "p : Prop\n⊢ p"));
  }
  return found;
}

size_t offset_of(const std::string& text, int line) {
  size_t offset = 0;
  for (; line > 0; --line) offset = std::min(text.find('\n', offset), text.size() - 1) + 1;
  return offset;
}

void change(std::string& text, const json& edit) {
  if (!edit.contains("range")) {
    text = edit.at("text").get<std::string>();
    return;
  }
  const size_t from = offset_of(text, edit.at("/range/start/line"_json_pointer).get<int>());
  const size_t to = offset_of(text, edit.at("/range/end/line"_json_pointer).get<int>());
  text.replace(from, to - from, edit.at("text").get<std::string>());
}

int serve() {
  if (mode() == "mute") return 3;
  if (mode() == "silent") hang();
  std::string text;
  int version = 0;
  for (json message; read_message(message);) {
    const std::string method = message.value("method", "");
    if (method == "initialize") send({{"id", message["id"]}, {"result", json::object()}});
    if (method == "textDocument/didOpen") {
      text = message.at("/params/textDocument/text"_json_pointer).get<std::string>();
      version = message.at("/params/textDocument/version"_json_pointer).get<int>();
    }
    if (method == "textDocument/didChange") {
      for (const json& edit : message.at("/params/contentChanges"_json_pointer)) change(text, edit);
      version = message.at("/params/textDocument/version"_json_pointer).get<int>();
    }
    if (method != "textDocument/waitForDiagnostics") continue;
    const json stale = {{"version", version - 1}, {"diagnostics", {{{"message", "old"}}}}};
    send({{"method", "textDocument/publishDiagnostics"}, {"params", stale}});
    send({{"method", "textDocument/publishDiagnostics"},
          {"params", {{"version", version}, {"diagnostics", diagnostics_of(text)}}}});
    send({{"id", message["id"]}, {"result", json::object()}});
  }
  return 0;
}

void say(const std::string& severity, size_t line, const std::string& text) {
  const json place = {{"line", line + 1}, {"column", 0}};
  const json message = {{"severity", severity}, {"pos", place}, {"endPos", nullptr}, {"data", text}};
  write_raw(message.dump() + "\n");
}

int read_file() {
  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  const std::vector<std::string> lines = lines_of(text);
  int code = 0;
  write_raw("noise of a program\n{ no json\n");
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].starts_with("#say ")) say("information", i, lines[i].substr(5));
    if (lines[i].find("CRASH") != std::string::npos) std::abort();
    if (lines[i].find("BAD") == std::string::npos) continue;
    say("error", i, "this is bad");
    code = 1;
  }
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto has = [&](const std::string& word) {
    return std::find(arguments.begin(), arguments.end(), word) != arguments.end();
  };
  if (has("--version")) {
    std::cout << (mode() == "lean3" ? "Lean (version 3.51.1, commit x, Release)\n"
                                    : "Lean (version 4.9.1, x86_64-unknown-linux-gnu, commit x, Release)\n");
    return 0;
  }
  if (has("--print-prefix")) {
    std::cout << "/no/such/prefix\n";
    return 0;
  }
  for (const std::string& argument : arguments)
    if (argument.starts_with("-D") && mode() == "old") return 1;
  return has("--server") ? serve() : read_file();
}
