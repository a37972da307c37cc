"""One corpus of ``corpora.toml``: our results beside those of pySHACL, on the same triples.

    python benchmarks/validate/compare.py NAME FOLDER OUT

writes the triples to OUT as N-Triples and prints a line of JSON: sizes, and how many results are equal; on stderr each
difference with the mistake of pySHACL that explains it, or as it is. `corpora.py` runs it.
"""

from __future__ import annotations

import json
import logging
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
from engines import bag, by_columns, by_default, by_pyshacl
from many_shapes import many_shapes
from mistakes import Case, explain
from sankofa.errors import SankofaError
from sankofa.fields.files import Spo, read_triples
from sankofa.validation.shapes import read_shapes
from strategies import Pair, lines


def files(folder: Path, patterns: Sequence[str]) -> list[Path]:
    """The files that patterns name.

    Raises:
        FileNotFoundError: one of them names none.
    """
    found: dict[Path, None] = {}
    for pattern in patterns:
        some = sorted(folder.glob(pattern))
        if not some:
            raise FileNotFoundError(pattern)
        found.update(dict.fromkeys(some))
    return list(found)


def pair_of(corpus: dict[str, Any], folder: Path) -> Pair:
    """The shapes and the data of a corpus, each triple once."""
    if "made" in corpus:
        return many_shapes(*corpus["made"])
    shapes, data = files(folder, corpus["shapes"]), files(folder, corpus["data"])
    read = read_triples(data, prefix="d")
    if "context" in corpus:
        context = json.loads((folder / corpus["context"]).read_text(encoding="utf-8"))["@context"]
        read = (spo for file in data for spo in json_triples(file, context))
    return Pair(tuple(dict.fromkeys(read_triples(shapes, prefix="s"))), tuple(dict.fromkeys(read)))


def json_triples(file: Path, context: dict[str, Any]) -> Iterator[Spo]:
    """The triples of JSON-LD, with the context that it names an address of, and a base of its own."""
    document = json.loads(file.read_text(encoding="utf-8"))
    named = document["@context"] if isinstance(document["@context"], list) else [document["@context"]]
    document["@context"] = [context if isinstance(one, str) else one for one in named]
    base = f"https://example.org/{file.parent.name}/"
    for quad in ox.parse(json.dumps(document), ox.RdfFormat.JSON_LD, base_iri=base, rename_blank_nodes=True):
        assert not isinstance(quad.subject, ox.Triple)
        assert not isinstance(quad.object, ox.Triple)
        yield quad.subject, quad.predicate, quad.object


def compared(pair: Pair) -> dict[str, Any]:
    """Sizes and results; why there are none, where we refuse the shapes."""
    try:
        shapes = read_shapes(pair.shapes)
        ours = bag(by_default(pair))
    except SankofaError as error:
        return {"triples": len(pair.data), "refused": f"{error.where}: {error.what}"}
    others = {"columns": bag(by_columns(pair)), "pySHACL": bag(by_pyshacl(pair))}
    if others["columns"] != ours:
        print(f"our engines differ: {ours - others['columns']} {others['columns'] - ours}", file=sys.stderr)
    left, explained = explain(Case(pair, shapes), ours, others["pySHACL"])
    print(*left, *(f"{count} by {name}" for name, count in explained.items()), sep="\n", file=sys.stderr)
    return {
        "triples": len(pair.data),
        "shapes": len(shapes.by),
        "constraints": sum(len(shape.constraints) for shape in shapes.by.values()),
        "ours": ours.total(),
        "pySHACL": others["pySHACL"].total(),
        "equal": (ours & others["pySHACL"]).total(),
    }


def main(name: str, folder: Path, out: Path) -> None:
    corpora = tomllib.loads(Path(__file__).with_name("corpora.toml").read_text(encoding="utf-8"))["corpus"]
    pair = pair_of(next(one for one in corpora if one["name"] == name), folder)
    (out / "data.nt").write_text(lines(pair.data), encoding="utf-8")
    (out / "shapes.nt").write_text(lines(pair.shapes), encoding="utf-8")
    print(json.dumps(compared(pair)))


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # rdflib tells of every literal that is ill-typed
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
