#include "tests/prover/lean/lean_program.h"

#include <array>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "tests/support/temporary_folder.h"

namespace rmt::tests {

bool lean_is_built() {
  if (std::filesystem::exists(RMTLM_LEAN)) return true;
  std::cout << "skipped: there is no Lean at " RMTLM_LEAN ", ./quickstart install fetches it\n";
  return false;
}

std::vector<LeanMessage> lean_on(const std::string& file) {
  const TemporaryFolder folder;
  const std::string source = folder / "Test.lean";
  write_file(source, file);
  const std::string command =
      "env -u LEAN_PATH -u LEAN_SYSROOT " RMTLM_LEAN " --json -DmaxErrors=0 " + source + " 2>&1";
  FILE* output = popen(command.c_str(), "r");
  if (output == nullptr) throw std::runtime_error("cannot run " + command);
  std::string text;
  std::array<char, 65536> block{};
  for (size_t got = 0; (got = fread(block.data(), 1, block.size(), output)) > 0;) text.append(block.data(), got);
  pclose(output);

  std::vector<LeanMessage> messages;
  std::stringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const nlohmann::json message = nlohmann::json::parse(line, nullptr, false);
    if (message.is_discarded()) throw std::runtime_error("Lean printed no message but: " + line);
    messages.push_back({message.at("severity"), message.at("pos").at("line"), message.at("data")});
  }
  return messages;
}

}  // namespace rmt::tests
