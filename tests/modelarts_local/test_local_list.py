"""The list call over HTTP."""

import itertools
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from modelarts_local import LocalService

ROWS = [
    {"config_name": "b", "config_desc": "same", "create_time": 30, "mark": 0},
    {"config_name": "a", "config_desc": "same", "create_time": None, "mark": 1},
    {"config_name": "c", "config_desc": None, "create_time": 10, "mark": 2},
    {"config_name": "a", "config_desc": "same", "create_time": 30, "mark": 3},
    {"config_name": "B", "config_desc": "Straße", "mark": 4},
    {"config_name": "d-ß", "config_desc": "", "create_time": 20, "mark": 5},
]


def marks(response):
    return [row["mark"] for row in response.json()["configs"]]


def test_defaults_are_ten_rows_by_name_descending(project, fetch):
    answer = fetch(project).json()
    names = [row["config_name"] for row in answer["configs"]]
    assert answer["is_success"] is True
    assert answer["config_total_count"] == 320
    assert len(names) == 10
    assert answer == fetch(project, per_page=10, page=1, sortBy="config_name", order="desc").json()
    assert names == sorted(names, reverse=True)


@pytest.mark.parametrize("per_page", [1, 7, 100, 320, 1000])
def test_pages_together_are_the_whole_set(project, fetch, per_page):
    pages = min(-(-320 // per_page), 40)
    names = [
        row["config_name"]
        for page in range(1, pages + 1)
        for row in fetch(project, per_page=per_page, page=page, order="asc").json()["configs"]
    ]
    everything = fetch(project, per_page=1000, order="asc").json()["configs"]
    assert names == [row["config_name"] for row in everything][: per_page * pages]


def test_a_page_past_the_end_is_empty_with_the_true_total(project, fetch):
    answer = fetch(project, per_page=100, page=5).json()
    assert answer == {"is_success": True, "config_total_count": 320, "configs": []}


@pytest.mark.parametrize("name", ["per_page", "page"])
@pytest.mark.parametrize("value", ["0", "-1", "ten", "", "1.5", " 1", "+1", "1_0", "\u0661", "9" * 19])
def test_page_values_that_are_no_positive_integers_are_refused(project, fetch, name, value):
    response = fetch(project, **{name: value})
    assert response.status_code == 400
    assert response.json()["is_success"] is False
    assert response.json()["error_code"] == "ModelArts.0101"
    assert name in response.json()["error_message"]


def test_a_page_has_at_most_1000_rows(project, fetch):
    assert fetch(project, per_page=1000).status_code == 200
    assert fetch(project, per_page=1001).json()["error_code"] == "ModelArts.0101"


@pytest.mark.parametrize("sort_by", ["config_name", "config_desc", "create_time"])
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_every_order_equals_a_naive_sort(project, fetch, sort_by, order):
    rows = fetch(project, per_page=1000, sortBy=sort_by, order=order).json()["configs"]
    expected = list(rows[::-1])
    expected.sort(key=lambda row: (row[sort_by], row["config_name"]), reverse=order == "desc")
    assert rows == expected


@pytest.mark.parametrize(
    ("sort_by", "ascending", "descending"),
    [
        # Rows 1 and 3 share a name: in both directions the one that came first is first.
        ("config_name", [4, 1, 3, 0, 2, 5], [5, 2, 0, 1, 3, 4]),
        ("config_desc", [2, 5, 4, 1, 3, 0], [0, 1, 3, 4, 5, 2]),
        ("create_time", [4, 1, 2, 5, 3, 0], [0, 3, 5, 2, 1, 4]),
    ],
)
def test_nothing_sorts_first_and_ties_by_name_in_the_same_direction(fetch, sort_by, ascending, descending):
    with LocalService(ROWS) as service:
        assert marks(fetch(service, sortBy=sort_by, order="asc")) == ascending
        assert marks(fetch(service, sortBy=sort_by, order="desc")) == descending


@pytest.mark.parametrize(
    "query",
    [
        {"sortBy": "engine_name"},
        {"sortBy": ""},
        {"order": "ascending"},
        {"sortBy": "create_time", "config_type": "sample"},
    ],
)
def test_an_unsupported_sort_is_refused(project, fetch, query):
    response = fetch(project, **query)
    assert response.status_code == 400
    assert response.json()["error_code"] == "ModelArts.2790"


def test_an_unknown_configuration_type_is_refused(project, fetch):
    assert fetch(project, config_type="all").json()["error_code"] == "ModelArts.0101"


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("B", [0, 4]),
        ("STRASSE", [4]),
        ("ss", [4, 5]),
        ("same", [0, 1, 3]),
        ("", [0, 1, 2, 3, 4, 5]),
        ("same\nb", []),
    ],
)
def test_search_is_a_substring_of_name_or_description_in_any_case(fetch, search, found):
    with LocalService(ROWS) as service:
        answer = fetch(service, search_content=search)
        assert sorted(marks(answer)) == found
        assert answer.json()["config_total_count"] == len(found)


def test_search_results_are_sorted_and_paged(project, fetch):
    everything = fetch(project, per_page=1000, sortBy="create_time", order="asc").json()["configs"]
    expected = [
        row for row in everything if "bert" in (row["config_name"] + "\n" + row["config_desc"]).lower()
    ]
    query = {"search_content": "BERT", "sortBy": "create_time", "order": "asc", "per_page": 5}
    first, second = (fetch(project, page=page, **query).json() for page in (1, 2))
    assert len(expected) > 5
    assert first["config_total_count"] == len(expected)
    assert first["configs"] + second["configs"] == expected[:10]
    backwards = fetch(project, **{**query, "order": "desc", "per_page": 1000}).json()
    assert backwards["configs"] == expected[::-1]


