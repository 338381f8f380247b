// The background's own world: a river valley, its people, their boats, beasts, trades and weather.
#pragma once

#include <string_view>

namespace rmt::corpora {

/// Rules for Grammar: about eleven hundred words: people who move about, carry, trade and quarrel, dates,
/// counts and distances. It has movements ("Ines travelled to the harbour.") as the facts of memory tasks
/// have, but none of their names, rooms and objects.
std::string_view valley_grammar();

}  // namespace rmt::corpora
