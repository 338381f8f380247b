#include "lm/store/totals.h"

#include "lm/store/compensated_sum.h"

namespace rmt::store {
namespace {

std::string condition(TotalsOf what) {
  return what == TotalsOf::run ? "WHERE document.run = ?1" : "WHERE document.id = ?1";
}

void add_documents(const Database& database, TotalsOf what, int64_t id, Totals& totals) {
  Statement query(database, "SELECT finished, words, chars FROM document " + condition(what));
  query.bind(id);
  while (query.step()) {
    totals.documents += 1;
    totals.finished += query.integer(0);
    totals.words += query.integer(1);
    totals.chars += query.integer(2);
  }
}

void add_segments(const Database& database, TotalsOf what, int64_t id, Totals& totals) {
  Statement query(database,
                  "SELECT scored_tokens, scored_bytes, nll, nll_reset, ms FROM document "
                  "JOIN segment ON segment.document = document.id " +
                      condition(what) + " ORDER BY document.id, seg");
  CompensatedSum nll, nll_reset;
  int64_t with_reset = 0;
  query.bind(id);
  while (query.step()) {
    totals.segments += 1;
    totals.scored_tokens += query.integer(0);
    totals.scored_bytes += query.integer(1);
    nll.add(query.real(2));
    if (const auto reset = query.real_or_null(3)) {
      nll_reset.add(*reset);
      with_reset += 1;
    }
    totals.ms += query.real(4);
  }
  totals.nll = nll.value();
  if (with_reset > 0 && with_reset == totals.segments) totals.nll_reset = nll_reset.value();
}

}  // namespace

Totals read_totals(const Database& database, TotalsOf what, int64_t id) {
  Totals totals;
  add_documents(database, what, id, totals);
  add_segments(database, what, id, totals);
  return totals;
}

}  // namespace rmt::store
