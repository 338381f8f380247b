#include "app/config_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>

#include "app/exit_code.h"
#include "app/suggest.h"

namespace rmt::app {
namespace {

std::string place_of(const toml::source_region& source) {
  return fmt::format("{}:{}", source.path ? *source.path : std::string("configuration"), source.begin.line);
}

/// A scalar as an option's text; nothing for a kind no option takes.
std::optional<std::string> text_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
  if (const auto* boolean = node.as_boolean()) return boolean->get() ? "true" : "false";
  return std::nullopt;
}

ConfigValue::Kind kind_of(const toml::node& node) {
  if (node.is_array()) return ConfigValue::Kind::array;
  if (node.is_boolean()) return ConfigValue::Kind::boolean;
  return node.is_number() ? ConfigValue::Kind::number : ConfigValue::Kind::text;
}

ConfigValue value_of(const std::string& key, const toml::node& node) {
  ConfigValue value{.kind = kind_of(node), .texts = {}, .place = place_of(node.source())};
  const auto append = [&](const toml::node& element) {
    auto text = text_of(element);
    if (!text) {
      throw UsageError(
          fmt::format("{}: '{}' must be a string, a number, true, false, or an array of these.", value.place, key));
    }
    value.texts.push_back(std::move(*text));
  };
  if (const auto* array = node.as_array()) {
    for (const toml::node& element : *array) append(element);
  } else {
    append(node);
  }
  return value;
}

std::vector<std::string> table_names(const Vocabulary& vocabulary) {
  std::vector<std::string> names;
  for (const auto& [name, table] : vocabulary.tables) names.push_back(name);
  return names;
}

bool knows(const Vocabulary& vocabulary, const std::string& key) {
  return std::ranges::find(vocabulary.keys, key) != vocabulary.keys.end();
}

using Values = std::map<std::vector<std::string>, ConfigValue>;

void collect(const toml::table& table, const Vocabulary& vocabulary, const std::vector<std::string>& path,
             Values& values) {
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    std::vector<std::string> below = path;
    below.push_back(name);
    if (const auto* inner = node.as_table()) {
      const auto known = vocabulary.tables.find(name);
      if (known == vocabulary.tables.end()) {
        throw UsageError(fmt::format("{}: Unknown table '[{}]'{}", place_of(node.source()), fmt::join(below, "."),
                                     did_you_mean(name, table_names(vocabulary))));
      }
      collect(*inner, known->second, below, values);
    } else if (!knows(vocabulary, name)) {
      throw UsageError(
          fmt::format("{}: Unknown key '{}'{}", place_of(key.source()), name, did_you_mean(name, vocabulary.keys)));
    } else {
      values[below] = value_of(name, node);
    }
  }
}

toml::table parse(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    throw UsageError(fmt::format("The configuration file '{}' is a folder.", path.string()));
  }
  try {
    return toml::parse_file(path.string());
  } catch (const toml::parse_error& error) {
    if (error.source().begin.line == 0) {  // not even opened
      throw UsageError(fmt::format("The configuration file '{}' cannot be read.", path.string()));
    }
    throw UsageError(fmt::format("{}: This is not TOML: {}.", place_of(error.source()), error.description()));
  }
}

}  // namespace

ConfigFile::ConfigFile(const std::filesystem::path& path, const Vocabulary& vocabulary) {
  collect(parse(path), vocabulary, {}, values_);
}

std::optional<ConfigValue> ConfigFile::find(const std::vector<std::string>& table, const std::string& key) const {
  std::vector<std::string> path = table;
  path.push_back(key);
  const auto found = values_.find(path);
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

}  // namespace rmt::app
