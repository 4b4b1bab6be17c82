"""The page is written in another language; these tests hold it to the same fields and to the package's own sources."""

import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from jointwatch.display import live, server
from jointwatch.messages import picture

ROOT = Path(__file__).parents[2]
INTERFACE = re.compile(r"export interface (\w+) \{\n(.*?)\n\}", re.DOTALL)


def interfaces():
    text = (ROOT / "web" / "src" / "model.ts").read_text("utf-8")
    return {name: re.findall(r"^  (\w+): ", body, re.MULTILINE) for name, body in INTERFACE.findall(text)}


def structs():
    found = {name: cls for name, cls in vars(picture).items() if isinstance(cls, type)}
    return {name: cls for name, cls in found.items() if issubclass(cls, msgspec.Struct)}


def test_the_page_knows_every_view_struct_field_for_field():
    known = interfaces()
    finished = list(live.FinishedMessage.__struct_fields__)
    assert known == {"Finished": finished, **{name: list(cls.__struct_fields__) for name, cls in structs().items()}}


def test_the_lock_file_names_public_hosts_only_and_pins_every_package():
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert all(entry["resolved"].startswith("https://registry.npmjs.org/") for entry in packages.values())
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    declared = json.loads((ROOT / "web" / "package.json").read_text("utf-8"))
    versions = [*declared["dependencies"].values(), *declared["devDependencies"].values()]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)


def test_the_sources_name_no_other_host():
    for file in sorted((ROOT / "web" / "src").rglob("*")):
        if file.suffix in (".ts", ".css"):
            found = re.findall(r"https?://[^\s\"'`)]+", file.read_text("utf-8"))
            assert found == [], f"{file.name} names {found}"


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    if importlib.util.find_spec("hatchling") is None:  # it lives in the build's own environment
        interface = ModuleType("hatchling.builders.hooks.plugin.interface")
        interface.BuildHookInterface = object  # type: ignore[attr-defined]
        parts = interface.__name__.split(".")
        for i in range(1, len(parts)):
            sys.modules.setdefault(".".join(parts[:i]), ModuleType(".".join(parts[:i])))
        sys.modules[interface.__name__] = interface
    spec = importlib.util.spec_from_file_location("jointwatch_hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_built_page_is_built_from_these_sources(hook):
    stamp = server.STATIC / ".source-sha256"
    if not stamp.is_file():
        pytest.fail("the watch page is not built: run 'npm ci && npm run build' in web/ (Node.js 20.19 or newer)")
    assert stamp.read_text().strip() == hook.source_hash(ROOT / "web"), (
        "the built page is of other sources: run 'npm run build' in web/"
    )


def test_a_changed_source_changes_the_hash(hook, tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.ts").write_text("1")
    before = hook.source_hash(tmp_path)
    (tmp_path / "src" / "a.ts").write_text("2")
    changed = hook.source_hash(tmp_path)
    (tmp_path / "src" / "a.ts").rename(tmp_path / "src" / "b.ts")
    assert len({before, changed, hook.source_hash(tmp_path)}) == 3


@pytest.mark.parametrize(
    ("version", "enough"),
    [
        ("v18.19.0", False),
        ("v20.18.3", False),
        ("v20.19.0", True),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.1.0", True),
    ],
)
def test_node_is_asked_for_as_new_as_the_build_needs(hook, version, enough):
    assert hook.is_new_enough(version) is enough
