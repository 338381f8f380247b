// Who may connect: caps on connections, in all and from one address.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace rmt::web {

/// Safe to use from any thread.
class Admission {
 public:
  /// `per_address` 0: no cap of its own. Must outlive its tickets.
  Admission(int64_t in_all, int64_t per_address) : in_all_(in_all), per_address_(per_address) {}

  /// Held by a connection for as long as it is there.
  class Ticket {
   public:
    Ticket(Admission& admission, std::string address) : admission_(admission), address_(std::move(address)) {}
    ~Ticket() { admission_.leave(address_); }
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

   private:
    Admission& admission_;
    std::string address_;
  };

  /// Null where there are too many.
  std::unique_ptr<Ticket> admit(const std::string& address);

 private:
  void leave(const std::string& address);

  const int64_t in_all_, per_address_;
  std::mutex mutex_;
  int64_t count_ = 0;                          // guarded by mutex_
  std::map<std::string, int64_t> by_address_;  // guarded by mutex_
};

}  // namespace rmt::web
