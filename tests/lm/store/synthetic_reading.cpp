#include "tests/lm/store/synthetic_reading.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "tests/lm/store/scratch.h"

namespace rmt::store::test {
namespace {

// splitmix64, a bijection that leaves no bit where it was.
uint64_t mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

uint64_t head(const std::string& state) {
  uint64_t word = 0;
  std::memcpy(&word, state.data(), std::min(state.size(), sizeof word));
  return word;
}

std::string expand(uint64_t word, int64_t bytes) {
  std::string state(static_cast<size_t>(bytes), '\0');
  for (size_t at = 0; at + sizeof word <= state.size(); at += sizeof word, word = mix(word)) {
    std::memcpy(state.data() + at, &word, sizeof word);
  }
  return state;
}

std::string next(const std::string& state) {
  return expand(mix(head(state)), static_cast<int64_t>(state.size()));
}
std::string name_of(int64_t document) {
  return "book-" + std::to_string(document) + ".txt";
}

void require(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error("the store holds something else than what was committed: " + what);
}

}  // namespace

std::string SyntheticReading::state_after(int64_t document, int64_t count) const {
  std::string state = expand(mix(static_cast<uint64_t>(document) + 1), state_bytes);
  for (int64_t i = 0; i < count; ++i) state = next(state);
  return state;
}

SegmentRow SyntheticReading::segment(int64_t document, int64_t index, const std::string& state) const {
  SegmentRow row = sample_segment(document, index);
  row.nll = static_cast<double>(head(state) >> 11) * 0x1p-43;
  return row;
}

int64_t SyntheticReading::read(Store& store, const std::function<void(int64_t)>& on_commit) const {
  const std::optional<Run> begun = store.find_resumable(sample_spec());
  const int64_t run = begun ? begun->id : store.begin_run(sample_spec());
  if (begun) store.resume_run(run, sample_spec());

  std::vector<DocumentRow> rows;
  std::vector<std::string> states;
  int64_t step = 0;
  for (int64_t d = 0; d < documents; ++d) {
    rows.push_back(store.add_document(run, name_of(d), "synthetic"));
    const std::optional<StateRow> stored = store.state(rows.back().id);
    states.push_back(stored ? stored->blob : state_after(d, 0));
    const auto stored_segments = static_cast<int64_t>(store.segments(rows.back().id).size());
    step = std::max(step, stored_segments);
  }

  for (; step < segments + documents - 1; ++step) {
    std::vector<SegmentRow> scored;
    std::vector<StateRow> after;
    std::vector<DocumentRow> ended;
    for (int64_t d = 0; d < documents; ++d) {
      if (step >= segments + d) continue;
      auto& state = states[static_cast<size_t>(d)];
      const int64_t id = rows[static_cast<size_t>(d)].id;
      scored.push_back(segment(id, step, state));
      state = next(state);
      after.push_back({id, step + 1, state});
      if (step + 1 == segments + d) ended.push_back(sample_end(id, step + 1));
    }
    store.commit(scored, after, ended);
    on_commit(step + 1);
  }
  store.end_run(run, RunStatus::finished);
  return run;
}

int64_t SyntheticReading::verify(const Store& store) const {
  const std::vector<Run> runs = store.runs();
  require(runs.size() <= 1, "more than one run");
  if (runs.empty()) return 0;
  const std::vector<DocumentRow> rows = store.documents(runs[0].id);
  int64_t steps = 0;
  for (const DocumentRow& row : rows) {
    steps = std::max(steps, static_cast<int64_t>(store.segments(row.id).size()));
  }
  for (size_t d = 0; d < rows.size(); ++d) {
    const auto number = static_cast<int64_t>(d);
    const int64_t length = std::min(steps, segments + number);
    const std::vector<SegmentRow> stored = store.segments(rows[d].id);
    require(static_cast<int64_t>(stored.size()) == length, "a document's number of segments");
    std::string state = state_after(number, 0);
    for (int64_t i = 0; i < length; ++i, state = next(state)) {
      require(stored[static_cast<size_t>(i)].index == i, "the order of segments");
      require(stored[static_cast<size_t>(i)].nll == segment(rows[d].id, i, state).nll, "an NLL");
    }
    const std::optional<StateRow> kept = store.state(rows[d].id);
    require(rows[d].finished == (length == segments + number), "a document's end");
    require(kept.has_value() == (length > 0 && !rows[d].finished), "whether there is a state");
    require(!kept || (kept->segments == length && kept->blob == state), "a state");
  }
  return steps;
}

}  // namespace rmt::store::test
