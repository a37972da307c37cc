"""Queries made at random by a seed, over data so small that whoever reads them can answer them by hand."""

from __future__ import annotations

import random
from collections.abc import Callable

#: Subject, property, value; every node of the ring is reached from every other.
TRIPLES = [
    line.split(" ", 2)
    for line in """
:a a :C
:a :p :b
:a :p :c
:a :q :a
:a :n 1
:a :t "one"@en
:a :t "un"@fr
:a :d "2021-06-05"^^xsd:date
:b a :C
:b a :D
:b :p :c
:b :n 2
:b :n 3
:b :t "two"@en
:b :s "two"
:b :f true
:c a :D
:c :p :a
:c :q :d
:c :n 2.5
:c :s ""
:c :d "2019-01-31"^^xsd:date
:d :p :d
:d :q :b
:d :t "drei"@de
:d :s "été"
:d :s "x y"
:d :n 10.5
""".strip().splitlines()
]
PREFIXES = "PREFIX : <http://e/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
DATA = PREFIXES + "".join(f"{' '.join(triple)} .\n" for triple in TRIPLES)
NODES = sorted({triple[0] for triple in TRIPLES})
LITERALS = sorted({value for _, _, value in TRIPLES if not value.startswith(":")})
LINKS = [":p", ":q"]
VARIABLES = ["?x", "?y", "?z"]


class Asking:
    """The maker of one query.

    Args:
        seed: what decides.
    """

    def __init__(self, seed: str) -> None:
        self._dice = random.Random(seed)
        self._one_of: Callable[[list[str]], str] = self._dice.choice
        self._bound = 0

    def query(self) -> str:
        """A query whose rows do not depend on any order."""
        body = self._group(2, outermost=True)
        form = self._dice.randrange(8)
        if form == 0:
            return f"ASK {{ {body} }}"
        if form == 1:
            return f"SELECT DISTINCT {self._one_of(VARIABLES)} {{ {body} }}"
        if form == 2:
            counted = self._one_of(
                ["COUNT(*)", "COUNT(?x)", "COUNT(DISTINCT ?y)", "MIN(?n)", "MAX(?n)", "SUM(?n)", "AVG(?n)"]
            )
            return f"SELECT ?z ({counted} AS ?r) {{ {body} ?z :n ?n }} GROUP BY ?z {self._having()}"
        if form == 3:
            return f"CONSTRUCT {{ :a :made ?x, ?y . :b ?w ?z }} WHERE {{ {body} }}"
        return f"SELECT {self._one_of(['*', '?x ?y', '?x ?y ?z', '?y'])} {{ {body} }}"

    def _having(self) -> str:
        return self._one_of(["", "", "HAVING(COUNT(*) > 1)"])

    def _group(self, depth: int, *, outermost: bool = False) -> str:
        """A group; what is asked of variables within it is asked of its own, which is where engines agree."""
        parts = [self._triple() for _ in range(self._dice.choice([1, 1, 1, 2]))]
        own = [name for name in VARIABLES if outermost or any(name in part for part in parts)]
        for _ in range(self._dice.choice([0, 1, 1, 2]) if depth else 0):
            parts.append(self._more(depth - 1, own, outermost=outermost))
        return " ".join(parts)

    def _more(self, depth: int, own: list[str], *, outermost: bool) -> str:
        inner = self._group(depth)
        kind = self._dice.randrange(10) if outermost else self._dice.randrange(5, 10)
        if kind == 0:
            return f"OPTIONAL {{ {inner} }}"
        if kind == 1:
            return f"{{ {inner} }} UNION {{ {self._group(depth)} }}"
        if kind == 2:
            return f"MINUS {{ {inner} }}"
        if kind == 3:
            return f"FILTER {self._one_of(['', 'NOT '])}EXISTS {{ {inner} }}"
        if kind == 4:
            return f"{{ SELECT DISTINCT {self._one_of(VARIABLES)} {{ {inner} }} }}"
        if kind == 5:
            terms = " ".join(self._dice.sample(NODES + LITERALS, 3))
            return f"VALUES {self._one_of(VARIABLES)} {{ {terms} }}"
        if kind == 6 and own:
            self._bound += 1
            return f"BIND({self._value(own)} AS ?b{self._bound})"
        return f"FILTER({self._tests(2, own)})" if own else ""

    def _triple(self) -> str:
        """A pattern that at least one triple has, its property a path where it links."""
        subject, name, value = self._dice.choice(TRIPLES)
        if self._dice.randrange(9):
            subject = self._one_of(VARIABLES)
        if self._dice.randrange(7):
            value = self._one_of(VARIABLES)
        if name in LINKS:
            name = self._one_of([name, name, self._path()])
        elif not self._dice.randrange(9):
            name = "?w"
        return f"{subject} {name} {value} ."

    def _path(self) -> str:
        """A path whose ways count in every engine: each once, or each as often as there are ways."""
        one, other = self._dice.sample(LINKS, 2)
        plain = [f"{one}/{other}", f"{one}|{other}", f"^{one}", f"{one}/^{other}/{one}", f"!({one}|a)", f"!{other}"]
        repeated = [f"{one}*", f"{one}+", f"{one}?", f"({one}|^{other})+", f"({one}/{other})+", f"^{one}*"]
        return f"({self._one_of(plain + repeated)})"

    def _tests(self, depth: int, own: list[str]) -> str:
        """A test, or several put together: then each of what is bound, so that none of them is an error."""
        if not depth or self._dice.randrange(3):
            return self._test(self._one_of(own))
        one, other = (f"(BOUND({name}) && {self._test(name)})" for name in (self._one_of(own), self._one_of(own)))
        return self._one_of([f"({one} && {other})", f"({one} || {other})", f"!({one})"])

    def _test(self, name: str) -> str:
        compared = self._one_of(["=", "!=", "<", ">=", ">"])
        return self._one_of(
            [
                f"isNUMERIC({name}) && {name} {compared} {self._one_of(['1', '2.5', '3'])}",
                f"isLITERAL({name}) && LANG({name}) = '{self._one_of(['en', ''])}'",
                f"isLITERAL({name}) && LANGMATCHES(LANG({name}), '{self._one_of(['*', 'EN'])}')",
                f"isLITERAL({name}) && DATATYPE({name}) = xsd:{self._one_of(['integer', 'string'])}",
                f"{name} {self._one_of(['=', '!='])} {self._one_of([*NODES, *VARIABLES])}",
                f"{name} {self._one_of(['IN', 'NOT IN'])} ({', '.join(self._dice.sample(NODES, 2))})",
                f"{self._one_of(['isIRI', 'isLITERAL', 'isNUMERIC', 'BOUND'])}({name})",
                f"{self._one_of(['CONTAINS', 'STRSTARTS', 'STRENDS'])}(STR({name}), '{self._one_of(['o', 't', ''])}')",
                f"REGEX(STR({name}), '{self._one_of(['^o', 'E$', '.'])}', 'i')",
                f"STRLEN(STR({name})) {compared} 3",
                f"{name} + 1 = 3",
            ]
        )

    def _value(self, own: list[str]) -> str:
        name = self._one_of(own)
        return self._one_of(
            [
                f"STR({name})",
                f"UCASE(STR({name}))",
                f"IF(BOUND({name}) && {self._test(name)}, 1, 2)",
                f"COALESCE({name}, 'none')",
                f"{name} * 2",
                f"CONCAT('<', STR({name}), '>')",
                f"YEAR({name})",
                f"ABS({name} - 3)",
            ]
        )
