// rmt-lm tokenizer from a terminal: train, encode, decode and inspect belong together.
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/doctest.h"
#include "tests/support/temporary_folder.h"

namespace rmt::app {
namespace {

using nlohmann::json;
using tests::read_file;
using tests::write_file;
using Folder = tests::TemporaryFolder;

const std::string kFixtures = std::filesystem::absolute("tests/fixtures/tokenizers").string() + "/";

struct Outcome {
  int code = -1;
  std::string out, err;
};

Outcome run(const Folder& folder, const std::string& arguments, const std::string& input = "") {
  write_file(folder / "in", input);
  const std::string command = "cd '" + folder.path().string() +
                              "' && env -i HOME=. PATH=/usr/bin:/bin " RMTLM_PROGRAM " tokenizer " + arguments +
                              " <in >out 2>err";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_file(folder / "out"), read_file(folder / "err")};
}

TEST_CASE("a tokenizer is trained, inspected, and gives a text back") {
  const Folder folder;
  const std::string train =
      "train " + kFixtures + "sample.lean " + kFixtures + "sample.tex --vocab-size 420 --json -o ";
  const Outcome trained = run(folder, train + "a.model");
  REQUIRE(trained.code == 0);
  CHECK(trained.err.empty());
  const json made = json::parse(trained.out);
  CHECK(made["kind"] == "sentencepiece-bpe");
  CHECK(made["vocab_size"] == 420);
  CHECK(run(folder, train + "b.model").code == 0);
  CHECK(read_file(folder / "a.model") == read_file(folder / "b.model"));

  const Outcome inspected = run(folder, "inspect --tokenizer a.model --json " + kFixtures + "sample.lean");
  REQUIRE(inspected.code == 0);
  const json found = json::parse(inspected.out);
  CHECK(found["fingerprint"] == made["fingerprint"]);
  const std::string lean = read_file(kFixtures + "sample.lean");
  CHECK(found["sample"]["bytes"] == lean.size());
  CHECK(found["sample"]["bytes_per_token"].get<double>() > 1.5);
  CHECK(run(folder, "inspect --tokenizer a.model").out.find("vocabulary       420\n") != std::string::npos);

  const Outcome encoded = run(folder, "encode --tokenizer a.model", lean);
  REQUIRE(encoded.code == 0);
  CHECK(run(folder, "decode --tokenizer a.model", encoded.out).out == lean);
  const Outcome encoded_json = run(folder, "encode --json --tokenizer a.model", lean);
  CHECK(json::parse(encoded_json.out)["ids"].size() == found["sample"]["tokens"]);
  CHECK(json::parse(run(folder, "decode --json --tokenizer a.model", encoded_json.out).out)["text"] == lean);
}

TEST_CASE("what goes wrong with a tokenizer is said, with its exit code") {
  const Folder folder;
  const auto refused = [&](const std::string& arguments, int code, const std::string& message,
                           const std::string& input = "") {
    const Outcome outcome = run(folder, arguments, input);
    CHECK(outcome.code == code);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.find(message) != std::string::npos);
  };
  refused("encode --tokenizer missing.model", 69, "missing.model: no such file");
  refused("decode --tokenizer " + kFixtures + "bpe.model", 65, "standard input, line 2: not an id at column 3",
          "1 2\n1 x\n");
  refused("decode --tokenizer " + kFixtures + "bpe.model 999999", 65, "id 999999 is outside of");
  refused("train -o c.model --vocab-size 100000", 65, "no tokenizer of 100000 pieces", "a short text\n");
  CHECK(!std::filesystem::exists(folder / "c.model"));
  refused("train -o nowhere/c.model", 69, "nowhere");
  refused("", 2, "needs a subcommand");
}

}  // namespace
}  // namespace rmt::app
