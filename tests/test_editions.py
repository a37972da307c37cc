"""Another release takes the place of the one that is served, and nobody notices; what has died is replaced."""

from __future__ import annotations

import os
import pickle
import re
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from sankofa.graph.opening import in_memory
from sankofa.publish.feed import News
from sankofa.publish.release import make_current
from sankofa.serve import ahead
from serving import PATIENCE, Server, running
from test_publish import BASE, PREFIXES, record, theme

WORDS = ("yam", "okra")
THEMES = 60
ALL = "SELECT ?label { ?theme a skf:Theme ; skos:prefLabel ?label }"
#: The same after some seconds.
SLOWLY = ALL.replace("{", "{ { SELECT (COUNT(*) AS ?n) { ?a a ?b . ?c ?d ?e VALUES ?f { 1 2 } } }")


def network(word: str) -> str:
    sort = record("type/domain", says='a skf:Type, skos:Concept ; skos:prefLabel "D"@en ; skf:appliesTo skf:Theme')
    themes = (record(f"theme/t{number}", says=theme(f"{word} {number}")) for number in range(THEMES))
    return PREFIXES + sort + "".join(themes)


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Releases in one folder, by the word that every theme has in it."""
    out = tmp_path_factory.mktemp("out")
    built = {}
    for word in WORDS:
        quads = ox.parse(network(word), ox.RdfFormat.TURTLE, base_iri=BASE)
        with in_memory(BASE, (quad.triple for quad in quads)) as graph:
            built[word] = graph.release(out).folder
    return built


@pytest.fixture(scope="module")
def server(releases: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    out = releases[WORDS[0]].parent
    make_current(out, releases[WORDS[0]].name)
    folder = tmp_path_factory.mktemp("editions")
    with running(folder, "serve", str(out), "--port", "0", SANKOFA_QUERY_SECONDS="60") as server:
        yield server


def until(is_so: Callable[[], bool], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def serve(server: Server, releases: dict[str, Path], word: str) -> None:
    """Make a release current, and wait until it is served."""
    make_current(releases[word].parent, releases[word].name)
    until(lambda: word_of(server.ask(ALL)) == word)


def word_of(answer: httpx.Response) -> str:
    """The word of the release that an answer is of; it must be whole, and of one alone."""
    assert answer.status_code == 200, answer.text
    labels = [row["label"]["value"].split() for row in answer.json()["results"]["bindings"]]
    assert sorted(int(number) for _, number in labels) == list(range(THEMES))
    (word,) = {word for word, _ in labels}
    return word


class Clients:
    """Clients that ask without a pause, until they are stopped; what was wrong is kept."""

    def __init__(self, address: str) -> None:
        self.wrong: list[object] = []
        self.asked = 0
        self.words: dict[str, set[str]] = defaultdict(set)  # by the name of the answer
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(address, number)) for number in range(2)]

    def __enter__(self) -> Clients:
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for each in self._threads:
            each.join()

    def _ask(self, address: str, number: int) -> None:
        with httpx.Client(base_url=address, trust_env=False, timeout=PATIENCE) as client:
            turn = 0
            while not self._stop.is_set():
                turn += 1
                try:
                    fresh = client.get("/sparql", params={"query": f"{ALL} #{number}-{turn}"})
                    word_of(fresh)
                    again = client.get("/sparql", params={"query": ALL})
                    self.words[again.headers["etag"]].add(word_of(again))
                    page = client.get("/doc/theme/t7.nt")
                    assert page.status_code == 200
                    assert sum(word in page.text for word in WORDS) == 1
                    self.asked += 3
                except (AssertionError, httpx.HTTPError, KeyError) as error:
                    self.wrong.append(error)


def test_no_request_is_dropped_while_releases_take_turns(server: Server, releases: dict[str, Path]) -> None:
    before = keepers(server)
    with Clients(server.address) as clients:
        for word in ("okra", "yam", "okra"):  # a newer one, back, and again
            serve(server, releases, word)
    assert clients.wrong == []
    assert clients.asked > 300
    assert sorted(map(sorted, clients.words.values())) == [["okra"], ["yam"]]
    until(lambda: len(keepers(server)) == 1)
    assert not any(lives(each) for each in before)


def test_a_request_under_way_ends_where_it_began(server: Server, releases: dict[str, Path]) -> None:
    serve(server, releases, "yam")
    answers: list[httpx.Response] = []
    asking = threading.Thread(target=lambda: answers.append(server.ask(SLOWLY)))
    asking.start()
    time.sleep(0.2)
    make_current(releases["okra"].parent, releases["okra"].name)
    server.process.send_signal(signal.SIGHUP)  # without waiting until it looks by itself
    serve(server, releases, "okra")
    assert asking.is_alive()
    asking.join()
    assert word_of(answers[0]) == "yam"


def test_what_cannot_be_read_does_not_take_the_place(server: Server, releases: dict[str, Path]) -> None:
    serve(server, releases, "okra")
    broken = releases["yam"] / "dumps" / "all.nq.gz"
    whole = broken.read_bytes()
    broken.write_bytes(whole[:-100])
    try:
        make_current(broken.parents[2], releases["yam"].name)
        until(lambda: "not as it was released" in server.said.read_text(encoding="utf-8"))
    finally:
        broken.write_bytes(whole)
    assert word_of(server.ask(ALL)) == "okra"
    assert "goes on being served" in server.said.read_text(encoding="utf-8")
    server.process.send_signal(signal.SIGHUP)  # it was repaired: look again
    until(lambda: word_of(server.ask(ALL)) == "yam")


def test_a_keeper_that_dies_is_replaced(server: Server, releases: dict[str, Path]) -> None:
    """Meanwhile 503, and when to come again; what a worker is at ends, and no process is left behind."""
    serve(server, releases, "yam")
    until(lambda: len(keepers(server)) == 1)
    (keeper,) = keepers(server)
    workers = children(keeper)
    os.kill(keeper, signal.SIGKILL)
    until(lambda: "another one loads it" in server.said.read_text(encoding="utf-8"))
    answers = []

    def is_back() -> bool:
        answers.append(server.ask(f"{ALL} #{len(answers)}"))
        return answers[-1].status_code == 200

    until(is_back)
    assert word_of(answers[-1]) == "yam"
    assert {answer.status_code for answer in answers[:-1]} == {503}
    assert all(answer.headers["retry-after"].isdigit() for answer in answers[:-1])
    assert all(answer.headers["content-type"] == "application/problem+json" for answer in answers[:-1])
    until(lambda: not any(lives(each) for each in (keeper, *workers)))
    assert len(keepers(server)) == 1


# -- releases that are too large for memory


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def large(releases: dict[str, Path], shelf: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for which every release is too large."""
    out = releases["yam"].parent
    make_current(out, releases["yam"].name)
    more = {"SANKOFA_IN_MEMORY": "100", "XDG_CACHE_HOME": str(shelf)}
    with running(tmp_path_factory.mktemp("large"), "serve", str(out), "--port", "0", **more) as server:
        yield server


