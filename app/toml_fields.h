// A TOML table read strictly: every key is asked for by name, and what is left over is an error that names the
// closest known key.
#pragma once

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/exit_code.h"
#include "app/suggest.h"

namespace rmt::app {

class TomlFields {
 public:
  /// Both must outlive the fields. `name` is the table's, for messages.
  TomlFields(const toml::table& table, std::string name) : table_(table), name_(std::move(name)) {}

  bool has(const char* key) const { return table_.contains(key); }

  int64_t integer(const char* key, int64_t otherwise, int64_t least, int64_t most) {
    const toml::node* node = find(key);
    if (node == nullptr) return otherwise;
    const auto value = node->value_exact<int64_t>();
    if (!value || *value < least || *value > most)
      fail(*node, fmt::format("'{}' must be a whole number from {} to {}.", key, least, most));
    return *value;
  }
  double number(const char* key, double otherwise, double least, double most) {
    const toml::node* node = find(key);
    if (node == nullptr) return otherwise;
    const auto value = node->value<double>();
    if (!node->is_number() || !value || !(*value >= least && *value <= most))
      fail(*node, fmt::format("'{}' must be a number from {} to {}.", key, least, most));
    return *value;
  }
  bool boolean(const char* key, bool otherwise) {
    const toml::node* node = find(key);
    if (node == nullptr) return otherwise;
    if (!node->is_boolean()) fail(*node, fmt::format("'{}' must be true or false.", key));
    return *node->value<bool>();
  }
  std::string text(const char* key, const std::string& otherwise) {
    const toml::node* node = find(key);
    if (node == nullptr) return otherwise;
    if (!node->is_string()) fail(*node, fmt::format("'{}' must be a text in quotes.", key));
    return *node->value<std::string>();
  }
  /// A text or an array of texts.
  std::vector<std::string> texts(const char* key) {
    const toml::node* node = find(key);
    if (node == nullptr) return {};
    if (node->is_string()) return {*node->value<std::string>()};
    std::vector<std::string> all;
    if (const toml::array* array = node->as_array())
      for (const toml::node& element : *array) {
        if (!element.is_string()) fail(element, fmt::format("'{}' must hold texts in quotes.", key));
        all.push_back(*element.value<std::string>());
      }
    else
      fail(*node, fmt::format("'{}' must be a text in quotes or an array of these.", key));
    return all;
  }
  /// One of the names, by its place among them.
  size_t choice(const char* key, size_t otherwise, const std::vector<std::string>& names) {
    const toml::node* node = find(key);
    if (node == nullptr) return otherwise;
    const auto value = node->value<std::string>();
    for (size_t i = 0; value && i < names.size(); ++i)
      if (names[i] == *value) return i;
    fail(*node, fmt::format("'{}' must be one of {}.", key, fmt::join(names, ", ")));
  }
  const toml::table* table(const char* key) {
    const toml::node* node = find(key);
    if (node == nullptr) return nullptr;
    if (!node->is_table()) fail(*node, fmt::format("'{}' must be a table: [{}].", key, key));
    return node->as_table();
  }
  std::vector<const toml::table*> tables(const char* key) {
    const toml::node* node = find(key);
    std::vector<const toml::table*> all;
    if (node == nullptr) return all;
    if (!node->is_array_of_tables()) fail(*node, fmt::format("'{}' must be written as [[{}]].", key, key));
    for (const toml::node& element : *node->as_array()) all.push_back(element.as_table());
    return all;
  }

  /// Refuses a key that would have no effect; `when` says in which company.
  void refuse_idle(const char* key, const std::string& when) const {
    if (const toml::node* node = table_.get(key)) fail(*node, fmt::format("'{}' has no effect {}.", key, when));
  }

  void finish() const {
    for (const auto& [key, node] : table_) {
      const std::string name(key.str());
      if (std::find(known_.begin(), known_.end(), name) == known_.end())
        throw UsageError(fmt::format("{}: {} has no key '{}'{}", place(node), name_, name, did_you_mean(name, known_)));
    }
  }

 private:
  const toml::node* find(const char* key) {
    known_.emplace_back(key);
    return table_.get(key);
  }
  static std::string place(const toml::node& node) {
    const toml::source_region& source = node.source();
    return fmt::format("{}:{}", source.path ? *source.path : std::string("recipe"), source.begin.line);
  }
  [[noreturn]] static void fail(const toml::node& node, const std::string& message) {
    throw UsageError(place(node) + ": " + message);
  }

  const toml::table& table_;
  std::string name_;
  std::vector<std::string> known_;
};

}  // namespace rmt::app
