"""Statements made backwards from the library's lemmas, together with their proofs: chains of rewriting, and trees of
lemmas whose leaves are hypotheses."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from .library import Lemma
from .scene import BOOL, NAT, Scene, Untypable
from .statement import Statement
from .terms import APPLICATION, BINDERS, Term, atom, call, matched, replaced, substituted, subterms, write

LARGEST = 34  # nodes of a statement
# Lemmas that serve Lean's own tactics, and those that turn everything into anything: nobody writes them in a proof.
_PLUMBING = re.compile(
    r"^Lean\.|Simproc|congr|heq|HEq|eqRec|ndrec|cast|[dD]ite|Subsingleton|proof_irrel|exists_prop|eq_iff_iff|_of_decide"
    r"|eq_(true|false)$|(true|false)_intro|of_eq_(true|false)|beq|ble|ne_eq|Nat\.\w+_eq$|succ|eq_self|^id_|^let_"
)


def useful(lemmas: list[Lemma]) -> list[Lemma]:
    return [lemma for lemma in lemmas if not _PLUMBING.search(lemma.name)]


def _empty(fact: Term) -> bool:
    """Says nothing: both sides are the same."""
    return fact.op in ("=", "↔", "≤", "→") and fact.args[0] == fact.args[1]


def _instantiated(scene: Scene, lemma: Lemma, by: dict[str, Term], depth: int) -> dict[str, Term]:
    """A term for every variable; `by` has those that are decided. Throws Untypable."""
    for binder in lemma.variables:
        kind = substituted(binder.kind, by)
        if binder.brackets == "[]":
            scene.need(kind)
        elif binder.name not in by:
            by[binder.name] = scene.term(kind, depth)
    return by


def _argument(term: Term) -> str:
    return write(term, APPLICATION + 1)


def _space(name: str) -> str:
    return name.partition(".")[0] if "." in name else ""


class Choice:
    """Lemmas by their namespace, so that a large one does not crowd out the others."""

    def __init__(self, lemmas: list) -> None:
        self.spaces: dict[str, list] = defaultdict(list)
        for one in lemmas:
            self.spaces[_space(one.lemma.name)].append(one)

    def draw(self, random: Random):
        names = list(self.spaces)
        return random.choice(self.spaces[random.choices(names, [len(self.spaces[n]) ** 0.7 for n in names])[0]])


# --- rewriting ---


@dataclass(frozen=True)
class Rule:
    lemma: Lemma
    left: Term
    right: Term
    backwards: bool

    def text(self, by: dict[str, Term], with_arguments: bool) -> str:
        arguments = self.lemma.arguments({n: _argument(t) for n, t in by.items()}, []) if with_arguments else []
        return "← " * self.backwards + " ".join([self.lemma.name, *arguments])


def _usable(left: Term, right: Term, variables: frozenset[str]) -> bool:
    plain = all(t.op not in BINDERS and not (t.op == "app" and t.args[0].op in variables) for t in subterms(left))
    return plain and bool(left.args) and variables & right.names <= variables & left.names


def rules(lemmas: list[Lemma]) -> list[Rule]:
    found = []
    for lemma in lemmas:
        if lemma.premises or lemma.conclusion.op not in ("=", "↔") or any(b.brackets == "[]" for b in lemma.variables):
            continue
        variables = frozenset(b.name for b in lemma.variables)
        left, right = lemma.conclusion.args
        explicit = {b.name for b in lemma.variables if b.brackets == "()"}
        for one, other, backwards in ((left, right, False), (right, left, True)):
            if _usable(one, other, variables) and explicit <= one.names and left != right:
                found.append(Rule(lemma, one, other, backwards))
    return found


def _wrapped(scene: Scene, random: Random, term: Term) -> Term:
    """The term inside a larger one, where its type can be told."""
    head = term.args[0].op if term.op == "app" else term.op
    if head in ("+", "*", "-", "^", "max", "min", "List.length") and random.random() < 0.5:
        op = random.choice(["+", "*", "+"])
        pair = [term, scene.term(NAT, 1)]
        random.shuffle(pair)
        return Term(op, tuple(pair))
    if head in ("&&", "||", "!") and random.random() < 0.4:
        return Term(random.choice(["&&", "||"]), (term, scene.term(BOOL, 1)))
    if head == "++" and random.random() < 0.3:
        return call(random.choice(["List.reverse", "List.length"]), term)
    return term


class Drawn:
    """Statements drawn without end; a draw may fail, and is then made again."""

    def __call__(self, random: Random) -> Iterator[Statement]:
        while True:
            try:
                if (statement := self._draw(random)) is not None:
                    yield statement
            except Untypable:
                continue

    def _draw(self, random: Random) -> Statement | None:
        raise NotImplementedError


class Rewriting(Drawn):
    """Walks from one expression to another by the library's equations and by hypotheses."""

    def __init__(self, lemmas: list[Lemma]) -> None:
        self.rules = rules(lemmas)
        self.choice = Choice(self.rules)
        self.by_head: dict[str, list[Rule]] = defaultdict(list)
        for rule in self.rules:
            self.by_head[self._head(rule.left)].append(rule)

    @staticmethod
    def _head(term: Term) -> str:
        return term.args[0].op if term.op == "app" else term.op

    def _draw(self, random: Random) -> Statement | None:
        scene = Scene(random)
        first = self.choice.draw(random)
        by = _instantiated(scene, first.lemma, {}, random.choice([0, 0, 1]))
        start = _wrapped(scene, random, substituted(first.left, by))
        steps = [(first.text(by, False), first.text(by, True))]
        path = [start, replaced(start, substituted(first.left, by), substituted(first.right, by))]
        for _ in range(random.choice([0, 1, 1, 2, 2, 3])):
            if (step := self._step(scene, random, path)) is None:
                break
            steps.append(step)
        return self._stated(scene, random, path, steps)

    def _step(self, scene: Scene, random: Random, path: list[Term]) -> tuple[str, str] | None:
        now = path[-1]
        places = [t for t in subterms(now) if t.args]
        for _ in range(12):
            if not places:
                return None
            place = random.choice(places)
            if random.random() < 0.2 and (found := self._by_hypothesis(scene, random, path)) is not None:
                return found
            candidates = self.by_head.get(self._head(place))
            if not candidates:
                continue
            rule = random.choice(candidates)
            by: dict[str, Term] = {}
            variables = frozenset(b.name for b in rule.lemma.variables)
            if matched(rule.left, place, variables, by):
                new = replaced(now, place, substituted(rule.right, by))
                if new not in path and new.size <= LARGEST // 2:
                    path.append(new)
                    return rule.text(by, False), rule.text(by, True)
        return None

    def _by_hypothesis(self, scene: Scene, random: Random, path: list[Term]) -> tuple[str, str] | None:
        """A variable that stands in the expression is equal to something."""
        variables = [b for b in scene.variables if b.kind == NAT and atom(b.name) in set(subterms(path[-1]))]
        if not variables or len(scene.hypotheses) > 1:
            return None
        binder = random.choice(variables)
        other = scene.term(NAT, 1)
        if binder.name in other.names or any(binder.name in h.kind.names for h in scene.hypotheses):
            return None
        backwards = random.random() < 0.3
        fact = Term("=", (other, atom(binder.name)) if backwards else (atom(binder.name), other))
        text = "← " * backwards + scene.hypothesis(fact)
        path.append(replaced(path[-1], atom(binder.name), other))
        return text, text

    def _stated(self, scene: Scene, random: Random, path: list[Term], steps: list[tuple[str, str]]) -> Statement | None:
        start, end = path[0], path[-1]
        if start == end or any(_empty(h.kind) for h in scene.hypotheses) or start.size + end.size > LARGEST:
            return None
        is_logic = start.op in ("=", "<", "≤", "≠", "∧", "∨", "→", "¬", "↔", "∈", "∃", "∀")
        goal, where, closing = Term("↔" if is_logic else "=", (start, end)), "", []
        if random.random() < 0.25:
            if is_logic:
                fact, goal = start, end
            else:
                other = (
                    scene.term(NAT, 0) if self._head(start) in ("+", "*", "-", "max", "min", "List.length") else None
                )
                if other is None:
                    return None
                op = random.choice(["<", "≤", "=", "≠"])
                fact, goal = Term(op, (start, other)), Term(op, (end, other))
            name = scene.hypothesis(fact)
            where, closing = f" at {name}", [f"exact {name}"]
        bare, full = zip(*steps)
        scripts = [
            [f"rw [{text}]{where}" for text in chosen] + closing
            if random.random() < 0.6
            else [f"rw [{', '.join(chosen)}]{where}"] + closing
            for chosen in (bare, full)
        ]
        if len(steps) > 1 and random.random() < 0.15:
            scripts.append([f"simp only [{', '.join(dict.fromkeys(bare))}]{where}"] + closing)
        binders = scene.binders(goal.names)
        return Statement(f"rewriting {len(steps)}", binders, goal, scripts)


