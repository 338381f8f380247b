#include "tests/support/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace rmt::tests {

using Clock = std::chrono::steady_clock;

RawClient::RawClient(uint16_t port, int receive_buffer) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer > 0) setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket_);
    throw std::runtime_error("cannot connect to port " + std::to_string(port));
  }
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

RawClient::~RawClient() {
  if (socket_ >= 0) ::close(socket_);
}

bool RawClient::send(std::string_view bytes) {
  const auto until = Clock::now() + kPatience;
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<size_t>(sent));
      continue;
    }
    if (errno != EAGAIN || Clock::now() > until) return false;
    pollfd waiting{socket_, POLLOUT, 0};
    poll(&waiting, 1, 100);
  }
  return true;
}

RawClient::Got RawClient::receive(Clock::time_point until) {
  if (ended_) return Got::end;
  const auto left = std::chrono::duration_cast<Duration>(until - Clock::now()).count();
  pollfd waiting{socket_, POLLIN, 0};
  if (poll(&waiting, 1, static_cast<int>(std::max<long>(0, left))) <= 0) return Got::nothing;
  std::array<char, 65536> bytes;
  const ssize_t count = recv(socket_, bytes.data(), bytes.size(), 0);
  ended_ = count <= 0;
  if (ended_) return Got::end;
  input_.append(bytes.data(), static_cast<size_t>(count));
  return Got::bytes;
}

std::string RawClient::read(size_t bytes, Duration patience) {
  const auto until = Clock::now() + patience;
  while (input_.size() < bytes && receive(until) == Got::bytes) {
  }
  std::string taken = input_.substr(0, bytes);
  input_.erase(0, taken.size());
  return taken;
}

std::string RawClient::read_all(Duration patience) {
  const auto until = Clock::now() + patience;
  while (receive(until) == Got::bytes) {
  }
  return std::exchange(input_, {});
}

std::optional<std::string> RawClient::read_through(std::string_view mark, Duration patience) {
  const auto until = Clock::now() + patience;
  size_t at = input_.find(mark);
  while (at == std::string::npos && receive(until) == Got::bytes) at = input_.find(mark);
  if (at == std::string::npos) return std::nullopt;
  std::string taken = input_.substr(0, at + mark.size());
  input_.erase(0, taken.size());
  return taken;
}

RawReply RawClient::reply(bool to_head, Duration patience) {
  RawReply reply;
  const std::optional<std::string> head = read_through("\r\n\r\n", patience);
  if (!head || !head->starts_with("HTTP/1.1 ")) return reply;
  reply.head = *head;
  std::from_chars(head->data() + 9, head->data() + 12, reply.status);
  for (size_t at = head->find("\r\n") + 2; at + 2 < head->size();) {
    const size_t end = head->find("\r\n", at), colon = head->find(':', at);
    std::string name = head->substr(at, colon - at);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    reply.headers[name] = head->substr(colon + 2, end - colon - 2);
    at = end + 2;
  }
  if (to_head || reply.status < 200 || reply.status == 204) {
    reply.whole = true;
  } else if (const auto length = reply.headers.find("content-length"); length != reply.headers.end()) {
    const size_t bytes = std::stoull(length->second);
    reply.body = read(bytes, patience);
    reply.whole = reply.body.size() == bytes;
  } else if (reply.headers.contains("transfer-encoding")) {
    reply.whole = read_chunks(reply.body, patience);
  } else {
    reply.body = read_all(patience);
    reply.whole = ended_;
  }
  return reply;
}

bool RawClient::read_chunks(std::string& body, Duration patience) {
  while (true) {
    const std::optional<std::string> line = read_through("\r\n", patience);
    if (!line) return false;
    size_t size = 0;
    std::from_chars(line->data(), line->data() + line->size(), size, 16);
    body += read(size, patience);
    if (read(2, patience) != "\r\n") return false;
    if (size == 0) return true;
  }
}

bool RawClient::closes(Duration patience) {
  read_all(patience);
  return ended_;
}

bool RawClient::stays_silent(Duration time) {
  return input_.empty() && receive(Clock::now() + time) == Got::nothing;
}

void RawClient::half_close() {
  ::shutdown(socket_, SHUT_WR);
}

void RawClient::abort() {
  const linger at_once{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(std::exchange(socket_, -1));
}

}  // namespace rmt::tests
