"""Keep README's tree true: every room and every loose file where it stands, with its one comment.

    python tools/tree.py

Draws the tree of README.md anew from what git knows: comments that are there stay, a new Python file or package gets
the first line of its docstring, anything else that is new a question mark to be replaced by hand. A folder in `FOLDED`
is one line: its modules say in their docstrings what they are.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDED = re.compile(r"^(tests/|configs/|benchmarks/|data_splits/|docs/\w+/|results/\w+/|tools/\w+/|src/wetread/\w+/)")
COLUMN = 42
_FENCE = re.compile(r"(^```text\nwetread/\n)(.*?)(^```)", flags=re.MULTILINE | re.DOTALL)
_LINE = re.compile(r"^(?P<indent>(?:[│ ] {3})*)[├└]── (?P<name>\S+)(?: +(?P<comment>\S.*))?$")


def repository_files(root: Path = ROOT) -> tuple[str, ...]:
    """Files that git tracks, and new ones that it does not ignore, by their path from the root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode()
    return tuple(sorted({name for name in listed.split("\0") if name and (root / name).is_file()}))


def parse(readme: str) -> dict[str, str]:
    """Paths of the tree in `readme`, folders with a slash at the end, each with its comment; ValueError if malformed."""
    (found,) = _FENCE.findall(readme)
    parents: list[str] = []
    paths: dict[str, str] = {}
    for line in found[1].splitlines():
        match = _LINE.match(line)
        if match is None:
            raise ValueError(f"README's tree has a line that is none: {line!r}")
        depth = len(match["indent"]) // 4
        path = "".join(parents[:depth]) + match["name"]
        if path in paths:
            raise ValueError(f"README's tree lists {path} twice")
        paths[path] = match["comment"] or ""
        if path.endswith("/"):
            parents[depth:] = [match["name"]]
    return paths


def comment_for(path: str) -> str:
    """A first comment for a new file or package: the first line of its docstring, or a question mark."""
    if path.endswith("/") and (ROOT / path / "__init__.py").is_file():
        path += "__init__.py"
    if path.endswith(".py") and (text := ast.get_docstring(ast.parse((ROOT / path).read_text(encoding="utf-8")))):
        return text.splitlines()[0].rstrip(".")
    return "?"


def draw(files: tuple[str, ...], comments: dict[str, str]) -> str:
    """The tree of `files`, folders first, with `comments` by path."""
    top: dict[str, Any] = {}
    for file in files:
        folded = FOLDED.match(file)
        *folders, leaf = re.findall(r"[^/]+/?", folded[0] if folded else file)
        node = top
        for folder in folders:
            node = node.setdefault(folder, {})
        node.setdefault(leaf, {})
    return "".join(f"{line}\n" for line in _lines(top, "", "", comments))


def _lines(node: dict[str, Any], prefix: str, above: str, comments: dict[str, str]) -> list[str]:
    names = sorted(node, key=lambda name: (name != "__init__.py", not name.endswith("/"), name.lower()))
    lines = []
    for name in names:
        path, last = above + name, name == names[-1]
        comment = comments.get(path) or ("" if node[name] else comment_for(path))
        lines.append(f"{prefix + ('└── ' if last else '├── ') + name:<{COLUMN - 1}} {comment}".rstrip())
        lines += _lines(node[name], prefix + ("    " if last else "│   "), path, comments)
    return lines


def main() -> int:
    """Draw the tree of README.md anew; 0."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    tree = draw(repository_files(), parse(text))
    readme.write_text(_FENCE.sub(lambda match: match[1] + tree + match[3], text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
