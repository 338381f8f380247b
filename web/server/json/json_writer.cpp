#include "web/server/json/json_writer.h"

#include <charconv>
#include <cmath>
#include <utility>

namespace rmt::web {
namespace {

template <typename Number>
void append_number(std::string& out, Number value) {
  char digits[32];
  const std::to_chars_result result = std::to_chars(digits, digits + sizeof digits, value);
  out.append(digits, result.ptr);
}

/// JSON has no number for infinity, nor for what is none.
template <typename Number>
void append_finite(std::string& out, Number value) {
  if (std::isfinite(value))
    append_number(out, value);
  else
    out += "null";
}

}  // namespace

void JsonWriter::separate() {
  if (comma_) out_.push_back(',');
  comma_ = true;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_.push_back(bracket);
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_.push_back(bracket);
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  quote(name);
  out_.push_back(':');
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  separate();
  quote(value);
  return *this;
}

JsonWriter& JsonWriter::number(int64_t value) {
  separate();
  append_number(out_, value);
  return *this;
}

JsonWriter& JsonWriter::number(float value) {
  separate();
  append_finite(out_, value);
  return *this;
}

JsonWriter& JsonWriter::number(double value) {
  separate();
  append_finite(out_, value);
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  return raw(value ? "true" : "false");
}

void JsonWriter::null() {
  raw("null");
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

std::string JsonWriter::take() {
  return std::exchange(out_, {});
}

void JsonWriter::quote(std::string_view value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out_.push_back('"');
  for (const char c : value) {
    switch (c) {
      case '"': out_ += "\\\""; break;
      case '\\': out_ += "\\\\"; break;
      case '\n': out_ += "\\n"; break;
      case '\r': out_ += "\\r"; break;
      case '\t': out_ += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) {
          out_.push_back(c);
        } else {
          out_ += "\\u00";
          out_.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
          out_.push_back(kDigits[c & 15]);
        }
    }
  }
  out_.push_back('"');
}

}  // namespace rmt::web
