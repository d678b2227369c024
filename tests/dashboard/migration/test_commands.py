"""Start commands of v1 as commands of v2: what is dropped, moved, taken out, asked, and left alone."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.migration.commands import rewrite
from tests.dashboard.builders import EXAMPLES, HOSTILE_TEXTS

RUN = "/home/work/run_train.sh"
JOB = "/home/work/user-job-dir"


@pytest.mark.parametrize(
    ("v1", "v2"),
    [
        (f"bash {RUN} python {JOB}/app/train.py", "python ${MA_JOB_DIR}/app/train.py"),
        (f"bash -x {RUN} python {JOB}/app/train.py", "python ${MA_JOB_DIR}/app/train.py"),
        (f"/bin/bash {RUN} python {JOB}/a.py --x 1", "python ${MA_JOB_DIR}/a.py --x 1"),
        (f"env && bash {RUN} python {JOB}/a.py", "python ${MA_JOB_DIR}/a.py"),
        (f"bash {RUN} python {JOB}/a.py {{python_file_parameter}}", "python ${MA_JOB_DIR}/a.py"),
        (f"cd {JOB}/a && python b.py", "cd ${MA_JOB_DIR}/a && python b.py"),
        (f"bash {RUN} python {JOB}/a.py;", "python ${MA_JOB_DIR}/a.py"),
        (f"python '{JOB}/a.py'", "python '/home/ma-user/modelarts/user-job-dir/a.py'"),
        (f'python "{JOB}/a.py" "$X"', 'python "${MA_JOB_DIR}/a.py" "$X"'),
        (f"python {JOB}-old/a.py /mnt{JOB}/b", f"python {JOB}-old/a.py /mnt{JOB}/b"),
        ("python train.py  --a   'b c'", "python train.py  --a   'b c'"),
    ],
)
def test_what_becomes_of_a_command(v1: str, v2: str) -> None:
    found = rewrite(v1)
    assert (found.text, found.questions) == (v2, ())


def test_the_ascend_form_becomes_a_call_of_python_and_its_parts_go_where_v2_has_them() -> None:
    found = rewrite(
        f"/bin/bash {RUN} 's3://speech/code/asr' 'asr/train.py' '/tmp/log/train.log' "
        "--'data_url'='obs://speech/corpus' --'train_url'='s3://speech/out/' --'lr'='0.1'"
    )
    assert (found.text, found.questions) == ("python ${MA_JOB_DIR}/asr/train.py", ())
    assert found.code_url == "s3://speech/code/asr"
    assert dict(found.channels) == {"data_url": "obs://speech/corpus", "train_url": "s3://speech/out/"}
    assert (found.parameters, found.appends) == ((("lr", "0.1"),), True)


def test_paths_in_object_storage_become_inputs_and_local_ones_stay() -> None:
    found = rewrite(f"python {JOB}/a.py --data_url=s3://b/d/ --train_url /cache/out --x 1")
    assert found.text == "python ${MA_JOB_DIR}/a.py --train_url /cache/out --x 1"
    assert found.channels == (("data_url", "s3://b/d/"),)
    assert found.mentions == {"data_url", "train_url"}


@pytest.mark.parametrize(
    ("v1", "code"),
    [
        ("python '", "command-unread"),
        (f"bash {RUN}", "command-missing"),
        (f"bash {RUN} python {JOB}/a.py --p={{python_file_parameter}}", "command-argument"),
        (f"bash {RUN} python {JOB}/a.py {{other_placeholder}}", "command-argument"),
        (f'python {JOB}/a.py --data_url "s3://$BUCKET/x"', "command-argument"),
        (f"/bin/bash {RUN} 's3://b/code' \"$BOOT\" '/tmp/l'", "command-argument"),
    ],
)
def test_what_is_not_certain_is_asked_and_the_text_stays(v1: str, code: str) -> None:
    found = rewrite(v1)
    assert [one.code for one in found.questions] == [code]
    assert (found.text, found.changes) == (v1, ())


@pytest.mark.parametrize(
    ("v1", "code", "what"),
    [
        ("python a.py --out /home/work/nas", "home-work", "/home/work/nas"),
        ("source activate tf && python a.py", "conda-activate", "source activate tf"),
        ("conda activate tf; python a.py", "conda-activate", "conda activate tf"),
        ('python -c \'import moxing as mox; mox.file.copy_parallel("s3://a", "/b")\'', "moxing-copy", "copy"),
    ],
)
def test_what_is_left_of_v1_is_told(v1: str, code: str, what: str) -> None:
    (left,) = {one for one in rewrite(v1).leftovers if one[0] == code}
    assert what in left[1]


def test_a_masked_secret_is_no_reason_to_change_a_command() -> None:
    found = rewrite(f"bash {RUN} python {JOB}/a.py --token @@TOKEN@@")
    assert found.text == "python ${MA_JOB_DIR}/a.py --token @@TOKEN@@"


@EXAMPLES
@given(st.one_of(st.text(max_size=300), st.sampled_from(HOSTILE_TEXTS)))
def test_no_text_breaks_the_rewriting(text: str) -> None:
    found = rewrite(text)
    assert not found.questions or found.text == text


@EXAMPLES
@given(st.lists(st.text(st.characters(codec="ascii"), min_size=1, max_size=12), min_size=1, max_size=5))
def test_the_arguments_behind_run_train_reach_the_program_unchanged(arguments: list[str]) -> None:
    typed = shlex.join(["python", "train.py", *arguments])
    found = rewrite(f"bash {RUN} {typed}")
    if not found.questions and not found.channels:
        assert shlex.split(found.text) == shlex.split(typed) or found.appends


def test_there_is_no_trace_of_run_train_in_what_was_rewritten() -> None:
    for text in (f"env && bash {RUN} python a.py", f"bash -x {RUN} python a.py && echo done"):
        assert "run_train" not in rewrite(text).text
