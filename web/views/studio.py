"""The studio's pages: the list of contacts, the form with its file, the history, the import."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sim.cards import Imported
from sim.checking import LookedOver
from sim.drive.result import Drive
from sim.errors import InputError, PersonaError, Problem
from sim.examples import Example
from sim.persona import Persona
from sim.rubric import Rubric
from sim.studio.editing import data_of
from sim.studio.form import ROWS, own_topics, row_count, shown
from sim.studio.publishing import DiffLine, differences
from sim.studio.records import Audience, Made, Version
from sim.studio.writing import Overtaken, Typed, field_at
from sim.topics import CATALOGUE
from sim.uploads import MOST_BYTES
from web.views.contacts import ContactCard, Dossier, contact_card, dossier
from web.views.drive import DriveView, drive_view
from web.views.studio_words import (
    AUDIENCE,
    GIVES_WHEN,
    INTENTS_SAID,
    KINDS,
    LABELS,
    LEVELS_SAID,
    SCALES,
    SITUATIONS,
    STATUS,
    field_id,
)
from web.views.words import DIFFICULTIES, Option, moment

Input = Literal["line", "area", "list", "select", "scale", "number"]

AREAS = {"summary", "tells", "relation", "role", "good_for"}
NO_NAME = "A contact without a name"


@dataclass(frozen=True)
class FieldView:
    """One field of the form. `rows` is the height of a box; `problem` what the check says about it."""

    name: str
    id: str
    label: str
    help: str
    kind: Input
    value: str
    options: tuple[Option, ...] = ()
    problem: str = ""
    rows: int = 1


@dataclass(frozen=True)
class Row:
    """A private fact or a referral. `remove` is the button's value."""

    title: str
    fields: tuple[FieldView, ...]
    remove: str


@dataclass(frozen=True)
class TopicView:
    """A topic and what is said on it. `remove` is empty for topics of the catalogue."""

    id: str
    title: str
    about: str
    lines: int
    fields: tuple[FieldView, ...]
    remove: str = ""


@dataclass(frozen=True)
class TopicGroup:
    """Topics or situations under one heading; `written` counts those with lines."""

    title: str
    topics: tuple[TopicView, ...]

    @property
    def written(self) -> int:
        """How many have lines."""
        return sum(topic.lines > 0 for topic in self.topics)


@dataclass(frozen=True)
class FormView:
    """The whole form."""

    basics: tuple[FieldView, ...]
    summary: tuple[FieldView, ...]
    referrer: tuple[FieldView, ...]
    dossier: tuple[FieldView, ...]
    private: tuple[Row, ...]
    temperament: tuple[FieldView, ...]
    tastes: tuple[FieldView, ...]
    referrals: tuple[Row, ...]
    answers: tuple[TopicGroup, ...]
    lines: tuple[TopicGroup, ...]
    hidden: tuple[str, ...]

    def named(self, typed: str) -> bool:
        """Tell whether the id is another one than a page has in its field: it followed the name."""
        return any(f.name == "id" and f.value != typed for f in self.basics)


@dataclass(frozen=True)
class CheckLine:
    """One finding of the check. `field` is the id of the field to mend it in, empty where only the file shows it."""

    place: str
    message: str
    line: int | None
    field: str


@dataclass(frozen=True)
class EditorPage:
    """A contact being written. `form` is None while the file cannot be read."""

    id: str
    slug: str
    name: str
    status: str
    audience: Audience
    audiences: tuple[Option, ...]
    version: int
    published: int | None
    on_offer: bool
    source: str
    form: FormView | None
    problems: tuple[CheckLine, ...]
    warnings: tuple[CheckLine, ...]
    saved: str = ""