# --- trees of lemmas ---


@dataclass(frozen=True)
class Horn:
    """A lemma, or one side or part of it, as a rule from premises to a conclusion."""

    lemma: Lemma
    premises: tuple[Term, ...]
    conclusion: Term
    part: str = ""  # ".mp", ".left"
    extra: int = 0  # premises that stand behind the part

    @property
    def variables(self) -> frozenset[str]:
        return frozenset(b.name for b in self.lemma.variables)

    def proof(self, by: dict[str, str], premises: list[str]) -> str:
        own = len(self.lemma.premises)
        text = " ".join([self.lemma.name, *self.lemma.arguments(by, premises[:own])])
        if self.part:
            text = (f"({text})" if " " in text else text) + self.part
        return " ".join([text, *premises[own:]])


def horns(lemmas: list[Lemma]) -> list[Horn]:
    found = []
    for lemma in lemmas:
        end = lemma.conclusion
        if lemma.premises and end.op not in ("∧", "↔", "∃"):
            found.append(Horn(lemma, lemma.premises, end))
        elif not lemma.premises and end.op in ("≤", "<", "≠", "∈", "=", "∨"):
            found.append(Horn(lemma, (), end))
        if end.op == "∧":
            found += [Horn(lemma, lemma.premises, e, part) for e, part in zip(end.args, (".left", ".right"))]
        if end.op == "↔":
            a, b = end.args
            found += [Horn(lemma, (*lemma.premises, a), b, ".mp", 1), Horn(lemma, (*lemma.premises, b), a, ".mpr", 1)]
    return [
        h
        for h in found
        if h.conclusion.args and not (h.conclusion.op == "app" and h.conclusion.args[0].op in h.variables)
    ]


