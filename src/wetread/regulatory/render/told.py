"""What a document and its numbers say of themselves, in words that every format shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from wetread.regulatory.claim import Claim
from wetread.regulatory.render.blocks import (
    Block,
    Figure,
    Heading,
    Kind,
    Listing,
    Paragraph,
    Quote,
    Rule,
    Span,
    Table,
    text,
)

__all__ = ["BANNER", "Evidence", "body", "evidence", "held", "provenance", "spans_of"]

BANNER = "Generated draft. Not a submission. Not cleared by any authority."
_SHORT = 12  # letters of a hash that tell it from others


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A printed number in the list at a document's end.

    Attributes
    ----------
    index
        Its place in the list, from 1.
    key
        Of its claim.
    printed
        As it stands in the text.
    source
        The evidence's name; of a derived number, that of its first operand.
    whence
        `provenance` of its claim.
    """

    index: int
    key: str
    printed: str
    source: str
    whence: str


def body(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks without title and banner: each format sets these in its own place."""
    kept = [block for block in blocks if not (isinstance(block, Heading) and block.level == 1)]
    while kept and _is_banner(kept[0]):
        kept.pop(0)
    return tuple(kept[1:] if kept and isinstance(kept[0], Rule) else kept)


def _is_banner(block: Block) -> bool:
    inner = block.blocks[0] if isinstance(block, Quote) and len(block.blocks) == 1 else block
    return isinstance(inner, Paragraph) and text(inner.spans).strip() == BANNER


def held(words: str) -> str:
    """The words with each per cent sign held to its number, so that no line ends between them."""
    return words.replace(" %", "\u00a0%")


def provenance(claim: Claim) -> str:
    """Where a number comes from, in one line: the evidence and the place in it, its hash, and what it was measured on."""
    parts = [claim.id, "SHA-256 " + ", ".join(dict.fromkeys(sha256[:_SHORT] for sha256 in claim.sha256))]
    if claim.n:
        parts.append(", ".join(f"{count:,} {what}" for what, count in claim.n.items()))
    told = {"method": claim.method, "version": claim.code, "films": claim.data[:_SHORT], "split": claim.split}
    parts += [f"{what}: {value}" for what, value in told.items() if value]
    if claim.seed is not None:
        parts.append(f"seed: {claim.seed}")
    return "; ".join(parts)


def evidence(blocks: Iterable[Block], claims: Mapping[str, Claim]) -> tuple[Evidence, ...]:
    """The numbers of a document in the order of their first appearance, each once."""
    first: dict[str, Span] = {}
    for span in spans_of(blocks):
        if span.kind is Kind.NUMBER:
            first.setdefault(span.key, span)
    return tuple(
        Evidence(
            index=index, key=key, printed=span.text, source=_source(claims[key].id), whence=provenance(claims[key])
        )
        for index, (key, span) in enumerate(first.items(), start=1)
    )


def _source(claim_id: str) -> str:
    before, _, _ = claim_id.partition(":")
    return before.rpartition("(")[2]


def spans_of(blocks: Iterable[Block]) -> Iterator[Span]:
    """Every span of the blocks, in reading order."""
    for block in blocks:
        match block:
            case Heading() | Paragraph():
                yield from block.spans
            case Figure():
                yield from block.caption
            case Listing():
                for item in block.items:
                    yield from spans_of(item)
            case Quote():
                yield from spans_of(block.blocks)
            case Table():
                for row in (block.header, *block.rows):
                    for cell in row:
                        yield from cell
            case _:
                continue
