"""The sample project is believable, and holds what an audit should find."""

import datetime as dt
import re
from collections import Counter

import pytest

from modelarts_local.samples.engines import ENGINES
from modelarts_local.samples.names import NameBook, family_name
from modelarts_local.samples.project import generate_configurations

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
DAY_MS = 86_400_000


@pytest.fixture(scope="module", params=[0, 1, 2])
def rows(request):
    return list(generate_configurations(320, request.param, NOW))


def year(row):
    return dt.datetime.fromtimestamp(row["create_time"] / 1000, dt.UTC).year


def commands(rows):
    return [row["user_command"] for row in rows if row.get("user_command")]


def images(rows):
    return [row["user_image_url"] for row in rows if row.get("user_image_url")]


def test_the_same_arguments_give_the_same_project():
    once, again = (list(generate_configurations(500, 3, NOW)) for _ in range(2))
    assert once == again
    assert once != list(generate_configurations(500, 4, NOW))


@pytest.mark.parametrize("count", [0, 1, 2, 5, 30, 129, 3000])
def test_any_number_of_different_valid_names(count):
    rows = list(generate_configurations(count, 0, NOW))
    names = [row["config_name"] for row in rows]
    assert len(names) == len(set(names)) == count
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name) for name in names)
    assert all(0 < NOW.timestamp() * 1000 - row["create_time"] < DAY_MS for row in rows[-1:])


def test_a_name_is_given_once_even_where_habits_meet():
    book = NameBook()
    assert [book.next("a[_#]") for _ in range(2)] == [("a", 1), ("a_2", 2)]
    assert [book.next("a_#") for _ in range(2)] == [("a_1", 1), ("a_3", 3)]
    assert book.next("b-###") == ("b-001", 1)
    assert [book.copy_of("a") for _ in range(2)] == ["a-copy", "a_copy"]
    assert book.copy_of("x" * 64) is None
    assert [family_name(name) for name in ("nlp-bert-ft-v3", "CV_x_2_copy", "exp")] == [
        "nlp-bert-ft",
        "CV_x",
        "exp",
    ]


def test_every_row_is_within_the_documented_limits(rows):
    for row in rows:
        assert len(row["config_desc"]) <= 256
        assert isinstance(row["create_time"], int)
        assert bool(row.get("user_image_url")) == bool(row.get("user_command"))
        assert row.get("engine_name") or row.get("user_image_url")


def test_every_engine_version_is_in_use(rows):
    used = {row["engine_version"] for row in rows if "engine_version" in row}
    assert used == {engine.engine_version for engine in ENGINES}


def test_engines_come_and_go():
    rows = list(generate_configurations(5000, 0, NOW))
    by_engine = {e.engine_version: [] for e in ENGINES}
    for row in rows:
        if "engine_version" in row and not row.get("user_image_url"):
            by_engine[row["engine_version"]].append(year(row))
    assert max(by_engine["Caffe-1.0.0-python2.7"]) <= 2020
    assert min(by_engine["MindSpore-1.5.1-c79-python3.7-euleros2.8-aarch64"]) >= 2021
    old, new = by_engine["TF-1.4.0-python2.7"], by_engine["PyTorch-1.4.0-python3.6-v2"]
    assert sum(old) / len(old) < 2019.5
    assert sum(new) / len(new) > 2022


def test_every_year_and_the_last_days_have_some(rows):
    years = Counter(map(year, rows))
    assert set(years) == set(range(2018, 2027))
    assert min(years.values()) >= 8
    ages = [NOW.timestamp() * 1000 - row["create_time"] for row in rows]
    assert 0 < min(ages) < DAY_MS
    assert sum(age < 30 * DAY_MS for age in ages) >= 5
    assert sum(30 * DAY_MS <= age < 60 * DAY_MS for age in ages) >= 2
    assert ages == sorted(ages, reverse=True)