@dataclass
class Node:
    statement: Term
    name: str = ""  # of a hypothesis
    horn: Horn | None = None
    by: dict[str, Term] | None = None
    children: list[Node] | None = None

    def term(self, loose: bool, inner: bool = True) -> str:
        if self.horn is None:
            return self.name
        by = {n: "_" if loose else _argument(t) for n, t in (self.by or {}).items()}
        text = self.horn.proof(by, [c.term(loose) for c in self.children or []])
        return f"({text})" if inner and " " in text else text

    @property
    def depth(self) -> int:
        return 0 if self.horn is None else 1 + max((c.depth for c in self.children or []), default=0)


class Chaining(Drawn):
    """A lemma's conclusion is the goal; its premises are hypotheses, or conclusions of further lemmas."""

    def __init__(self, lemmas: list[Lemma]) -> None:
        self.horns = horns(lemmas)
        self.choice = Choice(self.horns)
        self.by_op: dict[str, list[Horn]] = defaultdict(list)
        for horn in self.horns:
            self.by_op[horn.conclusion.op].append(horn)

    def _draw(self, random: Random) -> Statement | None:
        scene = Scene(random)
        horn = self.choice.draw(random)
        if not horn.premises and random.random() < 0.85:
            return None
        root = self._node(scene, random, horn, {}, random.choice([0, 1, 1, 2]))
        size = root.statement.size + sum(h.kind.size for h in scene.hypotheses)
        facts = [h.kind for h in scene.hypotheses]
        if (
            size > 2 * LARGEST
            or len(facts) > 5
            or root.statement in facts
            or any(map(_empty, [root.statement, *facts]))
        ):
            return None
        scripts = self._scripts(scene, random, root)
        random.shuffle(scene.hypotheses)
        binders = scene.binders(root.statement.names)
        return Statement(f"chaining {root.depth}", binders, root.statement, scripts)

    def _node(self, scene: Scene, random: Random, horn: Horn, by: dict[str, Term], depth: int) -> Node:
        by = _instantiated(scene, horn.lemma, by, random.choice([0, 0, 0, 1]))
        children = [self._child(scene, random, substituted(p, by), depth) for p in horn.premises]
        return Node(substituted(horn.conclusion, by), "", horn, by, children)

    def _child(self, scene: Scene, random: Random, fact: Term, depth: int) -> Node:
        known = any(h.kind == fact for h in scene.hypotheses)
        if depth > 0 and not known:
            for _ in range(15):
                candidates = self.by_op.get(fact.op)
                if not candidates:
                    break
                horn = random.choice(candidates)
                by: dict[str, Term] = {}
                if fact.size <= LARGEST // 2 and matched(horn.conclusion, fact, horn.variables, by):
                    saved = list(scene.hypotheses), list(scene.variables), list(scene.instances)
                    try:
                        return self._node(scene, random, horn, by, depth - 1)
                    except Untypable:
                        scene.hypotheses, scene.variables, scene.instances = saved
        return Node(fact, scene.hypothesis(fact))

    def _scripts(self, scene: Scene, random: Random, root: Node) -> list[list[str]]:
        forms = [[f"exact {root.term(loose=True, inner=False)}"]]
        if root.depth > 1:
            forms.append(self._stepwise(scene, random, root))
        if (backward := self._backward(root)) is not None:
            forms.append(backward)
        if len(forms) == 1 or random.random() < 0.3:
            forms.append([f"exact {root.term(loose=False, inner=False)}"])
        random.shuffle(forms)
        return [form for at, form in enumerate(forms) if form not in forms[:at]]

    def _stepwise(self, scene: Scene, random: Random, root: Node) -> list[str]:
        """Every inner node is a fact with a name of its own."""
        script: list[str] = []

        def named(node: Node) -> Node:
            if node.horn is None:
                return node
            inner = Node(node.statement, "", node.horn, node.by, [named(c) for c in node.children or []])
            if node is root:
                return inner
            name = scene.names.fresh("hypothesis")
            typed = random.random() < 0.7
            text = inner.term(loose=typed, inner=False)
            script.append(f"have {name} : {node.statement} := {text}" if typed else f"have {name} := {text}")
            return Node(node.statement, name)

        last = named(root)
        return [*script, f"exact {last.term(loose=True, inner=False)}"]

    def _backward(self, node: Node) -> list[str] | None:
        """`apply` the lemma, then what its premises need; only where the conclusion decides all its variables."""
        horn = node.horn
        if horn is None or horn.part or not horn.premises:
            return None
        free = {b.name for b in horn.lemma.variables if b.brackets != "[]"} - horn.conclusion.names
        if any(horn.lemma.kinds()[n].op not in ("Type", "Sort", "app") for n in free):
            return None
        script = [f"apply {horn.lemma.name}"]
        for child in node.children or []:
            deeper = self._backward(child) if child.horn else None
            script += deeper or [f"exact {child.term(loose=True, inner=False)}"]
        return script