def test_a_large_release_is_served_from_disk_and_says_the_same(
    large: Server, releases: dict[str, Path], tmp_path: Path
) -> None:
    host = {"Host": "data.example.org"}
    paths = ("/", "/doc/theme/t7.ttl", "/health", "/sparql", "/.well-known/void", "/questions/themes.json?lang=fr")
    queries = (ALL, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g", "DESCRIBE skf:Theme")
    asked = zip(queries, ("json", "json", "ntriples"), strict=True)
    with running(tmp_path, "serve", str(releases["yam"]), "--port", "0") as other:
        for path in (*paths, *(f"/sparql?{httpx.QueryParams(query=query, format=form)}" for query, form in asked)):
            one, two = (each.http.get(path, headers=host) for each in (large, other))
            assert one.status_code == two.status_code == 200
            # rows that nobody ordered come as they are found: the bytes may be others, so their name has to be
            assert one.headers["etag"] != two.headers["etag"]
            assert sorted(re.split(r"[\n,\]]", one.text)) == sorted(re.split(r"[\n,\]]", two.text)), path


def test_the_process_that_forks_has_no_thread_and_no_graph(large: Server) -> None:
    """The engine's files are open in workers only; they are those of the cache, made once."""
    assert word_of(large.ask(ALL)) == "yam"
    (keeper,) = keepers(large)
    status = Path(f"/proc/{keeper}/status").read_text(encoding="ascii").split()
    assert status[status.index("Threads:") + 1] == "1"
    assert not [each for each in opened(keeper) if each.suffix == ".sst"]
    assert any(each.suffix == ".sst" for worker in children(keeper) for each in opened(worker))


def test_a_large_release_follows_another(large: Server, releases: dict[str, Path], shelf: Path) -> None:
    made = [each.name for each in shelf.glob("sankofa/engines/*/*")]
    assert [name.startswith(releases["yam"].name) for name in made] == [True]
    serve(large, releases, "okra")
    assert word_of(large.ask(f"{ALL} #")) == "okra"
    assert len(list(shelf.glob("sankofa/engines/*/*"))) == 2


def test_of_files_in_the_cache_the_newest_stay(releases: dict[str, Path], tmp_path: Path) -> None:
    shelf = tmp_path / "engines"

    def opened(*words: str) -> None:
        # a process of its own, as for a server: where the engine's files were open before, none can be forked for it
        text = "\n".join(
            [
                "import sys, pathlib",
                "from sankofa.graph.shelf import open_to_serve",
                "for each in sys.argv[2:]: open_to_serve(each, most=0, cache=pathlib.Path(sys.argv[1]))",
            ]
        )
        folders = [str(releases[word]) for word in words]
        subprocess.run([sys.executable, "-c", text, str(shelf), *folders], check=True, timeout=PATIENCE)

    opened(*WORDS)
    (place,) = shelf.iterdir()
    (damaged,) = place.glob(f"{releases['okra'].name}-*/engine/CURRENT")
    damaged.write_text("what is not there\n", encoding="ascii")
    for number in range(3):
        (place / f"older-{number}").mkdir()
        os.utime(place / f"older-{number}", (number, number))
    (place / ".begun-and-killed").mkdir()
    os.utime(place / ".begun-and-killed", (4, 4))
    opened("okra")
    left = {each.name for each in place.iterdir()}
    assert left >= {f"{releases[word].name}-{ox.__version__}" for word in WORDS}
    assert len(left) == 3
    assert damaged.read_text(encoding="ascii").startswith("MANIFEST")


class Hostile:
    """A value that a careless reader would run."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("run",)


def test_a_file_in_the_cache_that_somebody_altered_counts_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "ahead"
    for content in (pickle.dumps({"sizes": Hostile()}), pickle.dumps({"a": 1})[:-3], b"", pickle.dumps([1])):
        file.write_bytes(ahead.made_by().encode() + content)
        assert ahead._known(file) is None
    file.write_bytes(b"0" * 64 + pickle.dumps({"a": 1}))  # of other code
    assert ahead._known(file) is None
    assert [each.name for each in tmp_path.iterdir()] == ["ahead"]
    triple = ox.Triple(ox.BlankNode("a"), ox.NamedNode("urn:p"), ox.Literal("é", language="fr"))
    file.write_bytes(ahead.made_by().encode() + pickle.dumps({"void": (0, [triple])}))
    assert ahead._known(file) == {"void": (0, [triple])}
    new = News("added", "00", "2026-03-01", "urn:a", "city", {"en": "A"})
    file.write_bytes(ahead.made_by().encode() + pickle.dumps({"news": (0, [new])}))
    assert ahead._known(file) == {"news": (0, [new])}


def opened(process: int) -> list[Path]:
    """The files that a process has open."""
    return [handle.readlink() for handle in Path(f"/proc/{process}/fd").iterdir()]


def lives(process: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except OSError:
        return False


def keepers(server: Server) -> list[int]:
    return children(server.process.pid)


def children(process: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        if Path("/proc/self/task").exists():
            return []
        pytest.skip("which processes a process has is read from /proc, which is not here")
