// The hash that names a tokenizer: two with the same fingerprint give the same ids.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace rmt::corpora {

/// SHA-256 over a sequence of fields. Each is hashed with its length, so that no two sequences that
/// differ read as the same bytes.
class Fingerprint {
 public:
  Fingerprint();

  void add(std::string_view field);
  void add(int64_t field);

  /// 64 hex digits. Once.
  std::string hex();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  void update(const void* data, size_t size);

  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace rmt::corpora
