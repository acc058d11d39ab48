"""What a split by film would leak, and what gives the label away, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread.report.section import Section, Table
from wetread.report.wording import count, number, share

if TYPE_CHECKING:
    from wetread.cohort.describe import Cohort
    from wetread.cohort.leak import SplitLeak
    from wetread.cohort.people import People

__all__ = ["leak_section", "shortcut_section"]


def leak_section(leak: SplitLeak, people: People) -> Section:
    """What a split by film would leak."""
    told = [
        f"Split {number(100 * (1 - leak.test_share))} to {number(100 * leak.test_share)} by film, without regard for patients, "
        f"{number(leak.leaked)} of {count(leak.test_films, 'test film')} ({share(leak.share)}) would be of a patient who also "
        f"stands in training: {count(leak.patients_on_both, 'patient')} on both sides. Over all such splits the mean is "
        f"{share(leak.expected)}; this one was drawn with seed {leak.seed}."
    ]
    if leak.share_positive is not None:
        told.append(f"Of the test films with pneumonia it is {share(leak.share_positive)}.")
    means = (
        ("Split by patient. A test that knows its patients measures memory.",)
        if people.single < people.patients
        else ()
    )
    return Section("What a split by film would leak", tuple(told), means, (("split", "Who the test films are of."),))


def shortcut_section(cohort: Cohort) -> tuple[Section, ...]:
    """What gives the label away; empty where there was no audit."""
    audit = cohort.shortcuts
    if audit is None:
        return ()
    sampled = " (drawn from a larger table)" if audit.sampled else ""
    told = [
        f"Each suspect alone predicted the label of {count(audit.films, 'film')} of {count(audit.patients, 'patient')}{sampled}, "
        f"{number(audit.positive)} with pneumonia, fitted on other patients ({audit.folds} folds). {audit.rule}"
    ]
    ringing = [s for s in audit.suspects if s.rings]
    if ringing:
        parts = [
            f"{s.name} with an AUROC of {s.auroc.value:.2f} ({s.auroc.low:.2f} to {s.auroc.high:.2f})" for s in ringing
        ]
        told.append(f"It rings: {'; '.join(parts)}.")
        means = (
            "Put these AUROCs beside the network's, on the same films and folds; only what exceeds them is read from lungs. "
            "Match or weight films on what rings, or leave the source out.",
        )
    else:
        told.append("It does not ring.")
        means = ("That nothing rings here does not prove that there is no shortcut: only these were tried.",)
    rows = tuple(
        (s.name, number(s.films), "" if s.groups is None else number(s.groups), f"{s.auroc.value:.3f}", f"{s.auroc.low:.3f} to {s.auroc.high:.3f}",
         f"{s.surely:.3f}", "yes" if s.rings else "no")
        for s in audit.suspects
    )  # fmt: skip
    table = Table(
        "Suspects", ("suspect", "films", "groups", "AUROC", "95 % interval", "surely at least", "rings"), rows
    )
    caption = "AUROC of each suspect with its 95 % interval over resampled patients; dashed, the alarm. Those that ring are marked !"
    return (Section("What gives the label away", tuple(told), means, (("shortcuts", caption),), (table,)),)
