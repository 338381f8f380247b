#include "app/settings.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cstdint>
#include <sstream>

#include "app/exit_code.h"
#include "tests/support/doctest.h"
#include "tests/support/temporary_folder.h"

namespace rmt::app {
namespace {

/// A small program with every kind of option, and a folder of its own.
struct Program {
  CLI::App app{"", "program"};
  tests::TemporaryFolder folder;
  Surroundings surroundings{.environment = {}, .folder = folder.path()};
  std::string level = "info", model, key;
  int64_t length = 512;
  double rate = 0.5;
  bool resume = false;
  std::vector<std::string> names;
  int verbosity = 0;
  std::string inner;

  std::string write(const std::string& name, const std::string& text) const {
    tests::write_file(folder / name, text);
    return folder / name;
  }

  /// Parses as the real program would, and returns eval's settings by name.
  std::map<std::string, Setting> parse(const std::string& arguments) {
    app.option_defaults()->always_capture_default();
    app.fallthrough();
    app.add_option("--log-level", level);
    settings = std::make_unique<Settings>(app, surroundings);
    CLI::App* eval = app.add_subcommand("eval");
    eval->add_option("--model", model)->required();
    eval->add_option("--segment-length", length)->check(CLI::Range(1, 4096));
    eval->add_option("--rate", rate);
    eval->add_flag("--resume", resume);
    eval->add_option("--names", names);
    eval->add_option("--api-key", key);
    eval->add_flag("-v,--verbosity", verbosity);
    eval->add_option_group("more")->add_option("--inner", inner);
    CLI::App* run = app.add_subcommand("runs")->add_subcommand("list");
    run->add_option("--limit", limit);
    std::istringstream words(arguments);
    std::vector<std::string> list{std::istream_iterator<std::string>(words), {}};
    std::ranges::reverse(list);  // CLI11 takes them so
    app.parse(list);
    std::map<std::string, Setting> found;
    for (const Setting& setting : settings->of(*eval)) found[setting.name] = setting;
    return found;
  }

