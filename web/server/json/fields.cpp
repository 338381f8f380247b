#include "web/server/json/fields.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "lm/store/number_text.h"
#include "web/server/error.h"

namespace rmt::web {
namespace {

using nlohmann::json;

size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({replaced, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row.back();
}

/// A number written as an integer, or as one with a fraction of zero, as JavaScript and Lean do.
std::optional<int64_t> as_integer(const json& value) {
  if (value.is_number_unsigned() && value.get<uint64_t>() > uint64_t{INT64_MAX}) return std::nullopt;
  if (value.is_number_integer()) return value.get<int64_t>();
  if (!value.is_number_float()) return std::nullopt;
  const auto number = value.get<double>();
  if (number != std::floor(number) || std::abs(number) > 9007199254740992.0) return std::nullopt;
  return static_cast<int64_t>(number);
}

}  // namespace

Fields::Fields(const json& object, std::string place) : object_(&object), place_(std::move(place)) {}

void Fields::refuse(const std::string& name, const std::string& why) const {
  throw HttpError(400, "'" + place_ + name + "' " + why, place_ + name);
}

const json* Fields::value(const std::string& name) {
  asked_.insert(name);
  const auto found = object_->find(name);
  return found == object_->end() || found->is_null() ? nullptr : &*found;
}

std::optional<bool> Fields::boolean(const std::string& name) {
  const json* found = value(name);
  if (found == nullptr) return std::nullopt;
  if (!found->is_boolean()) refuse(name, "must be true or false.");
  return found->get<bool>();
}

std::optional<int64_t> Fields::integer(const std::string& name, int64_t low, int64_t high) {
  const json* found = value(name);
  if (found == nullptr) return std::nullopt;
  const std::optional<int64_t> number = as_integer(*found);
  if (!number || *number < low || *number > high)
    refuse(name, "must be an integer from " + std::to_string(low) + " to " + std::to_string(high) + ".");
  return number;
}

std::optional<double> Fields::number(const std::string& name, double low, double high) {
  const json* found = value(name);
  if (found == nullptr) return std::nullopt;
  if (!found->is_number() || !(found->get<double>() >= low && found->get<double>() <= high))
    refuse(name, "must be a number from " + store::shortest(low) + " to " + store::shortest(high) + ".");
  return found->get<double>();
}

std::optional<std::string> Fields::text(const std::string& name, size_t most_bytes) {
  const json* found = value(name);
  if (found == nullptr) return std::nullopt;
  if (!found->is_string()) refuse(name, "must be a text.");
  const auto& text = found->get_ref<const std::string&>();
  if (text.size() > most_bytes) refuse(name, "is longer than " + std::to_string(most_bytes) + " bytes.");
  return text;
}

std::optional<Fields> Fields::object(const std::string& name) {
  const json* found = value(name);
  if (found == nullptr) return std::nullopt;
  if (!found->is_object()) refuse(name, "must be an object.");
  return Fields(*found, place_ + name + ".");
}

void Fields::ignore(std::initializer_list<const char*> names) {
  asked_.insert(names.begin(), names.end());
}

void Fields::refuse_unknown() const {
  for (const auto& [name, unused] : object_->items()) {
    if (asked_.contains(name)) continue;
    const std::string shown = name.substr(0, 100);
    const std::string* closest = nullptr;
    size_t fewest = 1 + std::min<size_t>(3, shown.size() / 3);
    for (const std::string& known : asked_) {
      const size_t edits = edits_between(shown, known);
      if (edits < fewest) fewest = edits, closest = &known;
    }
    refuse(shown, closest != nullptr ? "is not known here; did you mean '" + *closest + "'?" : "is not known here.");
  }
}

}  // namespace rmt::web
