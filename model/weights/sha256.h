// SHA-256 of weight files: what binds an adapter, a state or a result to the exact weights it came from.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace rmt::model {

class Sha256 {
 public:
  Sha256();

  void update(std::string_view bytes);
  /// 64 lower-case hex digits. Once.
  std::string hex();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

std::string sha256_hex(std::string_view bytes);

/// A fingerprint worked out when it is first asked for: hashing takes longer than opening. Safe to
/// ask from several threads; a computation that throws is tried again next time.
class LazyFingerprint {
 public:
  const std::string& get(const std::function<std::string()>& compute) const;

 private:
  struct State {
    std::once_flag once;
    std::string value;
  };
  std::unique_ptr<State> state_ = std::make_unique<State>();
};

}  // namespace rmt::model
