// Numbers as text, the same on every machine and in every locale.
#pragma once

#include <string>

namespace rmt::store {

/// The shortest text that reads back as the same bits; "nan", "inf" and "-inf" for what is no number.
std::string shortest(double value);

}  // namespace rmt::store
