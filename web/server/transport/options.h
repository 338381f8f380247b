// What the transport allows a client, and for how long. Every figure has a test that goes beyond it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "web/server/transport/access_line.h"

namespace rmt::web {

struct TransportLimits {
  size_t head_bytes = 16 << 10;        ///< request line and headers
  size_t target_bytes = 8 << 10;       ///< of the request line
  size_t headers = 100;                ///< in a head
  size_t chunk_line_bytes = 1024;      ///< of one chunk's first line: its size and extensions
  size_t extension_bytes = 16 << 10;   ///< of all chunk extensions of a body
  size_t trailer_bytes = 8 << 10;      ///< behind the last chunk
  size_t read_ahead_bytes = 64 << 10;  ///< taken from a client before somebody asks for it

  int64_t connections = 4096;              ///< in all; further ones get 503
  int64_t connections_per_address = 1024;  ///< 0: as many as in all. Behind a proxy all come from one address
  int64_t requests_in_flight = 2048;       ///< WebSockets apart

  size_t websocket_message_bytes = 1 << 20;  ///< received; beyond: closed with 1009
  size_t websocket_queue_bytes = 4 << 20;    ///< waiting to be sent; beyond: closed with 1013
  size_t websocket_queue_messages = 4096;
  size_t websocket_unread_messages = 64;  ///< received and not yet asked for; then reading waits
};

struct TransportTimeouts {
  using Duration = std::chrono::steady_clock::duration;

  Duration idle = std::chrono::seconds(75);    ///< until the first byte of a request
  Duration header = std::chrono::seconds(10);  ///< from there to the head's end; also for the handshake of TLS
  Duration body = std::chrono::seconds(30);    ///< between two pieces of a body
  Duration write = std::chrono::seconds(30);   ///< without a byte taken by the client
  Duration linger = std::chrono::seconds(2);   ///< after the last byte, for the client to read it and close

  Duration websocket_idle = std::chrono::seconds(60);  ///< without a sign of life; a ping goes out at half of it
  Duration websocket_close = std::chrono::seconds(5);  ///< for the peer's half of the closing handshake
};

struct TlsFiles {
  std::string certificate;  ///< PEM, the chain from the server's own certificate up
  std::string key;          ///< PEM
};

struct ServerOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 8080;         ///< 0: any that is free
  int threads = 2;              ///< that read and write; handlers run on them
  std::string name = "rmt-lm";  ///< in the header Server
  std::optional<TlsFiles> tls;
  TransportLimits limits;
  TransportTimeouts timeouts;
  /// Called from any of the threads after each answer; must not throw.
  std::function<void(const AccessLine&)> on_access;
};

}  // namespace rmt::web
