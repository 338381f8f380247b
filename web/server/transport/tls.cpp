#include "web/server/transport/tls.h"

#include <openssl/ssl.h>

#include <string>

#include "web/server/transport/transport_error.h"

namespace rmt::web {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

namespace {

void require(const error_code& error, const std::string& file, const char* what) {
  if (!error) return;
  throw TransportError(file + ": cannot be used as " + what + " (" + error.message() +
                       "). It must be a PEM file this user may read.");
}

}  // namespace

ssl::context tls_context(const TlsFiles& files) {
  ssl::context context(ssl::context::tls_server);
  context.set_options(ssl::context::default_workarounds | ssl::context::no_compression | SSL_OP_NO_RENEGOTIATION |
                      SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  error_code error;
  context.use_certificate_chain_file(files.certificate, error);
  require(error, files.certificate, "the certificate");
  context.use_private_key_file(files.key, ssl::context::pem, error);
  require(error, files.key, "the certificate's private key");
  if (SSL_CTX_check_private_key(context.native_handle()) != 1) {
    throw TransportError(files.key + ": is not the key of " + files.certificate +
                         ". Give the two that belong together.");
  }
  return context;
}

}  // namespace rmt::web
