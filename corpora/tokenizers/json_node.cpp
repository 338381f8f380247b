#include "corpora/tokenizers/json_node.h"

#include <unordered_set>
#include <vector>

#include "corpora/error.h"

namespace rmt::corpora {

using nlohmann::json;

namespace {

// Refuses a key that its object already has: the parser would keep the last and say nothing.
class KeyCheck {
 public:
  explicit KeyCheck(const std::string& where) : where_(where) {}

  bool operator()(int, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::object_start) open_.emplace_back();
    if (event == json::parse_event_t::object_end) open_.pop_back();
    if (event == json::parse_event_t::key && !open_.back().insert(parsed.get_ref<const std::string&>()).second)
      throw Error(Errc::malformed, where_ + ": the key " + parsed.dump() + " comes twice in one object");
    return true;
  }

 private:
  const std::string& where_;
  std::vector<std::unordered_set<std::string>> open_;  // keys of the objects around
};

}  // namespace

JsonDocument::JsonDocument(std::string_view text, std::string where) : where_(std::move(where)) {
  try {
    KeyCheck check(where_);
    value_ = json::parse(text.begin(), text.end(), std::ref(check));
  } catch (const json::parse_error& error) {
    throw Error(Errc::malformed, where_ + ": not JSON at byte " + std::to_string(error.byte) + " of " +
                                     std::to_string(text.size()) + "; is the file whole?");
  } catch (const json::exception& error) {
    throw Error(Errc::malformed, where_ + ": not JSON that can be read: " + error.what());
  }
}

std::string JsonNode::place() const {
  return path_.empty() ? *where_ : *where_ + ": " + path_;
}

void JsonNode::malformed(const std::string& what) const {
  throw Error(Errc::malformed, place() + " " + what);
}

void JsonNode::unsupported(const std::string& what) const {
  throw Error(Errc::unsupported, place() + " " + what);
}

void JsonNode::require(bool ok, const char* wanted) const {
  if (!ok) malformed(std::string("is ") + value_->type_name() + ", not " + wanted);
}

const std::string& JsonNode::string() const {
  require(is_string(), "a string");
  return value_->get_ref<const std::string&>();
}

bool JsonNode::boolean() const {
  require(value_->is_boolean(), "true or false");
  return value_->get<bool>();
}

int64_t JsonNode::integer(int64_t low, int64_t high) const {
  require(value_->is_number_integer(), "a whole number");
  const bool huge = value_->is_number_unsigned() && value_->get<uint64_t>() > uint64_t{INT64_MAX};
  const int64_t value = huge ? INT64_MAX : value_->get<int64_t>();
  if (huge || value < low || value > high)
    malformed("is " + value_->dump() + ", outside of " + std::to_string(low) + " to " + std::to_string(high));
  return value;
}

JsonNode JsonNode::child(const json& value, const std::string& step) const {
  return JsonNode(&value, where_, path_.empty() || step.front() == '[' ? path_ + step : path_ + "." + step);
}

std::optional<JsonNode> JsonNode::find(const char* key) const {
  require(is_object(), "an object");
  const auto found = value_->find(key);
  if (found == value_->end() || found->is_null()) return std::nullopt;
  return child(*found, key);
}

JsonNode JsonNode::at(const char* key) const {
  if (const std::optional<JsonNode> found = find(key)) return *found;
  malformed(std::string("has no \"") + key + "\"");
}

JsonNode JsonNode::at(size_t index) const {
  std::string step = "[";
  step += std::to_string(index) + "]";
  return child((*value_)[index], step);
}

std::string JsonNode::string_or(const char* key, const std::string& otherwise) const {
  const std::optional<JsonNode> found = find(key);
  return found ? found->string() : otherwise;
}

bool JsonNode::boolean_or(const char* key, bool otherwise) const {
  const std::optional<JsonNode> found = find(key);
  return found ? found->boolean() : otherwise;
}

void JsonNode::each_member(const std::function<void(const std::string&, const JsonNode&)>& visit) const {
  require(is_object(), "an object");
  for (const auto& member : value_->items()) visit(member.key(), child(member.value(), member.key()));
}

void JsonNode::each_element(const std::function<void(const JsonNode&)>& visit) const {
  require(is_array(), "an array");
  for (size_t i = 0; i < value_->size(); ++i) visit(at(i));
}

}  // namespace rmt::corpora
