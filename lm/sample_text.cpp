#include "lm/sample_text.h"

#include <string>
#include <string_view>
#include <utility>

#include "corpora/readers/utf8.h"
#include "corpora/token_stream.h"

namespace rmt::lm {
namespace {

constexpr std::string_view kText =
    R"(A reader who opens a long book does not keep every word of it in mind. What stays is
a handful of things: who is in the room, what was promised, which door was left unlocked. Three chapters later one of
them matters, and the reader turns no page back to find it. A program that is to read books has to do the same with a
budget that is fixed in advance, because the shelf is longer than any window.

The lighthouse keeper wrote down the weather twice a day. In the first winter the entries were full: wind from the north
west, sea rough, two ships at anchor behind the point, the younger of the two masters a man called Harrow who owed the
harbour eleven pounds. By the third winter there were three words to a line. When the board asked in spring whether the
lamp had been dark on the ninth of January, the keeper could say that it had not, and could say nothing else about that
night at all.

\section{Contractions}
Let $(X, d)$ be a complete metric space and let $f \colon X \to X$ satisfy $d(f(x), f(y)) \le q\, d(x, y)$ for all
$x, y \in X$ and some $q < 1$. Pick $x_0 \in X$ and put $x_{n+1} = f(x_n)$. Then
\[
  d(x_{n+1}, x_n) \le q^n d(x_1, x_0), \qquad
  d(x_{n+k}, x_n) \le \sum_{j=n}^{n+k-1} q^j d(x_1, x_0) \le \frac{q^n}{1 - q}\, d(x_1, x_0),
\]
so $(x_n)$ is a Cauchy sequence. Its limit $x$ is a fixed point since $f$ is continuous, and it is the only one: if
$f(y) = y$ then $d(x, y) = d(f(x), f(y)) \le q\, d(x, y)$, which forces $d(x, y) = 0$. The estimate also says how many
steps are enough: for an error of at most $\varepsilon$ it suffices that $q^n d(x_1, x_0) \le (1 - q) \varepsilon$.

theorem add_comm_of_succ (m n : Nat) : m + n = n + m := by
  induction n with
  | zero => simp
  | succ n ih =>
    rw [Nat.add_succ, Nat.succ_add, ih]

/-- A list is empty exactly if its reverse is. -/
theorem reverse_eq_nil_iff (xs : List a) : xs.reverse = [] <-> xs = [] := by
  constructor
  · intro h
    cases xs with
    | nil => rfl
    | cons x xs => simp at h
  · intro h
    rw [h]
    rfl

The committee met on Tuesday to decide between two plans for the bridge. The first kept the old piers and replaced the
deck; it was cheaper by a third and would close the road for one summer. The second moved the crossing two hundred
metres upstream, where the banks are rock on both sides. The engineer pointed out that the old piers had been measured
in 1974 and not since. Nobody had the figures with them, and the decision was put off until they were found.
)";

}  // namespace

std::vector<corpora::Segment> sample_segments(const corpora::Tokenizer& tokenizer, int64_t length) {
  corpora::MemoryText text{std::string(kText)};
  corpora::TokenStream tokens(text, tokenizer);
  corpora::SegmentReader reader(tokens, length);
  std::vector<corpora::Segment> segments;
  while (auto segment = reader.next()) segments.push_back(std::move(*segment));
  return segments;
}

}  // namespace rmt::lm
