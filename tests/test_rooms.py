"""The house keeps its shape: what each room may import, and the three sentences of the design that must stay true.

The rules are read from the code, not from a running program: every import statement of every module counts,
wherever in the file it stands.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "jointwatch"

WHOLE = {
    "earth",
    "flight",
    "formats",
    "sensors",
    "tracking",
    "messages",
    "exchange",
    "assessment",
    "centre",
    "studies",
    "catalogue",
    "display",
}
MAY_IMPORT: dict[str, set[str]] = {
    "earth": set(),
    "flight": {"earth"},
    "formats": set(),
    "sensors": {"earth"},
    "tracking": {
        "earth",
        "flight.dynamics",
        "flight.coast",
        "flight.satellites",
        "sensors.measurement",
        "sensors.site",
    },
    "messages": set(),
    "exchange": {"messages"},
    "assessment": {"earth", "flight", "tracking", "sensors.measurement", "messages"},
    "centre": {"earth", "flight", "formats", "sensors", "tracking", "messages", "exchange", "assessment"},
    "studies": WHOLE - {"studies", "display"},
    "catalogue": set(),
    "display": {"earth", "formats", "messages", "exchange"},
    "cli": WHOLE,
}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        yield ".".join(part for part in parts if part != "__init__"), path


def imported(module: str, path: Path) -> set[str]:
    """Names of our own modules (without the leading 'jointwatch.') that a file imports, relative imports resolved."""
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith("jointwatch")}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join(["jointwatch", *package[: len(package) - node.level + 1], *filter(None, [node.module])])
            if base.startswith("jointwatch"):
                found |= {f"{base}.{alias.name}" for alias in node.names} | {base}
    return {name.removeprefix("jointwatch").removeprefix(".") for name in found} - {""}


IMPORTS = {module: imported(module, path) for module, path in modules()}
KNOWN = set(IMPORTS)


def reachable(start: str) -> set[str]:
    """Every module of ours that `start` brings in, directly or through others."""
    seen: set[str] = set()
    queue = [start]
    while queue:
        for name in IMPORTS.get(queue.pop(), set()) & KNOWN:
            if name not in seen:
                seen.add(name)
                queue.append(name)
    return seen


def allowed(room: str, name: str) -> bool:
    return any(name == grant or name.startswith(grant + ".") for grant in MAY_IMPORT[room] | {room})


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_a_room_imports_only_what_the_design_grants_it(room: str) -> None:
    inside = {m: names for m, names in IMPORTS.items() if m.split(".")[0] == room}
    strangers = {
        f"{module} imports {name}"
        for module, names in inside.items()
        for name in names & KNOWN
        if "." in name and not allowed(room, name)
    }
    assert not strangers, strangers


def test_every_folder_of_the_package_is_a_room() -> None:
    folders = {p.name for p in PACKAGE.iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert folders <= set(MAY_IMPORT)


def test_rooms_do_not_import_each_other_in_a_ring() -> None:
    edges: dict[str, set[str]] = defaultdict(set)
    for module, names in IMPORTS.items():
        here = module.split(".")[0]
        edges[here] |= {n.split(".")[0] for n in names if n.split(".")[0] in MAY_IMPORT} - {here}
    settled: set[str] = set()
    while len(settled) < len(MAY_IMPORT):
        free = {room for room in MAY_IMPORT if room not in settled and edges[room] <= settled}
        assert free, f"a ring among {sorted(set(MAY_IMPORT) - settled)}"
        settled |= free


def test_the_tracker_cannot_cheat() -> None:
    """It never sees a vehicle, a trajectory or a scenario, only measurements."""
    forbidden = (
        "flight.vehicle",
        "flight.boost",
        "flight.arcs",
        "flight.path",
        "studies",
        "catalogue",
        "sensors.schedule",
    )
    for module in (m for m in KNOWN if m.split(".")[0] == "tracking"):
        seen = {name for name in reachable(module) if name.startswith(forbidden)}
        assert not seen, f"{module} reaches {seen}"


def test_only_studies_and_the_command_line_reach_the_truth() -> None:
    knowing = {m.split(".")[0] for m in KNOWN if any(n.startswith("studies") for n in reachable(m))}
    assert knowing <= {"studies", "cli"}


def test_anyone_can_look() -> None:
    """Display, and the verifier of a log, reach nothing that holds or makes a private key."""
    record = {"exchange.record", "exchange.proofs", "exchange.log"}
    secret = {"exchange.tls", "exchange.https.server", "exchange.https.line", "exchange.private", *record}
    verifiers = [m for m in KNOWN if m.startswith(("exchange.verify", "exchange.monitor"))]
    lookers = [m for m in KNOWN if m.startswith("display")] + verifiers
    for module in lookers:
        assert not reachable(module) & secret, f"{module} reaches {reachable(module) & secret}"


def test_the_exchange_knows_no_physics() -> None:
    """It moves and proves bytes: no array library, and no room of physics, even through others."""
    physics = ("earth", "flight", "sensors", "tracking", "assessment")
    for module in (m for m in KNOWN if m.split(".")[0] == "exchange"):
        assert not {n for n in reachable(module) if n.startswith(physics)}
        source = PACKAGE.joinpath(*module.split("."))
        path = source / "__init__.py" if source.is_dir() else source.with_suffix(".py")
        names = {a.name for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Import) for a in n.names}
        assert not names & {"numpy", "scipy", "numba"}, module


FORBIDDEN_WORDS = {
    "aim",
    "evade",
    "evasion",
    "guidance",
    "intercept",
    "kill",
    "optimise",
    "optimize",
    "target",
    "undetected",
}


def test_the_public_surface_offers_no_search_for_what_is_not_seen() -> None:
    """No public name ranks or optimises a launch against coverage, and none aims, intercepts or evades."""
    for module, path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                words = set(re.findall(r"[a-z]+", re.sub(r"([A-Z])", r" \1", node.name).lower()))
                assert not words & FORBIDDEN_WORDS, f"{module}.{node.name} is of a kind the design forbids"
