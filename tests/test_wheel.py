"""The wheel carries what it needs, and answers in an empty environment, far from the checkout."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHIPPED = ("ontology", "shapes", "queries", "data")
QUESTION = "SELECT ?city WHERE { ?city a skf:City }"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as this checkout makes it."""
    folder = tmp_path_factory.mktemp("dist")
    build = ("build", "--wheel", "--no-isolation", "--outdir", str(folder))
    done = subprocess.run([sys.executable, "-m", *build, str(ROOT)], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = folder.glob("*.whl")
    return file


def test_the_wheel_carries_every_file(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for folder in SHIPPED:
            files = [file for file in sorted((ROOT / folder).rglob("*")) if file.is_file()]
            assert files
            for file in files:
                name = f"sankofa/shipped_files/{file.relative_to(ROOT).as_posix()}"
                assert archive.read(name) == file.read_bytes(), name


def test_the_wheel_carries_types_and_licences_and_nothing_that_was_left_lying_about(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "sankofa/py.typed" in names
    about = next(name for name in names if name.endswith(".dist-info/METADATA")).removesuffix("METADATA")
    assert {f"{about}licenses/LICENSE", f"{about}licenses/LICENSE-DATA"} <= set(names)
    for package in sorted((ROOT / "src" / "sankofa").rglob("*")):
        if package.is_file() and "cache" not in str(package.relative_to(ROOT)):
            assert package.relative_to(ROOT / "src").as_posix() in names
    left = [name for name in names if "__pycache__" in name or "/." in name or name.endswith(("~", ".orig", ".rej"))]
    assert not left


def test_nothing_runs_when_it_is_installed(wheel: Path) -> None:
    """It is unpacked, and one command is added: no file of paths, no script, no part for one machine alone."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        about = {name.rpartition("/")[2]: archive.read(name).decode() for name in names if ".dist-info/" in name}
    assert wheel.name.endswith("-py3-none-any.whl")
    assert "Root-Is-Purelib: true" in about["WHEEL"]
    assert about["entry_points.txt"].split() == ["[console_scripts]", "sankofa", "=", "sankofa.cli:main"]
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"sankofa"}
    assert not [name for name in names if name.endswith((".pth", ".so", ".pyd", ".exe")) or ".data/" in name]


class Place:
    """An empty environment with the wheel in it, and an empty folder to work in."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        self.here = folder / "elsewhere"
        self.here.mkdir()
        self.scripts = folder / "environment" / ("Scripts" if os.name == "nt" else "bin")
        venv.create(self.scripts.parent, with_pip=True)
        ours = ("PYTHON", "SANKOFA", "VIRTUAL_ENV")
        self.environ = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
        self.run("python", "-m", "pip", "install", "--quiet", str(wheel))
        self.environ |= {"PYTHONUTF8": "1", "HOME": str(folder / "home"), "XDG_CACHE_HOME": str(folder / "cache")}

    def run(self, program: str, *arguments: str) -> str:
        """What a program of the environment writes to stdout."""
        done = subprocess.run(
            [str(self.scripts / program), *arguments],
            cwd=self.here,
            env=self.environ,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, f"{program} {arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout


def cities(text: str) -> set[str]:
    """The cities of an answer as CSV."""
    return {row["city"] for row in csv.DictReader(io.StringIO(text))}


def test_the_wheel_answers_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    place = Place(tmp_path, wheel)
    where = place.run("python", "-c", "import sankofa; print(sankofa.__file__)")
    assert Path(where.strip()).is_relative_to(tmp_path)

    named = cities(place.run("sankofa", "query", "cities", "--format", "csv"))
    assert len(named) == 11
    place.run("sankofa", "validate", "--level", "publishable")
    assert not list(place.here.iterdir()), "an answer leaves nothing behind"

    command = [str(place.scripts / "sankofa"), "serve", "--port", "0"]
    with subprocess.Popen(
        command, cwd=place.here, env=place.environ, stdout=subprocess.PIPE, encoding="utf-8"
    ) as server:
        try:
            assert server.stdout
            address = server.stdout.readline().strip()
            assert address.startswith("http://"), "the server says its address once it answers"
            request = urllib.request.Request(
                f"{address}sparql",
                data=QUESTION.encode(),
                headers={"Content-Type": "application/sparql-query", "Accept": "text/csv"},
            )
            with urllib.request.urlopen(request, timeout=30) as response:
                assert cities(response.read().decode()) == named
            with urllib.request.urlopen(f"{address}questions/cities.csv", timeout=30) as response:
                assert cities(response.read().decode()) == named
        finally:
            server.terminate()
