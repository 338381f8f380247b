// Reads the bytes of a GGUF file in order and never past their end.
#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "model/error.h"

namespace rmt::model {

class GgufCursor {
 public:
  /// Starts at byte `at`. `where` names the file in messages and must outlive the cursor.
  GgufCursor(std::string_view bytes, const std::string& where, size_t at = 0) : bytes_(bytes), at_(at), where_(where) {}

  std::string_view bytes() const { return bytes_; }

  size_t at() const { return at_; }
  uint64_t remaining() const { return bytes_.size() - at_; }

  /// `what` completes "the file ends inside …". Throws Error(truncated).
  std::string_view take(uint64_t count, const char* what) {
    if (count > remaining())
      throw Error(Errc::truncated, where_ + ": the file ends inside " + what + " at byte " + std::to_string(at_) +
                                       ", which needs " + std::to_string(count) + " bytes where " +
                                       std::to_string(remaining()) + " are left; fetch the file again");
    const std::string_view taken = bytes_.substr(at_, count);
    at_ += count;
    return taken;
  }

  template <typename T>
  T number(const char* what) {
    static_assert(std::is_arithmetic_v<T>);
    T value;
    std::memcpy(&value, take(sizeof value, what).data(), sizeof value);
    return value;
  }

  std::string_view string(const char* what) { return take(number<uint64_t>(what), what); }

  /// A count of things that take at least `least_bytes` each, so that nothing is ever allocated for
  /// a count that the file cannot hold. Throws Error(truncated).
  uint64_t count(uint64_t least_bytes, const char* what) {
    const auto value = number<uint64_t>(what);
    if (value > remaining() / least_bytes)
      throw Error(Errc::truncated, where_ + ": byte " + std::to_string(at_ - sizeof value) + " announces " +
                                       std::to_string(value) + " items of " + what + ", more than the file can hold");
    return value;
  }

 private:
  std::string_view bytes_;
  size_t at_;
  const std::string& where_;
};

}  // namespace rmt::model
