#include "app/usage.h"

#include <fmt/format.h>

#include <vector>

#include "app/suggest.h"

namespace rmt::app {
namespace {

/// The innermost subcommand that was named, or the program.
const CLI::App& chosen_command(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : chosen_command(*chosen.front());
}

/// How a user calls the command: "rmt-lm config show".
std::string full_name(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  return parent == nullptr ? command.get_name() : full_name(*parent) + " " + command.get_name();
}

std::vector<std::string> subcommand_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* sub : command.get_subcommands([](const CLI::App*) { return true; })) {
    if (!sub->get_name().empty()) names.push_back(sub->get_name());
  }
  return names;
}

/// The long options a user may give after the command, those of the commands above it included.
std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* app = &command; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* option : app->get_options()) {
      if (option->get_group().empty()) continue;  // hidden
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return names;
}

/// The arguments that no command on the way to the chosen one took.
std::vector<std::string> leftover(const CLI::App& app) {
  std::vector<std::string> arguments = app.remaining();
  for (const CLI::App* chosen : app.get_subcommands()) {
    const std::vector<std::string> below = leftover(*chosen);
    arguments.insert(arguments.end(), below.begin(), below.end());
  }
  return arguments;
}

std::string unexpected(const CLI::App& command, const std::string& argument) {
  const std::string name = full_name(command);
  if (argument.starts_with("-") && argument.size() > 1) {
    const std::string option = argument.substr(0, argument.find('='));
    return fmt::format("'{}' has no option '{}'{}", name, option, did_you_mean(option, option_names(command)));
  }
  const std::vector<std::string> subcommands = subcommand_names(command);
  if (!subcommands.empty()) {
    return fmt::format("'{}' has no subcommand '{}'{}", name, argument, did_you_mean(argument, subcommands));
  }
  return fmt::format("'{}' does not take the argument '{}'.", name, argument);
}

}  // namespace

std::string usage_message(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = chosen_command(app);
  const std::vector<std::string> extra = leftover(app);
  const bool lacks = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  const bool has_extra = !extra.empty() && (lacks || dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr);
  std::string message;
  if (has_extra) {  // tells more than what it left unset
    message = unexpected(command, extra.front());
  } else if (lacks && !subcommand_names(command).empty()) {
    message =
        fmt::format("'{}' needs a subcommand: {}.", full_name(command), fmt::join(subcommand_names(command), ", "));
  } else {
    message = fmt::format("{}.", error.what());
  }
  return fmt::format("{} See '{} --help'.", message, full_name(command));
}

}  // namespace rmt::app
