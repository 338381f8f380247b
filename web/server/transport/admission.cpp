#include "web/server/transport/admission.h"

namespace rmt::web {

std::unique_ptr<Admission::Ticket> Admission::admit(const std::string& address) {
  const std::scoped_lock lock(mutex_);
  if (count_ >= in_all_) return nullptr;
  int64_t& here = by_address_[address];
  if (per_address_ > 0 && here >= per_address_) return nullptr;
  ++here;
  ++count_;
  return std::make_unique<Ticket>(*this, address);
}

void Admission::leave(const std::string& address) {
  const std::scoped_lock lock(mutex_);
  --count_;
  const auto here = by_address_.find(address);
  if (--here->second == 0) by_address_.erase(here);
}

}  // namespace rmt::web
