"""Files of what configurations become: each reader reads them back, whatever the texts hold."""

from __future__ import annotations

import ast
import io
import json
import re
import types
import zipfile
from collections.abc import Mapping
from typing import Any

import hcl2
import pytest
from huaweicloudsdkcore.utils.http_utils import sanitize_for_serialization
from hypothesis import given
from hypothesis import strategies as st

from dashboard.data.masking import mask_record
from dashboard.migration.decisions import Decided, Decisions, read_decisions
from dashboard.migration.export import ExportFile, files, to_zip
from dashboard.migration.export.names import export_names
from dashboard.migration.export.readme import code
from dashboard.migration.export.texts import hcl_string, one_line, python_string
from dashboard.migration.mapping import migrate_all
from dashboard.migration.migration import Migration
from modelarts_local.samples.details import generate_details
from modelarts_local.samples.project import generate_configurations
from tests.dashboard.builders import EXAMPLES, HOSTILE_TEXTS
from tests.dashboard.migration.records import CREATED, DETAIL, custom, preset

SECRET = "wJalrXUtnFEMI7K7MDENGbPxRfiCYzzz1234567A"
TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(HOSTILE_TEXTS),
    st.lists(st.sampled_from(["$", "{", "}", "%", '"', "\\", "\n", "'", "@@A@@", "#", "*/", "\u2028"])).map(
        "".join
    ),
)


def migrations_of(*wires: dict[str, Any]) -> list[Migration]:
    """What configurations become, behind the door that masks their secrets."""
    masked = [mask_record(wire, b"k" * 32)[0] for wire in wires]
    return migrate_all([(wire, wire) for wire in masked])


def by_path(found: list[ExportFile]) -> dict[str, str]:
    return {one.path: one.text for one in found}


def hcl_value(literal: str) -> str:
    """The text of a literal of HCL, by the specification's escapes; fails where a template would begin."""
    assert literal[0] == literal[-1] == '"'
    inner, out, at = literal[1:-1], [], 0
    escapes = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
    while at < len(inner):
        if inner[at] == "\\":
            size = {"u": 4, "U": 8}.get(inner[at + 1])
            out.append(chr(int(inner[at + 2 : at + 2 + size], 16)) if size else escapes[inner[at + 1]])
            at += 2 + (size or 0)
        elif inner[at : at + 3] in {"$${", "%%{"}:
            out.append(inner[at + 1 : at + 3])
            at += 3
        else:
            assert inner[at] not in '"\n'
            assert inner[at : at + 2] not in {"${", "%{"}
            out.append(inner[at])
            at += 1
    return "".join(out)


def without_surrogates(text: str) -> str:
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


@EXAMPLES
@given(TEXTS)
def test_a_text_stays_a_literal_of_hcl(text: str) -> None:
    plain = text.replace("@@A@@", "")
    literal = hcl_string(plain, lambda name: f"var.{name}")
    parsed = hcl2.loads(f"x = {literal}\ny = 1\n")
    assert set(parsed) == {"x", "y"}
    assert hcl_value(literal) == without_surrogates(plain)
    assert parsed["x"] == literal


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("@@A@@", "var.A"), ("x@@A@@y", '"x${var.A}y"'), ("$@@A@@", '"\\u0024${var.A}"'),
        ("${MA_JOB_DIR}/a", '"$${MA_JOB_DIR}/a"'), ("$${a}", '"\\u0024$${a}"'), ("100%", '"100%"'),
        ("%{if}", '"%%{if}"'), ("$$", '"\\u0024$"'), ("", '""'),
    ],
)  # fmt: skip
def test_templates_of_hcl_are_ours_alone(text: str, expression: str) -> None:
    assert hcl_string(text, lambda name: f"var.{name}") == expression


@EXAMPLES
@given(TEXTS)
def test_a_text_stays_a_literal_of_python(text: str) -> None:
    expression = python_string(text, lambda name: f"secret({name!r})")
    assert expression.isascii()
    whole = eval(expression, {"secret": lambda name: f"@@{name}@@"})
    assert whole == text
    assert "\n" not in expression


@EXAMPLES
@given(TEXTS)
def test_a_text_in_a_comment_stays_in_its_line(text: str) -> None:
    assert len((one_line(text) + "x").splitlines()) == 1


@EXAMPLES
@given(TEXTS)
def test_a_text_in_markdown_stays_code(text: str) -> None:
    shown = code(text)
    fence = re.match("`+", shown)
    assert fence is not None
    inner = shown[len(fence[0]) : -len(fence[0])]
    assert shown.endswith(fence[0])
    assert fence[0] not in re.findall("`+", inner)


