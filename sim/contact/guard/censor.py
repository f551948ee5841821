"""Hold a line to the rules while it streams: sentences go out whole and in order once they pass, and none is taken back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sim.contact.guard.rules import breach
from sim.contact.guard.scene import Scene
from sim.contact.secrets import plain
from sim.contact.speech import sentences
from sim.transcript import word_count

LONGEST_SENTENCE = 900
"""Characters without a sentence's end from which nothing more is waited for."""

_THOUGHT = re.compile(r"\s*<think(?:ing)?>.*?(?:</think(?:ing)?>\s*|$)", re.S)
_THOUGHT_BEGUN = re.compile(r"\s*<(?:t(?:h(?:i(?:n(?:k(?:i(?:n(?:g)?)?)?)?)?)?)?)?$")
_QUOTES = {'"': '"', "“": "”", "«": "»"}


@dataclass
class Censor:
    """One draft of a line. Feed it what the model writes; take what may be spoken from `ready`.

    `broken` is the rule that ended the draft, or None; `full` tells that the line has its length. After either, what the model
    still writes is not read. `kept` is everything that passed, `held` what of it waits for company: nothing goes out before the
    line has its fewest words, so that a draft which breaks a rule early can be redrawn whole. `whole`: hold everything.
    """

    scene: Scene
    whole: bool = False
    broken: str | None = None
    full: bool = False
    tidied: bool = False
    kept: list[str] = field(default_factory=list)
    _shown: int = 0
    _raw: str = ""
    _taken: int = 0

    @property
    def text(self) -> str:
        """The line as far as it passed."""
        return " ".join(self.kept)

    @property
    def shown(self) -> bool:
        """Whether any of it has gone out."""
        return self._shown > 0

    @property
    def over(self) -> bool:
        """Whether nothing more of this draft is wanted."""
        return self.full or self.broken is not None

    def feed(self, piece: str) -> None:
        """Read on."""
        if self.over:
            return
        self._raw += piece
        body = self._body()
        if body is None:
            return
        found = sentences(body)
        for sentence in found[self._taken : len(found) - 1]:  # the last one may go on
            self._take(sentence)
        if any(len(sentence) > LONGEST_SENTENCE for sentence in found[-1:]):
            self.broken = self.broken or "too_long"

    def close(self, *, finished: bool) -> None:
        """Read to the end. `finished`: the model said that it was done; what a cut stream left unfinished is dropped."""
        body = "" if self.over else self._body(ended=True) or ""
        found = sentences(body)
        for sentence in found[self._taken :]:
            complete = bool(re.search(r"[.!?…]['\"’”)]*$", sentence))
            if complete or finished:
                self._take(sentence if complete else f"{sentence.rstrip(',;:-– ')}.")
        if not self.over and word_count(self.text) < self.scene.fewest_words:
            self.broken = "too_short"

    def ready(self) -> str:
        """Return what may go out now and has not, "" where there is nothing."""
        if self.whole or word_count(self.text) < self.scene.fewest_words:
            return ""
        return self.release()

    def release(self) -> str:
        """Return whatever passed and has not gone out yet."""
        fresh = self.kept[self._shown :]
        lead = " " if fresh and self._shown else ""
        self._shown = len(self.kept)
        return lead + " ".join(fresh)

    def _take(self, sentence: str) -> None:
        """Let one more sentence of the draft pass, or end the draft."""
        self._taken += 1
        if self.over:
            return
        if rule := breach(sentence, self.scene) or self._echo(sentence):
            self.broken = rule
        elif word_count(f"{self.text} {sentence}") > self.scene.most_words:
            self.full = True
        else:
            self.kept.append(" ".join(sentence.split()))

    def _echo(self, sentence: str) -> str | None:
        return "repeated" if plain(sentence) in map(plain, self.kept) else None

    def _body(self, *, ended: bool = False) -> str | None:
        """Return the draft without thoughts spoken to itself, its own name in front and quotes around it; None: too early to say."""
        if not ended and _THOUGHT_BEGUN.match(self._raw):
            return None
        body = _THOUGHT.sub("", self._raw).lstrip()
        name = self._label().match(body)
        if name:
            body = body[name.end() :].lstrip()
        elif not ended and len(body) < len(self.scene.persona.name) + 4 and "\n" not in body:
            return None
        closing = _QUOTES.get(body[:1])
        if closing:
            body = body[1:].rstrip().removesuffix(closing) if ended else body[1:]
        self.tidied = self.tidied or len(body) < len(self._raw.lstrip())
        return body

    def _label(self) -> re.Pattern[str]:
        names = [self.scene.persona.name, self.scene.persona.first_name]
        return re.compile(rf"[*_\[]*(?:{'|'.join(map(re.escape, names))})[*_\]]*\s*:[*_]*", re.I)