def test_weekends_are_light_and_months_differ():
    rows = list(generate_configurations(5000, 0, NOW))
    times = [dt.datetime.fromtimestamp(row["create_time"] / 1000, dt.UTC) for row in rows]
    assert sum(time.weekday() >= 5 for time in times) < 0.12 * len(times)
    months = Counter((time.year, time.month) for time in times)
    assert max(months.values()) > 10 * min(months.values())


def test_about_a_third_are_custom_images_and_the_share_grows(rows):
    assert 0.25 < len(images(rows)) / len(rows) < 0.45
    early = [row for row in rows if year(row) <= 2020]
    late = [row for row in rows if year(row) >= 2024]
    assert len(images(early)) / len(early) < 0.3
    assert len(images(late)) / len(late) > 0.45


IMAGE_TRAITS = {
    "registry port": r"^[^/]+:\d+/",
    "tag": r"/[^/:@]+:(?!latest)[^/@]+$",
    "latest": r":latest$",
    "no tag": r"/[^/:@]+$",
    "digest": r"@sha256:[0-9a-f]{64}$",
}
COMMAND_TRAITS = {
    "as it should be": r"^bash /home/work/run_train\.sh python /home/work/user-job-dir/",
    "traced": r"bash -x /home",
    "traced inside": r"set -x",
    "past run_train.sh": r"^(?!.*run_train\.sh)",
    "python before run_train.sh": r"^python .*&& bash .*run_train\.sh",
    "access key": r"AWS_ACCESS_KEY_ID=AKIA[A-Z2-7]{16} ",
    "password": r"--password=[A-Za-z]{7}![0-9]{3}",
    "credentials in a URL": r"https://[^/ :]+:[A-Za-z0-9]{16}@",
    "piped into a shell": r"(curl|wget) [^|]*\| *(ba)?sh",
    "plain http": r"http://",
    "unpinned packages": r"pip install transformers datasets",
    "pinned packages": r"pip install torch==",
}


@pytest.mark.parametrize("trait", IMAGE_TRAITS)
def test_images_are_referred_to_in_every_way(rows, trait):
    assert any(re.search(IMAGE_TRAITS[trait], image) for image in images(rows))


@pytest.mark.parametrize("trait", COMMAND_TRAITS)
def test_start_commands_have_every_habit(rows, trait):
    assert any(re.search(COMMAND_TRAITS[trait], command) for command in commands(rows))


def test_most_start_commands_call_run_train(rows):
    assert sum("run_train.sh" in command for command in commands(rows)) > 0.7 * len(commands(rows))


def test_descriptions_are_in_several_languages_or_missing(rows):
    texts = [row["config_desc"] for row in rows]
    assert 0.1 < texts.count("") / len(texts) < 0.4
    scripts = {"Chinese": "[\u4e00-\u9fff]", "Arabic": "[\u0600-\u06ff]", "Hebrew": "[\u0590-\u05ff]"}
    words = {"German": "Versuch|Stichtag|Testen|Nachtraining|Revision|Gewichtung"}
    words |= {"French": "Essai|Entraînement|Référence|Réglage|vérifier|Prévision"}
    words |= {"Spanish": "Prueba|Pronóstico|Modelo|Campaña|Reentrenamiento|Versión"}
    words |= {"English": "baseline|learning rate|remove"}
    for language, pattern in (scripts | words).items():
        assert any(re.search(pattern, text) for text in texts), language


def test_some_are_copies_of_others_under_another_name(rows):
    def content(row):
        return tuple(value for key, value in row.items() if key not in ("config_name", "create_time"))

    originals = {row["config_name"]: content(row) for row in rows}
    copies = [
        name for name in originals if originals.get(name.removesuffix("-copy")) and name.endswith("-copy")
    ]
    assert copies
    assert all(originals[name] == originals[name.removesuffix("-copy")] for name in copies)


def test_teams_name_things_their_own_way(rows):
    names = [row["config_name"] for row in rows]
    for habit in (
        r"^nlp-.*-v\d+",
        r"^CV_",
        r"^[a-z]+_(test|try|tmp|demo|debug)\d",
        r"_exp\d{3}",
        r"^rec-.*-\d{8}",
    ):
        assert any(re.search(habit, name) for name in names), habit
