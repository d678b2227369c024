"""What is said of a snapshot that somebody has asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.data.background import JobState
from dashboard.data.projects import LoadState
from dashboard.history.take import Taken
from dashboard.history.taker import TakerState
from dashboard.store.series import Snapshot
from dashboard.ui.taking import Asked, outcome_words
from tests.dashboard.builders import inventory_of
from tests.dashboard.store.builders import day

ASKED = Asked("production", "custom", loads=1, tries=1)
LOADED: LoadState = JobState(result=inventory_of({"config_name": "a"}), finished=2)
SNAPSHOT = Snapshot(7, "production", "custom", day(0), day(1), 1, 0, "")
STORED = TakerState(Taken(SNAPSHOT, stored=True), tries=2)


@pytest.mark.parametrize(
    ("load", "taking", "said"),
    [
        (replace(LOADED, finished=1), STORED, ""),
        (replace(LOADED, running=True), STORED, ""),
        (LOADED, replace(STORED, tries=1), ""),
        (LOADED, STORED, "Stored: snapshot 7, 1 configuration."),
        (
            LOADED,
            TakerState(Taken(SNAPSHOT, stored=False), tries=2),
            "Unchanged since then (snapshot 7): nothing stored.",
        ),
        (
            replace(LOADED, result=inventory_of({"config_name": "a"}, complete=False)),
            replace(STORED, tries=1),
            "The service did not tell everything: nothing was stored.",
        ),
        (replace(LOADED, error=ValueError()), STORED, "The load failed: nothing was stored."),
        (LOADED, replace(STORED, failure="full"), "Nothing could be stored."),
        (LOADED, TakerState(tries=2), "Nothing could be stored."),
    ],
)
def test_it_says_what_came_of_it_once_that_is_known(load: LoadState, taking: TakerState, said: str) -> None:
    assert outcome_words(ASKED, load, taking, "then") == said
