// What the allocator does with large blocks that are freed and wanted again a moment later.
#pragma once

namespace rmt::model {

/// From now on freed memory stays with the process. Training frees and allocates the same gigabytes for every segment;
/// given back to the system, each of their pages is fetched and cleared anew, which here costs as much as the
/// arithmetic. For programs that are about to do one large thing; without effect where the C library is not glibc.
void keep_freed_memory();

}  // namespace rmt::model
