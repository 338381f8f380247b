#include "lm/attention/shares.h"

#include <ATen/ops/tensor.h>

#include <vector>

#include "tests/support/doctest.h"

namespace rmt::lm {
namespace {

/// One layer, one head, two memory tokens, four of text; rows of `write` are [read | text | write].
SegmentAttention small_maps() {
  SegmentAttention maps;
  maps.layers = {0};
  maps.heads = {0};
  maps.write = at::tensor({0.1f, 0.0f, 0.2f, 0.1f, 0.3f, 0.2f, 0.1f, 0.0f,  //
                           0.0f, 0.3f, 0.0f, 0.1f, 0.1f, 0.0f, 0.3f, 0.2f})
                   .view({1, 1, 2, 8});
  maps.read = at::tensor({1.0f, 0.0f, 0.2f, 0.2f, 0.1f, 0.0f, 0.0f, 0.1f}).view({1, 1, 4, 2});
  return maps;
}

TEST_CASE("shares are means over the rows that attend, and those of the write rows add up to 1") {
  const HeadShares shares = head_shares(small_maps(), 0, 0);
  CHECK(shares.write_on_read == doctest::Approx(0.2));
  CHECK(shares.write_on_text == doctest::Approx(0.5));
  CHECK(shares.write_on_write == doctest::Approx(0.3));
  CHECK(shares.text_on_read == doctest::Approx(0.4));
}

TEST_CASE("a share of facts counts each of their tokens once and nothing outside of the segment") {
  const SegmentAttention maps = small_maps();
  const auto share = [&](const std::vector<TokenRange>& facts) { return write_share(maps, 0, 0, facts); };
  CHECK(share({}) == 0);
  CHECK(share({{0, 1}}) == doctest::Approx(0.1));
  CHECK(share({{1, 3}}) == doctest::Approx(0.3));
  CHECK(share({{1, 3}, {2, 4}}) == doctest::Approx(0.4));
  CHECK(share({{-5, 1}, {3, 100}, {7, 2}}) == doctest::Approx(0.2));
  CHECK(share({{0, 4}}) == doctest::Approx(head_shares(maps, 0, 0).write_on_text));
}

}  // namespace
}  // namespace rmt::lm
