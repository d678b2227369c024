"""What configurations become: the published examples, the sample project, and each rule by itself."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.migration.decisions import Decided, Decisions
from dashboard.migration.mapping import Migrator, migrate_all
from dashboard.migration.migration import Migration
from dashboard.migration.offers import read_offers
from dashboard.migration.statements import Origin, Verdict
from dashboard.migration.validation import validate_pair
from dashboard.migration.variables import leaves
from modelarts_local.samples.details import generate_details
from modelarts_local.samples.project import generate_configurations
from tests.dashboard.migration.records import CREATED, DETAIL, custom, preset
from tests.dashboard.migration.vendor_sdk import given_back


def migrated(wire: dict[str, Any], *decided: tuple[str, str, Any]) -> Migration:
    decisions = Decisions(Decided(*one) for one in decided)
    return Migrator(decisions).migrate(wire, wire)


def codes(migration: Migration) -> set[str]:
    return {one.code for one in migration.reasons}


def assert_taken_by_the_sdk(migration: Migration) -> None:
    assert given_back(migration.algorithm, "Algorithm") == migration.algorithm
    assert given_back(migration.job, "Job") == migration.job


SETTLED = {
    "testConfig": (
        ("model", "1", "own-code"),
        ("engine", "name:testConfig", "tensorflow-cp36-1.8.0"),
        ("dataset", CREATED["dataset_id"], {"obs_url": "/usr/data/"}),
        ("flavor", "spec_id 1", "modelarts.vm.cpu.2u"),
    ),
    "config123": (
        ("model", "4", "own-code"),
        ("registry", "100.125.5.235:20202", ""),
        ("dataset", DETAIL["dataset_id"], {"obs_url": "/test/minst/data/"}),
        ("volume", "/root/work", "drop"),
        ("pool", "pool9928813f", "pool9928813f"),
    ),
}


@pytest.mark.parametrize("wire", [CREATED, DETAIL], ids=lambda wire: wire["config_name"])
def test_the_published_examples_become_bodies_that_the_vendors_models_take(wire: dict[str, Any]) -> None:
    open_ones = migrated(wire)
    assert open_ones.verdict is Verdict.BLOCKED
    assert "built-in-algorithm" in codes(open_ones)
    assert_taken_by_the_sdk(open_ones)
    settled = migrated(wire, *SETTLED[wire["config_name"]])
    assert (settled.verdict, settled.reasons) == (Verdict.READY, ())
    assert validate_pair(settled.algorithm, settled.job) == ()
    assert_taken_by_the_sdk(settled)


def test_the_published_detail_becomes_exactly_this_pair() -> None:
    found = migrated(DETAIL, *SETTLED["config123"])
    assert found.algorithm["job_config"] == {
        "engine": {"image_url": "jobmng/custom-cpu-base:1.0"},
        "command": "python ${MA_JOB_DIR}/app/mnist/mnist_softmax.py --data_url ${MA_JOB_DIR}/app/mnist_data",
        "code_dir": "/usr/app/",
        "inputs": [
            {"name": "data_url", "remote_constraints": [{"data_type": "obs"}]},
            {"name": "data_url_1", "remote_constraints": [{"data_type": "obs"}]},
        ],
        "outputs": [{"name": "train_url"}],
    }
    assert found.job["spec"] == {
        "resource": {
            "pool_id": "pool9928813f", "flavor_id": "modelarts.pool.visual.xlarge", "node_count": 1,
        },
        "volumes": [
            {"nfs": {
                "nfs_server_path": "192.168.8.150:/", "local_path": "/home/work/nas", "read_only": False,
            }}
        ],
        "log_export_path": {"obs_url": "/usr/log/"},
    }  # fmt: skip
    assert found.job["algorithm"]["environments"] == {"learning_rate": "0.01"}
    assert {one.code for one in found.warnings} >= {"home-work", "run-train-dropped", "image-contract"}


@pytest.fixture(scope="module")
def sample_project() -> list[Migration]:
    pairs = [(one, {**one, **generate_details(one, 7)}) for one in generate_configurations(400, seed=7)]
    return migrate_all(pairs)


def test_every_configuration_of_the_sample_project_has_a_verdict_with_its_reasons(
    sample_project: list[Migration],
) -> None:
    verdicts = [one.verdict for one in sample_project]
    assert len(verdicts) == 400
    assert set(verdicts) == set(Verdict)
    for one in sample_project:
        assert (one.verdict is Verdict.READY) == (not one.reasons)
        for reason in one.reasons:
            assert reason.message.endswith((".", "?"))
            assert reason.type.remedy.endswith(".")


def test_every_body_of_the_sample_project_is_taken_by_the_vendors_models(
    sample_project: list[Migration],
) -> None:
    for one in sample_project:
        assert_taken_by_the_sdk(one)
        if one.verdict is Verdict.READY:
            assert validate_pair(one.algorithm, one.job) == ()


def test_every_field_of_both_apis_is_accounted_for(sample_project: list[Migration]) -> None:
    for one in sample_project:
        bodies = {"algorithm": one.algorithm, "job": one.job}
        told = {origin.path.split(".environments.")[0] for origin in one.origins()}
        for leaf in leaves(bodies):
            path = leaf.path.split(".environments.")[0]
            assert any(path == told_one or path.startswith(f"{told_one}[") for told_one in told), path
        fates = one.fates()
        assert [fate.path for fate in fates] == [leaf.path for leaf in leaves(one.wire)]
        assert all(bool(fate.targets) != (fate.rule is not None) for fate in fates)
        assert all(fate.rule is None or fate.rule.code != "gone-unknown" for fate in fates)


def test_a_preset_engine_is_ready_and_takes_no_command() -> None:
    found = migrated(preset())
    assert (found.verdict, found.shape) == (Verdict.READY, "preset")
    assert found.algorithm["job_config"] == {
        "engine": {"engine_id": "tensorflow-cp36-1.8.0"},
        "code_dir": "/bucket/code/",
        "boot_file": "/bucket/code/train.py",
    }
    assert found.job["algorithm"] == {"id": "@@ALGORITHM_ID@@"}


def test_an_image_is_ready_and_takes_no_boot_file() -> None:
    found = migrated(custom(boot_file_url="/bucket/code/train.py", engine_version="TF-1.8.0-python3.6"))
    assert (found.verdict, found.shape) == (Verdict.READY, "custom")
    assert found.algorithm["job_config"] == {
        "engine": {"image_url": "org/train:1.0"},
        "command": "python ${MA_JOB_DIR}/code/train.py",
        "code_dir": "/bucket/code/",
    }


def test_the_number_of_an_engine_is_never_copied() -> None:
    found = migrated(preset(engine_id=987654, engine_type=4321))
    assert "987654" not in str(found.algorithm) + str(found.job)
    fates = {fate.path: fate for fate in found.fates()}
    assert fates["engine_id"].targets == ()
    assert fates["engine_id"].rule is not None
    assert fates["engine_id"].rule.code == "gone-engine-id"


def test_what_was_decided_is_a_choice_of_the_team() -> None:
    found = migrated(preset(engine_version="TF-2.1.0-python3.6"), ("engine", "TF-2.1.0-python3.6", "mine"))
    (engine,) = [one for one in found.origins() if one.path.endswith("engine_id")]
    assert (engine.value, engine.rule.origin) == ("mine", Origin.CHOICE)


@pytest.mark.parametrize(
    ("wire", "verdict", "code"),
    [
        (preset(model_id=5), Verdict.BLOCKED, "built-in-algorithm"),
        (preset(volumes=[{"host_path": {"src_path": "/a", "dest_path": "/b"}}]), Verdict.BLOCKED,
         "host-path-volume"),
        (preset(dataset_id="d", dataset_version_id="v"), Verdict.BLOCKED, "old-dataset"),
        (preset(engine_version="Ray-0.7.4-python3.6"), Verdict.BLOCKED, "engine-without-successor"),
        (preset(engine_version=None, engine_name=None), Verdict.BLOCKED, "engine-missing"),
        (preset(engine_version="TF-1.13.1-python3.6"), Verdict.DECISION, "engine-successor"),
        (preset(engine_version="?!"), Verdict.DECISION, "engine-unread"),
        (preset(boot_file_url="/bucket/other/train.py"), Verdict.DECISION, "boot-file-outside"),
        (preset(app_url=None), Verdict.DECISION, "code-missing"),
        (preset(config_name="a b"), Verdict.DECISION, "name-invalid"),
        (preset(config_name="x" * 65), Verdict.DECISION, "name-invalid"),
        (preset(spec_code=None, spec_id=7), Verdict.DECISION, "flavor-number"),
        (preset(spec_code=None), Verdict.DECISION, "flavor-missing"),
        (preset(pool_id="pool7"), Verdict.DECISION, "pool"),
        (preset(data_url="not a path"), Verdict.DECISION, "data-path"),
        (preset(worker_server_num=0), Verdict.DECISION, "nodes"),
        (preset(worker_server_num="many"), Verdict.DECISION, "field-unreadable"),
        (preset(parameter=[{"label": "lr", "value": 1}]), Verdict.DECISION, "parameter-type"),
        (preset(parameter=[{"label": "a", "value": "1"}, {"label": "a", "value": "2"}]), Verdict.DECISION,
         "parameter-repeated"),
        (preset(volumes=[{"nfs": {"src_path": "h:/", "dest_path": "/b"}}]), Verdict.DECISION,
         "volume-needs-pool"),
        (custom(user_image_url="100.125.5.235:20202/a/b:1"), Verdict.DECISION, "image-registry"),
        (custom(user_image_url="quay.io/a/b:1"), Verdict.DECISION, "image-registry"),
        (custom(user_image_url="not an image"), Verdict.DECISION, "image-unread"),
        (custom(user_command=None), Verdict.DECISION, "command-missing"),
        (custom(user_command="echo '"), Verdict.DECISION, "command-unread"),
        (custom(parameter=[{"label": "A-B", "value": "1"}]), Verdict.DECISION, "environment-name"),
        (custom(parameter=[{"label": "A", "value": "$HOME/x"}]), Verdict.DECISION, "environment-reference"),
        (custom(parameter=[{"label": "A", "value": "x" * 4097}]), Verdict.DECISION, "environment-too-long"),
        (custom(parameter=[{"label": f"A{n}", "value": "1"} for n in range(101)]), Verdict.DECISION,
         "environment-too-many"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_keeps_a_configuration_from_being_ready(
    wire: dict[str, Any], verdict: Verdict, code: str
) -> None:
    found = migrated(wire)
    assert (found.verdict, codes(found)) == (verdict, {code})
    assert_taken_by_the_sdk(found)


def test_a_decision_about_one_configuration_counts_more_than_one_about_all() -> None:
    version = "TF-1.13.1-python3.6"
    wire = preset(engine_version=version)
    found = migrated(wire, ("engine", version, "for-all"), ("engine", "name:resnet50", "for-this"))
    assert found.algorithm["job_config"]["engine"] == {"engine_id": "for-this"}


def test_an_engine_without_successor_can_become_an_image() -> None:
    version = "Caffe-1.0.0-python2.6"
    found = migrated(preset(engine_version=version), ("engine", version, {"image_url": "org/caffe:1"}))
    assert (found.verdict, found.shape) == (Verdict.READY, "custom")
    assert found.algorithm["job_config"]["command"] == "python ${MA_JOB_DIR}/code/train.py"


def test_without_details_nothing_is_ready() -> None:
    listed = {key: preset()[key] for key in ("config_name", "engine_name", "engine_version", "create_time")}
    found = Migrator().migrate(listed)
    assert found.verdict is Verdict.DECISION
    assert "details-missing" in codes(found)


def test_what_the_connection_offers_counts_more_than_the_table() -> None:
    engines = [
        {"engine_id": "tf-offered", "engine_name": "TensorFlow", "engine_version": "TF-1.8.0-python3.6"}
    ]
    flavors = [{"flavor_id": "modelarts.vm.gpu.v100", "flavor_type": "GPU"}]
    offered = Migrator(offers=read_offers(engines, flavors)).migrate(preset(), preset())
    assert offered.algorithm["job_config"]["engine"] == {"engine_id": "tf-offered"}
    assert {one.code for one in offered.warnings} == set()
    empty = Migrator(offers=read_offers([], [])).migrate(preset(), preset())
    assert codes(empty) >= {"flavor-not-offered"}
    assert empty.verdict is not Verdict.READY


@pytest.mark.parametrize(
    "damaged",
    [
        {"config_name": 7}, {"parameter": "x"}, {"parameter": [None, 3, {"label": None}]}, {"volumes": {}},
        {"data_source": [[]]}, {"user_image_url": ["a"]}, {"boot_file_url": 4.5}, {"config_desc": {"a": 1}},
        {"create_time": "yesterday"}, {"gpu_num": "many"}, {"pool_id": True}, {"unknown": {"deep": [1, {}]}},
        {"worker_server_num": 10**400}, {"parameter": [{"label": "n", "value": float("nan")}]},
        {"config_desc": "\ud800\x00"},
    ],
    ids=str,
)  # fmt: skip
def test_damaged_fields_never_break_the_map(damaged: dict[str, Any]) -> None:
    found = migrated({**preset(), **damaged})
    assert found.verdict in set(Verdict)
    assert {fate.path for fate in found.fates()} == {leaf.path for leaf in leaves(found.wire)}
