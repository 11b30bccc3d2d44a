"""What every report says, in the same words and order; each has its own looks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from operations.review.changes import Change, Verdict
from operations.review.report.text import lines_of
from operations.review.values import Difference
from operations.review.verdict import Cell, EnvironmentReview, Review
from operations.text import many
from rules.iam import POLICIES, Permission, in_words

_COUNTED = {
    Verdict.DESTROY: "destroyed",
    Verdict.REPLACE: "replaced",
    Verdict.FORGET: "forgotten",
    Verdict.UPDATE: "changed in place",
    Verdict.CREATE: "created",
    Verdict.MOVE: "moved",
    Verdict.IMPORT: "imported",
}
LOSES_DATA = "LOSES DATA"


@dataclass(frozen=True)
class Entry:
    """One line of a section: our words, users' texts, more of our words; and signed lines below it."""

    lead: str
    subjects: tuple[str, ...]
    tail: str = ""
    lines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Section:
    """A title and its entries; what is vital is never cut."""

    title: str
    entries: list[Entry] = field(default_factory=list)
    vital: bool = False


def headline(review: EnvironmentReview) -> str:
    """Say in one line what happens to an environment."""
    if review.failure:
        return f"{review.name}: could not be reviewed"
    revisions = sum(each.keeps_old and each.verdict == Verdict.REPLACE for each in review.changes)
    counts = {verdict: review.count(verdict) for verdict in _COUNTED}
    counts[Verdict.REPLACE] -= revisions
    parts = [f"{count} {_COUNTED[verdict]}" for verdict, count in counts.items() if count]
    parts += [many(revisions, "new revision")] if revisions else []
    lost = [f"{many(len(review.dangers), 'resource')} with data lost"] if review.dangers else []
    return f"{review.name}: {', '.join([*lost, *parts]) or 'no resource changes'}"


def sections(review: EnvironmentReview) -> Iterator[Section]:
    """Return the sections of an environment, what is dangerous first."""
    all_sections = (
        Section("Could not be reviewed", [Entry(review.failure, ())] if review.failure else [], vital=True),
        Section(LOSES_DATA, [_entry(each, review) for each in review.dangers], vital=True),
        Section("Protection lost", list(_protections(review)), vital=True),
        Section("Replaced or destroyed", list(_together(list(_interruptions(review)))), vital=True),
        Section("Not looked at", [Entry("", (each,)) for each in review.not_looked_at], vital=True),
        Section("Openings won", [Entry("+", (str(each),)) for each in review.opened], vital=True),
        Section("Permissions won", [Entry("+", (each,)) for each in in_words(review.won)], vital=True),
        Section("Openings lost", [Entry("-", (str(each),)) for each in review.closed]),
        Section("Permissions lost", [Entry("-", (each,)) for each in in_words(review.lost)]),
        *_constructs(review),
        Section("Tags only", list(_tags(review))),
        Section("Outputs", [Entry("", (), lines=tuple(lines_of(each))) for each in review.outputs]),
        Section("Picture", [Entry("before and after:", review.pictures)] if review.pictures else []),
        Section("Notes", [Entry(each, ()) for each in review.notes]),
    )
    return (each for each in all_sections if each.entries)


def matrix_rows(review: Review) -> Iterator[tuple[str, list[tuple[str, bool]]]]:
    """Return the exposure matrix: each service, with a text per environment and whether it changes."""
    names = [each.name for each in review.environments]
    for service, cells in review.matrix.items():
        yield service, [_cell(cells.get(name)) for name in names]


def closing(review: Review) -> list[str]:
    """Return the last lines: where nothing changes."""
    if not review.unchanged:
        return []
    return [f"Nothing changes in {_listed(review.unchanged)}."]


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _cell(cell: Cell | None) -> tuple[str, bool]:
    if cell is None:
        return "", False
    before, after = (str(each) if each else "no service" for each in (cell.before, cell.after))
    return (f"{before} → {after}", True) if cell.changes else (after, False)


def _constructs(review: EnvironmentReview) -> Iterator[Section]:
    shown = [each for each in review.others if not each.only_tags]
    roots = _Roots({each.address: each for each in review.changes})
    for construct in sorted({each.construct for each in shown}):
        own = [each for each in shown if each.construct == construct]
        alone = [_entry(each, review) for each in own if not roots.of(each)]
        yield Section(construct, [*_together(alone), *_followers(own, roots)])


def _interruptions(review: EnvironmentReview) -> Iterator[Entry]:
    """Return what goes, data or not, each with what goes with it; its section has the rest."""
    roots = _Roots({each.address: each for each in review.changes})
    going = [
        each for each in review.changes if each.verdict in (Verdict.REPLACE, Verdict.DESTROY) and not each.keeps_old
    ]
    for each in going:
        if not each.loses_data and not roots.of(each):
            followers = sum(each.address in roots.of(other) for other in going)
            because = ", ".join(culprit.path for culprit in each.culprits if not culprit.follows)
            parts = (f"because of {because}" if because else "", f"{followers} more with it" if followers else "")
            tail = "; ".join(part for part in parts if part)
            yield Entry(each.verdict, (each.address,), f"({tail})" if tail else "")


