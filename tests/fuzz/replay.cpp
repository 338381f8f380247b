// Runs a fuzz target without libFuzzer: every seed of a folder as it is, then with a fixed number of
// random mutations (a fixed seed, so a failure repeats).
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr int kMutationsPerSeed = 200;

void run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

std::string mutate(std::string input, std::mt19937_64& random) {
  const auto below = [&](size_t n) { return static_cast<size_t>(random() % (n + 1)); };
  for (size_t edits = 1 + below(4); edits > 0 && !input.empty(); --edits) {
    const size_t at = below(input.size() - 1);
    switch (random() % 5) {
      case 0: input[at] = static_cast<char>(random()); break;
      case 1: input[at] = static_cast<char>(input[at] ^ (1 << random() % 8)); break;
      case 2: input.resize(at); break;
      case 3: input.insert(at, 1 + below(8), static_cast<char>(random() % 2 ? 0xff : 0)); break;
      default: input.erase(at, 1 + below(8)); break;
    }
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  size_t runs = 0;
  std::mt19937_64 random(1);
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string seed{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
      run(seed);
      for (int n = 0; n < kMutationsPerSeed; ++n) run(mutate(seed, random));
      runs += 1 + kMutationsPerSeed;
    }
  }
  std::printf("%zu inputs, no crash\n", runs);
  return runs == 0;  // an empty corpus would test nothing
}
