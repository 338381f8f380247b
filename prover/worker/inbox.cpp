#include "prover/worker/inbox.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace rmt::prover {

std::optional<Settings> Inbox::settings() try {
  const std::optional<std::string> frame = read_frame(descriptor_, buffer_);
  if (!frame) return std::nullopt;
  return from_wire<Settings>(*frame);
} catch (const FrameError& error) {
  throw InboxError(error.what());
} catch (const WireError& error) {
  throw InboxError(error.what());
}

std::optional<Request> Inbox::wait() try {
  while (requests_.empty() && !ended_) {
    const std::optional<std::string> frame = read_frame(descriptor_, buffer_);
    if (!frame) break;
    sort(*frame);
  }
  if (requests_.empty()) return std::nullopt;
  Request request = std::move(requests_.front());
  requests_.pop_front();
  return request;
} catch (const FrameError& error) {
  throw InboxError(error.what());
}

bool Inbox::is_cancelled(uint64_t id) try {
  std::array<char, 4096> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  while (true) {
    // Some may have come together with the request.
    while (const std::optional<std::string> frame = buffer_.next()) sort(*frame);
    if (ended_ || !has_more()) break;
    const ssize_t count = read(descriptor_, bytes.data(), bytes.size());
    ended_ = count <= 0;
    if (!ended_) buffer_.append({bytes.data(), static_cast<size_t>(count)});
  }
  return ended_ || cancelled_ == id;
} catch (const FrameError& error) {
  throw InboxError(error.what());
}

void Inbox::sort(const std::string& frame) try {
  auto message = from_wire<std::variant<Request, Cancel>>(frame);
  if (const auto* cancel = std::get_if<Cancel>(&message)) {
    cancelled_ = cancel->id;
  } else {
    requests_.push_back(std::get<Request>(std::move(message)));
  }
} catch (const WireError& error) {
  throw InboxError(error.what());
}

bool Inbox::has_more() const {
  pollfd waiting{descriptor_, POLLIN, 0};
  return poll(&waiting, 1, 0) > 0;
}

}  // namespace rmt::prover
