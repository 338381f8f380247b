#include "app/help.h"

#include <CLI/Formatter.hpp>
#include <algorithm>
#include <string>

namespace rmt::app {
namespace {

class HelpFormatter final : public CLI::Formatter {
 public:
  HelpFormatter() { column_width(34); }

  std::string make_description(const CLI::App* app) const override { return app->get_description() + ".\n\n"; }

  /// The kind of value, without the ranges and defaults that CLI11 would crowd in here.
  std::string make_option_opts(const CLI::Option* option) const override {
    std::string kind = option->get_type_name();
    kind.resize(std::min(kind.find(':'), kind.size()));
    if (kind.empty() || option->get_type_size() == 0) return "";
    return " " + kind + (option->get_expected_max() > 1 ? "..." : "");
  }

  std::string make_option_desc(const CLI::Option* option) const override {
    std::string text = option->get_description();
    const bool is_switch = option->get_expected_min() == 0;
    if (option->get_required()) return text + " (required)";
    if (const std::string value = option->get_default_str(); !is_switch && !value.empty()) text += " [" + value + "]";
    return text;
  }
};

}  // namespace

std::shared_ptr<CLI::FormatterBase> help_formatter() {
  return std::make_shared<HelpFormatter>();
}

}  // namespace rmt::app
