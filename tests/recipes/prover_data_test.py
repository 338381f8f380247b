"""The generator of training data for provers: what it reads and writes, what it takes for the same statement, what it
keeps apart. Where a Lean is named in the environment, whether Lean agrees."""

from __future__ import annotations

import gzip
import json
import os
import re
import tempfile
import unittest
from itertools import islice
from pathlib import Path
from random import Random

from prover_data import exam, exploration, functions, lessons, library, logic, memory, mixtures, synthesis
from prover_data.assemble import assemble, key_of, part, prompt
from prover_data.collect import Collector, found_by_search
from prover_data.lean import Attempt, Group, Lean, modules
from prover_data.names import Names
from prover_data.sequent import Prover, Sequent
from prover_data.statement import Binder, Statement, canonical, shape
from prover_data.terms import Unreadable, atom, read, replaced

LEAN = os.environ.get("LEAN_UNDER_TEST", "")
SOURCES = Path(__file__).parents[2] / "prover" / "lean"


class Terms(unittest.TestCase):
    def test_what_is_written_is_read_as_it_was(self):
        for text in (
            "a + b * c",
            "(a + b) * c",
            "a - (b - c)",
            "p → q → r",
            "(p → q) → r",
            "¬p ∧ q",
            "¬(p ∧ q)",
            "∀ x : Nat, p x → q",
            "(∃ x : Nat, p x) ∧ q",
            "List.map f (x :: l) ++ [a, b]",
            "(!a) = b",
            "f ∘ g ∘ h",
            "(a, b) = (c, d)",
            "fun x : Nat => f (g x)",
            "a ∣ b ^ 2",
            "(a = b) = c",
        ):
            self.assertEqual(str(read(text)), text)

    def test_unknown_notation_is_refused(self):
        for text in ("a ≍ b", "∑ x, f x", "(a : Nat)", "p ∧", "∀ x ∈ l, p x", ""):
            with self.assertRaises(Unreadable, msg=text):
                read(text)

    def test_rewriting_changes_every_occurrence_outside_binders(self):
        self.assertEqual(
            str(replaced(read("a + b + (a + b) * ∃ x, a + b = x"), read("a + b"), atom("c"))),
            "c + c * (∃ x, a + b = x)",
        )


class TheSame(unittest.TestCase):
    def test_names_order_of_hypotheses_and_sides_do_not_matter(self):
        one = canonical("n m : Nat\nh : n ≤ m\nh2 : 0 < n\n⊢ n + m = m + n")
        for other in (
            "⊢ ∀ (x y : Nat), 0 < x → x ≤ y → y + x = x + y",
            "case inl\nb a : Nat\nh : 0 < a\nk : a ≤ b\n⊢ a + b = b + a",
        ):
            self.assertEqual(canonical(other), one)

    def test_bound_names_do_not_matter(self):
        self.assertEqual(
            canonical("p : Nat → Prop\n⊢ (∃ x, p x) → ∃ y, p y"), canonical("q : Nat → Prop\nh : ∃ k, q k\n⊢ ∃ n, q n")
        )

    def test_different_statements_stay_apart(self):
        texts = [
            "n m : Nat\n⊢ n + m = m + n",
            "n : Nat\n⊢ n + n = n + n",
            "n m : Nat\n⊢ n * m = m * n",
            "n m : Nat\n⊢ n + m ≤ m + n",
            "p q : Prop\n⊢ p → q ↔ q",
            "p q : Prop\n⊢ p → (q ↔ q)",
        ]
        self.assertEqual(len({canonical(t) for t in texts}), len(texts))

    def test_a_shape_forgets_numerals_and_nothing_else(self):
        self.assertEqual(shape(canonical("n : Nat\n⊢ n + 3 = 3 + n")), shape(canonical("k : Nat\n⊢ k + 5 = 5 + k")))
        self.assertNotEqual(shape("v0 + 1"), shape("v0 * 1"))

    def test_names_of_definitions_do_not_matter(self):
        keys = {
            key_of(f"def {f} : Nat → Nat\n  | 0 => 1\n  | n + 1 => {f} n + 2\n", f"n : Nat\n⊢ 0 < {f} n")
            for f in ("kuba", "zorp")
        }
        self.assertEqual(len(keys), 1)


