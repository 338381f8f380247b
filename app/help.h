// How --help looks: the option and what it takes on the left; what it does, its default and whether
// it is required on the right.
#pragma once

#include <CLI/App.hpp>
#include <memory>

namespace rmt::app {

std::shared_ptr<CLI::FormatterBase> help_formatter();

}  // namespace rmt::app
