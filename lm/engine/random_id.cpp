#include "lm/engine/random_id.h"

#include <openssl/rand.h>

#include <stdexcept>

#include "lm/store/sha256.h"

namespace rmt::engine {

std::string random_id() {
  std::string bytes(16, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error("OpenSSL has no random numbers on this machine; check its configuration (openssl.cnf)");
  return store::hex(bytes);
}

}  // namespace rmt::engine
