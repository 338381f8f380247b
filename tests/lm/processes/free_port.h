// A port nobody listens on.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>

namespace rmt::tests {

/// Of the loopback address; free a moment ago.
inline uint16_t free_port() {
  const int listening = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(listening, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(listening, reinterpret_cast<sockaddr*>(&address), &size);
  close(listening);
  return ntohs(address.sin_port);
}

}  // namespace rmt::tests