def test_many_different_searches_stay_right(project, fetch):
    """More of them than are remembered, and the first ones again."""
    letters = ["".join(pair) for pair in itertools.product("abcdef", "abcdef_")]
    totals = [fetch(project, search_content=pair).json()["config_total_count"] for pair in letters]
    assert totals == [fetch(project, search_content=pair).json()["config_total_count"] for pair in letters]
    assert len(set(totals)) > 3


def test_samples_are_the_vendor_s_and_have_no_creation_time(project, fetch):
    answer = fetch(project, config_type="sample", per_page=100).json()
    assert answer["config_total_count"] == 18
    assert not any("create_time" in row for row in answer["configs"])
    assert fetch(project, config_type="sample", sortBy="config_desc").status_code == 200


@pytest.mark.parametrize(("samples", "total"), [(0, 0), (3, 3), (40, 40), ([{"config_name": "mine"}], 1)])
def test_samples_can_be_counted_or_given(fetch, samples, total):
    with LocalService(0, samples=samples) as service:
        answer = fetch(service, config_type="sample", per_page=100).json()
    assert answer["config_total_count"] == total
    assert len({row["config_name"] for row in answer["configs"]}) == total


HOSTILE = [
    {
        "config_name": "<script>alert(1)</script>",
        "config_desc": "=1+1",
        "extra": {"deep": [None, 1.5, "\u202e"]},
    },
    {"config_name": None, "create_time": "yesterday"},
    {"config_name": 7, "create_time": True, "config_desc": ["a", {}]},
    {"config_name": "lone \ud800 surrogate", "create_time": -1},
    {"create_time": 10**30, "config_desc": {"b": 1, "a": 2}},
    {"config_name": "slash/and?more#%2F", "create_time": 0.5},
    {},
]


@pytest.mark.parametrize("sort_by", ["config_name", "config_desc", "create_time"])
def test_hostile_rows_are_served_as_they_are(fetch, sort_by):
    with LocalService(HOSTILE) as service:
        ascending = fetch(service, sortBy=sort_by, order="asc").json()["configs"]
        descending = fetch(service, sortBy=sort_by, order="desc").json()["configs"]
        assert fetch(service, search_content="script").json()["configs"] == HOSTILE[:1]

    def text(rows):
        return sorted(json.dumps(row, sort_keys=True) for row in rows)

    assert text(ascending) == text(descending) == text(HOSTILE)


def test_what_json_cannot_say_is_refused_at_once():
    with pytest.raises(ValueError, match="JSON"):
        LocalService([{"config_name": "a", "create_time": float("nan")}])


def test_rows_come_and_go_while_the_service_runs(fetch):
    with LocalService(ROWS) as service:
        service.add({"config_name": "new"})
        service.add({"config_name": "old", "create_time": 1})
        newest = fetch(service, sortBy="create_time", order="desc").json()["configs"][0]
        assert newest["config_name"] == "new"
        assert newest["create_time"] > 1_700_000_000_000
        assert fetch(service, search_content="old").json()["configs"] == [
            {"config_name": "old", "create_time": 1}
        ]
        service.remove("a")
        assert fetch(service).json()["config_total_count"] == len(ROWS)
        with pytest.raises(KeyError):
            service.remove("a")


def test_another_project_is_not_found(project):
    response = requests.get(f"{project.url}/v1/{'0' * 32}/training-job-configs", timeout=10)
    assert response.status_code == 404
    assert response.json()["error_code"] == "ModelArts.0210"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v2/x/algorithms"),
        ("GET", "/"),
        ("GET", "/v1/{project}/job/ai-engines/"),
        ("POST", "/v1/{project}/training-job-configs"),
    ],
)
def test_what_the_api_does_not_have_is_the_gateway_s_404(project, method, path):
    url = project.url + path.format(project=project.project_id)
    response = requests.request(method, url, timeout=10, allow_redirects=False)
    assert response.status_code == 404
    assert response.json()["error_code"] == "APIG.0101"
    assert response.json()["request_id"] == response.headers["X-Request-Id"]


def test_every_answer_has_a_date_and_its_own_request_id(project, fetch):
    answers = [fetch(project), fetch(project, page=0), fetch(project, "nowhere")]
    assert all(answer.headers["Date"].endswith("GMT") for answer in answers)
    assert len({answer.headers["X-Request-Id"] for answer in answers}) == 3


def test_many_threads_get_the_same_answers(fetch):
    with LocalService(3000, seed=5) as service, ThreadPoolExecutor(16) as pool:
        pages = [page % 12 + 1 for page in range(120)]
        answers = list(pool.map(lambda page: fetch(service, per_page=250, page=page).content, pages))
        assert len(set(answers)) == 12
        assert len(service.requests) == 120


def test_unless_told_otherwise_the_sample_project_reaches_up_to_today(fetch):
    with LocalService() as service:
        answer = fetch(service, sortBy="create_time", per_page=1).json()
    assert answer["config_total_count"] == 320
    assert 0 < time.time() - answer["configs"][0]["create_time"] / 1000 < 3 * 86_400


def test_without_configurations_there_is_an_empty_list(fetch):
    with LocalService(0) as service:
        assert fetch(service).json() == {"is_success": True, "config_total_count": 0, "configs": []}