def editor_page(made: Made, found: LookedOver, saved: str = "", typed: Typed | None = None) -> EditorPage:
    """Return the form and the file of a draft, with what the check says; with what was `typed` in their place, if that was not saved."""
    form = form_view(made.draft, found.problems, (typed.fields if typed else None) or {})
    names = set(shown(data_of(made.draft))) if form else set()
    return EditorPage(
        id=made.id,
        slug=made.slug,
        name=name_in(made.draft) or NO_NAME,
        status=_status(made),
        audience=made.audience,
        audiences=tuple(Option(value, f"{said[:1].upper()}{said[1:]}", "") for value, said in AUDIENCE.items()),
        version=made.draft_version,
        published=made.published,
        on_offer=made.status == "published",
        source=made.draft if typed is None or typed.source is None else typed.source,
        form=form,
        problems=tuple(_check_line(p, names) for p in found.problems),
        warnings=tuple(_check_line(p, names) for p in found.warnings),
        saved=saved,
    )


def _status(made: Made) -> str:
    if made.status != "published":
        return STATUS[made.status]
    return f"Version {made.published} is published {AUDIENCE[made.audience]}"


def _check_line(problem: Problem, names: set[str]) -> CheckLine:
    field = field_at(problem.path, names)
    return CheckLine(problem.path, problem.message, problem.line, field_id(field) if field else "")


def name_in(draft: str) -> str:
    """Return the name that a draft gives its contact, without reading the whole of it."""
    found = re.search(r"^name:[ \t]*(.*?)[ \t]*(?:#.*)?$", draft, re.M)
    return found[1].strip("'\"")[:200] if found else ""


# -- the form ---------------------------------------------------------------------------------------------------------------


def form_view(draft: str, problems: Sequence[Problem], typed: Mapping[str, str] | None = None) -> FormView | None:
    """Return the form filled from a draft, and what was typed over it; None where the draft cannot be read."""
    try:
        data = data_of(draft)
    except PersonaError:
        return None
    return _Form(data, problems, typed or {}).view()


