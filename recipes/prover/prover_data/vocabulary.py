"""Functions of the core, and functions made up for one statement, with what they compute: numbers, truth values,
elements, and lists and optional values of elements are computed with, so that true equations can be told from false
ones before Lean sees any."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import dropwhile, takewhile
from random import Random

from .names import invented
from .terms import Term, atom, call

NUMBER, TRUTH, ELEMENT, LIST, OPTION = "number", "truth", "element", "list", "option"


@dataclass(frozen=True)
class Function:
    """`write` makes a term of its arguments' terms; `equations` are what it is unfolded by."""

    write: Callable[..., Term]
    arguments: tuple[str, ...]
    result: str
    compute: Callable
    equations: tuple[str, ...] = ()
    definition: str = ""


def _operator(op: str) -> Callable[..., Term]:
    return lambda a, b: Term(op, (a, b))


def _named(name: str, *fixed: Term) -> Callable[..., Term]:
    return lambda *args: call(name, *fixed, *args)


ARITHMETIC = (
    Function(
        _operator("+"),
        (NUMBER, NUMBER),
        NUMBER,
        lambda a, b: a + b,
        ("Nat.add_assoc", "Nat.add_comm", "Nat.add_left_comm"),
    ),
    Function(
        _operator("*"), (NUMBER, NUMBER), NUMBER, lambda a, b: a * b, ("Nat.mul_add", "Nat.add_mul", "Nat.mul_comm")
    ),
    Function(_operator("-"), (NUMBER, NUMBER), NUMBER, lambda a, b: max(a - b, 0), ("Nat.sub_sub",)),
    Function(lambda a: Term("+", (a, atom("1"))), (NUMBER,), NUMBER, lambda a: a + 1, ("Nat.add_assoc",)),
    Function(_named("max"), (NUMBER, NUMBER), NUMBER, max, ("Nat.max_comm", "Nat.max_assoc")),
    Function(_named("min"), (NUMBER, NUMBER), NUMBER, min, ("Nat.min_comm", "Nat.min_assoc")),
)

TRUTHS = (
    Function(_operator("&&"), (TRUTH, TRUTH), TRUTH, lambda a, b: a and b),
    Function(_operator("||"), (TRUTH, TRUTH), TRUTH, lambda a, b: a or b),
    Function(lambda a: Term("!", (a,)), (TRUTH,), TRUTH, lambda a: not a),
    Function(_operator("=="), (TRUTH, TRUTH), TRUTH, lambda a, b: a == b),
)


def lists(function: str, predicate: str, f: Callable, p: Callable) -> tuple[Function, ...]:
    """Over variables `function` of elements to elements and `predicate` of elements to truth values."""
    f_, p_ = atom(function), atom(predicate)
    return (
        Function(
            _operator("++"),
            (LIST, LIST),
            LIST,
            lambda a, b: a + b,
            ("List.nil_append", "List.cons_append", "List.append_assoc"),
        ),
        Function(_operator("::"), (ELEMENT, LIST), LIST, lambda x, a: (x, *a), ("List.cons_append",)),
        Function(
            _named("List.reverse"),
            (LIST,),
            LIST,
            lambda a: a[::-1],
            ("List.reverse_nil", "List.reverse_cons", "List.append_assoc"),
        ),
        Function(_named("List.length"), (LIST,), NUMBER, len, ("List.length_nil", "List.length_cons")),
        Function(_named("List.map", f_), (LIST,), LIST, lambda a: tuple(map(f, a)), ("List.map_nil", "List.map_cons")),
        Function(_named("List.filter", p_), (LIST,), LIST, lambda a: tuple(filter(p, a)), ("List.filter",)),
        Function(_named("List.take"), (NUMBER, LIST), LIST, lambda n, a: a[:n], ("List.take",)),
        Function(_named("List.drop"), (NUMBER, LIST), LIST, lambda n, a: a[n:], ("List.drop",)),
        Function(_named("List.tail"), (LIST,), LIST, lambda a: a[1:], ("List.tail",)),
        Function(_named("List.isEmpty"), (LIST,), TRUTH, lambda a: not a, ("List.isEmpty",)),
        Function(_named("List.takeWhile", p_), (LIST,), LIST, lambda a: tuple(takewhile(p, a)), ("List.takeWhile",)),
        Function(_named("List.dropWhile", p_), (LIST,), LIST, lambda a: tuple(dropwhile(p, a)), ("List.dropWhile",)),
        Function(_named("List.replicate"), (NUMBER, ELEMENT), LIST, lambda n, x: (x,) * n, ("List.replicate",)),
        Function(lambda a: call("List.all", a, p_), (LIST,), TRUTH, lambda a: all(map(p, a)), ("List.all",)),
        Function(lambda a: call("List.any", a, p_), (LIST,), TRUTH, lambda a: any(map(p, a)), ("List.any",)),
        Function(lambda x: Term("app", (f_, x)), (ELEMENT,), ELEMENT, f),
        Function(lambda x: Term("app", (p_, x)), (ELEMENT,), TRUTH, p),
    )


