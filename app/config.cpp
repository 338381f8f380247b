// rmt-lm config show: every setting with its value, and where the value came from, as a
// configuration file that would give the same values.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/command.h"
#include "app/exit_code.h"
#include "app/settings.h"
#include "app/suggest.h"

namespace rmt::app {
namespace {

struct ShowOptions {
  std::string command;
  bool origin = false;
  bool json = false;
};

/// A command whose settings are shown, and the TOML table they belong to; empty for the program's own.
struct Section {
  std::string table;
  CLI::App* command;
};

void collect(CLI::App& command, const std::string& table, std::vector<Section>& sections) {
  sections.push_back({table, &command});
  for (CLI::App* sub : command.get_subcommands([](const CLI::App* app) { return !app->get_name().empty(); })) {
    collect(*sub, table.empty() ? sub->get_name() : table + "." + sub->get_name(), sections);
  }
}

/// The sections asked for: all, or the program's own and those of one subcommand.
std::vector<Section> sections_of(CLI::App& app, const std::string& asked) {
  std::vector<Section> sections;
  collect(app, "", sections);
  if (asked.empty()) return sections;
  std::vector<std::string> names;
  for (const Section& section : sections) names.push_back(section.table);
  if (std::find(names.begin(), names.end(), asked) == names.end()) {
    throw UsageError(fmt::format("There is no subcommand '{}'{}", asked, did_you_mean(asked, names)));
  }
  std::erase_if(sections, [&](const Section& section) {
    return !section.table.empty() && section.table != asked && !section.table.starts_with(asked + ".");
  });
  return sections;
}

std::string origin_of(const Setting& setting) {
  switch (setting.origin) {
    case Origin::unset: return "not set";
    case Origin::built_in: return "default";
    case Origin::file:
    case Origin::environment:
    case Origin::flag: return setting.place;
  }
  return {};
}

/// True for what TOML reads as a boolean or a decimal number without quotes.
bool is_bare(const std::string& text) {
  if (text == "true" || text == "false") return true;
  const auto digit = [&](size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
  const bool negative = text.starts_with('-');
  const size_t first = negative ? 1 : 0;
  if (!digit(first) || (text[first] == '0' && digit(first + 1)) || !digit(text.size() - 1)) return false;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

std::string toml_text(const std::string& text) {
  return is_bare(text) ? text : nlohmann::json(text).dump();  // JSON's escapes are TOML's
}

std::string toml_value(const std::vector<std::string>& values) {
  if (values.size() == 1) return toml_text(values.front());
  std::vector<std::string> texts;
  for (const std::string& value : values) texts.push_back(toml_text(value));
  return fmt::format("[{}]", fmt::join(texts, ", "));
}

std::string toml_line(const Setting& setting) {
  if (setting.origin == Origin::unset) return fmt::format("# {} =", setting.name);
  if (is_secret(setting.name)) return fmt::format("# {} = (hidden)", setting.name);
  return fmt::format("{} = {}", setting.name, toml_value(setting.values));
}

void print_toml(const std::vector<Section>& sections, Settings& settings, bool with_origin) {
  fmt::print("# Configuration file: {}\n", settings.file() ? settings.file()->string() : "none");
  for (const Section& section : sections) {
    const std::vector<Setting>& values = settings.of(*section.command);
    if (values.empty()) continue;
    if (!section.table.empty()) fmt::print("\n[{}]\n", section.table);
    for (const Setting& setting : values) {
      if (with_origin) {
        fmt::print("{:<40}  # {}\n", toml_line(setting), origin_of(setting));
      } else {
        fmt::print("{}\n", toml_line(setting));
      }
    }
  }
}

void print_json(const std::vector<Section>& sections, Settings& settings) {
  for (const Section& section : sections) {
    for (const Setting& setting : settings.of(*section.command)) {
      nlohmann::ordered_json line = {{"command", section.table}, {"name", setting.name}};
      if (is_secret(setting.name)) {
        line["value"] = setting.origin == Origin::unset ? nullptr : nlohmann::ordered_json("(hidden)");
      } else if (setting.values.size() > 1) {
        line["value"] = setting.values;
      } else {
        line["value"] = setting.values.empty() ? nullptr : nlohmann::ordered_json(setting.values.front());
      }
      line["origin"] = origin_of(setting);
      fmt::print("{}\n", line.dump());
    }
  }
}

int show(CLI::App& app, Settings& settings, const ShowOptions& options) {
  const std::vector<Section> sections = sections_of(app, options.command);
  if (options.json) {
    print_json(sections, settings);
  } else {
    print_toml(sections, settings, options.origin);
  }
  return kOk;
}

}  // namespace

void add_config(CLI::App& app, Settings& settings, Command& chosen) {
  CLI::App* config = app.add_subcommand("config", "Show the settings and where each comes from");
  config->require_subcommand(1);
  CLI::App* command = config->add_subcommand("show", "Print every setting with its value, as a configuration file");
  auto options = std::make_shared<ShowOptions>();
  command->add_option("SUBCOMMAND", options->command, "Show only the settings of this subcommand, such as eval");
  command->add_flag("--origin", options->origin, "Say after each value where it comes from")->configurable(false);
  command->add_flag("--json", options->json, "One JSON object a line")->configurable(false);
  command->callback([options, &app, &settings, &chosen] {
    chosen.run = [options, &app, &settings] { return show(app, settings, *options); };
  });
}

}  // namespace rmt::app