class _Form:
    """Builds the fields of one draft."""

    def __init__(self, data: Mapping[str, object], problems: Sequence[Problem], typed: Mapping[str, str]) -> None:
        self.data = data
        self.texts = shown(data)
        self.texts |= {name: text for name, text in typed.items() if name in self.texts}
        names = set(self.texts)
        self.told: dict[str, list[str]] = {}
        for problem in problems:
            self.told.setdefault(field_at(problem.path, names), []).append(problem.message)

    def view(self) -> FormView:
        """Return every part of the form."""
        basics = ("name", "title", "company", "level", "minutes", "pronouns", "archetype", "setting", "id")
        scales = tuple(f"temperament.{name}" for name in SCALES)
        return FormView(
            basics=self.fields(*basics),
            summary=self.fields("summary"),
            referrer=self.fields("referrer.name", "referrer.relation"),
            dossier=self.fields("dossier.company", "dossier.contact", "dossier.industry"),
            private=self.rows("private", "Private fact"),
            temperament=self.fields(*scales),
            tastes=self.fields("delights", "peeves"),
            referrals=self.rows("referrals", "Referral"),
            answers=self.answers(),
            lines=self.situations(),
            hidden=tuple(sorted(key for key in self.data if not self._has_field(key))),
        )

    def _has_field(self, key: str) -> bool:
        known = key in ("schema", *ROWS, "answers", "lines")
        return known or any(name == key or name.startswith(f"{key}.") for name in self.texts)

    def fields(self, *names: str) -> tuple[FieldView, ...]:
        """Return the fields of those names that this draft can show."""
        return tuple(self.field(name) for name in names if name in self.texts)

    def field(self, name: str, label: str = "", about: str = "") -> FieldView:
        """Return one field."""
        generic = re.sub(r"\[\d+\]", "", name)
        generic = re.sub(r"^answers\.[a-z0-9_]+\.", "answers.", generic)
        told = LABELS.get(generic, (label, about))
        last = generic.rpartition(".")[2]
        kind, options = self._kind(generic, last)
        value = self.texts[name]
        rows = value.count("\n") + (2 if kind == "list" else 1) if kind in ("list", "area") else 1
        problem = " ".join(self.told.get(name, []))
        return FieldView(name, field_id(name), label or told[0], about or told[1], kind, value, options, problem, max(rows, 2))

    def _kind(self, generic: str, last: str) -> tuple[Input, tuple[Option, ...]]:
        if generic == "level":
            return "select", _options(LEVELS_SAID)
        if generic == "private.topic":
            return "select", self._topics()
        if generic == "referrals.gives_when":
            return "select", _options(GIVES_WHEN)
        if generic.startswith("temperament."):
            return "scale", tuple(Option(str(n), str(n), words) for n, words in enumerate(SCALES[last], 1))
        if generic in ("minutes", "private.min_rapport"):
            return "number", ()
        if last in ("company", "contact", "industry") and "." in generic:
            return "list", ()
        if last in ("says", "asks", "peeves", "delights") or generic.startswith("lines."):
            return "list", ()
        return ("area" if last in AREAS else "line"), ()

    def _topics(self) -> tuple[Option, ...]:
        own = dict.fromkeys(own_topics(self.data), "a topic of your own")
        known = {t.id: t.about for t in CATALOGUE.values()}
        return (Option("", "Choose a topic", ""), *(Option(t, f"{_spoken(t)}: {about}", "") for t, about in {**known, **own}.items()))

    def rows(self, row: str, title: str) -> tuple[Row, ...]:
        """Return the rows of private facts or referrals."""
        return tuple(
            Row(f"{title} {number + 1}", self.fields(*(f"{row}[{number}].{part}" for part in ROWS[row])), f"remove:{row}:{number}")
            for number in range(row_count(self.data, row))
        )

    def answers(self) -> tuple[TopicGroup, ...]:
        """Return the topics, those of one's own first, then the catalogue's by what they ask about."""
        own = tuple(self.topic(t, "", f"remove:topic:{t}") for t in own_topics(self.data))
        by_kind = {kind: [t for t in CATALOGUE.values() if t.kind == kind and t.id not in ("followup", "other")] for kind in KINDS}
        groups = [TopicGroup(KINDS[kind], tuple(self.topic(t.id, t.about) for t in topics)) for kind, topics in by_kind.items()]
        return (*([TopicGroup("Topics of your own", own)] if own else []), *groups)

    def topic(self, topic: str, about: str, remove: str = "") -> TopicView:
        """Return one topic with its boxes; example questions are asked for only where a topic needs or has them."""
        says, asks = f"answers.{topic}.says", f"answers.{topic}.asks"
        names = (asks, says) if remove else (says, asks) if self.texts.get(asks) else (says,)
        lines = len(self.texts.get(says, "").splitlines())
        return TopicView(field_id(f"topic.{topic}"), _spoken(topic), about, lines, self.fields(*names), remove)

    def situations(self) -> tuple[TopicGroup, ...]:
        """Return a box for each situation in which lines are said."""
        return tuple(TopicGroup(title, tuple(self.situation(i) for i in intents)) for title, intents in SITUATIONS.items())

    def situation(self, intent: str) -> TopicView:
        """Return one situation with its box."""
        name = f"lines.{intent}"
        box = (self.field(name, INTENTS_SAID[intent], "One line each, several; no line is said twice."),) if name in self.texts else ()
        return TopicView(field_id(f"situation.{intent}"), INTENTS_SAID[intent], "", len(self.texts.get(name, "").splitlines()), box)


def _spoken(topic: str) -> str:
    words = topic.replace("_", " ")
    return words[:1].upper() + words[1:]


def _options(said: Mapping[str, str]) -> tuple[Option, ...]:
    return tuple(Option(value, words, "") for value, words in said.items())


# -- the other pages --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ContactRow:
    """One contact in the list."""

    id: str
    name: str
    slug: str
    status: str
    changed: str


@dataclass(frozen=True)
class StudioPage:
    """The list of what one made, and what a new contact can begin with."""

    contacts: tuple[ContactRow, ...]
    shipped: tuple[Option, ...]


def studio_page(made: Sequence[Made], shipped: Sequence[Persona]) -> StudioPage:
    """Return the list, last changed first."""
    rows = (ContactRow(m.id, name_in(m.draft) or NO_NAME, m.slug, _status(m), moment(m.updated_at)) for m in made)
    return StudioPage(tuple(rows), tuple(Option(p.id, f"{p.name}, {p.title}", "") for p in shipped))


@dataclass(frozen=True)
class OvertakenPage:
    """Two texts of one contact: the one stored, and the one that came too late."""

    id: str
    name: str
    version: int
    theirs: str
    mine: str
    lines: tuple[DiffLine, ...]


