"""A minute of everything at once, from twenty clients: no answer is wrong, none fails, and nothing grows.

The driver is that of the benchmarks, which runs for ten minutes or an hour on demand.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import sankofa
from serving import environment

DRIVER = Path(sankofa.__file__).parents[2] / "benchmarks" / "serve" / "soak.py"


def test_twenty_clients_for_a_minute() -> None:
    if not Path("/proc/self/smaps_rollup").exists():
        pytest.skip("how much memory processes take is read from /proc, which is not here")
    command = [sys.executable, str(DRIVER), "60", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=300, check=False)
    assert done.stdout, done.stderr
    said = json.loads(done.stdout)
    assert said["wrong"] == []
    assert said["failed"] == []
    assert said["requests"] > 2_000
    assert said["growth"] <= 0.05, said["memory"]
    assert said["p95"] <= 0.5
    assert done.returncode == 0
