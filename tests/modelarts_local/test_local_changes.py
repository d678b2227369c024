"""A project that changes while it is served: by hand, and by itself from a seed."""

import json
import time
from collections import Counter

import pytest
import requests

from modelarts_local import LocalService
from modelarts_local.mutations import KINDS, Mutations


def listed(service):
    url = f"{service.url}/v1/{service.project_id}/training-job-configs"
    answer = requests.get(url, params={"per_page": 1000, "order": "asc"}, timeout=10).json()
    assert answer["config_total_count"] == len(answer["configs"])
    return {row["config_name"]: row for row in answer["configs"]}


def detail(service, name, config_type="custom"):
    url = f"{service.url}/v1/{service.project_id}/training-job-configs/{name}"
    return requests.get(url, params={"config_type": config_type}, timeout=10)


def test_an_edit_changes_its_fields_alone_in_list_and_detail():
    with LocalService(20) as service:
        name = service.names()[7]
        before, row = detail(service, name).json(), listed(service)[name]
        service.edit(name, config_desc="edited", worker_server_num=64)
        assert detail(service, name).json() == {**before, "config_desc": "edited", "worker_server_num": 64}
        assert listed(service)[name] == {**row, "config_desc": "edited"}
        assert service.details(name) == detail(service, name).json()
        assert len(listed(service)) == 20


def test_an_edit_may_rename_and_everything_else_stays():
    with LocalService(20) as service:
        names = service.names()
        before = detail(service, names[3]).json()
        service.edit(names[3], config_name="renamed")
        assert detail(service, names[3]).status_code == 404
        assert detail(service, "renamed").json() == {**before, "config_name": "renamed"}
        assert service.names() == [*names[:3], "renamed", *names[4:]]


def test_a_row_with_details_of_its_own_keeps_them():
    own = {"config_name": "a", "spec_code": "own", "create_time": 1_600_000_000_000, "odd": [1]}
    with LocalService([own], samples=[{"config_name": "s"}]) as service:
        service.edit("a", config_desc=None)
        assert detail(service, "a").json() == {**own, "config_desc": None}
        service.edit("s", config_type="sample", config_desc="x")
        assert detail(service, "s", "sample").json()["config_desc"] == "x"
        assert "config_desc" not in listed(service)["a"] or listed(service)["a"]["config_desc"] is None


@pytest.mark.parametrize("call", ["edit", "remove", "details"])
def test_what_is_not_there_cannot_be_changed(call):
    with LocalService(1) as service, pytest.raises(KeyError, match="nobody"):
        getattr(service, call)("nobody")


def test_rows_are_added_and_removed_as_before():
    with LocalService([]) as service:
        service.add({"config_name": "a"})
        service.add({"config_name": "b", "create_time": 5})
        service.remove("a")
        assert listed(service) == {"b": {"config_name": "b", "create_time": 5}}


# By itself


def lived(seed, changes=120):
    service = LocalService(30, seed=seed)
    done = [service.mutations.once() for _ in range(changes)]
    wires = [service.details(name) for name in service.names()]
    for wire in wires:
        wire.pop("create_time")
    return done, json.dumps(wires)


def test_the_same_seed_is_the_same_life_and_another_another():
    assert lived(1) == lived(1)
    assert lived(1)[0] != lived(2)[0]


def test_every_kind_of_change_happens_and_names_stay_names():
    done, wires = lived(3, 200)
    assert set(Counter(kind for kind, _ in done)) == set(KINDS)
    names = [wire["config_name"] for wire in json.loads(wires)]
    assert len(set(names)) == len(names)
    assert all(len(name) <= 64 for name in names)


def test_a_change_concerns_one_configuration():
    service = LocalService(30)
    for _ in range(100):
        before = {name: service.details(name) for name in service.names()}
        kind, name = service.mutations.once()
        after = {name: service.details(name) for name in service.names()}
        gone, new = before.keys() - after.keys(), after.keys() - before.keys()
        same = [each for each in before.keys() & after.keys() if before[each] == after[each]]
        assert (len(gone), len(new)) == {"remove": (1, 0), "copy": (0, 1), "rename": (1, 1)}.get(kind, (0, 0))
        assert gone <= {name}
        assert len(same) >= len(before) - 1


def test_an_empty_project_has_nothing_to_change():
    assert LocalService([]).mutations.once() == ("nothing", "")


def test_it_changes_by_itself_until_it_is_stopped():
    with LocalService(30, mutate_seconds=0.01) as service:
        before, limit = listed(service), time.monotonic() + 60
        while listed(service) == before:
            assert time.monotonic() < limit, "nothing has changed"
    stopped = [service.details(name) for name in service.names()]
    time.sleep(0.1)
    assert [service.details(name) for name in service.names()] == stopped


class Vanishing:
    """A project of which every name is gone when it is looked at."""

    def __init__(self):
        self.asked = 0

    def names(self):
        return ["a"]

    def details(self, name):
        self.asked += 1
        raise KeyError(name)


def test_what_somebody_else_removed_in_between_ends_nothing():
    project = Vanishing()
    mutations = Mutations(project)
    mutations.start(0.001)
    limit = time.monotonic() + 60
    while project.asked < 3:
        assert time.monotonic() < limit, "it has ended"
        time.sleep(0.001)
    mutations.stop()