def _together(entries: list[Entry]) -> Iterator[Entry]:
    """Return entries that say the same of several resources as one."""
    groups: dict[tuple[str, str, tuple[tuple[str, str], ...]], list[str]] = {}
    for each in entries:
        groups.setdefault((each.lead, each.tail, each.lines), []).extend(each.subjects)
    return (Entry(lead, tuple(subjects), tail, lines) for (lead, tail, lines), subjects in groups.items())


def _followers(changes: Iterable[Change], roots: "_Roots") -> Iterator[Entry]:
    """Return what changes only because something else does, in a line per cause."""
    groups: dict[tuple[Verdict, tuple[str, ...]], list[str]] = {}
    for each in changes:
        if causes := roots.of(each):
            groups.setdefault((each.verdict, causes), []).append(each.address)
    for (verdict, causes), addresses in groups.items():
        yield Entry(verdict, tuple(addresses), f"(with {_listed(list(causes))})")


@dataclass(frozen=True)
class _Roots:
    """Follows a change to the ones that it follows from."""

    changes: dict[str, Change]

    def of(self, change: Change) -> tuple[str, ...]:
        """Return the first causes; none if the change is one."""
        if change.differences or not change.follows:
            return ()
        return tuple(sorted(self._causes(change, frozenset())))

    def _causes(self, change: Change, seen: frozenset[str]) -> set[str]:
        followed = [address for each in change.culprits for address in each.follows] or change.follows
        if change.differences or not followed or change.address in seen:
            return {change.address}
        known = [self.changes[address] for address in followed if address in self.changes]
        return {cause for each in known for cause in self._causes(each, seen | {change.address})}


def _entry(change: Change, review: EnvironmentReview) -> Entry:
    forcing = {each.path for each in change.culprits if not each.follows}
    shown = [each for each in change.differences if not _is_policy(change, each)]
    lines = tuple(
        (sign, f"{text}  # forces the replacement" if _is_of(each.path, forcing) and sign != "-" else text)
        for each in shown
        for sign, text in lines_of(each)
    )
    policy = _of_policy(change, review) if len(shown) < len(change.differences) else ""
    return Entry(change.verdict, (change.address,), _because(change, policy), lines)


def _is_policy(change: Change, difference: Difference) -> bool:
    return (change.type, difference.path.partition(".")[0]) in POLICIES


def _of_policy(change: Change, review: EnvironmentReview) -> str:
    """Say where the difference of a policy is: among the permissions, unless its words alone differ."""
    sources = {each.source for each in (*review.won, *review.lost) if isinstance(each, Permission)}
    if any(change.address in each for each in review.not_looked_at):
        return "its policy differs"
    return "its permissions are listed above" if change.address in sources else "its policy permits the same"


def _is_of(path: str, forcing: set[str]) -> bool:
    return any(path == each or path.startswith((f"{each}.", f"{each}[", f"{each} ")) for each in forcing)


def _because(change: Change, policy: str) -> str:
    own = {each.path.partition(" ")[0] for each in change.differences}
    unseen = [
        each.path for each in change.culprits if not each.follows and not any(p.startswith(each.path) for p in own)
    ]
    followed = sorted({address for each in change.culprits for address in each.follows} or set(change.follows))
    parts = (
        change.data or "",
        f"from {change.previous_address}" if change.previous_address else "",
        change.reason,
        "the old one stays" if change.keeps_old and change.verdict != Verdict.MOVE else "",
        "the new one is made first" if change.create_first and not change.keeps_old else "",
        policy,
        f"because of {', '.join(unseen)}" if unseen else "",
        f"with {_listed(followed)}" if followed else "",
    )
    said = "; ".join(part for part in parts if part)
    return f"({said})" if said else ""


def _protections(review: EnvironmentReview) -> Iterator[Entry]:
    for change, difference in review.protections_lost:
        yield Entry(change.verdict, (change.address,), lines=tuple(lines_of(difference)))


def _tags(review: EnvironmentReview) -> Iterator[Entry]:
    """Return a line per change of tags, however many resources have it."""
    groups: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for change in review.others:
        if change.only_tags:
            key = tuple(line for each in change.differences for line in lines_of(each))
            groups.setdefault(key, []).append(change.address)
    for lines, addresses in groups.items():
        texts = tuple(f"{sign} {text}" for sign, text in lines)
        whose = addresses[0] if len(addresses) == 1 else many(len(addresses), "resource")
        yield Entry(f"{whose}:", texts)
