// A configuration file: TOML, with keys named like the options (`segment-length = 512`). A key at the
// top holds for every subcommand that has the option, a key in a table (`[eval]`) for that one only.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rmt::app {

/// The keys and tables a file may hold.
struct Vocabulary {
  std::vector<std::string> keys;
  std::map<std::string, Vocabulary> tables;
};

struct ConfigValue {
  enum class Kind { text, number, boolean, array };
  Kind kind = Kind::text;
  std::vector<std::string> texts;  ///< one, or the elements of an array
  std::string place;               ///< "rmt-lm.toml:3"
};

class ConfigFile {
 public:
  /// Throws UsageError with file and line: unreadable, not TOML, a key or table outside the
  /// vocabulary, a value that is neither string, number, boolean nor an array of these.
  ConfigFile(const std::filesystem::path& path, const Vocabulary& vocabulary);

  /// The key in the table of that path (empty: the top).
  std::optional<ConfigValue> find(const std::vector<std::string>& table, const std::string& key) const;

 private:
  std::map<std::vector<std::string>, ConfigValue> values_;  // by table path, then key
};

}  // namespace rmt::app
