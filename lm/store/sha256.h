// SHA-256 of bytes that come in pieces.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace rmt::store {

class Sha256 {
 public:
  Sha256();
  Sha256& update(std::string_view bytes);
  std::string finish();  ///< 32 bytes; the hash is spent afterwards

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

/// Lower-case hexadecimal digits, two a byte.
std::string hex(std::string_view bytes);

}  // namespace rmt::store