  std::string usage_error(const std::string& arguments) {
    try {
      parse(arguments);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "no error";
  }

  int64_t limit = 10;
  std::unique_ptr<Settings> settings;
};

TEST_CASE("flag over environment over file over default") {
  Program p;
  SUBCASE("default") {
    const auto set = p.parse("eval --model m");
    CHECK(p.length == 512);
    CHECK(set.at("segment-length").origin == Origin::built_in);
    CHECK(set.at("segment-length").values == std::vector<std::string>{"512"});
    CHECK(set.at("names").origin == Origin::unset);
  }
  SUBCASE("file") {
    p.write("rmt-lm.toml", "segment-length = 1\n");
    const auto set = p.parse("eval --model m");
    CHECK(p.length == 1);
    CHECK(set.at("segment-length").origin == Origin::file);
    CHECK(set.at("segment-length").place == (p.folder / "rmt-lm.toml") + ":1");
  }
  SUBCASE("environment over file") {
    p.write("rmt-lm.toml", "segment-length = 1\n[eval]\nsegment-length = 2\n");
    p.surroundings.environment["RMTLM_SEGMENT_LENGTH"] = "3";
    const auto set = p.parse("eval --model m");
    CHECK(p.length == 3);
    CHECK(set.at("segment-length").origin == Origin::environment);
    CHECK(set.at("segment-length").place == "RMTLM_SEGMENT_LENGTH");
  }
  SUBCASE("flag over all") {
    p.write("rmt-lm.toml", "segment-length = 1\n");
    p.surroundings.environment["RMTLM_SEGMENT_LENGTH"] = "3";
    const auto set = p.parse("eval --model m --segment-length 4");
    CHECK(p.length == 4);
    CHECK(set.at("segment-length").origin == Origin::flag);
  }
}

TEST_CASE("a table of a subcommand over the top of the file") {
  Program p;
  p.write("rmt-lm.toml",
          "segment-length = 1\nlog-level = 'debug'\nlimit = 3\n[eval]\nsegment-length = 2\n[runs.list]\nlimit = 4\n");
  SUBCASE("eval") {
    p.parse("eval --model m");
    CHECK(p.length == 2);
    CHECK(p.level == "debug");
    CHECK(p.limit == 10);  // another subcommand's
  }
  SUBCASE("runs list") {
    p.app.require_subcommand();
    p.parse("runs list --log-level trace");
    CHECK(p.limit == 4);
    CHECK(p.level == "trace");
  }
}

TEST_CASE("a required option may come from the environment or the file") {
  Program p;
  SUBCASE("environment") {
    p.surroundings.environment["RMTLM_MODEL"] = "m";
  }
  SUBCASE("file") {
    p.write("rmt-lm.toml", "[eval]\nmodel = 'm'\n");
  }
  p.parse("eval");
  CHECK(p.model == "m");
}

TEST_CASE("and is still required when nothing gives it") {
  Program p;
  p.surroundings.environment["RMTLM_MODEL"] = "";  // empty counts as not set
  CHECK_THROWS_AS(p.parse("eval"), CLI::RequiredError);
}

TEST_CASE("every kind of value is read") {
  Program p;
  SUBCASE("from a file") {
    p.write("rmt-lm.toml",
            "model = 7\nrate = 1e-3\nresume = true\nnames = ['a', 'b c']\nverbosity = false\ninner = \"\\u00e9\"\n");
  }
  SUBCASE("from the environment") {
    p.surroundings.environment = {{"RMTLM_MODEL", "7"},
                                  {"RMTLM_RATE", "1e-3"},
                                  {"RMTLM_RESUME", "1"},
                                  {"RMTLM_VERBOSITY", "0"},
                                  {"RMTLM_INNER", "\u00e9"}};
    p.write("rmt-lm.toml", "names = ['a', 'b c']\nresume = false\n");
  }
  const auto set = p.parse("eval");
  CHECK(p.model == "7");
  CHECK(p.rate == doctest::Approx(1e-3));
  CHECK(p.resume);
  CHECK(p.names == std::vector<std::string>{"a", "b c"});
  CHECK(p.inner == "\u00e9");
  CHECK(set.contains("inner"));
}

TEST_CASE("a switch shows as true or false however it was given") {
  Program p;
  std::string arguments = "eval --model m";
  SUBCASE("flag") {
    arguments += " --resume";
  }
  SUBCASE("environment") {
    p.surroundings.environment["RMTLM_RESUME"] = "1";
  }
  SUBCASE("file") {
    p.write("rmt-lm.toml", "resume = true");
  }
  CHECK(p.parse(arguments).at("resume").values == std::vector<std::string>{"true"});
}

TEST_CASE("a switch that counts takes a number") {
  Program p;
  p.write("rmt-lm.toml", "verbosity = 3");
  CHECK(p.parse("eval --model m").at("verbosity").values == std::vector<std::string>{"3"});
  CHECK(p.verbosity == 3);
}

TEST_CASE("false switches a flag off") {
  Program p;
  p.resume = true;
  p.surroundings.environment["RMTLM_RESUME"] = "false";
  p.parse("eval --model m");
  CHECK_FALSE(p.resume);
}

TEST_CASE("the file is the flag's, else the variable's, else the user's, else the folder's") {
  Program p;
  const std::string flag = p.write("flag.toml", "segment-length = 1");
  const std::string variable = p.write("variable.toml", "segment-length = 2");
  const std::string xdg = p.write("xdg/rmt-lm/config.toml", "segment-length = 3");
  const std::string home = p.write("home/.config/rmt-lm/config.toml", "segment-length = 4");
  p.write("rmt-lm.toml", "segment-length = 5");
  auto& environment = p.surroundings.environment;
  SUBCASE("folder") {
    p.parse("eval --model m");
    CHECK(p.length == 5);
  }
  environment["HOME"] = p.folder / "home";
  SUBCASE("home") {
    p.parse("eval --model m");
    CHECK(p.length == 4);
    CHECK(p.settings->file() == home);
  }
  environment["XDG_CONFIG_HOME"] = p.folder / "xdg";
  SUBCASE("xdg") {
    p.parse("eval --model m");
    CHECK(p.length == 3);
  }
  environment["RMTLM_CONFIG"] = variable;
  SUBCASE("variable") {
    p.parse("eval --model m");
    CHECK(p.length == 2);
  }
  SUBCASE("flag") {
    p.parse("eval --model m --config " + flag);
    CHECK(p.length == 1);
  }
}

TEST_CASE("what is wrong is refused with its place") {
  Program p;
  const std::string place = p.folder / "rmt-lm.toml";
  const auto error = [&](const std::string& text) {
    p.write("rmt-lm.toml", text);
    const std::string message = p.usage_error("eval --model m");
    return message.starts_with(place) ? message.substr(place.size()) : message;
  };
  SUBCASE("key") {
    CHECK(error("\nsegmnt-length = 1") == ":2: Unknown key 'segmnt-length'; did you mean 'segment-length'?");
  }
  SUBCASE("another command's key") {
    CHECK(error("[eval]\nlimit = 1") == ":2: Unknown key 'limit'.");
  }
  SUBCASE("table") {
    CHECK(error("\n[evl]\nx = 1") == ":2: Unknown table '[evl]'; did you mean 'eval'?");
  }
  SUBCASE("nested table") {
    CHECK(error("[runs.lst]") == ":1: Unknown table '[runs.lst]'; did you mean 'list'?");
  }
  SUBCASE("word for number") {
    CHECK(error("[eval]\nsegment-length = 'long'") == ":2: --segment-length: Value long not in range 1 to 4096.");
  }
  SUBCASE("fraction for integer") {
    CHECK(error("segment-length = 1.5").starts_with(":1: "));
  }
  SUBCASE("validator") {
    CHECK(error("segment-length = -1").starts_with(":1: --segment-length"));
  }
  SUBCASE("switch") {
    CHECK(error("resume = 'yes'") == ":1: 'resume' is a switch: give it true or false.");
  }
  SUBCASE("no switch") {
    CHECK(error("inner = true") == ":1: 'inner' takes a value, not true or false.");
  }
  SUBCASE("date") {
    CHECK(error("inner = 2024-01-02").starts_with(":1: 'inner' must be a string"));
  }
  SUBCASE("too many") {
    CHECK(error("inner = ['a', 'b']").starts_with(":1: --inner: "));
  }
  SUBCASE("twice") {
    CHECK(error("model = 'a'\nmodel = 'b'").starts_with(":2: This is not TOML"));
  }
  SUBCASE("syntax") {
    CHECK(error("model = \n").starts_with(":1: This is not TOML"));
  }
  SUBCASE("table for value") {
    CHECK(error("[model]\na = 1") == ":1: Unknown table '[model]'.");
  }
}

TEST_CASE("a wrong variable is refused by name") {
  Program p;
  SUBCASE("number") {
    p.surroundings.environment["RMTLM_RATE"] = "fast";
    CHECK(p.usage_error("eval --model m") == "RMTLM_RATE: Could not convert: --rate = fast.");
  }
  SUBCASE("switch") {
    p.surroundings.environment["RMTLM_RESUME"] = "perhaps";
    CHECK(p.usage_error("eval --model m") == "RMTLM_RESUME: 'resume' is a switch: give it true or false.");
  }
  SUBCASE("file") {
    p.surroundings.environment["RMTLM_CONFIG"] = "/nowhere/x.toml";
    CHECK(p.usage_error("eval --model m") == "The configuration file '/nowhere/x.toml' cannot be read.");
  }
}

TEST_CASE("a wrong file does not stand in the way of help") {
  Program p;
  p.write("rmt-lm.toml", "=");
  CHECK_THROWS_AS(p.parse("eval --help"), CLI::CallForHelp);
}

TEST_CASE("a variable that no option answers to is named, with the one it may mean") {
  Program p;
  p.surroundings.environment = {{"RMTLM_SEGMENT_LENGHT", "1"}, {"RMTLM_LIMIT", "3"}, {"PATH", "/bin"}};
  p.parse("eval --model m");
  const auto warnings = p.settings->warnings();
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].find("RMTLM_SEGMENT_LENGHT") != std::string::npos);
  CHECK(warnings[0].find("'RMTLM_SEGMENT_LENGTH'") != std::string::npos);
}

TEST_CASE("keys and passwords are known as secrets") {
  CHECK(is_secret("api-key"));
  CHECK(is_secret("hub-token"));
  CHECK_FALSE(is_secret("max-tokens"));
  CHECK_FALSE(is_secret("model"));
}

}  // namespace
}  // namespace rmt::app
