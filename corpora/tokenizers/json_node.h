// Typed reading of a JSON document: every step checks the type it expects, and what it refuses names the
// file and the place in it ("tokenizer.json: model.merges[12] is a number, not a string").
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace rmt::corpora {

/// A value of the document and its place; a view, valid while the document lives.
class JsonNode {
 public:
  bool is_null() const { return value_->is_null(); }
  bool is_object() const { return value_->is_object(); }
  bool is_array() const { return value_->is_array(); }
  bool is_string() const { return value_->is_string(); }
  size_t size() const { return value_->size(); }  ///< members or elements

  // The value, of one type. Throw Error(malformed).
  const std::string& string() const;
  bool boolean() const;
  int64_t integer(int64_t low, int64_t high) const;

  /// A member of an object; nothing where it is missing or null. Throws Error(malformed) for no object.
  std::optional<JsonNode> find(const char* key) const;
  /// Throws Error(malformed) where it is missing.
  JsonNode at(const char* key) const;
  JsonNode at(size_t index) const;  ///< an element; index < size()

  std::string string_or(const char* key, const std::string& otherwise) const;
  bool boolean_or(const char* key, bool otherwise) const;

  void each_member(const std::function<void(const std::string& key, const JsonNode& value)>& visit) const;
  void each_element(const std::function<void(const JsonNode& value)>& visit) const;

  /// "tokenizer.json: model.type"
  std::string place() const;
  /// Throws Error(malformed): the place, then `what`.
  [[noreturn]] void malformed(const std::string& what) const;
  /// Throws Error(unsupported): the place, then `what`.
  [[noreturn]] void unsupported(const std::string& what) const;

 private:
  friend class JsonDocument;
  JsonNode(const nlohmann::json* value, const std::string* where, std::string path)
      : value_(value), where_(where), path_(std::move(path)) {}
  JsonNode child(const nlohmann::json& value, const std::string& step) const;
  void require(bool ok, const char* wanted) const;

  const nlohmann::json* value_;
  const std::string* where_;
  std::string path_;
};

class JsonDocument {
 public:
  /// Throws Error(malformed) for what is not JSON, or has an object with the same key twice.
  JsonDocument(std::string_view text, std::string where);
  JsonNode root() const { return JsonNode(&value_, &where_, ""); }

 private:
  std::string where_;
  nlohmann::json value_;
};

}  // namespace rmt::corpora
