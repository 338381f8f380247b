#include "app/settings.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <set>

#include "app/exit_code.h"
#include "app/suggest.h"

namespace rmt::app {
namespace {

/// CLI11 leaves one place between reading the flags and checking what is required: the reading of a
/// configuration file. Its own order there is the file over the environment, and its errors name no
/// place; so this runs ours, and hands CLI11 nothing to apply.
class Hook final : public CLI::Config {
 public:
  explicit Hook(std::function<void()> apply) : apply_(std::move(apply)) {}
  std::string to_config(const CLI::App*, bool, bool, std::string) const override { return {}; }
  std::vector<CLI::ConfigItem> from_config(std::istream&) const override {
    apply_();
    return {};
  }

 private:
  std::function<void()> apply_;
};

std::string variable_of(const std::string& name) {
  std::string variable = "RMTLM_" + name;
  for (char& c : variable) c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return variable;
}

/// Every option of a command that settings apply to, those of its option groups included.
std::vector<CLI::Option*> options_of(CLI::App& command) {
  std::vector<CLI::Option*> options = command.get_options(
      [](const CLI::Option* option) { return option->get_configurable() && !option->get_lnames().empty(); });
  for (CLI::App* group : command.get_subcommands([](CLI::App* app) { return app->get_name().empty(); })) {
    const auto inner = options_of(*group);
    options.insert(options.end(), inner.begin(), inner.end());
  }
  return options;
}

std::vector<CLI::App*> commands_of(CLI::App& app) {
  return app.get_subcommands([](CLI::App* command) { return !command->get_name().empty(); });
}

/// The names that lead from the program to a command: {"tokenizer", "train"}.
std::vector<std::string> path_of(const CLI::App& command) {
  std::vector<std::string> path;
  for (const CLI::App* app = &command; app->get_parent() != nullptr; app = app->get_parent()) {
    path.insert(path.begin(), app->get_name());
  }
  return path;
}

Vocabulary vocabulary_of(CLI::App& app) {
  Vocabulary vocabulary;
  for (const CLI::Option* option : options_of(app)) vocabulary.keys.push_back(option->get_lnames().front());
  for (CLI::App* command : commands_of(app)) vocabulary.tables[command->get_name()] = vocabulary_of(*command);
  return vocabulary;
}

void collect_keys(const Vocabulary& vocabulary, std::set<std::string>& keys) {
  keys.insert(vocabulary.keys.begin(), vocabulary.keys.end());
  for (const auto& [name, table] : vocabulary.tables) collect_keys(table, keys);
}

std::vector<std::string> all_keys(const Vocabulary& vocabulary) {
  std::set<std::string> keys;
  collect_keys(vocabulary, keys);
  return {keys.begin(), keys.end()};
}

bool is_flag(const CLI::Option& option) {
  return option.get_expected_min() == 0;
}

/// Gives the option its value as if from the command line, so that its own checks apply.
void assign(CLI::Option& option, const std::vector<std::string>& texts, const std::string& place) {
  const std::string& name = option.get_lnames().front();
  const auto no_switch = [&] {
    return UsageError(fmt::format("{}: '{}' is a switch: give it true or false.", place, name));
  };
  try {
    if (is_flag(option)) {
      for (const std::string& text : texts) option.add_result(option.get_flag_value(name, text));
    } else {
      option.add_result(texts);
    }
    option.run_callback();
  } catch (const CLI::Error& error) {
    if (is_flag(option)) throw no_switch();
    throw UsageError(fmt::format("{}: {}.", place, error.what()));
  } catch (const std::logic_error&) {  // CLI11 reads a flag's number with std::stoll
    throw no_switch();
  }
}

void check_kind(const CLI::Option& option, const ConfigValue& value) {
  const std::string& name = option.get_lnames().front();
  const bool boolean = value.kind == ConfigValue::Kind::boolean;
  const bool number = value.kind == ConfigValue::Kind::number;
  if (boolean && !is_flag(option) && option.get_type_name() != "BOOLEAN") {
    throw UsageError(fmt::format("{}: '{}' takes a value, not true or false.", value.place, name));
  }
  if (!boolean && !number && is_flag(option)) {
    throw UsageError(fmt::format("{}: '{}' is a switch: give it true or false.", value.place, name));
  }
}

/// What the option now holds: of a switch true, false, or how often it was given.
std::vector<std::string> values_of(const CLI::Option& option) {
  if (!is_flag(option)) return option.results();
  int64_t times = 0;
  for (const std::string& text : option.results()) times += CLI::detail::to_flag_value(text);
  if (times > 1) return {std::to_string(times)};
  return {times == 1 ? "true" : "false"};
}

/// True when the user only asks for help or the version, which a wrong file must not stand in the way of.
bool asks_for_help(const CLI::App& app) {
  const auto given = [](const CLI::Option* option) { return option != nullptr && option->count() > 0; };
  if (given(app.get_help_ptr()) || given(app.get_help_all_ptr()) || given(app.get_version_ptr())) return true;
  const auto chosen = app.get_subcommands();
  return std::any_of(chosen.begin(), chosen.end(), [](const CLI::App* command) { return asks_for_help(*command); });
}

}  // namespace

Surroundings Surroundings::of_process() {
  Surroundings surroundings{.environment = {}, .folder = "."};
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    surroundings.environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return surroundings;
}

bool is_secret(std::string_view name) {
  constexpr std::string_view kEndings[] = {"key", "password", "secret", "token"};
  return std::any_of(std::begin(kEndings), std::end(kEndings),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

Settings::Settings(CLI::App& app, Surroundings surroundings) : app_(app), surroundings_(std::move(surroundings)) {
  app.add_option("--config", config_flag_, "Configuration file in TOML")->type_name("FILE")->configurable(false);
  app.config_formatter(std::make_shared<Hook>([this] { apply(); }));
  app.set_config("--settings-hook", "/dev/null")->group("")->configurable(false);
}

void Settings::apply() {
  if (asks_for_help(app_)) return;
  read_file();
  of(app_);
  for (std::vector<CLI::App*> chosen = app_.get_subcommands(); !chosen.empty();
       chosen = chosen.front()->get_subcommands()) {
    of(*chosen.front());
  }
}

std::string Settings::variable(const std::string& name) const {
  const auto found = surroundings_.environment.find(name);
  return found == surroundings_.environment.end() ? "" : found->second;
}

std::optional<std::filesystem::path> Settings::find_file() const {
  const std::string named = config_flag_.empty() ? variable("RMTLM_CONFIG") : config_flag_;
  if (!named.empty()) return named;  // must be there, unlike those below
  std::filesystem::path base = variable("XDG_CONFIG_HOME");
  if (base.empty()) base = std::filesystem::path(variable("HOME")) / ".config";
  for (const auto& candidate : {base / "rmt-lm" / "config.toml", surroundings_.folder / "rmt-lm.toml"}) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(candidate, ignored)) return candidate.lexically_normal();
  }
  return std::nullopt;
}

void Settings::read_file() {
  if (const CLI::Option* flag = app_.get_option("--config"); flag->count() > 0) config_flag_ = flag->as<std::string>();
  path_ = find_file();
  if (!path_) return;
  Vocabulary vocabulary = vocabulary_of(app_);
  vocabulary.keys = all_keys(vocabulary);  // the top of the file holds for every subcommand
  file_.emplace(*path_, vocabulary);
}

const std::vector<Setting>& Settings::of(CLI::App& command) {
  if (const auto found = resolved_.find(&command); found != resolved_.end()) return found->second;
  std::vector<Setting> settings;
  for (CLI::Option* option : options_of(command)) settings.push_back(resolve(path_of(command), *option));
  return resolved_[&command] = std::move(settings);
}

Setting Settings::resolve(const std::vector<std::string>& table, CLI::Option& option) const {
  const std::string& name = option.get_lnames().front();
  if (option.count() > 0) return {name, values_of(option), Origin::flag, "--" + name};

  if (const std::string text = variable(variable_of(name)); !text.empty()) {
    assign(option, {text}, variable_of(name));
    return {name, values_of(option), Origin::environment, variable_of(name)};
  }
  if (file_) {
    auto value = file_->find(table, name);
    if (!value) value = file_->find({}, name);
    if (value) {
      check_kind(option, *value);
      assign(option, value->texts, value->place);
      return {name, values_of(option), Origin::file, value->place};
    }
  }
  const std::string built_in = is_flag(option) ? "false" : option.get_default_str();
  if (built_in.empty() || option.get_required()) return {name, {}, Origin::unset, ""};
  return {name, {built_in}, Origin::built_in, ""};
}

std::vector<std::string> Settings::warnings() const {
  std::vector<std::string> variables = {"RMTLM_CONFIG", kApiKeyVariable};
  for (const std::string& key : all_keys(vocabulary_of(app_))) variables.push_back(variable_of(key));
  std::vector<std::string> warnings;
  for (const auto& [name, value] : surroundings_.environment) {
    if (!name.starts_with("RMTLM_") || std::find(variables.begin(), variables.end(), name) != variables.end()) continue;
    warnings.push_back(fmt::format("The environment variable {} has no effect: no option has this name{}", name,
                                   did_you_mean(name, variables)));
  }
  return warnings;
}

}  // namespace rmt::app
