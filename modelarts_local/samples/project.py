"""A believable project: seeded configurations of ten teams since 2018.

Configurations come in experiments: somebody starts one (an engine or an image, a model, some data) and saves
attempt after attempt at it, until somebody on the team starts the next.
"""

import datetime as dt
import random
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any

from modelarts_local.samples.deck import Deck
from modelarts_local.samples.descriptions import DESCRIPTIONS
from modelarts_local.samples.engines import ENGINES, Engine
from modelarts_local.samples.images import Image, ImageShelf
from modelarts_local.samples.names import NameBook, series_of
from modelarts_local.samples.teams import TEAMS, Subject, Team
from modelarts_local.samples.timeline import creation_times, year_of

GOES_ON = 0.6
LASTS_MS = 75 * 86_400_000
COPIED = 0.035
UNDESCRIBED = 0.08
IMAGE_FIELDS_SENT_EMPTY = 0.4
OTHER_ENGINES = 0.15
ENGINES_BY_VERSION = {engine.engine_version: engine for engine in ENGINES}
# Of this many configurations and more, every engine version has one; with fewer, as many as a quarter allows.
COVERED_FROM = 4 * len(ENGINES)


@dataclass(frozen=True)
class Experiment:
    """What attempts have in common. No `image` on a built-in engine; an image may have no `engine`."""

    started_ms: int
    series: str
    team: Team
    model: str
    data: str
    engine: Engine | None
    image: Image | None
    language: str
    empty_fields: bool


def generate_configurations(
    count: int, seed: int = 0, now: dt.datetime | None = None
) -> Iterator[dict[str, Any]]:
    """Return configurations under the wire's names, oldest first, all different in name.

    The same for the same arguments; `now` (aware) bounds the creation times and is today's midnight in UTC
    unless given.
    """
    now = now or dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return SampleProject(seed).configurations(count, now)


