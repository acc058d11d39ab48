"""What comes with pneumonia, and when it comes, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread.report.section import Section, Table
from wetread.report.wording import count, interval, listed, number, plain, ratio, share, times

if TYPE_CHECKING:
    from wetread.cohort.comorbidity import Comorbidity, Pair
    from wetread.cohort.course import Course
    from wetread.cohort.findings import Findings
    from wetread.cohort.people import People

__all__ = ["comorbidity_section", "course_section"]

_FEW = 100  # films of a group below which its share is not talked about


def comorbidity_section(comorbidity: Comorbidity, findings: Findings, people: People) -> Section | None:
    """What stands on the same film; None where no finding comes with pneumonia."""
    pairs = [pair for pair in comorbidity.pairs if pair.both]
    if not pairs or not people.positive:
        return None
    most = [f"{plain(pair.name)} {number(pair.both)}" for pair in pairs[:5]]
    told = [
        f"{number(findings.alone)} of the {count(people.positive, 'pneumonia film')} ({share(findings.alone / people.positive)}) "
        f"{'carries' if findings.alone == 1 else 'carry'} no other finding. The others carry, most often, {listed(most)}."
    ]
    drawn_to = [p for p in pairs if p.odds_ratio is not None and p.odds_ratio.low > 1]
    if drawn_to:
        drawn_to.sort(key=lambda pair: -pair.odds_ratio.value if pair.odds_ratio else 0)
        told.append(
            f"More often than by chance with pneumonia: {listed([_odds(p) for p in drawn_to[:4]])} (odds ratios with 95 % intervals)."
        )
    away = [p for p in comorbidity.pairs if p.odds_ratio is not None and p.odds_ratio.high < 1]
    if away:
        away.sort(key=lambda pair: pair.odds_ratio.value if pair.odds_ratio else 0)
        told.append(f"More rarely than by chance: {listed([_odds(p) for p in away[:4]])}.")
    means = [
        f"A network trained on this label learns {listed([plain(p.name) for p in pairs[:3]])} along with it. Measure it on "
        "pneumonia alone against films with the other findings, not only against healthy films."
    ]
    if findings.alone < 500:
        means.append(f"Pneumonia alone has {count(findings.alone, 'film')}: too few to learn it apart.")
    rows = tuple(
        (
            plain(p.name), number(p.films), number(p.both), number(p.expected, 1), ratio(p.lift) if p.lift is not None else "",
            times(p.odds_ratio) if p.odds_ratio is not None else "",
            share(p.share_of_label.value) if p.share_of_label else "", share(p.share_of_finding.value) if p.share_of_finding else "",
        )
        for p in comorbidity.pairs
    )  # fmt: skip
    head = (
        "finding",
        "films",
        "with pneumonia",
        "by chance",
        "lift",
        "odds ratio",
        "of pneumonia films",
        "of its own films",
    )
    figures = (
        (
            "odds-ratios",
            "Odds ratio beside pneumonia, intervals cluster-robust over patients; in brackets films with both.",
        ),
        ("co-occurrence", "How many times more often than by chance two findings share a film: 1 is chance, 0 never."),
    )
    return Section(
        "What comes with it", tuple(told), tuple(means), figures, (Table("Each finding beside pneumonia", head, rows),)
    )


def _odds(pair: Pair) -> str:
    return f"{plain(pair.name)} {times(pair.odds_ratio)}" if pair.odds_ratio is not None else plain(pair.name)


def course_section(course: Course) -> Section | None:
    """Before, at and after the first pneumonia film; None where no course is known."""
    if not course.films or not course.sick:
        return None
    told = [
        f"{count(course.with_follow_up, 'patient has', 'patients have')} more than one film in order. Of the "
        f"{count(course.sick, 'patient')} with pneumonia, {number(course.first_at_first_film)} "
        f"({share(course.first_at_first_film / course.sick)}) have it on their first film; the others had "
        f"{count(course.films_before, 'film')} before it in all. {number(course.once)} have it on one film only."
    ]
    before = sum(course.before.values())
    if before:
        told.append(
            f"Right before the first pneumonia film, {number(course.before['no finding'])} of {number(before)} films "
            f"({share(course.before['no finding'] / before)}) were said to show nothing."
        )
    if course.again is not None:
        told.append(f"On the film right after it pneumonia stands again in {interval(course.again)}.")
    enough = [stage for stage in course.stages if stage.films >= _FEW]
    means = [
        "A follow-up number says how often somebody was filmed, not when: it follows the sickness and must never be an input."
    ]
    if len(enough) > 1:
        first, last = enough[0], enough[-1]
        told.append(
            f"The share with pneumonia goes from {share(first.share.value)} at number {first.name} to {share(last.share.value)} "
            f"at {last.name}."
        )
    rows = tuple(
        (s.name, number(s.films), number(s.patients), number(s.positive), interval(s.share)) for s in course.stages
    )
    table = Table("By follow-up number", ("follow-up number", "films", "patients", "with pneumonia", "share"), rows)
    caption = "Share with pneumonia by the film's place in its patient's course, with 95 % intervals over patients."
    return Section("Over the course of a patient", tuple(told), tuple(means), (("course", caption),), (table,))