class Logic(unittest.TestCase):
    def proved(self, text: str) -> list[str] | None:
        goal = read(text)
        names = Names(Random(1))
        names.taken |= goal.names
        return Prover(Random(1), names, 5000).prove(Sequent((), goal))

    def test_intuitionistic_theorems_and_no_others(self):
        for text in (
            "p ∧ q → q ∧ p",
            "¬¬(p ∨ ¬p)",
            "(p ∨ q → r) ↔ (p → r) ∧ (q → r)",
            "¬p ∨ q → p → q",
            "((p → q) → p) → (p → q) → q",
        ):
            self.assertIsNotNone(self.proved(text), text)
        for text in ("p ∨ ¬p", "¬¬p → p", "((p → q) → p) → p", "p → q", "p ∨ q → p ∧ q"):
            self.assertIsNone(self.proved(text), text)

    def test_tautologies_follow(self):
        atoms = [atom(name) for name in "pqr"]
        for seed in range(20):
            facts, goal = logic.tautology(Random(seed), atoms)
            for row in range(8):
                world = {(a.op,): bool(row >> i & 1) for i, a in enumerate(atoms)}
                held = all(logic._holds(fact, world, {}, 1) for fact in facts)
                self.assertTrue(not held or logic._holds(goal, world, {}, 1), f"{facts} ⊢ {goal} at {world}")


def record(template: str, state: str, tactics: list[str], statement: str = "", before: str = "") -> dict:
    return {
        "template": template,
        "before": before,
        "statement": statement or f" : {state}",
        "steps": [[state, t] for t in tactics],
    }


