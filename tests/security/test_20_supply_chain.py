"""What comes from others: pinned by digests, under licences that were read, listed, and running nothing when installed.

That our own wheel runs nothing when it is installed is in ``tests/test_wheel.py``.
"""

from __future__ import annotations

import json
import os
import re
import socket
import tomllib
from importlib.metadata import distribution, distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bill import LICENCES, bill, needed
from conftest import ReachedOutError

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
#: Licences that leave who uses this free to use it; those of files (MPL) reach no further than their own.
FREE = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC-BY-4.0", "CC0-1.0", "MIT", "MPL-2.0", "PSF-2.0", "W3C",
    "W3C-20150513", "Zlib",
}  # fmt: skip
#: Of what runs with the package, no licence that asks anything for changes.
FREEST = FREE - {"MPL-2.0"}
#: What an environment is made with.
INSTALLERS = {"pip", "setuptools", "wheel"}


def pinned() -> dict[str, list[str]]:
    """The versions of each distribution that is pinned; none without a digest."""
    found: dict[str, list[str]] = {}
    text = re.sub(r"^#.*\n", "", (ROOT / "tests" / "pinned.txt").read_text(encoding="utf-8"), flags=re.M)
    for line in text.replace("\\\n", " ").splitlines():
        form = r"([a-z0-9-]+)==(\S+)(?: ; [^#]*?)?((?: +--hash=sha256:[0-9a-f]{64})+) *"
        pin = re.fullmatch(form, line)
        assert pin, line
        found.setdefault(pin[1], []).append(pin[2])
    return found


def test_everything_that_is_asked_for_is_pinned_by_its_digests() -> None:
    project = PROJECT["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    pins = pinned()
    for line in asked:
        needs = Requirement(line)
        for version in pins[canonicalize_name(needs.name)]:
            assert needs.specifier.contains(version), f"{line} is pinned to {version}"


def test_no_file_says_where_to_fetch_from() -> None:
    for file in (ROOT / "tests" / "pinned.txt", ROOT / "pyproject.toml", ROOT / ".ci" / "run"):
        if file.exists():
            assert not re.search(r"index-url +\S*http|find-links|https?://(?!semver)", file.read_text(encoding="utf-8"))


def test_where_it_matters_nothing_else_is_installed() -> None:
    """In CI, and wherever else somebody installed what is pinned (SANKOFA_PINNED=1); elsewhere there are newer ones."""
    if os.environ.get("SANKOFA_PINNED") != "1":
        return
    assert set(needed("sankofa", frozenset({"test"}))) <= set(pinned()) | {"sankofa"}
    there = {canonicalize_name(each.metadata["Name"]): each.version for each in distributions()}
    pins = pinned()
    strangers = {f"{name} {version}" for name, version in there.items() if version not in pins.get(name, [])}
    assert not {each for each in strangers if each.split()[0] not in {"sankofa", "editables", *INSTALLERS}}


def test_every_licence_was_read() -> None:
    assert set(LICENCES) == set(pinned()) | {"sankofa"}
    runs = set(needed())
    for name, licence in LICENCES.items():
        parts = set(re.split(r" AND | OR ", licence))
        assert parts <= (FREEST if name in runs else FREE), f"{name}: {licence}"
    assert LICENCES["sankofa"] == PROJECT["project"]["license"]


@pytest.mark.parametrize("name", sorted(needed("sankofa", frozenset({"test"}))))
def test_and_is_what_the_distribution_says(name: str) -> None:
    """In words of SPDX, where it has them, and is in the version that was read."""
    found = distribution(name)
    said = found.metadata.get("License-Expression")
    if said and found.version in pinned().get(name, []):
        ours, theirs = (set(re.split(r" AND | OR ", each)) for each in (LICENCES[name], said))
        assert theirs <= ours, f"{name}: {said}"
    elif name in LICENCES:
        assert said or found.metadata.get("License") or found.metadata.get_all("Classifier"), f"{name} does not say"


def test_the_bill_of_materials_has_everything_that_runs() -> None:
    made = bill()
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    listed = {each["name"]: each for each in made["components"]}
    for line in PROJECT["project"]["dependencies"]:
        needs = Requirement(line)
        assert needs.marker is None or not needs.marker.evaluate() or canonicalize_name(needs.name) in listed
    assert set(listed) | {"sankofa"} == set(needed())
    references = {each["ref"] for each in made["dependencies"]}
    assert references == {each["bom-ref"] for each in [*made["components"], made["metadata"]["component"]]}
    assert {each for one in made["dependencies"] for each in one["dependsOn"]} <= references
    assert json.dumps(made) == json.dumps(bill())


def test_nothing_that_runs_with_the_package_runs_before_it() -> None:
    """No distribution has a file of paths, which Python runs at every start; each came as a wheel."""
    for name, each in needed().items():
        files = [str(file) for file in each.files or ()]
        assert [file for file in files if file.endswith(".dist-info/WHEEL")], name
        assert name == "sankofa" or not [file for file in files if file.endswith(".pth")], name


def test_the_build_runs_nothing_of_its_own() -> None:
    assert PROJECT["build-system"] == {"requires": ["hatchling>=1.27"], "build-backend": "hatchling.build"}
    assert set(PROJECT["tool"]["hatch"]["build"]["targets"]) == {"wheel", "sdist"}
    assert "hooks" not in json.dumps(PROJECT["tool"]["hatch"])
    assert not [name for name in ("setup.py", "setup.cfg", "hatch_build.py", "MANIFEST.in") if (ROOT / name).exists()]


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "data.example.org", "10.0.0.1", "169.254.169.254"])
def test_a_test_that_reaches_out_fails(host: str) -> None:
    with pytest.raises(ReachedOutError):
        socket.create_connection((host, 80), timeout=1)


def test_what_is_on_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        socket.create_connection(("localhost", listening.getsockname()[1])).close()
