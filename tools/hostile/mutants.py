"""One mutant from a parent: what is changed is drawn, and told."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tools.hostile.anatomy import DEFLATED, Film, parse
from tools.hostile.elements import ELEMENTS
from tools.hostile.images import image
from tools.hostile.seeds import SYNTAXES, Seed
from tools.hostile.streams import FRAGMENTS, PIXEL_STREAM, SEGMENTS, damage, segment

__all__ = ["Mutant", "begin", "mutate"]

Rng = np.random.Generator
_WHOLE = ("truncated", "bytes", "splice", "appended")


@dataclass
class Mutant:
    """A broken file, in pieces as long as that is possible, and how it came to be.

    Parameters
    ----------
    syntax
        Name of the transfer syntax (or image format) of the film it descends from.
    seed
        Name of that film.
    film, raw
        Its pieces; or its bytes, where it is an image file or was changed as a whole.
    kinds
        What was done, from the seed on.
    """

    syntax: str
    seed: str
    film: Film | None = None
    raw: bytes = b""
    kinds: list[str] = field(default_factory=list)

    @property
    def pixels_alone(self) -> bool:
        """Whether only coded pixels were changed."""
        return bool(self.kinds) and all(kind in PIXEL_STREAM for kind in self.kinds)

    def content(self) -> bytes:
        """The bytes of the file."""
        return self.raw if self.film is None else self.film.write()


def begin(seed: Seed) -> Mutant:
    """The unbroken film as a parent."""
    if seed.syntax in SYNTAXES:
        return Mutant(seed.syntax, seed.name, parse(seed.content))
    return Mutant(seed.syntax, seed.name, None, seed.content)


def mutate(parent: Mutant, other: Mutant, rng: Rng) -> Mutant:
    """A child of `parent` with one to three changes; `other` is spliced in where that is drawn."""
    child = Mutant(parent.syntax, parent.seed, parent.film and parent.film.copy(), parent.raw, list(parent.kinds))
    for _ in range(int(rng.choice((1, 1, 1, 2, 2, 3)))):
        child.kinds.append(_change(child, other, rng))
    return child


def _change(child: Mutant, other: Mutant, rng: Rng) -> str:
    chance = rng.random()
    if child.syntax not in SYNTAXES and chance < 0.9:
        child.raw, kind = image(child.raw, child.syntax, rng)
        return kind
    if child.film is None or chance < 0.07:
        return _whole(child, other, rng)
    if chance < 0.40:
        return _pixels(child, rng)
    packed = child.film.fragments()
    if packed and chance < 0.58:
        kind = SEGMENTS[int(rng.integers(len(SEGMENTS)))]
        node = packed[1 if len(packed) > 1 else 0]
        node.value = segment(node.value, rng, kind) if len(node.value) > 8 else node.value
        return kind
    if packed and chance < 0.66:
        kind = list(FRAGMENTS)[int(rng.integers(len(FRAGMENTS)))]
        FRAGMENTS[kind](child.film, rng)
        return kind
    kind = list(ELEMENTS)[int(rng.integers(len(ELEMENTS)))]
    ELEMENTS[kind](child.film, rng)
    return kind


def _pixels(child: Mutant, rng: Rng) -> str:
    """Break the coded pixels; of a deflated film, half of the time, its deflated bytes."""
    assert child.film is not None
    kind = PIXEL_STREAM[int(rng.integers(len(PIXEL_STREAM)))]
    if child.film.syntax == DEFLATED and rng.random() < 0.5:
        whole = child.film.write()
        start = len(child.film.preamble) + sum(len(node.write(False, "<")) for node in child.film.meta)
        child.raw, child.film = whole[:start] + damage(whole[start:], rng, kind), None
        return kind
    node = child.film.pixels()
    if node is None:
        return kind
    if node.children is None:
        node.value = damage(node.value, rng, kind)
    elif len(node.children) > 1:
        item = node.children[int(rng.integers(1, len(node.children)))]
        item.value = damage(item.value, rng, kind)
        item.value += b"\0" * (len(item.value) % 2)
    return kind


def _whole(child: Mutant, other: Mutant, rng: Rng) -> str:
    """Change the file as bytes; after this it stays bytes."""
    content, kind = child.content(), _WHOLE[int(rng.integers(len(_WHOLE)))]
    if kind == "splice" and child.film is not None and other.film is not None and rng.random() < 0.6:
        # The header of one film and the picture of another.
        theirs = other.film.pixels()
        child.film.body = [node for node in child.film.body if node.tag[0] != 0x7FE0]
        child.film.body += [theirs.copy()] if theirs is not None else []
        return kind
    if kind == "truncated":
        content = content[: int(rng.integers(1, max(len(content), 2)))]
    elif kind == "bytes":
        data = bytearray(content)
        for _ in range(int(rng.choice((1, 4, 16)))):
            if data:
                data[int(rng.integers(min(len(data), 2500)))] = int(rng.integers(256))
        content = bytes(data)
    elif kind == "splice":
        theirs_whole = other.content()
        content = (
            content[: int(rng.integers(1, max(len(content), 2)))]
            + theirs_whole[int(rng.integers(1, max(len(theirs_whole), 2))) :]
        )
    else:
        content += rng.integers(0, 256, int(rng.choice((1, 8, 5000)))).astype(np.uint8).tobytes()
    child.film, child.raw = None, content
    return kind
