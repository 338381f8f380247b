// JSON written piece by piece: an answer of any length needs no tree, only what was not yet sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rmt::web {

/// Puts the commas. Numbers are printed as the shortest text that reads back as the same bits; what is no number
/// (NaN, an infinity) becomes null. Text must be UTF-8.
class JsonWriter {
 public:
  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }

  JsonWriter& key(std::string_view name);
  JsonWriter& text(std::string_view value);
  JsonWriter& number(int64_t value);
  JsonWriter& number(float value);
  JsonWriter& number(double value);
  JsonWriter& boolean(bool value);
  void null();
  JsonWriter& raw(std::string_view json);  ///< a value that is JSON already

  size_t size() const { return out_.size(); }
  /// What was written since it was last taken. Writing goes on where it was.
  std::string take();

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();
  void quote(std::string_view value);

  std::string out_;
  bool comma_ = false;  // the next value or key stands behind another
};

}  // namespace rmt::web
