// `rmt-lm attention` as its users meet it: files, streams, exit codes.
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/e2e/process.h"
#include "tests/lm/model_folder.h"
#include "tests/support/doctest.h"
#include "tests/support/temporary_folder.h"

namespace rmt::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// A folder with a small model (two layers of four heads), a document of 100 tokens, and what is run there.
struct Workplace {
  Workplace() {
    fs::create_directory(folder / "model");
    write_small_model(folder / "model");
    write_file(folder / "story.txt", random_text(100, 1));
  }

  Outcome run(std::vector<std::string> more, const std::string& model = "model") const {
    std::vector<std::string> all = {"attention",    folder / "story.txt", "--model", folder / model,    "-o",
                                    folder / "out", "--segment-length",   "16",      "--memory-tokens", "3"};
    all.insert(all.end(), more.begin(), more.end());
    return Process(all, folder / "err").finish();
  }
  std::string errors() const { return read_file(folder / "err"); }
  std::string written(const std::string& name) const { return read_file(folder.path() / "out" / name); }

  TemporaryFolder folder;
};

std::vector<json> lines_of(const std::string& out) {
  std::vector<json> lines;
  std::istringstream stream(out);
  for (std::string line; std::getline(stream, line);) lines.push_back(json::parse(line));
  return lines;
}

float last_value(const std::string& npy) {
  float value = 0;
  std::memcpy(&value, npy.data() + npy.size() - sizeof value, sizeof value);
  return value;
}

TEST_CASE("every format holds the same weights, and --json tells where they are") {
  const Workplace place;
  const Outcome npy = place.run({"--segments", "6,2", "--format", "npy", "--json"});
  REQUIRE(npy.code == 0);
  const std::vector<json> lines = lines_of(npy.out);
  REQUIRE(lines.size() == 2 * (1 + 2 * 4));
  CHECK(lines[0]["segment"] == 2);
  CHECK(lines[0]["token_from"] == 32);
  CHECK(lines[9]["token_to"] == 100);
  CHECK(lines[0]["files"] ==
        json::array({place.folder / "out/story.segment-2.write.npy", place.folder / "out/story.segment-2.read.npy"}));
  const json& last = lines.back();
  CHECK(last["layer"] == 1);
  CHECK(last["head"] == 3);
  const auto share = [&](const char* name) { return last[name].get<double>(); };
  CHECK(share("write_on_read") + share("write_on_text") + share("write_on_write") == doctest::Approx(1));

  const std::string write = place.written("story.segment-2.write.npy");
  CHECK(write.find("'shape': (2, 4, 3, 22)") != std::string::npos);
  CHECK(write.size() == 128 + sizeof(float) * 2 * 4 * 3 * 22);
  CHECK(place.written("story.segment-6.read.npy").find("'shape': (2, 4, 4, 3)") != std::string::npos);

  REQUIRE(place.run({"--segments", "2", "--format", "json"}).code == 0);
  const json object = json::parse(place.written("story.segment-2.json"));
  CHECK(object["tokens"].size() == 16);
  CHECK(object["write"][1][3][2][21].get<double>() == doctest::Approx(last_value(write)).epsilon(1e-4));
  CHECK(object["read"][1][3][15][2].get<double>() ==
        doctest::Approx(last_value(place.written("story.segment-2.read.npy"))).epsilon(1e-4));
}

TEST_CASE("the table goes to standard output, a picture of the heads' mean to the folder, the rest to the log") {
  const Workplace place;
  const Outcome outcome = place.run({"--segments", "0"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out.starts_with("segment  layer  head"));
  CHECK(outcome.out.find("mean") != std::string::npos);
  CHECK(outcome.out.find("Wrote") == std::string::npos);
  CHECK(place.errors().find("no trained memory") != std::string::npos);
  const std::string svg = place.written("story.segment-0.svg");
  CHECK(svg.starts_with("<svg "));
  CHECK(svg.find("Layer 1, mean of heads") != std::string::npos);
}

TEST_CASE("--layer, --head and --what leave the rest out") {
  const Workplace place;
  const Outcome one =
      place.run({"--segments", "1", "--layer", "1", "--head", "2", "--what", "read", "--format", "npy", "--json"});
  REQUIRE(one.code == 0);
  CHECK(lines_of(one.out).size() == 2);
  CHECK(lines_of(one.out)[1]["head"] == 2);
  CHECK(place.written("story.segment-1.read.npy").find("'shape': (1, 1, 16, 3)") != std::string::npos);
  CHECK(!fs::exists(place.folder / "out/story.segment-1.write.npy"));
  const Outcome mean = place.run({"--segments", "1", "--head", "mean", "--format", "json", "--json"});
  CHECK(lines_of(mean.out)[1]["head"] == "mean");
  CHECK(json::parse(place.written("story.segment-1.json"))["heads"] == "mean");
}

TEST_CASE("what is not there is said, with what there is, and nothing is written") {
  const Workplace place;
  const auto refuse = [&](const std::vector<std::string>& arguments, const std::string& message) {
    CAPTURE(message);
    const Outcome outcome = place.run(arguments);
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    CHECK(place.errors().find(message) != std::string::npos);
    CHECK(!fs::exists(place.folder / "out"));
  };
  refuse({"--segments", "0,7"}, "has 7 segments of 16 tokens, numbered from 0.");
  refuse({"--segments", "0", "--layer", "2"}, "--layer 2: ");
  refuse({"--segments", "0", "--head", "4"}, "has 4 heads, numbered from 0.");
  refuse({"--segments", "0", "--head", "best"}, "--head takes the number of a head, or mean; not 'best'.");
  refuse({"--segments", "-1"}, "--segments");
  refuse({}, "--segments is required");
}

TEST_CASE("an encoder, a missing document and a folder that cannot be made are told apart") {
  const Workplace place;
  fs::copy("tests/fixtures/model/weights/bert", place.folder / "bert");
  write_file(place.folder / "bert/vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\nc\nd\ne\nf\n");
  CHECK(place.run({"--segments", "0"}, "bert").code == 2);
  CHECK(place.errors().find("is an encoder") != std::string::npos);
  write_file(place.folder / "out", "a file");
  CHECK(place.run({"--segments", "0"}).code == 74);
  fs::remove(place.folder / "story.txt");
  CHECK(place.run({"--segments", "0"}).code == 69);
}

}  // namespace
}  // namespace rmt::tests