HOSTILE = [
    preset(config_name=text, config_desc=text, app_url=f"/b/{text}/", boot_file_url=f"/b/{text}/t.py",
           parameter=[{"label": text, "value": text}], spec_code=text, log_url=f"/b/{text}")
    for text in HOSTILE_TEXTS
] + [
    custom(config_name=f"c{number}", user_command=f"python a.py {text!r}", user_image_url=text,
           parameter=[{"label": f"A{number}", "value": text}])
    for number, text in enumerate([*HOSTILE_TEXTS, '"""', "'''", "${x}", '"; import os #', "*/", "```"])
]  # fmt: skip


@pytest.fixture(scope="module")
def hostile() -> tuple[list[Migration], dict[str, str]]:
    found = migrations_of(*HOSTILE)
    return found, by_path(list(files(found)))


def test_every_terraform_file_parses_to_its_two_resources(
    hostile: tuple[list[Migration], dict[str, str]],
) -> None:
    found, texts = hostile
    terraform = [text for path, text in texts.items() if path.endswith(".tf") and "versions" not in path]
    assert len(terraform) == len(found)
    for text in terraform:
        parsed = hcl2.loads(text)
        kinds = [next(iter(one)) for one in parsed["resource"]]
        assert kinds == ['"huaweicloud_modelarts_algorithm"', '"huaweicloud_modelarts_training_job"']
        assert set(parsed) <= {"resource", "variable", "__comments__"}


def test_every_terraform_file_of_the_sample_project_says_what_the_bodies_say() -> None:
    pairs = [(one, {**one, **generate_details(one, 3)}) for one in generate_configurations(60, seed=3)]
    found = migrate_all(pairs)
    names = export_names(found)
    texts = by_path(list(files(found, only="terraform")))
    assert {path for path in texts if path.startswith("terraform/unfinished/")}
    for migration, own in zip(found, names, strict=True):
        folder = "terraform" if migration.verdict == "ready" else "terraform/unfinished"
        parsed = hcl2.loads(texts[f"{folder}/{own.file}.tf"])
        algorithm, job = [next(iter(next(iter(one.values())).values())) for one in parsed["resource"]]
        for body, block in ((migration.algorithm, algorithm), (migration.job, job)):
            assert_says(block, body)
        assert job["algorithm"][0]["id"] == f"${{huaweicloud_modelarts_algorithm.{own.identifier}.id}}"


