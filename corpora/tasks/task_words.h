// The words that facts and questions are about. No background contains one of them, whatever it is made
// from: so nothing but the facts can say, or seem to say, where somebody or something is.
#pragma once

#include <array>
#include <string_view>

namespace rmt::corpora {

/// The answers, by label. They are also a ring of rooms: each lies to the right of the one before it,
/// and the first to the right of the last.
inline constexpr std::array<std::string_view, 6> kRooms = {"bathroom", "hallway", "garden",
                                                           "office",   "bedroom", "kitchen"};
inline constexpr std::array<std::string_view, 4> kNames = {"Mary", "John", "Daniel", "Sandra"};

/// A key of `recall` is a colour and an object. (Colours are free to occur in a background.)
inline constexpr std::array<std::string_view, 16> kObjects = {
    "lantern", "thimble", "goblet", "trumpet", "sextant", "mitten", "teapot", "umbrella",
    "whistle", "locket",  "chisel", "pumpkin", "kettle",  "violin", "abacus", "anvil"};
inline constexpr std::array<std::string_view, 8> kColours = {"red",   "green", "blue",  "yellow",
                                                             "black", "white", "brown", "grey"};

inline constexpr std::array<std::string_view, 5> kVerbs = {"moved", "went", "went back", "journeyed", "travelled"};

/// Whether a room, a name or an object is a word of `text`, in upper or lower case.
bool mentions_task_word(std::string_view text);

}  // namespace rmt::corpora
