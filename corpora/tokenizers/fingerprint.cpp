#include "corpora/tokenizers/fingerprint.h"

#include <openssl/evp.h>

#include <array>
#include <new>
#include <stdexcept>

namespace rmt::corpora {

namespace {

void require(int status) {
  if (status != 1) throw std::runtime_error("OpenSSL refused to compute a SHA-256");
}

}  // namespace

void Fingerprint::Free::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

Fingerprint::Fingerprint() : context_(EVP_MD_CTX_new()) {
  if (!context_) throw std::bad_alloc();
  require(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
}

void Fingerprint::update(const void* data, size_t size) {
  require(EVP_DigestUpdate(context_.get(), data, size));
}

void Fingerprint::add(std::string_view field) {
  add(static_cast<int64_t>(field.size()));
  update(field.data(), field.size());
}

void Fingerprint::add(int64_t field) {
  std::array<unsigned char, 8> bytes;  // least significant first, on every machine
  for (size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<unsigned char>(static_cast<uint64_t>(field) >> 8 * i);
  update(bytes.data(), bytes.size());
}

std::string Fingerprint::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  require(EVP_DigestFinal_ex(context_.get(), digest.data(), &size));
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text.push_back(kDigits[digest[i] >> 4]);
    text.push_back(kDigits[digest[i] & 15]);
  }
  return text;
}

}  // namespace rmt::corpora
