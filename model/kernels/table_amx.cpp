// Matrix products in tiles of 16 rows by 16 words (Intel AMX), bf16 and int8; everything else as with
// AVX-512. Two tiles of rows by two of columns are summed at once, which uses all eight tile registers:
// 0..3 sums, 4 and 5 inputs of the upper and lower rows, 6 and 7 weights of the left and right columns.
#include <immintrin.h>

#include "model/kernels/simd_avx512.h"
#include "model/kernels/table.h"

namespace rmt::model::kernels {
namespace {

using Simd = Avx512<true, true>;

constexpr int64_t kTileRows = 16, kTileWords = 16;
constexpr int64_t kPanelRowBytes = 4 * kPanelColumns<Simd>, kPanelTileBytes = kTileWords * kPanelRowBytes;
// So much of a panel is worked through for all rows before its next part: it stays in the first cache.
constexpr int64_t kChunkTiles = 12;
// With fewer rows the panels arrive as fast as they can anyway: then only a little is asked for, close ahead.
constexpr int64_t kPrefetchRows = 64;

struct alignas(64) TileConfiguration {
  uint8_t palette = 1, start_row = 0, reserved[14] = {};
  uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

// GCC 12's intrinsic tells the compiler of 8 of the 64 bytes only.
void begin_tiles() {
  const TileConfiguration configuration;
  __asm__ volatile("ldtilecfg %0" ::"m"(configuration));
}

void end_tiles() {
  _tile_release();
}

struct BFloat16Tiles {
  static void upper_left() { _tile_dpbf16ps(0, 4, 6); }
  static void upper_right() { _tile_dpbf16ps(1, 4, 7); }
  static void lower_left() { _tile_dpbf16ps(2, 5, 6); }
  static void lower_right() { _tile_dpbf16ps(3, 5, 7); }
};

struct ByteTiles {
  static void upper_left() { _tile_dpbssd(0, 4, 6); }
  static void upper_right() { _tile_dpbssd(1, 4, 7); }
  static void lower_left() { _tile_dpbssd(2, 5, 6); }
  static void lower_right() { _tile_dpbssd(3, 5, 7); }
};

/// The next panel, brought into the second cache a little with every tile.
struct Prefetch {
  const char* at = nullptr;
  int64_t bytes = 0;
  void advance() {
    for (int64_t i = 0; i < bytes; i += 64) _mm_prefetch(at + i, _MM_HINT_T1);
    at += bytes;
  }
};

/// The tile after the one that is about to be read.
void prefetch_next_tile(const char* panel) {
  for (int64_t i = 0; i < kPanelTileBytes; i += 64) _mm_prefetch(panel + kPanelTileBytes + i, _MM_HINT_T0);
}

template <class Dot, bool kLower>
void add_tiles(const char* inputs, int64_t stride, const char* panel, int64_t tiles, Prefetch prefetch) {
  for (int64_t tile = 0; tile < tiles; ++tile) {
    if constexpr (kLower) {
      prefetch.advance();
    } else {
      prefetch_next_tile(panel);
    }
    _tile_loadd(4, inputs, stride);
    _tile_loadd(6, panel, kPanelRowBytes);
    Dot::upper_left();
    _tile_loadd(7, panel + 4 * kTileWords, kPanelRowBytes);
    Dot::upper_right();
    if constexpr (kLower) {
      _tile_loadd(5, inputs + kTileRows * stride, stride);
      Dot::lower_left();
      Dot::lower_right();
    }
    inputs += 4 * kTileWords;
    panel += kPanelTileBytes;
  }
}

/// sums [16 or 32][32] += or = inputs times a part of a panel
template <class Dot, bool kLower>
void product_tiles(const char* inputs, int64_t stride, const char* panel, int64_t tiles, char* sums, int64_t sum_stride,
                   bool accumulate, Prefetch prefetch) {
  char *right = sums + 4 * kTileWords, *lower = sums + kTileRows * sum_stride, *corner = lower + 4 * kTileWords;
  if (accumulate) {
    _tile_loadd(0, sums, sum_stride);
    _tile_loadd(1, right, sum_stride);
    if constexpr (kLower) _tile_loadd(2, lower, sum_stride);
    if constexpr (kLower) _tile_loadd(3, corner, sum_stride);
  } else {
    _tile_zero(0);
    _tile_zero(1);
    if constexpr (kLower) _tile_zero(2);
    if constexpr (kLower) _tile_zero(3);
  }
  add_tiles<Dot, kLower>(inputs, stride, panel, tiles, prefetch);
  _tile_stored(0, sums, sum_stride);
  _tile_stored(1, right, sum_stride);
  if constexpr (kLower) _tile_stored(2, lower, sum_stride);
  if constexpr (kLower) _tile_stored(3, corner, sum_stride);
}

template <class Dot>
void multiply_tiles(const ProductTile& tile) {
  const int64_t tiles = tile.words / kTileWords, sum_stride = 4 * tile.sum_stride;
  const int64_t blocks = (tile.rows + 2 * kTileRows - 1) / (2 * kTileRows);
  for (int64_t first = 0; first < tiles; first += kChunkTiles) {
    const int64_t count = tiles - first < kChunkTiles ? tiles - first : kChunkTiles;
    const auto* panel = static_cast<const char*>(tile.panel) + first * kPanelTileBytes;
    Prefetch prefetch;
    if (tile.next_panel && tile.rows >= kPrefetchRows) {
      prefetch.at = static_cast<const char*>(tile.next_panel) + first * kPanelTileBytes;
      prefetch.bytes = kPanelTileBytes / blocks;
    }
    for (int64_t row = 0; row < tile.rows; row += 2 * kTileRows) {
      const auto* inputs = static_cast<const char*>(tile.inputs) + row * tile.input_stride + first * 4 * kTileWords;
      auto* sums = static_cast<char*>(tile.sums) + row * sum_stride;
      const bool accumulate = tile.accumulate || first > 0;
      if (tile.rows - row > kTileRows) {
        product_tiles<Dot, true>(inputs, tile.input_stride, panel, count, sums, sum_stride, accumulate, prefetch);
      } else {
        product_tiles<Dot, false>(inputs, tile.input_stride, panel, count, sums, sum_stride, accumulate, prefetch);
      }
      prefetch.at += count * prefetch.bytes;
    }
  }
}

// One or a few rows leave a tile empty and wait for memory: vectors ask for it earlier. Integers, so the same sums.
// The vector instruction takes one side unsigned: 128 is added to the inputs, and 128 times the weights taken off.
template <int kRows>
void multiply_few_rows(const ProductTile& tile) {
  constexpr int64_t kAhead = 1024;
  const auto* panel = static_cast<const char*>(tile.panel);
  Simd::Words sums[kRows][2] = {}, weights[2] = {};
  const auto one = Simd::words(0x01010101);
  for (int64_t word = 0; word < tile.words; ++word, panel += kPanelRowBytes) {
    _mm_prefetch(panel + kAhead, _MM_HINT_T0);
    _mm_prefetch(panel + kAhead + 64, _MM_HINT_T0);
    const auto left = Simd::load_words(panel), right = Simd::load_words(panel + 4 * Simd::kLanes);
    weights[0] = Simd::dot_bytes(weights[0], one, left);
    weights[1] = Simd::dot_bytes(weights[1], one, right);
    unroll<kRows>([&](auto r) __attribute__((always_inline)) {
      int32_t four;
      __builtin_memcpy(&four, static_cast<const char*>(tile.inputs) + r * tile.input_stride + 4 * word, sizeof four);
      const auto x = Simd::words(four ^ static_cast<int32_t>(0x80808080));
      sums[r][0] = Simd::dot_bytes(sums[r][0], x, left);
      sums[r][1] = Simd::dot_bytes(sums[r][1], x, right);
    });
  }
  unroll<kRows>([&](auto r) __attribute__((always_inline)) {
    auto* out = static_cast<int32_t*>(tile.sums) + r * tile.sum_stride;
    for (int half = 0; half < 2; ++half)
      Simd::store_words(out + half * Simd::kLanes,
                        _mm512_sub_epi32(sums[r][half], _mm512_slli_epi32(weights[half], 7)));
  });
}

void multiply_bytes(const ProductTile& tile) {
  switch (tile.rows) {
    case 1: return multiply_few_rows<1>(tile);
    case 2: return multiply_few_rows<2>(tile);
    case 3: return multiply_few_rows<3>(tile);
    case 4: return multiply_few_rows<4>(tile);
    default: return multiply_tiles<ByteTiles>(tile);
  }
}

/// Attention with bf16 tile products.
struct TileMath {
  using Value = BFloat16;
  static constexpr int64_t kWordValues = 2, kWordStep = kTileWords, kQueryRows = 2 * kTileRows;
  static void begin() { begin_tiles(); }
  static void end() { end_tiles(); }
  static void multiply(const ProductTile& tile) { multiply_tiles<BFloat16Tiles>(tile); }
};

Product tile_product(Element element, void (*multiply)(const ProductTile&)) {
  Product product;
  product.input = product.weight = element;
  product.word_step = kTileWords;
  product.row_step = kTileRows;
  product.best_rows = 2 * kTileRows;
  product.begin = begin_tiles;
  product.end = end_tiles;
  product.multiply = multiply;
  return product;
}

}  // namespace

Kernels make_amx() {
  Kernels table = make_kernels<Simd>(Isa::amx);
  table.bf16 = tile_product(Element::bf16, multiply_tiles<BFloat16Tiles>);
  table.int8 = tile_product(Element::int8, multiply_bytes);
  table.attention_bf16 = attention_kernel<Simd, TileMath, BFloat16>();
  return table;
}

}  // namespace rmt::model::kernels