class Parts(unittest.TestCase):
    def assembled(
        self, records: list[dict], held_out: dict[str, str] | None = None, test: float = 0.3
    ) -> tuple[dict, Path]:
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / "raw").mkdir()
        (folder / "raw" / "1.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
        return assemble(folder / "raw", folder, held_out or {}, seed=1, valid=0.1, test=test), folder

    def test_a_test_theorem_is_a_file_with_a_hole(self):
        _, folder = self.assembled([record("x", "n : Nat\n⊢ n = n", ["rfl"], " (n : Nat) : n = n")], test=1.0)
        made = json.loads((folder / "test.jsonl").read_text(encoding="utf-8"))
        self.assertEqual(
            (made["before"], made["head"], made["tail"], made["indent"]),
            ("", "theorem test_0 (n : Nat) : n = n := by\n  ", "\n", 2),
        )

    def records(self, count: int) -> list[dict]:
        """Of count shapes, each with two choices of a numeral and two scripts."""
        return [
            record("sums", f"n : Nat\n⊢ {'n + ' * i}n ≤ {number} * n", [tactic])
            for i in range(count)
            for number in (i + 1, i + 2)
            for tactic in ("omega", "simp")
        ]

    def test_no_shape_is_in_two_parts(self):
        manifest, folder = self.assembled(self.records(60))
        tested = [json.loads(line) for line in (folder / "test.jsonl").read_text(encoding="utf-8").splitlines()]
        self.assertGreater(len(tested), 5)
        shapes = {one["statement_shape"] for one in tested}
        self.assertEqual(len(shapes), len(tested))
        for name in ("train", "valid"):
            lines = gzip.decompress((folder / name / "steps.jsonl.gz").read_bytes()).decode().splitlines()
            self.assertEqual(len(lines), manifest["files"][f"{name}/steps.jsonl.gz"]["records"])
            for line in lines:
                state = json.loads(line)["text"].removeprefix("[GOAL]").partition("[PROOFSTEP]")[0]
                self.assertNotIn(shape(canonical(state)), shapes)
        self.assertEqual(sum(p["shapes"] for p in manifest["parts"].values()), 60)

    def test_library_theorems_are_held_out(self):
        records = self.records(10)
        asked = canonical("⊢ ∀ (k : Nat), k ≤ 1 * k")
        manifest, _ = self.assembled(records, {"Nat.le_one_mul": asked})
        self.assertEqual(manifest["dropped"]["a theorem of the library"], 2)
        self.assertEqual(
            sum(p["statements"] for p in manifest["parts"].values()),
            18 + 1 - manifest["dropped"].get("a second test of one shape", 0),
        )

    def test_what_is_found_again_is_dropped(self):
        one = record("x", "n : Nat\n⊢ n = n", ["rfl"])
        manifest, _ = self.assembled([one, one, record("x", "k : Nat\n⊢ k = k", ["rfl"])], test=0)
        self.assertEqual(sum(p["proofs"] for p in manifest["parts"].values()), 1)

    def test_the_same_records_give_the_same_bytes(self):
        first, second = (self.assembled(self.records(20))[0]["files"] for _ in range(2))
        self.assertEqual(first, second)

    def test_a_part_is_decided_by_the_shape_alone(self):
        places = [part(f"shape {i}", 1, 0.1, 0.2) for i in range(2000)]
        self.assertEqual(places, [part(f"shape {i}", 1, 0.1, 0.2) for i in range(2000)])
        self.assertAlmostEqual(places.count("test") / 2000, 0.2, delta=0.03)

    def test_prompts_and_theorems_are_what_the_search_takes(self):
        self.assertEqual(prompt("p : Prop\n⊢ p", "assumption"), "[GOAL]p : Prop\n⊢ p[PROOFSTEP]assumption\n")
        statement = Statement(
            "x", [Binder("n", atom("Nat")), Binder("m", atom("Nat")), Binder("h", read("n < m"))], read("0 < m")
        )
        self.assertEqual(statement.head("t"), "theorem t (n m : Nat) (h : n < m) : 0 < m")


class OutOfTheLibrary(unittest.TestCase):
    def test_proofs_become_tactics_of_one_line(self):
        for proof, tactics in (
            (":= rfl", ["rfl"]),
            (":= f (g h)", ["exact f (g h)"]),
            (":= by cases a <;> rfl", ["cases a <;> rfl"]),
            (":= by\n  rw [h]; exact k", ["rw [h]", "exact k"]),
            (":= by\n  exact (by simp; rfl)", ["exact (by simp; rfl)"]),
            (
                ":= by\n  induction l with\n  | nil => rfl\n  | cons a l ih =>\n    rw [f]\n    exact ih\n  done",
                ["induction l with | nil => ?_ | cons a l ih => ?_", "rfl", "rw [f]", "exact ih", "done"],
            ),
            (
                ":= by\n  constructor\n  · intro h\n    exact h\n  · exact id",
                ["constructor", "intro h", "exact h", "exact id"],
            ),
        ):
            self.assertEqual(lessons.script(proof), tactics)

    def test_what_does_not_fit_into_a_line_is_left_out(self):
        for proof in ("| 0 => rfl", ":=\n  f\n    x", ":= by\n  calc a = b := h\n    _ = c := k"):
            with self.assertRaises(lessons.Unwritable, msg=proof):
                lessons.script(proof)

    def test_a_question_has_what_stands_before_it_and_nothing_else(self):
        with tempfile.TemporaryDirectory() as folder:
            text = "import A\n\n/-- Doc. -/\n@[simp] theorem t (h : a = (b := c)) : p := h\n\ntheorem u : ∀ n, q n\n  | 0 => k\n"
            (Path(folder) / "File.lean").write_text(text, encoding="utf-8")
            first, second = exam.questions(Path(folder))
        self.assertEqual(first["before"], "import A\n\n")
        self.assertEqual(first["head"], "/-- Doc. -/\n@[simp] theorem t (h : a = (b := c)) : p := by\n  ")
        self.assertEqual(second["before"] + second["head"], text.replace("\n  | 0 => k\n", " := by\n  "))

    def test_files_of_laws_are_used_and_asked_about(self):
        made = memory.Maker(Random(5), [], 500)
        for _ in range(20):
            far, read = made.asked(4, 2), made.read(5_000, 0.1, 0.4)
            self.assertGreaterEqual(far.distance, 4 * 500)
            lemma = far.questions[0].tactic.split()[1]
            self.assertIn(lemma, far.before[: -far.distance].split())
            self.assertNotIn(lemma, far.before[-far.distance :].split())
            laws = re.compile(r"^theorem (\w+) \{n : Nat\}|\[PROOFSTEP\]exact (\w+)", re.M)
            last = ""
            for law, answer in laws.findall(read.text):
                last = law or last
                self.assertIn(answer, ("", last))
            for asked in read.questions:
                self.assertIn(prompt(asked.goal, asked.tactic), read.text)
            drill = made.drill(2_000)["text"]
            known = re.findall(r"^theorem (\w+) ", drill, re.M)
            self.assertLessEqual(set(re.findall(r"\[PROOFSTEP\]exact (\w+) h\n", drill)), set(known))
            self.assertEqual(re.sub(r"\[GOAL\][^\[]*\[PROOFSTEP\].*\n", "", read.text), read.before)


@unittest.skipUnless(LEAN, "no Lean: LEAN_UNDER_TEST names no folder with bin/lean and lib/lean")
class WithLean(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lean = Lean(Path(LEAN) / "bin" / "lean", modules(Path(LEAN) / "lib" / "lean"))
        cls.names = library.theorem_names(SOURCES)
        cls.lemmas = synthesis.useful(library.lemmas(library.printed(cls.lean, cls.names)))

    def test_outcomes_are_those_of_each_script(self):
        head = "theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q"
        good, bad, lazy, cheat, idle = self.lean.check_each(
            [
                Attempt(head, tactics)
                for tactics in (
                    ("constructor", "exact hp", "exact hq"),
                    ("exact hq",),
                    ("constructor", "exact hp"),
                    ("sorry",),
                    ("exact ⟨hp, hq⟩", "skip"),
                )
            ],
            traced=True,
        )
        self.assertTrue(good.proved)
        self.assertEqual(good.states[0], "p q : Prop\nhp : p\nhq : q\n⊢ p ∧ q")
        self.assertEqual(good.states[1].count("⊢"), 2)
        self.assertEqual(good.states[2].splitlines()[0], "case right")
        for outcome in (bad, lazy, cheat):
            self.assertFalse(outcome.proved)
        self.assertEqual(idle.states[1:], [""])

    def test_two_hundred_failures_are_two_hundred_outcomes(self):
        head = "theorem t (n : Nat) : n = n"
        outcomes = self.lean.check_each(
            [Attempt(head, ("exact no",) if i % 50 else ("rfl",)) for i in range(200)], False
        )
        self.assertEqual([i for i, o in enumerate(outcomes) if o.proved], [0, 50, 100, 150])

    def test_an_error_before_a_group_is_its_own(self):
        one = Attempt("theorem t : two = 2", ("rfl",))
        told = self.lean.check(
            [Group("def two : Nat := 2\n", (one,)), Group("def two : Nat := no\n", (one,)), Group("", (one,))], False
        )
        self.assertEqual([outcome.proved for (outcome,) in told], [True, False, False])

    def test_lean_accepts_what_is_made(self):
        def share(statements: list[Statement]) -> float:
            groups = [
                Group(s.before, tuple(Attempt(s.head(f"t{i}"), tuple(script)) for i, script in enumerate(s.scripts)))
                for s in statements
            ]
            outcomes = self.lean.check(groups, traced=True)
            return sum(any(o.proved for o in group) for group in outcomes) / len(statements)

        makers = {
            "propositional": (logic.propositional, 0.95),
            "quantified": (logic.quantified, 0.9),
            "functions": (functions.functions, 0.95),
            "rewriting": (synthesis.Rewriting(self.lemmas), 0.6),
            "chaining": (synthesis.Chaining(self.lemmas), 0.5),
            "explored": (exploration.explored, 0.4),
            "mixtures": (lambda r: mixtures.mixtures(r, [synthesis.Chaining(self.lemmas)(r)]), 0.4),
        }
        for name, (maker, least) in makers.items():
            with self.subTest(name):
                self.assertGreaterEqual(share(list(islice(maker(Random(7)), 16))), least)

    def test_the_exam_has_every_theorem(self):
        asked = library.exam(self.lean, self.names)
        self.assertGreaterEqual(len(asked), 300)
        self.assertEqual(asked["Nat.add_comm"], canonical("a b : Nat\n⊢ a + b = b + a"))

    def test_collected_states_are_those_before_the_tactics(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        collector = Collector(self.lean, folder / "raw" / "1.jsonl", Random(1))
        statement = Statement(
            "x", [Binder("n", atom("Nat"))], read("n + 0 = n"), [["exact no"], ["cases n", "rfl", "rfl"]]
        )
        self.assertEqual(collector.run(iter([statement, statement]), 10, 60), 1)
        made = json.loads((folder / "raw" / "1.jsonl").read_text(encoding="utf-8"))
        self.assertEqual([tactic for _, tactic in made["steps"]], ["cases n", "rfl", "rfl"])
        self.assertEqual(made["steps"][0][0], "n : Nat\n⊢ n + 0 = n")
        self.assertEqual(collector.tallies["x"].seen, 1)

    def test_what_a_search_found_becomes_material_and_what_nobody_proved_is_left_open(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        raw = folder / "raw" / "1.jsonl"
        hard = Statement("x", [Binder("n", atom("Nat"))], read("n * 1 = n"), [["rfl"]])
        Collector(self.lean, raw, Random(1), 0).run(iter([hard]), 10, 60)
        self.assertEqual(assemble(folder / "raw", folder, {}, 1, 0, 0)["files"]["open.jsonl"]["records"], 1)
        suite = [json.loads(line) for line in (folder / "open.jsonl").read_text(encoding="utf-8").splitlines()]
        results = [{"theorem": "open_0", "outcome": "proved", "script": "rw [Nat.mul_one]\n"}]
        again = Collector(self.lean, folder / "raw" / "found-1.jsonl", Random(1), 0)
        self.assertEqual(again.run(found_by_search(suite, results), 10, 60), 1)
        manifest = assemble(folder / "raw", folder, {}, 1, 0, 0)
        self.assertEqual(manifest["parts"]["train"]["proofs"], 1)
        self.assertEqual(manifest["files"]["open.jsonl"]["records"], 0)

    def test_lessons_are_steps_that_lean_takes_and_never_the_exams(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "Some.lean").write_text(
                "theorem one (p q : Prop) (h : p ∧ q) : q ∧ p := by\n  constructor\n  · exact h.2\n  · exact h.1\n"
                "theorem wrong (p : Prop) : p := by\n  trivial\n"
                "theorem asked (n : Nat) : n = n := rfl\ntheorem renamed (k : Nat) : k = k := rfl\n",
                encoding="utf-8",
            )
            found = list(lessons.documents(self.lean, Path(folder), {"theorem asked (n : Nat) : n = n"}))
        self.assertEqual(
            [text["text"].split("[PROOFSTEP]")[1] for text in found], ["constructor\n", "exact h.2\n", "exact h.1\n"]
        )
        self.assertTrue(found[0]["text"].startswith("[GOAL]p q : Prop\nh : p ∧ q\n⊢ q ∧ p[PROOFSTEP]"))

    def test_far_lemmas_are_needed_by_name(self):
        make = memory.Maker(Random(3), [], 500)
        made, to_read = make.asked(3, 2), make.read(4_000, 0.1, 0.4)
        self.assertEqual(memory.verified(self.lean, [made, to_read]), [made, to_read])
        self.assertGreaterEqual(made.distance, 3 * 500)
        asked = made.questions[0]
        for tactic in ("simp_all", "exact Law.holds _ _ ‹_›", "assumption", "trivial"):
            ((outcome,),) = self.lean.check(
                [Group(made.before, (Attempt(f"theorem t{asked.statement}", (tactic,)),))], False
            )
            self.assertFalse(outcome.proved, tactic)


if __name__ == "__main__":
    unittest.main()
