// Names that cannot be guessed.
#pragma once

#include <string>

namespace rmt::engine {

/// 128 bits from the system's source of randomness, as 32 hexadecimal digits.
std::string random_id();

}  // namespace rmt::engine