NUMERIC_LISTS = (
    Function(_named("List.sum"), (LIST,), NUMBER, sum, ("List.sum",)),
    Function(_named("List.range"), (NUMBER,), LIST, lambda n: tuple(range(n)), ("List.range",)),
)


def options(function: str, predicate: str, f: Callable, p: Callable) -> tuple[Function, ...]:
    """None stands for none."""
    f_, p_ = atom(function), atom(predicate)
    return (
        Function(_named("some"), (ELEMENT,), OPTION, lambda x: x),
        Function(_named("Option.map", f_), (OPTION,), OPTION, lambda o: None if o is None else f(o)),
        Function(_named("Option.filter", p_), (OPTION,), OPTION, lambda o: o if o is not None and p(o) else None),
        Function(_named("Option.orElse"), (OPTION, OPTION), OPTION, lambda o, q: q if o is None else o),
        Function(_named("Option.getD"), (OPTION, ELEMENT), ELEMENT, lambda o, x: x if o is None else o),
        Function(_named("Option.isSome"), (OPTION,), TRUTH, lambda o: o is not None),
        Function(_named("Option.isNone"), (OPTION,), TRUTH, lambda o: o is None),
        Function(lambda o: call("Option.bind", o, atom("some")), (OPTION,), OPTION, lambda o: o),
        Function(lambda x: Term("app", (f_, x)), (ELEMENT,), ELEMENT, f),
        Function(lambda x: Term("app", (p_, x)), (ELEMENT,), TRUTH, p),
    )


# --- made up for one statement ---


def of_numbers(random: Random) -> Function:
    """`f 0 = c`, `f (n + 1) = a * f n + b`, in one of many forms."""
    name = invented(random)
    start, add = random.choice([0, 0, 1, 1, 2, 3, 5]), random.choice([0, 1, 1, 2, 2, 3, 4])
    form = random.choice(["add", "add", "add", "left", "twice", "index", "swap"])
    again = f"{name} n"
    step: Callable[[int, int], int]
    match form:
        case "add":
            text, step = f"{again} + {add}" if add else again, lambda n, value: value + add
        case "left":
            text, step = f"{add} + {again}", lambda n, value: value + add
        case "twice":
            text, step = f"{again} + {again}", lambda n, value: 2 * value
        case "index":
            text, step = f"{again} + n", lambda n, value: value + n
        case _:
            text, step = f"n + 1 + {again}", lambda n, value: value + n + 1

    def compute(n: int) -> int:
        value = start
        for i in range(min(n, 12)):
            value = step(i, value)
        return value

    definition = f"def {name} : Nat → Nat\n  | 0 => {start}\n  | n + 1 => {text}"
    return Function(_named(name), (NUMBER,), NUMBER, compute, (name,), definition)


def of_lists(random: Random, element: str, numeric: bool) -> Function:
    """A list to a list or to a number, by recursion on the list."""
    name = invented(random)
    kind = f"List {element}"
    count, extra = random.choice([1, 1, 2, 3]), random.choice([0, 0, 1, 2])
    forms = ["count", "twice", "reverse", "copy"] + ["sum", "shift", "sum"] * numeric
    compute: Callable
    match random.choice(forms):
        case "count":
            text, result, compute = (
                f"| [] => {extra}\n  | _ :: l => {name} l + {count}",
                NUMBER,
                lambda a: extra + count * len(a),
            )
        case "twice":
            text, result, compute = (
                f"| [] => []\n  | x :: l => x :: x :: {name} l",
                LIST,
                lambda a: tuple(x for x in a for _ in "xx"),
            )
        case "reverse":
            text, result, compute = (f"| [] => []\n  | x :: l => {name} l ++ [x]", LIST, lambda a: a[::-1])
        case "copy":
            text, result, compute = (f"| [] => []\n  | x :: l => x :: {name} l", LIST, lambda a: a)
        case "sum":
            text, result, compute = (f"| [] => {extra}\n  | x :: l => x + {name} l", NUMBER, lambda a: extra + sum(a))
        case _:
            text, result, compute = (
                f"| [] => []\n  | x :: l => (x + {count}) :: {name} l",
                LIST,
                lambda a: tuple(x + count for x in a),
            )
    to = "Nat" if result == NUMBER else kind
    variable = "" if numeric else f" {{{element} : Type}}"
    definition = f"def {name}{variable} : {kind} → {to}\n  {text}"
    return Function(_named(name), (LIST,), result, compute, (name,), definition)
