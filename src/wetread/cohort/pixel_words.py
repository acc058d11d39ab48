"""What the pixels say, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread.report.section import Section, Table
from wetread.report.wording import count, listed, number, probability, share

if TYPE_CHECKING:
    from wetread.cohort.describe import Cohort, PixelSummary
    from wetread.cohort.profiles import Comparison, Profiles
    from wetread.cohort.quality import Quality

__all__ = ["pixel_sections"]

_SURE = 0.05


def pixel_sections(cohort: Cohort) -> tuple[Section, ...]:
    """Profiles, then quality and copies; empty where the pixels were not looked at."""
    pixels = cohort.pixels
    return () if pixels is None else (_profiles(pixels), _quality(pixels))


def _profiles(pixels: PixelSummary) -> Section:
    told = [_measured(pixels)]
    seen = pixels.as_input
    if not seen.comparisons:
        told.append("No two groups have ten patients each in one view, so none were compared.")
    else:
        told.append(
            "Profiles of grey levels were compared patient by patient as whole distributions (energy distance over Wasserstein "
            f"distances, {number(seen.permutations)} permutations of patients, corrected for all "
            f"{number(len(seen.comparisons) + len(pixels.as_filed.comparisons))} comparisons)."
        )
        told += [text for text in (_against(seen, "no finding"), _against(seen, "pneumonia")) if text]
    apart = any(c.p_corrected < _SURE and c.second == "pneumonia" for c in seen.comparisons)
    means = (
        (
            "Healthy films and pneumonia differ in their grey levels as a whole, even after the network's own preprocessing: "
            "some of it is disease, some of it is exposure and place. Crude pixel statistics belong among the baselines.",
        )
        if apart
        else ()
    )
    caption = (
        "Grey levels as the network sees them, mean over patients; grey band: the middle half of patients without a finding. "
        "The two outermost levels are not drawn."
    )
    return Section(
        "What the grey levels tell", tuple(told), means, (("profiles", caption),),
        (_comparisons(seen), _comparisons(pixels.as_filed)),
    )  # fmt: skip


def _measured(pixels: PixelSummary) -> str:
    told = f"The pixels of {count(pixels.measured, 'film')} were measured"
    lost = sum(pixels.unreadable.values())
    if lost:
        codes = [f"{code} {number(films)}" for code, films in pixels.unreadable.items()]
        told += f"; {count(lost, 'file')} could not be read ({listed(codes)})"
    if pixels.without_file:
        told += f"; {count(pixels.without_file, 'film has', 'films have')} no file here"
    return told + "."


def _against(profiles: Profiles, first: str) -> str:
    mine = [c for c in profiles.comparisons if c.first == first]
    sure = [c for c in mine if c.p_corrected < _SURE]
    if not mine:
        return ""
    name = "Films without a finding" if first == "no finding" else "Pneumonia films"
    if not sure:
        return f"{name} cannot be told from any other group by their grey levels."
    parts = [
        f"{c.second} ({c.view}, {'darker' if c.shift < 0 else 'brighter'} by {abs(c.shift):.3f}, {probability(c.p_corrected)})"
        for c in sure
    ]
    rest = len(mine) - len(sure)
    tail = f"; in {count(rest, 'other comparison')} they do not differ surely" if rest else ""
    return f"{name} differ from {listed(parts)}{tail}."


def _comparisons(profiles: Profiles) -> Table:
    def row(c: Comparison) -> tuple[str, ...]:
        return (
            f"{c.view}: {c.first} and {c.second}", f"{c.patients[0]} and {c.patients[1]}", f"{c.moved:.3f}", f"{c.shift:+.3f}",
            f"{c.coefficient:.3f}", probability(c.p), probability(c.p_corrected),
        )  # fmt: skip

    head = (
        "groups",
        "patients",
        "Wasserstein distance",
        "shift of the mean",
        "energy coefficient",
        "p",
        "p, corrected",
    )
    return Table(f"Comparisons of grey levels, {profiles.what}", head, tuple(row(c) for c in profiles.comparisons))


def _quality(pixels: PixelSummary) -> Section:
    of = {(q.what, q.group): q for q in pixels.quality}
    told = [text for text in (_letters(of), _borders(of), _exposure(of)) if text]
    copies = pixels.copies
    if copies.groups:
        told.append(
            f"{count(copies.films, 'film')} stand in {count(copies.groups, 'group')} of exact copies; groups of more than one "
            f"patient: {number(copies.across_patients)}, of films with and without the label: {number(copies.across_labels)}."
        )
    else:
        told.append("No film is the exact copy of another.")
    if copies.near:
        told.append(
            f"{count(copies.near, 'more pair is', 'more pairs are')} nearly the same picture: "
            f"{number(copies.near_across_patients)} of two patients, {number(copies.near_across_labels)} with and without the "
            "label. Films of one patient taken alike count here too; look before you drop any."
        )
    means = (
        "Letters, borders and exposure come from the place and the machine, not from the lungs. Where they differ between the "
        "groups above, a network can use them.",
    )
    rows = tuple(
        (
            f"{q.what}, {q.group}",
            number(q.films),
            f"{q.lower_quartile:.3f}",
            f"{q.median:.3f}",
            f"{q.upper_quartile:.3f}",
            share(q.present),
        )
        for q in pixels.quality
    )
    head = ("measurement", "films", "lower quartile", "median", "upper quartile", "not zero")
    return Section(
        "How the films were taken", tuple(told), means, (), (Table("Measurements of the films", head, rows),)
    )


Measured = dict[tuple[str, str], "Quality"]


def _letters(of: Measured) -> str:
    found = of.get(("letters", "all films"))
    if found is None:
        return ""
    told = (
        f"A simple detector finds shapes like burned-in letters on {share(found.present)} of the films. It is made to compare "
        "groups and clears no film of text: faint markers and letters over the chest escape it, clips and tube ends do not."
    )
    return told + _both(of, "letters", "Of the films with the label it is {}, without {}.")


def _borders(of: Measured) -> str:
    found = of.get(("border", "all films"))
    if found is None:
        return ""
    return f"{share(found.present)} of the films have flat margins." + _both(
        of, "border", "Of the films with the label it is {}, without {}."
    )


def _both(of: Measured, what: str, text: str) -> str:
    sick, well = of.get((what, "with the label")), of.get((what, "without"))
    return "" if sick is None or well is None else " " + text.format(share(sick.present), share(well.present))


def _exposure(of: Measured) -> str:
    sick, well = of.get(("median grey", "with the label")), of.get(("median grey", "without"))
    sharp_sick, sharp_well = of.get(("sharpness", "with the label")), of.get(("sharpness", "without"))
    if sick is None or well is None or sharp_sick is None or sharp_well is None:
        return ""
    return (
        f"The median grey level is {sick.median:.2f} with the label and {well.median:.2f} without (0 is air, 1 bone); sharpness "
        f"is {sharp_sick.median:.3f} and {sharp_well.median:.3f}."
    )