def assert_says(block: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    """Fails unless a block of HCL holds everything that a body holds; engines say more."""
    for key, value in body.items():
        found = block[key]
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            assert len(found) == len(value)
            for inner, item in zip(found, value, strict=True):
                assert_says(inner, item)
        elif isinstance(value, Mapping) and key != "environments":
            (inner,) = found
            assert_says(inner, value)
        elif isinstance(value, str) and "@@" not in value:
            assert hcl_value(found) == value
        elif isinstance(value, bool | int):
            assert found == value


def test_an_engine_in_terraform_has_its_name_and_version_too() -> None:
    text = by_path(list(files(migrations_of(preset()), only="terraform")))["terraform/resnet50.tf"]
    (engine,) = re.findall(r"engine \{([^}]*)\}", text)
    assert 'engine_name = "TensorFlow"' in engine
    assert 'engine_version = "TF-1.8.0-python3.6"' in engine


def module_of(text: str) -> types.ModuleType:
    module = types.ModuleType("create")
    exec(compile(text, "create.py", "exec"), module.__dict__)
    return module


def test_the_python_file_makes_every_body_by_the_vendors_classes(
    hostile: tuple[list[Migration], dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    found, texts = hostile
    assert texts["create.py"].isascii()
    module = module_of(texts["create.py"])
    made = list(module.CONFIGURATIONS.values())
    assert len(made) == len(found)
    monkeypatch.setattr(module, "secret", lambda name: f"@@{name.rpartition('__')[2]}@@")
    for migration, (algorithm, job, left) in zip(found, made, strict=True):
        assert sanitize_for_serialization(algorithm()) == migration.algorithm
        assert sanitize_for_serialization(job("@@ALGORITHM_ID@@")) == migration.job
        assert bool(left) == bool(migration.reasons)


def test_the_python_file_holds_nothing_but_functions_and_one_table(
    hostile: tuple[list[Migration], dict[str, str]],
) -> None:
    _, texts = hostile
    allowed = (ast.FunctionDef, ast.Import, ast.ImportFrom, ast.Assign, ast.Expr, ast.If)
    kinds = {type(one) for one in ast.parse(texts["create.py"]).body}
    assert kinds <= set(allowed)
    calls = {
        ast.unparse(node.func)
        for function in ast.parse(texts["create.py"]).body
        if isinstance(function, ast.FunctionDef) and function.name.startswith(("algorithm_of", "job_of"))
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
    }
    assert all(re.fullmatch(r"sdk\.[A-Za-z]+|secret", call) for call in calls)


def test_the_python_file_sends_nothing_of_what_is_not_ready(
    capsys: pytest.CaptureFixture[str],
) -> None:
    module = module_of(
        "".join(one.text for one in files(migrations_of(CREATED), only="python") if one.path == "create.py")
    )
    assert module.main(["testConfig", "--run"]) == 1
    assert "It is not ready" in capsys.readouterr().err
    assert module.main([]) == 0
    assert "NOT READY" in capsys.readouterr().out
    assert module.main(["nobody"]) == 64


def test_every_json_file_is_its_body(hostile: tuple[list[Migration], dict[str, str]]) -> None:
    found, texts = hostile
    for migration, own in zip(found, export_names(found), strict=True):
        folder = "json" if migration.verdict == "ready" else "unfinished"
        assert json.loads(texts[f"{folder}/{own.file}.algorithm.json"]) == migration.algorithm
        assert json.loads(texts[f"{folder}/{own.file}.job.json"]) == migration.job
    document = json.loads(texts["migration.json"])
    assert document["schema"] == 1
    assert [one["verdict"] for one in document["configurations"]] == [one.verdict for one in found]


@EXAMPLES
@given(st.lists(TEXTS, max_size=8))
def test_names_of_files_are_safe_and_unique(names: list[str]) -> None:
    found = export_names(migrations_of(*[preset(config_name=name) for name in names]))
    for parts in ([one.file for one in found], [one.identifier for one in found]):
        assert len({part.lower() for part in parts}) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,70}", one.file) for one in found)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", one.identifier) for one in found)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a", "A", "a b", "a_b"], ["a", "A-2", "a_b", "a_b-2"]),
        (["con", "../../x", "", "-rf"], ["con_", "_x", "unnamed", "rf"]),
        (["versions", "a.tf"], ["versions_", "a_tf"]),
    ],
)
def test_names_of_files_in_particular(names: list[str], expected: list[str]) -> None:
    found = export_names(migrations_of(*[preset(config_name=name) for name in names]))
    assert [one.file for one in found] == expected


def test_no_secret_is_in_any_file_and_each_is_a_variable() -> None:
    found = migrations_of(
        custom(
            user_command=f"python a.py --token {SECRET} --db postgres://u:{SECRET}@h/d",
            config_desc=f"the key is SECRET_KEY={SECRET}",
            parameter=[{"label": "DB_PASSWORD", "value": "hunter2hunter2"}],
        ),
        custom(
            config_name="masked", parameter=[{"label": "KEY", "value": "••• (secret key, 40 characters)"}]
        ),
    )
    texts = by_path(list(files(found)))
    assert not [path for path, text in texts.items() if SECRET in text or "hunter2" in text]
    assert found[0].variables
    for migration, own in zip(found, export_names(found), strict=True):
        terraform = texts[f"terraform/{own.file}.tf"]
        for variable in migration.variables:
            assert f'variable "{own.variable(variable.name)}"' in terraform
            assert f"var.{own.variable(variable.name)}" in terraform
            assert own.variable(variable.name) in texts["create.py"]
            assert f"@@{variable.name}@@" in texts["README.md"]
    assert found[1].job["algorithm"]["environments"] == {"KEY": "@@KEY@@"}


def test_a_zip_is_the_same_for_the_same_content_and_holds_what_was_decided() -> None:
    decided = [Decided("parameter", "lr", "Float", "anna")]
    found = migrations_of(preset(), custom(), DETAIL)
    first, second = (to_zip(files(found, decided)) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert list(read_decisions(archive.read("decisions.toml").decode())) == list(Decisions(decided))
    assert len(names) == len(set(names))
    assert {"README.md", "create.py", "migration.json", "json/bert.job.json", "terraform/bert.tf"} <= set(
        names
    )
    assert {"unfinished/config123.job.json", "terraform/unfinished/config123.tf"} <= set(names)


def test_the_readme_says_what_is_left_to_decide() -> None:
    version = "TF-1.13.1-python3.6"
    found = migrations_of(*[preset(config_name=f"a{n}", engine_version=version) for n in range(3)], preset())
    text = by_path(list(files(found)))["README.md"]
    assert f"| 3 | engine | `{version}` | engine-successor |" in text
    assert "| 1 | 3 | 0 |" in text
