// What every refusal must be: rmt::model::Error with the right code, whose message names the culprit.
#pragma once

#include <string>
#include <string_view>

#include "model/error.h"
#include "tests/support/doctest.h"

namespace rmt::tests {

template <typename Action>
void expect_error(model::Errc code, std::string_view mentions, Action action) {
  std::string message;
  try {
    action();
    FAIL_CHECK("no error; expected one about " << std::string(mentions));
  } catch (const model::Error& error) {
    message = error.what();
    CHECK_MESSAGE(static_cast<int>(error.code()) == static_cast<int>(code), message);
    CHECK_MESSAGE(message.find(mentions) != std::string::npos, message, " should mention ", std::string(mentions));
  }
}

}  // namespace rmt::tests
