// Random numbers that a seed and a stream's number decide: the same on every machine, in every process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace rmt::corpora {

/// splitmix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators"), begun at a
/// place that (seed, stream) hashes to. (The standard library's distributions differ between libraries.)
class RandomStream {
 public:
  RandomStream(uint64_t seed, uint64_t stream) : state_(mix(mix(seed + kStep) + stream)) {}

  uint64_t next() { return mix(state_ += kStep); }

  /// Uniform in [0, bound); `bound` up to 2^53.
  uint64_t below(uint64_t bound) {
    const double unit = static_cast<double>(next() >> 11) * 0x1p-53;
    return static_cast<uint64_t>(unit * static_cast<double>(bound));
  }

  template <class T>
  const T& pick(std::span<const T> values) {
    return values[static_cast<size_t>(below(values.size()))];
  }

  template <class T>
  void shuffle(std::span<T> values) {
    for (size_t left = values.size(); left > 1; --left)
      std::swap(values[left - 1], values[static_cast<size_t>(below(left))]);
  }

 private:
  static constexpr uint64_t kStep = 0x9e3779b97f4a7c15u;

  static uint64_t mix(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
  }

  uint64_t state_;
};

}  // namespace rmt::corpora
