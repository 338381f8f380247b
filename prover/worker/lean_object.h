// Lean's objects as its compiled code lays them out. There is no header of Lean's own where only the shared library is
// installed; these few declarations are all of its ABI that we rely on, and they hold for the version that LeanLibrary
// insists on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace rmt::prover {

/// The head of every object on Lean's heap. `count` > 0: references of one thread; < 0: of several; 0: lives for ever.
struct LeanObject {
  int32_t count;
  uint16_t size;
  uint8_t fields;  // of a constructor: those that are objects, which follow first
  uint8_t tag;     // which constructor; larger values are built-in kinds
};

inline constexpr size_t kWord = sizeof(uintptr_t);

/// A pointer to an object, or a small number with its lowest bit set.
using LeanValue = LeanObject*;

inline LeanValue boxed(size_t number) {
  return reinterpret_cast<LeanValue>(number << 1 | 1);  // NOLINT(performance-no-int-to-ptr)
}
inline bool is_boxed(LeanValue value) {
  return (reinterpret_cast<uintptr_t>(value) & 1) != 0;
}
inline size_t unboxed(LeanValue value) {
  return reinterpret_cast<uintptr_t>(value) >> 1;
}

/// What Lean calls unit, `#[]`'s type argument, `none`, `[]` and every proof.
inline LeanValue unit() {
  return boxed(0);
}

inline unsigned tag_of(LeanValue value) {
  return is_boxed(value) ? static_cast<unsigned>(unboxed(value)) : value->tag;
}

/// The object fields of a constructor, in the order of their declaration.
inline LeanValue& field(LeanValue object, size_t index) {
  return reinterpret_cast<LeanValue*>(object + 1)[index];
}

/// The bytes behind the object fields: numbers and truth values.
inline uint8_t* scalars(LeanValue object) {
  return reinterpret_cast<uint8_t*>(object + 1) + kWord * object->fields;
}

/// Array: size, capacity, elements.
inline size_t array_size(LeanValue array) {
  return *reinterpret_cast<const size_t*>(array + 1);
}
inline LeanValue array_element(LeanValue array, size_t index) {
  return reinterpret_cast<LeanValue*>(array + 1)[2 + index];
}

/// String: bytes with the closing zero, capacity, code points, bytes.
inline std::string_view string_view_of(LeanValue string) {
  const auto* words = reinterpret_cast<const size_t*>(string + 1);
  return {reinterpret_cast<const char*>(words + 3), words[0] - 1};
}

inline void retain(LeanValue value) {
  if (is_boxed(value)) return;
  if (value->count > 0) {
    value->count += 1;
  } else if (value->count < 0) {
    __atomic_fetch_sub(&value->count, 1, __ATOMIC_RELAXED);
  }
}

extern "C" void lean_dec_ref_cold(LeanValue last_or_shared) __attribute__((weak));

inline void release(LeanValue value) {
  if (is_boxed(value)) return;
  if (value->count > 1) {
    value->count -= 1;
  } else if (value->count != 0) {
    lean_dec_ref_cold(value);
  }
}

/// One reference, given back at the end.
class LeanRef {
 public:
  LeanRef() = default;
  /// Takes the caller's reference over.
  explicit LeanRef(LeanValue owned) : value_(owned) {}
  LeanRef(const LeanRef& other) : value_(other.value_) { retain(value_); }
  LeanRef(LeanRef&& other) noexcept : value_(std::exchange(other.value_, unit())) {}
  LeanRef& operator=(LeanRef other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~LeanRef() { release(value_); }

  /// Borrowed: for a function that does not take its argument over.
  LeanValue get() const { return value_; }
  /// One more reference, for a function that does.
  LeanValue give() const {
    retain(value_);
    return value_;
  }
  LeanValue operator[](size_t index) const { return field(value_, index); }

 private:
  LeanValue value_ = unit();
};

/// A reference of our own to something borrowed.
inline LeanRef shared(LeanValue borrowed) {
  retain(borrowed);
  return LeanRef(borrowed);
}

}  // namespace rmt::prover
