// The tables that recipes of every kind share. Each throws UsageError with file and line.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/toml_fields.h"
#include "lm/train/trained_reader.h"
#include "lm/train/trainer.h"

namespace rmt::app {

inline constexpr int64_t kMany = int64_t{1} << 40;  ///< of steps, seeds and the like: no bound a person meets

toml::table parse_recipe(const std::filesystem::path& path);

/// A path in a recipe starts at the recipe's folder.
std::string beside(const std::filesystem::path& recipe, const std::string& path);

/// What [model] base names: a path beside the recipe if there is something, else a bundled name.
std::string base_model(const std::filesystem::path& recipe, const std::string& base);

/// The keys of [model] that say how the backbone is wrapped; `rmt` comes with the defaults.
void read_wrapper(TomlFields& fields, model::RmtConfig& rmt);

/// The keys of [model.new] that describe the network; the caller reads the others and finishes.
model::BackboneConfig read_network(TomlFields& fields);

/// [trained]. `precision` stays empty for "auto".
lm::TrainedPart read_trained(const toml::table& table, std::optional<model::Precision>& precision);

/// [optimizer], into the settings.
void read_optimizer(const toml::table& table, lm::TrainSettings& settings);

/// Which keys a [[stage]] may have.
enum class StageKeys { of_text, of_task };

/// A [[stage]].
lm::Stage read_stage(const toml::table& table, StageKeys keys);

/// Keys at a recipe's top that say how the run goes, whatever it trains.
void read_run(TomlFields& fields, const std::filesystem::path& path, StageKeys keys, lm::TrainSettings& settings);

}  // namespace rmt::app