def overtaken_page(error: Overtaken) -> OvertakenPage:
    """Return both texts and how they differ."""
    theirs = error.theirs
    lines = tuple(differences(theirs.draft, error.mine))
    return OvertakenPage(theirs.id, name_in(theirs.draft) or NO_NAME, theirs.draft_version, theirs.draft, error.mine, lines)


@dataclass(frozen=True)
class VersionRow:
    """One published version in the history."""

    version: int
    when: str
    by: str
    current: bool


@dataclass(frozen=True)
class HistoryPage:
    """The versions of a contact, and one of them compared with what came before or with the draft."""

    id: str
    name: str
    draft_version: int
    versions: tuple[VersionRow, ...]
    shown: int | None
    against: str
    lines: tuple[DiffLine, ...]


def history_page(made: Made, versions: Sequence[Version], shown: int | None = None, against: str = "draft") -> HistoryPage:
    """Return the history; `shown` names the version that is compared, `against` the draft or the version before it."""
    on_offer = made.published if made.status == "published" else None
    rows = tuple(VersionRow(v.version, moment(v.published_at), v.by or "a deleted account", v.version == on_offer) for v in versions)
    texts = {v.version: v.source for v in versions}
    lines: list[DiffLine] = []
    if shown is not None and shown in texts:
        lines = differences(texts.get(shown - 1, ""), texts[shown]) if against == "before" else differences(texts[shown], made.draft)
    return HistoryPage(made.id, name_in(made.draft) or NO_NAME, made.draft_version, rows, shown, against, tuple(lines))


@dataclass(frozen=True)
class PreviewPage:
    """The brief as a learner will see it. `contact` is None while the draft has mistakes."""

    id: str
    name: str
    contact: ContactCard | None
    dossier: Dossier | None


def preview_page(made: Made, persona: Persona | None) -> PreviewPage:
    """Return the public parts of a draft."""
    card = contact_card(persona) if persona else None
    return PreviewPage(made.id, name_in(made.draft) or NO_NAME, card, dossier(persona) if persona else None)


@dataclass(frozen=True)
class ImportPage:
    """A card that was read, before a draft is made of it; `card` is its JSON, to be sent back. `problem` says why a file was not taken."""

    found: Imported | None = None
    card: str = ""
    problem: str = ""
    most: int = MOST_BYTES


def import_page(found: Imported | None = None, card: str = "", problem: str = "") -> ImportPage:
    """Return the form, with what was found in a card once one was sent."""
    return ImportPage(found, card, problem)


def refused_words(error: InputError, name: str) -> str:
    """Say why a file was not taken: its name, what was found, what would do, and that nothing was changed by it."""
    told = "; ".join(f"{p.path} {p.message}".strip() for p in error.problems)
    return f"“{name}” {told}. Nothing was made of it, and your contacts are as they were."


@dataclass(frozen=True)
class KeptExample:
    """A worked example that was kept of this contact."""

    id: str
    title: str
    quality: str
    when: str


@dataclass(frozen=True)
class DrivePage:
    """The test-drive: whether the draft can be driven, the choices, what was found, and what was kept."""

    id: str
    name: str
    ready: bool
    difficulties: tuple[Option, ...]
    rubrics: tuple[Option, ...]
    seed: int
    difficulty: str
    rubric: str
    found: DriveView | None
    kept: tuple[KeptExample, ...]


def drive_page(
    made: Made, persona: Persona | None, rubrics: Sequence[Rubric], kept: Sequence[Example], found: Drive | None = None
) -> DrivePage:
    """Return the page before or after a drive; the choices stand as they were made."""
    return DrivePage(
        id=made.id,
        name=name_in(made.draft) or NO_NAME,
        ready=persona is not None,
        difficulties=DIFFICULTIES,
        rubrics=tuple(Option(r.id, r.name, "") for r in rubrics),
        seed=found.seed if found else 0,
        difficulty=found.difficulty if found else "realistic",
        rubric=found.rubric.id if found else "classic",
        found=drive_view(found) if found else None,
        kept=tuple(KeptExample(e.id, e.title, e.quality, moment(e.kept_at)) for e in kept),
    )
