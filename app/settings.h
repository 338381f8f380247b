// Where an option's value comes from. In this order, for every option with a long name:
//   --segment-length 512           on the command line
//   RMTLM_SEGMENT_LENGTH=512       in the environment
//   segment-length = 512           in the configuration file: in [eval], else at its top
//   the default
// The file is the one of --config, else of RMTLM_CONFIG, else $XDG_CONFIG_HOME/rmt-lm/config.toml
// (~/.config without that variable), else ./rmt-lm.toml.
#pragma once

#include <CLI/App.hpp>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/config_file.h"

namespace rmt::app {

/// What settings are read from besides the command line; a value, so that tests make their own.
struct Surroundings {
  std::map<std::string, std::string> environment;
  std::filesystem::path folder;  ///< where rmt-lm.toml is looked for

  static Surroundings of_process();
};

/// Holds the keys of `rmt-lm serve`, which no command line may show: a variable without an option.
inline constexpr char kApiKeyVariable[] = "RMTLM_API_KEY";

enum class Origin { unset, built_in, file, environment, flag };

struct Setting {
  std::string name;  ///< long, without dashes
  std::vector<std::string> values;
  Origin origin = Origin::unset;
  std::string place;  ///< "rmt-lm.toml:3", "RMTLM_MODEL", "--model"; empty when not given
};

/// True for an option that holds a key or password, whose value is never shown.
bool is_secret(std::string_view name);

class Settings {
 public:
  /// Gives `app` its --config option, and sees to it that the options of a chosen subcommand get
  /// their values while `app` parses, before what is required is checked. Both must outlive the
  /// parsing; subcommands may still be added. Parsing then also throws UsageError, for a
  /// configuration file or variable that is wrong.
  Settings(CLI::App& app, Surroundings surroundings);
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;

  /// The options of one command, each with its value. Gives them their values first if parsing did not.
  const std::vector<Setting>& of(CLI::App& command);

  /// The configuration file in use.
  const std::optional<std::filesystem::path>& file() const { return path_; }

  /// RMTLM_ variables that no option answers to, as full sentences.
  std::vector<std::string> warnings() const;

 private:
  void apply();
  void read_file();
  std::optional<std::filesystem::path> find_file() const;
  std::string variable(const std::string& name) const;
  Setting resolve(const std::vector<std::string>& table, CLI::Option& option) const;

  CLI::App& app_;
  Surroundings surroundings_;
  std::string config_flag_;
  std::optional<std::filesystem::path> path_;
  std::optional<ConfigFile> file_;
  std::map<const CLI::App*, std::vector<Setting>> resolved_;
};

}  // namespace rmt::app
