"""A cohort in sentences, computed from its numbers; what could not be counted is not said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread.cohort.section import Section, Table
from wetread.cohort.wording import count, interval, listed, number, ratio, share, times

if TYPE_CHECKING:
    from wetread.cohort.comorbidity import Comorbidity, Pair
    from wetread.cohort.course import Course
    from wetread.cohort.describe import Cohort
    from wetread.cohort.findings import Findings
    from wetread.cohort.leak import SplitLeak
    from wetread.cohort.people import Band, People
    from wetread.cohort.prevalence import Cell, Prevalence

__all__ = ["headlines", "key_figures", "sections", "shortcut_section"]

_FEW = 100  # films of a group below which its share is not talked about


def key_figures(cohort: Cohort) -> tuple[tuple[str, str], ...]:
    """Number and what it counts, for the head of the page."""
    people, overall = cohort.people, cohort.prevalence.overall
    found = [
        (number(people.films), "film" if people.films == 1 else "films"),
        (number(people.patients), "patient" if people.patients == 1 else "patients"),
        (number(people.positive), f"with pneumonia, of {count(people.positive_patients, 'patient')}"),
    ]
    if overall is not None:
        found.append((share(overall.share.value), "of the films"))
    return tuple(found)


def headlines(cohort: Cohort) -> tuple[str, ...]:
    """What to know before training, the worst first."""
    found = []
    audit = cohort.shortcuts
    if audit is not None and audit.alarm:
        ringing = [f"{s.name} ({s.auroc.value:.2f})" for s in audit.suspects if s.rings]
        found.append(
            f"Shortcut alarm: the label can be guessed without looking at the lungs, from {listed(ringing)}. "
            "A network's AUROC means nothing here unless these stand beside it."
        )
    leak = cohort.split_leak
    if leak.share > 0:
        found.append(
            f"Split by patient: a split by film would put {share(leak.share)} of the test films on patients that training "
            "has seen."
        )
    findings, people = cohort.findings, cohort.people
    if people.positive and cohort.comorbidity.pairs:
        found.append(
            f"Pneumonia rarely comes alone: {count(findings.alone, 'film', 'films')} of {number(people.positive)} "
            f"({share(findings.alone / people.positive)}) carry no other finding."
            if findings.alone * 2 < people.positive
            else f"{share(findings.alone / people.positive)} of the pneumonia films carry no other finding."
        )
    overall = cohort.prevalence.overall
    if overall is not None:
        found.append(
            f"One who always says no is right on {share(1 - overall.share.value)} of the films: accuracy says nothing, and "
            "every predictive value belongs to a prevalence."
        )
    return tuple(found)


def sections(cohort: Cohort) -> tuple[Section, ...]:
    """The sections that metadata alone give, in order."""
    made = [
        _people(cohort.people),
        _findings(cohort.findings, cohort.people),
        _prevalence(cohort.prevalence),
        _comorbidity(cohort.comorbidity, cohort.findings, cohort.people),
        _course(cohort.course),
        _leak(cohort.split_leak, cohort.people),
    ]
    return tuple(section for section in made if section is not None)


# ------------------------------------------------------------------------------------------------------- who


def _people(people: People) -> Section:
    loads = people.films_per_patient
    told = [
        f"The table holds {count(people.films, 'film')} of {count(people.patients, 'patient')}. A patient has "
        f"{count(round(loads['median']), 'film')} at the median and {number(loads['mean'], 1)} on average; "
        f"{number(people.single)} ({share(people.single / people.patients)}) have a single film, and the most filmed "
        f"patient has {number(loads['most'])}. The hundredth of the patients with most films gives {share(people.crowd)} of "
        "all films.",
        _ages(people),
        " ".join(filter(None, (_groups("sex", people.by_sex, people), _groups("view", people.by_view, people)))),
        _missing(people),
    ]
    means = [
        "Films of one patient resemble each other. Draw and split patients, not films, and take every interval over "
        "patients; those with many films weigh most in a loss that counts films."
    ]
    young = sum(band.films for band in people.by_age if band.name in ("0-9", "10-19"))
    if 0 < young < people.films:
        means.append(
            f"{count(young, 'film is', 'films are')} of patients under 20 ({share(young / people.films)}): children and adults "
            "under one label teach a network the age first."
        )
    figures = (("ages", "Films by age."), ("films-per-patient", "How the films are spread over patients."))
    return Section("Who is in it", tuple(filter(None, told)), tuple(means), figures, (_bands(people),))


def _ages(people: People) -> str:
    ages = people.ages
    if ages.median is None or ages.least is None or ages.most is None:
        return "No age is known."
    told = (
        f"Ages run from {number(ages.least)} to {number(ages.most)} years with the median at {number(ages.median)} and the "
        f"middle half from {number(ages.lower_quartile or 0)} to {number(ages.upper_quartile or 0)}"
    )
    if ages.median_positive is not None:
        told += f"; where there is pneumonia the median is {number(ages.median_positive)}"
    if people.age_implausible:
        told += (
            f". {count(people.age_implausible, 'film says', 'films say')} an age that nobody has, and "
            f"{'counts' if people.age_implausible == 1 else 'count'} as of unknown age"
        )
    return told + "."


_SAID = {"F": "women", "M": "men", "O": "other"}


def _groups(what: str, bands: tuple[Band, ...], people: People) -> str:
    known = [band for band in bands if band.name != "unknown"]
    if not known:
        return f"No {what} is known."
    parts = [f"{_SAID.get(band.name, band.name)} {share(band.films / people.films)}" for band in known]
    return f"Films by {what}: {listed(parts)}."


def _missing(people: People) -> str:
    parts = [f"{what} on {number(films)}" for what, films in people.missing.items() if films and what != "all three"]
    if not parts:
        return "Age, sex and view are known for every film."
    told = f"Not known: {listed(parts)} of the films."
    bare, sick = people.missing["all three"], people.missing_positive["all three"]
    if bare:
        which = "all" if sick == bare else "none" if sick == 0 else number(sick)
        told += f" {count(bare, 'film has', 'films have')} none of the three, and {which} of them carry the label."
    if people.sex_changes:
        told += f" {count(people.sex_changes, 'patient has', 'patients have')} films of more than one sex."
    return told


def _bands(people: People) -> Table:
    rows = [
        (
            f"{what} {band.name}",
            number(band.films),
            number(band.patients),
            number(band.positive),
            number(band.positive_patients),
        )
        for what, bands in (("age", people.by_age), ("sex", people.by_sex), ("view", people.by_view))
        for band in bands
    ]
    head = ("group", "films", "patients", "with pneumonia", "patients with it")
    return Table("Films and patients by age, sex and view", head, tuple(rows))


# -------------------------------------------------------------------------------------------------- the labels


def _findings(findings: Findings, people: People) -> Section | None:
    if not findings.each and not findings.clear:
        return None
    told = [
        f"Of {count(people.films, 'film')}, {number(findings.clear)} ({share(findings.clear / people.films)}) are said to show "
        f"no finding; {count(findings.clear_patients, 'patient has', 'patients have')} only such films."
    ]
    if findings.untold:
        told.append(f"Of {count(findings.untold, 'film')} nothing is said: that is not the same as no finding.")
    if findings.each:
        most = [f"{_plain(finding.name)} ({number(finding.films)})" for finding in findings.each[:3]]
        least = findings.each[-1]
        told.append(
            f"Beside pneumonia there {'is 1 finding' if len(findings.each) == 1 else f'are {len(findings.each)} findings'}, most "
            f"often {listed(most)}"
            + (f", least often {_plain(least.name)} ({number(least.films)})." if len(findings.each) > 3 else ".")
        )
    mean = findings.per_film["with the label"], findings.per_film["with other findings"]
    if mean[0] is not None and mean[1] is not None:
        told.append(
            f"A pneumonia film carries {number(mean[0], 2)} other findings on average, a film with other findings alone "
            f"{number(mean[1], 2)}."
        )
    means = (
        "A label is what somebody wrote, not what the film shows: measure it against readers before trusting the third "
        "decimal of anything trained on it.",
    )
    rows = tuple((_plain(one.name), number(one.films), number(one.patients)) for one in findings.each)
    table = Table("Findings by film and by patient", ("finding", "films", "patients"), rows)
    return Section(
        "What the labels say",
        tuple(told),
        means,
        (("findings", "Films (bars) and patients (diamonds) with each finding."),),
        (table,),
    )


def _plain(name: str) -> str:
    return name.replace("_", " ").lower()


# -------------------------------------------------------------------------------------------------- prevalence


def _prevalence(prevalence: Prevalence) -> Section | None:
    overall, patients = prevalence.overall, prevalence.of_patients
    if overall is None or patients is None:
        return Section("How often pneumonia is", ("The label is said of no film, so there is no prevalence.",))
    told = [
        f"{number(overall.positive)} of {count(overall.films, 'film')} carry the label: {interval(overall.share)}. By patient it "
        f"is {number(overall.positive_patients)} of {number(overall.patients)}: {interval(patients)}."
    ]
    told += [
        _contrast(cells, what)
        for cells, what in ((prevalence.by_view, "view"), (prevalence.by_sex, "sex"))
        if len(cells) > 1
    ]
    told += [text for text in (_extremes(prevalence.by_age),) if text]
    told.append(
        "Films of one patient are not independent: intervals of film shares are cluster-robust over patients (linearised, on "
        "the log-odds), so they are wider than a count of films would make them."
    )
    means = [
        f"State the prevalence beside every predictive value and every F1: here it is {share(overall.share.value)}, in a clinic "
        "it will be another."
    ]
    if len(prevalence.by_view) > 1 and _apart(prevalence.by_view):
        means.append("Match or stratify by view: a network that only tells AP from PA already has something to gain.")
    rows = tuple(
        (c.age or "all", _SAID.get(c.sex or "", "all"), c.view or "all", number(c.films), number(c.patients), number(c.positive),
         interval(c.share))
        for c in (*prevalence.by_view, *prevalence.by_sex, *prevalence.by_age, *prevalence.cells)
    )  # fmt: skip
    head = ("age", "sex", "view", "films", "patients", "with pneumonia", "share")
    table = Table("Share with pneumonia by age, sex and view", head, rows)
    caption = "Share with pneumonia by age, sex and view, with 95 % intervals over patients. Intervals may run beyond the picture."
    return Section("How often pneumonia is", tuple(told), tuple(means), (("prevalence", caption),), (table,))


def _contrast(cells: tuple[Cell, ...], what: str) -> str:
    ranked = sorted(cells, key=lambda cell: -cell.share.value)
    parts = [f"{_SAID.get(c.sex or '', c.view or '')} {interval(c.share)}" for c in ranked]
    apart = "The intervals lie apart." if _apart(cells) else "The intervals overlap."
    return f"By {what}: {'; '.join(parts)}. {apart}"


def _apart(cells: tuple[Cell, ...]) -> bool:
    """Whether the highest and the lowest group have intervals that do not meet."""
    ranked = sorted(cells, key=lambda cell: -cell.share.value)
    return ranked[0].share.low > ranked[-1].share.high


def _extremes(cells: tuple[Cell, ...]) -> str:
    enough = [cell for cell in cells if cell.films >= _FEW]
    if len(enough) < 2:
        return ""
    most, least = max(enough, key=lambda c: c.share.value), min(enough, key=lambda c: c.share.value)
    return (
        f"By age it is highest at {most.age} years, {interval(most.share)}, and lowest at {least.age}, {interval(least.share)}"
        f" (groups of at least {_FEW} films)."
    )


# ------------------------------------------------------------------------------------------------- comorbidity


def _comorbidity(comorbidity: Comorbidity, findings: Findings, people: People) -> Section | None:
    pairs = [pair for pair in comorbidity.pairs if pair.both]
    if not pairs or not people.positive:
        return None
    most = [f"{_plain(pair.name)} {number(pair.both)}" for pair in pairs[:5]]
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
        f"A network trained on this label learns {listed([_plain(p.name) for p in pairs[:3]])} along with it. Measure it on "
        "pneumonia alone against films with the other findings, not only against healthy films."
    ]
    if findings.alone < 500:
        means.append(
            f"Pneumonia alone has {count(findings.alone, 'film')}: too few to learn it apart, enough to test it."
        )
    rows = tuple(
        (
            _plain(p.name), number(p.films), number(p.both), number(p.expected, 1), ratio(p.lift) if p.lift is not None else "",
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
    return f"{_plain(pair.name)} {times(pair.odds_ratio)}" if pair.odds_ratio is not None else _plain(pair.name)


# ------------------------------------------------------------------------------------------------------ course


def _course(course: Course) -> Section | None:
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
    first, last = course.stages[0], course.stages[-1]
    means = [
        "A follow-up number says how often somebody was filmed, not when: it follows the sickness and must never be an input."
    ]
    if len(course.stages) > 1:
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


# ------------------------------------------------------------------------------------------------------- split


def _leak(leak: SplitLeak, people: People) -> Section:
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


# --------------------------------------------------------------------------------------------------- shortcuts


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
        (s.name, "" if s.groups is None else number(s.groups), f"{s.auroc.value:.3f}", f"{s.auroc.low:.3f} to {s.auroc.high:.3f}",
         f"{s.surely:.3f}", "yes" if s.rings else "no")
        for s in audit.suspects
    )  # fmt: skip
    table = Table("Suspects", ("suspect", "groups", "AUROC", "95 % interval", "surely at least", "rings"), rows)
    caption = "AUROC of each suspect with its 95 % interval over resampled patients; dashed, the alarm. Those that ring are marked !"
    return (Section("What gives the label away", tuple(told), means, (("shortcuts", caption),), (table,)),)
