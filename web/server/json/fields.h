// Typed, checked reading of a request's fields. What is wrong is refused with the field's name; what nobody asked for
// at the end is refused too, for a misspelt option would otherwise be ignored in silence.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace rmt::web {

/// A field that is null is absent. All throw HttpError(400) naming the field.
class Fields {
 public:
  /// `object` must outlive the fields; `place` stands before their names in messages: "options.".
  explicit Fields(const nlohmann::json& object, std::string place = {});

  std::optional<bool> boolean(const std::string& name);
  std::optional<int64_t> integer(const std::string& name, int64_t low, int64_t high);
  std::optional<double> number(const std::string& name, double low, double high);
  std::optional<std::string> text(const std::string& name, size_t most_bytes);
  std::optional<Fields> object(const std::string& name);
  /// The value as it is, or null.
  const nlohmann::json* value(const std::string& name);

  /// Known, and without meaning here: taken, not used.
  void ignore(std::initializer_list<const char*> names);
  /// Throws for a field that nothing above asked for, with the closest that was.
  void refuse_unknown() const;

  [[noreturn]] void refuse(const std::string& name, const std::string& why) const;

 private:
  const nlohmann::json* object_;
  std::string place_;
  std::set<std::string> asked_;
};

}  // namespace rmt::web
