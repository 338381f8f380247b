// TLS: the same server behind it, certificates that cannot be used, and clients that do not speak it.
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include "tests/support/doctest.h"
#include "tests/support/raw_client.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/web_frames.h"
#include "tests/web/transport/site.h"

using namespace rmt::web;
using namespace rmt::web::tests;
using namespace std::chrono_literals;
using rmt::tests::RawClient;
using rmt::tests::TemporaryFolder;

namespace {

template <class T, void (*free)(T*)>
struct Free {
  void operator()(T* object) const { free(object); }
};
template <class T, void (*free)(T*)>
using Held = std::unique_ptr<T, Free<T, free>>;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// A certificate for localhost, signed by itself, and its key.
TlsFiles make_certificate(const TemporaryFolder& folder, const std::string& name) {
  const Held<EVP_PKEY, EVP_PKEY_free> key(EVP_EC_gen("P-256"));
  const Held<X509, X509_free> certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1,
                             0);
  X509_set_issuer_name(certificate.get(), subject);
  X509_sign(certificate.get(), key.get(), EVP_sha256());

  const TlsFiles files{folder / (name + ".crt"), folder / (name + ".key")};
  const std::unique_ptr<std::FILE, CloseFile> certificate_file(std::fopen(files.certificate.c_str(), "w"));
  PEM_write_X509(certificate_file.get(), certificate.get());
  const std::unique_ptr<std::FILE, CloseFile> key_file(std::fopen(files.key.c_str(), "w"));
  PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return files;
}

class TlsClient {
 public:
  explicit TlsClient(uint16_t port, int newest = TLS1_3_VERSION)
      : wire_(port), context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_max_proto_version(context_.get(), newest);
    SSL_CTX_set_security_level(context_.get(), 0);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), wire_.descriptor());
    connected_ = SSL_connect(ssl_.get()) == 1;
  }

  bool connected() const { return connected_; }
  void send(const std::string& bytes) { SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())); }

  std::string read_through(const std::string& mark) {
    while (input_.find(mark) == std::string::npos && receive()) {
    }
    const size_t end = std::min(input_.find(mark), input_.size()) + mark.size();
    std::string taken = input_.substr(0, end);
    input_.erase(0, end);
    return taken;
  }

  /// Whether the end was said, and not only made.
  bool ends_well() {
    while (receive()) {
    }
    return SSL_get_shutdown(ssl_.get()) == SSL_RECEIVED_SHUTDOWN;
  }
  void say_goodbye() { SSL_shutdown(ssl_.get()); }

 private:
  bool receive() {
    char bytes[16384];
    const int count = SSL_read(ssl_.get(), bytes, sizeof bytes);
    if (count > 0) input_.append(bytes, static_cast<size_t>(count));
    return count > 0;
  }

  RawClient wire_;
  Held<SSL_CTX, SSL_CTX_free> context_;
  Held<SSL, SSL_free> ssl_;
  bool connected_ = false;
  std::string input_;
};

}  // namespace

TEST_CASE("the server behind TLS") {
  const TemporaryFolder folder;
  ServerOptions options;
  options.tls = make_certificate(folder, "server");
  TestServer site(options);

  SUBCASE("requests, pieces and an end that is said") {
    for (const int newest : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      TlsClient client(site.port(), newest);
      REQUIRE(client.connected());
      client.send(get("/hello"));
      CHECK(client.read_through("hello").ends_with("\r\n\r\nhello"));
      client.send(post("/count", std::string(1 << 20, 'x')));
      CHECK(client.read_through("1048576").ends_with("1048576"));
      client.send("GET /stream HTTP/1.0\r\n\r\n");
      CHECK(client.read_through("piece 2;").ends_with("piece 0;piece 1;piece 2;"));
      CHECK(client.ends_well());
    }
  }
  SUBCASE("a WebSocket on a used connection") {
    TlsClient client(site.port());
    REQUIRE(client.connected());
    client.send(get("/hello"));
    client.read_through("hello");
    client.send(rmt::tests::upgrade_request("/messages"));
    CHECK(client.read_through("\r\n\r\n").starts_with("HTTP/1.1 101 "));
    client.send(rmt::tests::text_frame("over TLS"));
    CHECK(client.read_through("over TLS").ends_with("over TLS"));
    client.send(rmt::tests::close_frame(1000));
    CHECK(client.ends_well());
  }
  SUBCASE("a client that goes while nothing is written") {
    {
      TlsClient client(site.port());
      REQUIRE(client.connected());
      client.send(get("/hold"));
      REQUIRE(wait_until([&] { return site.seen().holding == 1; }));
      client.say_goodbye();
    }
    CHECK(wait_until([&] { return site.seen().gone == 1; }));
    CHECK(wait_until([&] { return site.server().counters().connections_open == 0; }));
  }
  SUBCASE("an old version, and no TLS at all") {
    CHECK_FALSE(TlsClient(site.port(), TLS1_1_VERSION).connected());
    RawClient plain(site.port());
    plain.send(get("/hello"));
    CHECK(plain.closes());
    CHECK(wait_until([&] { return site.server().counters().connections_open == 0; }));
  }
}

TEST_CASE("a handshake that does not end is cut") {
  const TemporaryFolder folder;
  ServerOptions options = hasty();
  options.tls = make_certificate(folder, "server");
  TestServer site(options);
  RawClient silent(site.port());
  CHECK(silent.closes());
  CHECK(site.server().counters().timeouts == 1);
}

TEST_CASE("certificates that cannot be used are named") {
  const TemporaryFolder folder;
  ServerOptions options;
  options.port = 0;
  const auto start = [&](const TlsFiles& files) {
    options.tls = files;
    const Server server(options, [](const Request&) { return Endpoint(); });
  };
  const TlsFiles one = make_certificate(folder, "one"), other = make_certificate(folder, "other");
  start(one);
  CHECK_THROWS_WITH_AS(start({folder / "none.crt", one.key}), doctest::Contains("none.crt"), TransportError);
  CHECK_THROWS_WITH_AS(start({one.certificate, folder / "none.key"}), doctest::Contains("none.key"), TransportError);
  CHECK_THROWS_AS(start({one.certificate, other.key}), TransportError);
  CHECK_THROWS_AS(start({one.key, one.key}), TransportError);
}
