#include "model/device/work_queue.h"

#include <c10/core/impl/VirtualGuardImpl.h>

namespace rmt::model {

namespace {

c10::Device with_index(const c10::Device& device) {
  if (device.has_index() || device.is_cpu()) return device;
  return c10::impl::VirtualGuardImpl(device.type()).getDevice();
}

}  // namespace

QueueMark::QueueMark(const c10::Device& device) {
  if (!device.is_cpu()) event_.emplace(device.type());
}

void QueueMark::wait() const {
  if (event_ && set_) event_->synchronize();
}

WorkQueue WorkQueue::current(const c10::Device& device) {
  if (device.is_cpu()) return WorkQueue(std::nullopt);
  return WorkQueue(c10::impl::VirtualGuardImpl(device.type()).getStream(with_index(device)));
}

WorkQueue WorkQueue::another(const c10::Device& device) {
  if (device.is_cpu()) return WorkQueue(std::nullopt);
  return WorkQueue(c10::impl::VirtualGuardImpl(device.type()).getStreamFromGlobalPool(with_index(device)));
}

void WorkQueue::mark(QueueMark& mark) const {
  if (!stream_) return;
  mark.event_->record(*stream_);
  mark.set_ = true;
}

void WorkQueue::wait_for(const QueueMark& mark) const {
  if (stream_ && mark.set_) mark.event_->block(*stream_);
}

void WorkQueue::finish() const {
  if (stream_) stream_->synchronize();
}

WorkQueue::Use::Use(const WorkQueue& queue) {
  if (queue.stream_) guard_.emplace(*queue.stream_);
}

}  // namespace rmt::model
