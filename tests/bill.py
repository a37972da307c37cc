"""What the package is made of, besides itself: ``python -m tests.bill > sbom.json`` writes it as CycloneDX 1.6.

It is read from what is installed, so it says what runs here. The same installation gives the same bytes.
"""

from __future__ import annotations

import json
import sys
import tomllib
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

#: The licence of each distribution, as somebody has read it there (SPDX).
LICENCES: dict[str, str] = tomllib.loads(Path(__file__).with_name("licences.toml").read_text(encoding="utf-8"))


def needed(name: str = "sankofa", extras: frozenset[str] = frozenset()) -> dict[str, Distribution]:
    """What is installed because a distribution needs it, by its name; the distribution itself too.

    Args:
        name: its name.
        extras: the extras of it that are meant.
    """
    found: dict[str, Distribution] = {}
    waiting, seen = [(name, extras)], set[tuple[str, frozenset[str]]]()
    while waiting:
        each, wanted = waiting.pop()
        key = canonicalize_name(each)
        if (key, wanted) in seen:
            continue
        seen.add((key, wanted))
        found[key] = distribution(each)
        for line in found[key].requires or ():
            needs = Requirement(line)
            if needs.marker is None or any(needs.marker.evaluate({"extra": extra}) for extra in (wanted or {""})):
                waiting.append((needs.name, frozenset(needs.extras)))
    return dict(sorted(found.items()))


def bill() -> dict[str, Any]:
    """The bill of materials: what runs, and which needs which."""
    found = needed()
    sankofa = found.pop("sankofa")
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _component("sankofa", sankofa, "application")},
        "components": [_component(name, each, "library") for name, each in found.items()],
        "dependencies": [
            {"ref": _purl(name, each), "dependsOn": [_purl(other, found[other]) for other in _direct(each, found)]}
            for name, each in {"sankofa": sankofa, **found}.items()
        ],
    }


def _direct(of: Distribution, found: dict[str, Distribution]) -> list[str]:
    needs = (Requirement(line) for line in of.requires or ())
    names = {
        canonicalize_name(each.name) for each in needs if each.marker is None or each.marker.evaluate({"extra": ""})
    }
    return sorted(name for name in names if name in found)


def _purl(name: str, of: Distribution) -> str:
    return f"pkg:pypi/{name}@{of.version}"


def _component(name: str, of: Distribution, sort: str) -> dict[str, Any]:
    about = {
        "type": sort,
        "bom-ref": _purl(name, of),
        "name": name,
        "version": of.version,
        "purl": _purl(name, of),
    }
    licence = LICENCES.get(name) or of.metadata.get("License-Expression")
    return about | ({"licenses": [{"expression": licence}]} if licence else {})


if __name__ == "__main__":
    json.dump(bill(), sys.stdout, indent=1)
    sys.stdout.write("\n")
