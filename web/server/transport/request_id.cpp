#include "web/server/transport/request_id.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace rmt::web {
namespace {

constexpr size_t kLongest = 64;

bool is_plain(char c) {
  const char folded = static_cast<char>(c | 0x20);
  return (c >= '0' && c <= '9') || (folded >= 'a' && folded <= 'z') || c == '-' || c == '_' || c == '.' || c == ':';
}

}  // namespace

std::string request_id(std::optional<std::string_view> from_client) {
  if (from_client && !from_client->empty() && from_client->size() <= kLongest &&
      std::ranges::all_of(*from_client, is_plain)) {
    return std::string(*from_client);
  }
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), bytes.size()) != 1) throw std::runtime_error("the system gives no random bytes");
  std::string id = "req_";
  for (const unsigned char byte : bytes) {
    id += "0123456789abcdef"[byte >> 4];
    id += "0123456789abcdef"[byte & 15];
  }
  return id;
}

}  // namespace rmt::web
