#include "model/ops/key_value_cache.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "model/ops/attention.h"
#include "model/ops/elements.h"
#include "model/threads.h"

namespace rmt::model::ops {
namespace {

// One row of one head: its key becomes a column of the page's keys, its value a row of the values.
template <class T>
void store_row_as(const char* key, const char* value, int64_t head_size, int64_t page_rows, int64_t slot, char* head) {
  constexpr auto kSize = static_cast<int64_t>(sizeof(T));
  for (int64_t i = 0; i < head_size; ++i)
    std::memcpy(head + (i * page_rows + slot) * kSize, key + i * kSize, sizeof(T));
  std::memcpy(head + (page_rows + slot) * head_size * kSize, value, static_cast<size_t>(head_size * kSize));
}

void store_row(const KeyValueCache::Shape& shape, const char* key, const char* value, int64_t page_rows, int64_t slot,
               char* head) {
  if (shape.element == kernels::Element::fp32)
    store_row_as<uint32_t>(key, value, shape.head_size, page_rows, slot, head);
  else
    store_row_as<uint16_t>(key, value, shape.head_size, page_rows, slot, head);
}

/// A new row's queries of one key head against that head's cache.
kernels::CachedQueries describe(const at::Tensor& q, const KeyValueCache& cache, int64_t layer, int64_t kv_head) {
  const int64_t group = q.size(0) / cache.shape().kv_heads;  // q [H, K]
  kernels::CachedQueries row;
  row.element = element_of(q);
  row.queries = static_cast<const char*>(q.const_data_ptr()) + kv_head * group * q.size(1) * q.element_size();
  row.heads = group;
  row.head_size = q.size(1);
  row.offset = cache.offset_of(layer, kv_head);
  row.scale = 1.0f / std::sqrt(static_cast<float>(q.size(1)));
  return row;
}

}  // namespace

KeyValueCache::KeyValueCache(const Shape& shape)
    : shape_(shape),
      page_rows_(kernels::kernels().panel_columns),
      head_bytes_(2 * page_rows_ * shape.head_size * kernels::bytes_of(shape.element)),
      page_bytes_(shape.layers * shape.kv_heads * head_bytes_),
      rows_(static_cast<size_t>(shape.layers), 0) {}

char* KeyValueCache::page_to_write(int64_t index) {
  const auto at = static_cast<size_t>(index);
  if (at == pages_.size()) pages_.push_back(at::zeros({page_bytes_}, at::kByte));
  if (pages_[at].use_count() > 1) pages_[at] = pages_[at].clone();
  return reinterpret_cast<char*>(pages_[at].data_ptr<uint8_t>());
}

void KeyValueCache::append(int64_t layer, const at::Tensor& k, const at::Tensor& v) {
  const auto type = shape_.element == kernels::Element::bf16 ? at::kBFloat16 : at::kFloat;
  TORCH_CHECK(k.dim() == 3 && k.size(1) == shape_.kv_heads && k.size(2) == shape_.head_size && v.sizes() == k.sizes(),
              "keys ", k.sizes(), " and values ", v.sizes(), " for a cache of ", shape_.kv_heads, " heads of ",
              shape_.head_size);
  const auto keys = k.to(type), values = v.to(type);
  const int64_t size = keys.element_size();
  int64_t& rows = rows_[static_cast<size_t>(layer)];
  for (int64_t row = 0; row < keys.size(0); ++row, ++rows) {
    char* page = page_to_write(rows / page_rows_);
    const auto* key = static_cast<const char*>(keys.const_data_ptr()) + row * keys.stride(0) * size;
    const auto* value = static_cast<const char*>(values.const_data_ptr()) + row * values.stride(0) * size;
    for (int64_t head = 0; head < shape_.kv_heads; ++head) {
      char* to = page + offset_of(layer, head);
      const char *key_row = key + head * keys.stride(1) * size, *value_row = value + head * values.stride(1) * size;
      store_row(shape_, key_row, value_row, page_rows_, rows % page_rows_, to);
    }
  }
}

void KeyValueCache::make_room() {
  page_to_write(rows() / page_rows_);
}

void KeyValueCache::put(int64_t layer, int64_t kv_head, const void* key, const void* value) const {
  const at::Tensor& page = pages_[static_cast<size_t>(rows_of(layer) / page_rows_)];
  store_row(shape_, static_cast<const char*>(key), static_cast<const char*>(value), page_rows_,
            rows_of(layer) % page_rows_, static_cast<char*>(page.data_ptr()) + offset_of(layer, kv_head));
}

void KeyValueCache::count_row() {
  for (int64_t& rows : rows_) ++rows;
}

std::vector<const void*> KeyValueCache::pages() const {
  std::vector<const void*> memory;
  memory.reserve(pages_.size());
  for (const at::Tensor& page : pages_) memory.push_back(page.const_data_ptr<uint8_t>());
  return memory;
}

at::Tensor cached_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, int64_t query_from,
                            int64_t layer, std::span<KeyValueCache* const> caches) {
  TORCH_CHECK(kernels_read(q) && k.scalar_type() == q.scalar_type() && !at::GradMode::is_enabled(),
              "keys and values are kept on the CPU and without gradients only");
  const int64_t batch = q.size(0), rows = q.size(1), kv_heads = k.size(2), head_size = q.size(3);
  std::vector<int64_t> before;
  for (int64_t b = 0; b < batch; ++b) {
    KeyValueCache& cache = *caches[static_cast<size_t>(b)];
    before.push_back(cache.rows_of(layer));
    cache.append(layer, k.select(0, b), v.select(0, b));
  }
  const bool from_the_start = std::all_of(before.begin(), before.end(), [](int64_t n) { return n == 0; });
  if (from_the_start && k.size(1) > 1) return attention(q, k, v, {.causal = true, .query_from = query_from});

  const auto queries = q.stride(3) == 1 && q.stride(2) == head_size ? q : q.contiguous();
  const auto out = at::empty(q.sizes(), q.options());  // [B, R, H, K]
  std::vector<std::vector<const void*>> pages;
  for (const KeyValueCache* cache : caches) pages.push_back(cache->pages());
  const auto& table = kernels::kernels();
  for_each_task(batch * rows * kv_heads, [&](int64_t task) {
    const int64_t b = task / (rows * kv_heads), r = task / kv_heads % rows, head = task % kv_heads;
    const auto at = static_cast<size_t>(b);
    auto row = describe(queries.select(0, b).select(0, r), *caches[at], layer, head);
    row.pages = pages[at].data();
    row.keys = before[at] + query_from + r + 1;
    row.out = static_cast<char*>(out.data_ptr()) +
              (((b * rows + r) * kv_heads + head) * row.heads * head_size) * out.element_size();
    const auto scratch = at::empty({table.cached_scratch_bytes(row.heads, head_size, row.keys)}, at::kByte);
    row.scratch = scratch.data_ptr();
    table.attend_cached(row);
  });
  return out.view({batch, rows, -1});
}

}  // namespace rmt::model::ops