class SampleProject:
    """Makes configurations up, one after the other."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)  # noqa: S311 - sample data, which must be reproducible
        self._names = NameBook()
        self._shelf = ImageShelf(self._rng)
        self._languages = {team.code: _language_deck(team, self._rng) for team in TEAMS}
        self._current: dict[str, Experiment] = {}
        self._recent: deque[dict[str, Any]] = deque(maxlen=40)

    def configurations(self, count: int, now: dt.datetime) -> Iterator[dict[str, Any]]:
        """Yield so many configurations as the wire has them, all created before `now`."""
        times = creation_times(count, self._rng, now)
        pioneers = _first_uses(times)
        for position, time_ms in enumerate(times):
            engine = pioneers.get(position)
            copied = engine is None and self._recent and self._rng.random() < COPIED
            wire = self._copy(time_ms) if copied else None
            yield wire or self._attempt(time_ms, engine)

    def _copy(self, time_ms: int) -> dict[str, Any] | None:
        """Return a recent configuration under another name."""
        original = self._recent[int(self._rng.random() * len(self._recent))]
        name = self._names.copy_of(original["config_name"])
        return {**original, "config_name": name, "create_time": time_ms} if name else None

    def _attempt(self, time_ms: int, engine: Engine | None) -> dict[str, Any]:
        year = year_of(time_ms)
        team = _draw(self._rng, *_teams_at(_month(year), engine.engine_name if engine else None))
        experiment = self._current.get(team.code)
        goes_on = experiment is not None and time_ms - experiment.started_ms < LASTS_MS
        if engine or experiment is None or not goes_on or self._rng.random() > GOES_ON:
            experiment = self._experiment(team, time_ms, engine)
            self._current[team.code] = experiment
        wire = self._configuration(experiment, time_ms)
        self._recent.append(wire)
        return wire

    def _experiment(self, team: Team, time_ms: int, engine: Engine | None) -> Experiment:
        rng, year = self._rng, year_of(time_ms)
        model = rng.choice(_available(team.models, _month(year)))
        data, member = rng.choice(team.data), rng.choice(team.members)
        day = dt.datetime.fromtimestamp(time_ms / 1000, dt.UTC).date()
        image = None
        if engine is None and rng.random() < _image_share(year) * team.images:
            image = self._shelf.image(team.code, year)
        if image:
            engine = ENGINES_BY_VERSION.get(image.engine_version)
        elif engine is None:
            engine = _draw(rng, *_engines_at(_month(year), team.code))
        series = series_of(team, model, data, member, day)
        language, empty = self._languages[team.code].draw(), rng.random() < IMAGE_FIELDS_SENT_EMPTY
        return Experiment(time_ms, series, team, model, data, engine, image, language, empty)

    def _configuration(self, experiment: Experiment, time_ms: int) -> dict[str, Any]:
        name, number = self._names.next(experiment.series)
        wire: dict[str, Any] = {
            "config_name": name,
            "config_desc": self._description(experiment, number),
            "create_time": time_ms,
        }
        if experiment.engine:
            wire.update(experiment.engine.wire())
        if experiment.image:
            wire["user_image_url"] = experiment.image.address
            wire["user_command"] = self._command(experiment)
        elif experiment.empty_fields:
            wire["user_image_url"] = wire["user_command"] = ""
        return wire

    def _command(self, experiment: Experiment) -> str:
        model, code = experiment.model.lower(), experiment.team.code
        return self._shelf.command(
            {"team": code, "code": f"{code}-train", "model": model, "data": experiment.data}
        )

    def _description(self, experiment: Experiment, number: int) -> str:
        if experiment.language == "none" or self._rng.random() < UNDESCRIBED:
            return ""
        template = self._rng.choice(DESCRIPTIONS[experiment.language])
        return template.format(model=experiment.model, data=experiment.data, n=number)


def _language_deck(team: Team, rng: random.Random) -> Deck[str]:
    return Deck(rng, {language: team.languages.count(language) for language in team.languages})


def _first_uses(times: Sequence[int]) -> dict[int, Engine]:
    """Return which row must be on which engine so that every version is in use, near the peak of each."""
    years = [year_of(time_ms) for time_ms in times]
    engines = ENGINES if len(times) >= COVERED_FROM else ENGINES[: len(times) // 4]
    taken: dict[int, Engine] = {}
    for engine in engines:
        position = min(bisect_left(years, engine.peak), len(years) - 1)
        while position in taken:
            position = (position + 1) % len(years)
        taken[position] = engine
    return taken


def _month(year: float) -> int:
    """Return months since year 0: choices are worked out once for each."""
    return int(year * 12)


def _image_share(year: float) -> float:
    """Return the share of new experiments on custom images: few at first, most of them in the end."""
    return min(0.75, max(0.06, 0.06 + 0.085 * (year - 2018.8)))


Weighed = tuple[Sequence[Any], Sequence[float]]


def _draw(rng: random.Random, choices: Sequence[Any], cumulative: Sequence[float]) -> Any:
    return choices[bisect_left(cumulative, rng.random() * cumulative[-1])]


def _weigh(choices: Sequence[Any], weight: Callable[[Any], float]) -> Weighed:
    weighed = [(choice, weight(choice)) for choice in choices]
    kept = [pair for pair in weighed if pair[1] > 0] or [(choices[-1], 1.0)]
    return [choice for choice, _ in kept], list(accumulate(weight for _, weight in kept))


@lru_cache(maxsize=8192)
def _teams_at(month: int, engine_name: str | None) -> Weighed:
    """Return teams active in a month; for a given engine, those who prefer it."""

    def weight(team: Team) -> float:
        if not team.since <= month / 12 < team.until:
            return 0.0
        return team.size * (1.0 if engine_name is None else team.engines.get(engine_name, 0.0))

    return _weigh(TEAMS, weight)


@lru_cache(maxsize=8192)
def _engines_at(month: int, team_code: str) -> Weighed:
    likes = next(team.engines for team in TEAMS if team.code == team_code)
    # The middle of the month; what is used at the end of the table is used ever after.
    year = min((month + 0.5) / 12, 2031.0)
    return _weigh(ENGINES, lambda e: e.use_at(year) * likes.get(e.engine_name, OTHER_ENGINES))


@lru_cache(maxsize=8192)
def _available(subjects: tuple[Subject, ...], month: int) -> list[str]:
    """Return the models there are in a month; of many, the newest six."""
    known = [name for since, name in subjects if since <= (month + 1) / 12]
    return known[-6:] or [subjects[0][1]]
