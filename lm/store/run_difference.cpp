#include "lm/store/run_difference.h"

#include <limits>
#include <map>

namespace rmt::store {
namespace {

double per_token(double nll, int64_t tokens) {
  return tokens > 0 ? nll / static_cast<double>(tokens) : std::numeric_limits<double>::quiet_NaN();
}

// One run's segments of a document, and how far they have been taken into the stretch at hand.
struct Side {
  std::span<const SegmentRow> rows;
  size_t taken = 0;    // rows before it are done with
  size_t reached = 0;  // rows [taken, reached) are in the stretch
  int64_t end = 0;     // token the stretch has come to
  int64_t unmatched = 0;

  bool done() const { return taken == rows.size(); }
  int64_t next_from() const { return rows[taken].token_from; }
  void skip() {
    ++taken;
    ++unmatched;
  }
  void begin() {
    reached = taken;
    end = next_from();
    extend();
  }
  // Takes the next segment in, if it begins where the stretch has come to.
  bool extend() {
    if (reached == rows.size() || rows[reached].token_from != end) return false;
    end = rows[reached++].token_to;
    return true;
  }
  void accept(int64_t& scored, double& nll) {
    for (; taken < reached; ++taken) {
      scored += rows[taken].scored_tokens;
      nll += rows[taken].nll;
    }
  }
  void drop() {
    unmatched += static_cast<int64_t>(reached - taken);
    taken = reached;
  }
};

// Extends whichever side is behind until both have come to the same token; false if one cannot go on.
bool meet(Side& a, Side& b) {
  a.begin();
  b.begin();
  while (a.end != b.end) {
    if (!(a.end < b.end ? a : b).extend()) return false;
  }
  return true;
}

}  // namespace

double StretchDifference::difference() const {
  return per_token(nll_b, scored_b) - per_token(nll_a, scored_a);
}

StretchDifference& StretchDifference::operator+=(const StretchDifference& other) {
  token_to += other.token_to - other.token_from;
  scored_a += other.scored_a;
  scored_b += other.scored_b;
  nll_a += other.nll_a;
  nll_b += other.nll_b;
  return *this;
}

StretchDifference DocumentDifference::sum() const {
  StretchDifference total;
  for (const StretchDifference& stretch : stretches) total += stretch;
  return total;
}

StretchDifference RunDifference::sum() const {
  StretchDifference total;
  for (const DocumentDifference& document : documents) total += document.sum();
  return total;
}

DocumentDifference align(std::span<const SegmentRow> rows_a, std::span<const SegmentRow> rows_b) {
  DocumentDifference out;
  Side a{rows_a};
  Side b{rows_b};
  while (!a.done() && !b.done()) {
    if (a.next_from() != b.next_from()) {
      (a.next_from() < b.next_from() ? a : b).skip();
      continue;
    }
    if (!meet(a, b)) {
      a.drop();
      b.drop();
      continue;
    }
    StretchDifference stretch{.token_from = a.next_from(), .token_to = a.end};
    a.accept(stretch.scored_a, stretch.nll_a);
    b.accept(stretch.scored_b, stretch.nll_b);
    out.stretches.push_back(stretch);
  }
  out.unmatched_a = a.unmatched + static_cast<int64_t>(rows_a.size() - a.taken);
  out.unmatched_b = b.unmatched + static_cast<int64_t>(rows_b.size() - b.taken);
  return out;
}

RunDifference diff_runs(const Store& store, int64_t a, int64_t b) {
  const Store::Snapshot snapshot = store.snapshot();
  RunDifference out;
  out.a = store.run(a);
  out.b = store.run(b);
  out.spec = compare_specs(out.a.spec, out.b.spec);

  std::map<std::string, int64_t> documents_b;
  for (const DocumentRow& document : store.documents(b)) documents_b[document.name] = document.id;
  std::map<std::string, int64_t> documents_a;
  for (const DocumentRow& document : store.documents(a)) documents_a[document.name] = document.id;

  for (const auto& [name, id] : documents_a) {
    const auto other = documents_b.find(name);
    if (other == documents_b.end()) {
      out.only_a.push_back(name);
      continue;
    }
    out.documents.push_back(align(store.segments(id), store.segments(other->second)));
    out.documents.back().name = name;
  }
  for (const auto& [name, id] : documents_b) {
    if (!documents_a.contains(name)) out.only_b.push_back(name);
  }
  return out;
}

}  // namespace rmt::store
