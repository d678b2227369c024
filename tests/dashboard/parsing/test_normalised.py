"""Which commands are equal however they were typed, and which are not."""

from __future__ import annotations

import pytest

from dashboard.parsing import Command, normalised, parse_command


def norm(text: str) -> str:
    command = parse_command(text)
    assert isinstance(command, Command), command
    return normalised(command)


EQUAL = [
    ("python train.py --lr 0.1", "python   train.py\t--lr \\\n 0.1  # ok\n"),
    ("python train.py --lr 0.1", "python 'train.py' \"--lr\" 0.\\1"),
    ("python train.py --lr 0.1", "python train.py --lr=0.1"),
    ("python train.py --lr 0.1 --epochs 3", "python train.py --epochs=3 --lr=0.1"),
    ("python train.py data --a 1 2 --b", "python train.py data --b --a 1 2"),
    ("python train.py --note 'a b' --x", 'python train.py --x --note="a b"'),
    ("python -m pkg.train --a 1 --b 2", "python -m pkg.train --b 2 --a 1"),
    ("python train.py --a 1 --b $B -- --z", "python train.py --b $B --a 1 -- --z"),
    ("torchrun --nnodes 2 train.py --a --b", "torchrun --nnodes 2 train.py --b --a"),
    (
        "python train.py --a 1 --b 2 {python_file_parameter}",
        "python train.py --b 2 --a 1 {python_file_parameter}",
    ),
    ("bash /home/work/run_train.sh python t.py --a --b", "bash /home/work/run_train.sh  python t.py --b --a"),
    ("a; b", "a\nb\n"),
    ("a && b > f 2>&1", "a  &&\n\n b >f  2>& 1"),
    ("a > f b", "a b > f"),
    ("a;", "a"),
    ("( a; b )", "(a\nb)"),
    ("bash -c 'python t.py --a --b'", 'bash -c "python  t.py --b --a"'),
    (
        "bash run_train.sh 's3://b/c' 'c/t.py' '/l' --'a'='1' --'b'='2'",
        "bash run_train.sh s3://b/c c/t.py /l --b=2 --a=1",
    ),
    ("python t.py --x 1 --no-x --b", "python t.py --b --x 1 --no-x"),
]

DIFFERENT = [
    ("python train.py --lr 0.1", "python train.py --lr 0.10"),
    ("python train.py --lr 0.1", "python train.py --lr"),
    ("python train.py --lr 0.1", "python3 train.py --lr 0.1"),
    ("python train.py --lr 0.1", "/usr/bin/python train.py --lr 0.1"),
    ("python train.py a b", "python train.py b a"),
    ("python train.py --a 1 --a 2", "python train.py --a 2 --a 1"),
    ("python train.py --x --no-x", "python train.py --no-x --x"),
    ("python train.py --x --nox", "python train.py --nox --x"),
    ("python train.py --a-b 1 --a_b 2", "python train.py --a_b 2 --a-b 1"),
    ("python train.py --a 1 $ARGS --b 2", "python train.py --b 2 $ARGS --a 1"),
    ("python train.py --a 1 {python_file_parameter}", "python train.py {python_file_parameter} --a 1"),
    ("python train.py --a -- --b", "python train.py --b -- --a"),
    ("python train.py --gpus 0 1", "python train.py --gpus 1 0"),
    ("bash run.sh --a --b", "bash run.sh --b --a"),
    ("tool --a --b", "tool --b --a"),
    ("python -c 'x' --a --b", "python -c 'y' --a --b"),
    ("python train.py '$X'", "python train.py $X"),
    ('python train.py "$X"', "python train.py $X"),
    ("python train.py '*.py'", "python train.py *.py"),
    ("python train.py 'a b'", "python train.py a b"),
    ("python train.py ''", "python train.py"),
    ("A=1 B=2 python t.py", "B=2 A=1 python t.py"),
    ("A=1", "A+=1"),
    ("a && b", "a || b"),
    ("a && b", "a; b"),
    ("a & b", "a; b"),
    ("a | b", "b | a"),
    ("! a", "a"),
    ("a > f", "a >> f"),
    ("(a)", "{ a; }"),
    ("bash -c 'a $X'", 'bash -c "a $X"'),
    ("bash -c 'a'", "bash a"),
    ("bash -c 'a'", "bash -x -c 'a'"),
    ("for i in 1; do a; done", "for j in 1; do a; done"),
    ("case x in a) b;; c) ;; esac", "case x in a) ;; c) b;; esac"),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_commands_that_say_the_same_are_equal(one: str, other: str) -> None:
    assert norm(one) == norm(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_commands_that_may_do_something_else_are_different(one: str, other: str) -> None:
    assert norm(one) != norm(other)
