"""The raw-digit lint: a number in a document that no evidence gave is found, with its line."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from wetread.regulatory.allowed import ALLOWED
from wetread.regulatory.pen import CITED, MARK

__all__ = ["Bare", "bare", "bare_said"]

_NUMERIC = ("Nd", "Nl", "No")
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_TARGETS = re.compile(r"(?<=\])\([^)\s]*\)|<https?://[^>\s]*>|https?://\S+")
_FIELD = re.compile(r"\[\[HUMAN: [^:\]]*:")
_FENCE = re.compile(r"^\s*(?:>\s*)*(```|~~~)")
# The number of a heading, of a list's item; a table of contents' too.
_NUMBERED = re.compile(r"^(\s*(?:>\s*)*(?:[-*+]\s+)?)(?:(#{1,6} )\d+(?:\.\d+)*\.?(?= )|\d+[.)](?= ))")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bare:
    """Digits that come from no evidence.

    Attributes
    ----------
    where
        The document's id, or "said.FIELD" for what a person wrote.
    line
        Counted from 1 in the body, or in the person's text.
    digits
        The word that holds them.
    context
        The line as printed, shortened.
    """

    where: str
    line: int
    digits: str
    context: str

    def __str__(self) -> str:
        return f"{self.where}, line {self.line}: {self.digits!r} is typed by hand, in: {self.context}"


def bare(marked: str, where: str, names: Collection[str] = ()) -> tuple[Bare, ...]:
    """Digits of a document that are neither marked as evidence nor allowed (`wetread.regulatory.allowed`).

    Code spans and blocks, addresses of links, and the numbers of headings and list items are left alone.

    Parameters
    ----------
    marked
        Markdown with the pen's marks.
    where
        What the findings call the document.
    names
        Further names that hold digits: the device's own, documents' ids, K-numbers of predicates.
    """
    found, fenced = [], False
    known = _known(names)
    for number, line in enumerate(MARK.sub(_blank, marked).split("\n"), 1):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            context = _short(MARK.sub(r"\2", line))
            found += [Bare(where=where, line=number, digits=word, context=context) for word in _words(line, known)]
    return tuple(found)


def bare_said(said: Mapping[str, str], names: Collection[str] = ()) -> tuple[Bare, ...]:
    """The same of what people wrote, field by field; evidence that they cite as {NAME:/pointer} is none."""
    return tuple(
        each for field, text in said.items() for each in bare(CITED.sub(" ", text or ""), f"said.{field}", names)
    )


def _blank(mark: re.Match[str]) -> str:
    """A mark's text may hold line feeds: the lines keep their count, and what stands beside it stays apart."""
    return " " + "\n" * mark[2].count("\n") + "\u2060"


def _known(names: Collection[str]) -> re.Pattern[str] | None:
    wanted = sorted((name for name in names if any(_is_digit(char) for char in name)), key=len, reverse=True)
    return re.compile("|".join(rf"(?<![\w.]){re.escape(name)}(?!\w)" for name in wanted)) if wanted else None


def _words(line: str, known: re.Pattern[str] | None) -> Iterator[str]:
    line = _TARGETS.sub(" ", _CODE.sub(" ", line))
    line = html.unescape(_FIELD.sub(" ", _NUMBERED.sub(r"\1", line)))
    if known is not None:
        line = known.sub(" ", line)
    for each in ALLOWED:
        line = each.pattern.sub(" ", line)
    for word in _WORD.findall(line):
        if any(_is_digit(char) for char in word):
            yield word.strip("|*_.,;:()[]\u2060") or word


def _is_digit(char: str) -> bool:
    return unicodedata.category(char) in _NUMERIC


def _short(line: str) -> str:
    text = " ".join(line.split())
    return text if len(text) <= 100 else text[:99] + "…"
