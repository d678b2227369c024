"""Start commands, and by hand what a shell makes of them: words and operators in a row, and the facts.

What a row does not say is expected not to be there: every row is tested for every fact.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dashboard.parsing import UnreadReason

RUN = "/home/work/run_train.sh"
JOB = "/home/work/user-job-dir"


@dataclass(frozen=True)
class Row:
    """A command; `flat` are the words of its simple commands, with the operators between and behind them.

    A compound command stands there as its kind. `arguments` are (option or None, values); `installs` are
    (manager, (package, pinned)…, files…).
    """

    text: str
    flat: list[Any] = field(default_factory=list)
    program: str | None = None
    arguments: list[tuple[str | None, list[str]]] = field(default_factory=list)
    run_train: bool | None = False
    traces: list[str] = field(default_factory=list)
    downloads: list[str] = field(default_factory=list)
    installs: list[tuple[str, list[tuple[str, bool | None]], list[str]]] = field(default_factory=list)
    http: list[str] = field(default_factory=list)
    environments: list[tuple[str, str | None]] = field(default_factory=list)
    moxing: list[str] = field(default_factory=list)
    home_work: list[str] = field(default_factory=list)
    placeholders: list[str] = field(default_factory=list)
    assigned: list[tuple[str, str]] = field(default_factory=list)


ROWS = [
    # How training jobs are started: by run_train.sh, and without it.
    Row(
        f"bash -x {RUN} python {JOB}/digits/train.py --data_url {JOB}/digits/data",
        [["bash", "-x", RUN, "python", f"{JOB}/digits/train.py", "--data_url", f"{JOB}/digits/data"]],
        program="train.py",
        arguments=[("--data_url", [f"{JOB}/digits/data"])],
        run_train=True,
        traces=["-x"],
        home_work=[RUN, f"{JOB}/digits/train.py", f"{JOB}/digits/data"],
    ),
    Row(
        f"bash {RUN} python {JOB}/code/train.py {{python_file_parameter}}",
        [["bash", RUN, "python", f"{JOB}/code/train.py", "{python_file_parameter}"]],
        program="train.py",
        arguments=[(None, ["{python_file_parameter}"])],
        run_train=True,
        home_work=[RUN, f"{JOB}/code/train.py"],
        placeholders=["{python_file_parameter}"],
    ),
    Row(f"bash {RUN}", [["bash", RUN]], program="", run_train=True, home_work=[RUN]),
    Row(
        f"/bin/bash {RUN} 's3://bucket/speech/' 'speech/train.py' '/tmp/log/train.log' "
        "--'data_url'='obs://bucket/corpus' --'train_url'='obs://bucket/out/'",
        [
            [
                *("/bin/bash", RUN, "s3://bucket/speech/", "speech/train.py", "/tmp/log/train.log"),
                *("--data_url=obs://bucket/corpus", "--train_url=obs://bucket/out/"),
            ]
        ],
        program="train.py",
        arguments=[("--data_url", ["obs://bucket/corpus"]), ("--train_url", ["obs://bucket/out/"])],
        run_train=True,
        home_work=[RUN],
    ),
    Row(
        f"/bin/bash {RUN} 's3://bucket/code/' 'code/train.py'",
        [["/bin/bash", RUN, "s3://bucket/code/", "code/train.py"]],
        program="train.py",
        run_train=True,
        home_work=[RUN],
    ),
    Row(
        f"{RUN} python train.py --epochs=3",
        [[RUN, "python", "train.py", "--epochs=3"]],
        program="train.py",
        arguments=[("--epochs", ["3"])],
        run_train=True,
        home_work=[RUN],
    ),
    Row(
        f"env && bash {RUN} python3 train.py",
        [["env"], "&&", ["bash", RUN, "python3", "train.py"]],
        program="train.py",
        run_train=True,
        home_work=[RUN],
    ),
    Row(
        f"bash {RUN} bash {JOB}/nerf/exp/bash/run_16.sh",
        [["bash", RUN, "bash", f"{JOB}/nerf/exp/bash/run_16.sh"]],
        program="run_16.sh",
        run_train=True,
        home_work=[RUN, f"{JOB}/nerf/exp/bash/run_16.sh"],
    ),
    Row(
        f"cd {JOB}/app; bash -ex {RUN} python -u main.py -c conf.yaml;",
        [["cd", f"{JOB}/app"], ";", ["bash", "-ex", RUN, "python", "-u", "main.py", "-c", "conf.yaml"], ";"],
        program="main.py",
        arguments=[("-c", ["conf.yaml"])],
        run_train=True,
        traces=["-ex"],
        home_work=[f"{JOB}/app", RUN],
    ),
    Row(
        "bash $SCRIPTS/run_train.sh python train.py",
        [["bash", "$SCRIPTS/run_train.sh", "python", "train.py"]],
        program="train.py",
        run_train=True,
    ),
    Row(
        "bash $RUNNER python train.py",
        [["bash", "$RUNNER", "python", "train.py"]],
        program="",
        arguments=[(None, ["python"]), (None, ["train.py"])],
        run_train=None,
    ),
    Row(
        "$PYTHON train.py",
        [["$PYTHON", "train.py"]],
        program="",
        arguments=[(None, ["train.py"])],
        run_train=None,
    ),
    Row("echo run_train.sh", [["echo", "run_train.sh"]]),
    # Python, and what starts it.
    Row(
        "python train.py --lr 0.1 --batch-size=64 -v --decay -0.5 --gpus 0 1",
        [
            [
                "python",
                "train.py",
                "--lr",
                "0.1",
                "--batch-size=64",
                "-v",
                "--decay",
                "-0.5",
                "--gpus",
                "0",
                "1",
            ]
        ],
        program="train.py",
        arguments=[
            ("--lr", ["0.1"]),
            ("--batch-size", ["64"]),
            ("-v", []),
            ("--decay", ["-0.5"]),
            ("--gpus", ["0", "1"]),
        ],
    ),
    Row(
        "python train.py data/ --tag a --tag b -- --lr 1",
        [["python", "train.py", "data/", "--tag", "a", "--tag", "b", "--", "--lr", "1"]],
        program="train.py",
        arguments=[(None, ["data/"]), ("--tag", ["a"]), ("--tag", ["b"]), (None, ["--lr"]), (None, ["1"])],
    ),
    Row(
        "python train.py model=resnet lr=1e-3 'note=two words'",
        [["python", "train.py", "model=resnet", "lr=1e-3", "note=two words"]],
        program="train.py",
        arguments=[(None, ["model=resnet"]), (None, ["lr=1e-3"]), (None, ["note=two words"])],
    ),
    Row(
        "/opt/conda/envs/py37/bin/python3.7 -W ignore -u ${MA_JOB_DIR}/code/train.py --out=$OUT",
        [
            [
                "/opt/conda/envs/py37/bin/python3.7",
                "-W",
                "ignore",
                "-u",
                "${MA_JOB_DIR}/code/train.py",
                "--out=$OUT",
            ]
        ],
        program="train.py",
        arguments=[("--out", ["$OUT"])],
    ),
    Row(
        "python -m torch.distributed.launch --nproc_per_node=8 train.py --lr 1",
        [["python", "-m", "torch.distributed.launch", "--nproc_per_node=8", "train.py", "--lr", "1"]],
        program="train.py",
        arguments=[("--lr", ["1"])],
    ),
    Row(
        "torchrun --nnodes 2 --nproc_per_node 8 train.py --fp16",
        [["torchrun", "--nnodes", "2", "--nproc_per_node", "8", "train.py", "--fp16"]],
        program="train.py",
        arguments=[("--fp16", [])],
    ),
    Row(
        "mpirun -np 8 -H a:4,b:4 python train.py --x 1",
        [["mpirun", "-np", "8", "-H", "a:4,b:4", "python", "train.py", "--x", "1"]],
        program="train.py",
        arguments=[("--x", ["1"])],
    ),
    Row(
        '/opt/bin/kungfu-run -H "" -P $P -nic eth0 python bench.py',
        [["/opt/bin/kungfu-run", "-H", "", "-P", "$P", "-nic", "eth0", "python", "bench.py"]],
        program="bench.py",
    ),
    Row(
        "python3 -um pkg.train --x 1",
        [["python3", "-um", "pkg.train", "--x", "1"]],
        program="pkg.train",
        arguments=[("--x", ["1"])],
    ),
    Row(
        "python -mpkg.train --x 1",
        [["python", "-mpkg.train", "--x", "1"]],
        program="pkg.train",
        arguments=[("--x", ["1"])],
    ),
    Row(
        'python -c "from lib.run import Run; Run().go(debug=False)" --out results/a',
        [["python", "-c", "from lib.run import Run; Run().go(debug=False)", "--out", "results/a"]],
        program="",
        arguments=[("--out", ["results/a"])],
    ),
    Row(
        "/opt/conda/bin/conda run -n py37 python train.py",
        [["/opt/conda/bin/conda", "run", "-n", "py37", "python", "train.py"]],
        program="train.py",
    ),
    Row(
        "nohup numactl --cpunodebind=0 taskset -c 0-3 timeout -s KILL 2h python train.py &",
        [
            [
                *("nohup", "numactl", "--cpunodebind=0", "taskset", "-c", "0-3"),
                *("timeout", "-s", "KILL", "2h", "python", "train.py"),
            ],
            "&",
        ],
        program="train.py",
    ),
    Row(
        "sudo -E -u trainer env LR=0.1 python train.py",
        [["sudo", "-E", "-u", "trainer", "env", "LR=0.1", "python", "train.py"]],
        program="train.py",
        assigned=[("LR", "0.1")],
    ),
    Row(
        "python prepare.py && python train.py | tee log.txt; cp log.txt /out",
        [
            ["python", "prepare.py"],
            "&&",
            ["python", "train.py"],
            "|",
            ["tee", "log.txt"],
            ";",
            ["cp", "log.txt", "/out"],
        ],
        program="train.py",
    ),
    Row("./train --lr 1", [["./train", "--lr", "1"]], program="train", arguments=[("--lr", ["1"])]),
    Row(
        "Rscript fit.R --n 3", [["Rscript", "fit.R", "--n", "3"]], program="fit.R", arguments=[("--n", ["3"])]
    ),
    Row(
        "bash run.sh [DATA_PATH] 0,1,2",
        [["bash", "run.sh", "[DATA_PATH]", "0,1,2"]],
        program="run.sh",
        arguments=[(None, ["[DATA_PATH]"]), (None, ["0,1,2"])],
    ),
    # Quotes, expansions, precedence.
    Row(
        """python "a b.py" 'c  d' e\\ f "g \\"h\\" \\$i" 'it'\\''s' $'j\\tk'""",
        [["python", "a b.py", "c  d", "e f", 'g "h" $i', "it's", "j\tk"]],
        program="a b.py",
        arguments=[
            (None, ["c  d"]),
            (None, ["e f"]),
            (None, ['g "h" $i']),
            (None, ["it's"]),
            (None, ["j\tk"]),
        ],
    ),
    Row(
        "python train.py \\\n  --lr 0.1 \\\n  --name ab\\\ncd\n",
        [["python", "train.py", "--lr", "0.1", "--name", "abcd"], ";"],
        program="train.py",
        arguments=[("--lr", ["0.1"]), ("--name", ["abcd"])],
    ),
    Row(
        "python train.py \\\n  --lr 0.1 \\\n",
        [["python", "train.py", "--lr", "0.1"]],
        program="train.py",
        arguments=[("--lr", ["0.1"])],
    ),
    Row(
        "a && b > out 2>&1 | c || ! d & e",
        [["a"], "&&", ["b"], "|", ["c"], "||", ["d"], "&", ["e"]],
        program="e",
    ),
    Row("a > out b 2>err c", [["a", "b", "c"]], program="a", arguments=[(None, ["b"]), (None, ["c"])]),
    Row("a # b | c\n\n# d\ne g#h", [["a"], ";", ["e", "g#h"]], program="e", arguments=[(None, ["g#h"])]),
    Row(
        "LR=0.1 NAME='x y' python train.py lr=$LR",
        [["python", "train.py", "lr=$LR"]],
        program="train.py",
        arguments=[(None, ["lr=$LR"])],
        assigned=[("LR", "0.1"), ("NAME", "x y")],
    ),
    Row(
        "export PATH=/opt/py/bin:$PATH HOME; python train.py",
        [["export", "PATH=/opt/py/bin:$PATH", "HOME"], ";", ["python", "train.py"]],
        program="train.py",
        assigned=[("PATH", "/opt/py/bin:$PATH")],
    ),
    Row(
        'X=$(cat f) Y=`date` Z+=1 A[0]=2; echo $((X + 1)) ${Y:-none} "$Z"',
        [[], ";", ["echo", "$((X + 1))", "${Y:-none}", "$Z"]],
        assigned=[("X", "$(cat f)"), ("Y", "`date`"), ("Z", "1"), ("A", "2")],
    ),
    Row("echo モデル　学習 é", [["echo", "モデル　学習", "é"]]),
    Row("ls *.py ~/data {a,b} '*'", [["ls", "*.py", "~/data", "{a,b}", "*"]]),
    # Scripts in scripts.
    Row(
        "(cd a && python t.py) & { echo b; }",
        ["(", "&", "{"],
        program="t.py",
    ),
    Row(
        "if [ -d /cache ]; then python a.py; elif true; then echo; else python b.py; fi",
        ["if"],
        program="b.py",
    ),
    Row("for i in 1 2 3; do python t.py --fold $i; done", ["for"], "t.py", [("--fold", ["$i"])]),
    Row("for ((i=0; i<3; i++)); do python t.py; done", ["for"], program="t.py"),
    Row("while read l; do echo $l; done < <(cat f)", ["while"], program=None),
    Row("case $X in a|b) python a.py;; *) exit 1;; esac", ["case"], program="a.py"),
    Row("go() { python t.py; }\ngo", ["function", ";", ["go"]], program="t.py"),
    Row("[[ -n $X && -f $(ls) ]] || exit 1", ["[[", "||", ["exit", "1"]]),
    Row(
        """bash -c "cd /code && python train.py --name 'a b'" """,
        [["bash", "-c", "cd /code && python train.py --name 'a b'"]],
        program="train.py",
        arguments=[("--name", ["a b"])],
    ),
    Row(
        f"bash {RUN} bash -lc 'python t.py'",
        [["bash", RUN, "bash", "-lc", "python t.py"]],
        program="t.py",
        run_train=False,
        home_work=[RUN],
    ),
    Row(
        "bash -c \"bash -c 'set -x; python t.py'\"",
        [["bash", "-c", "bash -c 'set -x; python t.py'"]],
        program="t.py",
        traces=["-x"],
    ),
    Row(
        "cat <<'EOF' > run.py && python run.py\nprint('$x')\nEOF\necho done",
        [["cat"], "&&", ["python", "run.py"], ";", ["echo", "done"]],
        program="run.py",
    ),
    Row("bash <<EOF\npython t.py --a $A\nEOF", [["bash"]], program="t.py", arguments=[("--a", ["$A"])]),
    # Tracing.
    Row("set -x && python t.py", [["set", "-x"], "&&", ["python", "t.py"]], program="t.py", traces=["-x"]),
    Row(
        "set -euxo pipefail; python t.py",
        [["set", "-euxo", "pipefail"], ";", ["python", "t.py"]],
        program="t.py",
        traces=["-euxo"],
    ),
    Row(
        "set -o xtrace\npython t.py",
        [["set", "-o", "xtrace"], ";", ["python", "t.py"]],
        program="t.py",
        traces=["-o xtrace"],
    ),
    Row(
        "sh -o errexit -x run.sh", [["sh", "-o", "errexit", "-x", "run.sh"]], program="run.sh", traces=["-x"]
    ),
    Row(
        "SHELLOPTS=xtrace bash run.sh",
        [["bash", "run.sh"]],
        program="run.sh",
        traces=["SHELLOPTS=xtrace"],
        assigned=[("SHELLOPTS", "xtrace")],
    ),
    Row(
        "set +x; set -e; bash run.sh -x; set -- -x; python -x t.py",
        [
            *(["set", "+x"], ";", ["set", "-e"], ";", ["bash", "run.sh", "-x"], ";"),
            *(["set", "--", "-x"], ";", ["python", "-x", "t.py"]),
        ],
        program="t.py",
    ),
    # Downloads that are run.
    Row(
        "curl -sSL http://example.com/i.sh | sudo bash -s -- -y",
        [["curl", "-sSL", "http://example.com/i.sh"], "|", ["sudo", "bash", "-s", "--", "-y"]],
        program="",
        run_train=None,
        downloads=["curl -sSL http://example.com/i.sh | sudo bash -s -- -y"],
        http=["http://example.com/i.sh"],
    ),
    Row(
        "wget -qO- https://example.com/a | gunzip | tee a.py | python3 -",
        [
            ["wget", "-qO-", "https://example.com/a"],
            "|",
            ["gunzip"],
            "|",
            ["tee", "a.py"],
            "|",
            ["python3", "-"],
        ],
        program="",
        run_train=None,
        downloads=["wget -qO- https://example.com/a | gunzip | tee a.py | python3 -"],
    ),
    Row(
        "bash <(curl -s https://example.com/a) && python t.py",
        [["bash", "<(curl -s https://example.com/a)"], "&&", ["python", "t.py"]],
        program="t.py",
        run_train=None,
        downloads=["bash <(curl -s https://example.com/a)"],
    ),
    Row(
        'sh -c "$(curl -fsSL https://example.com/a)"',
        [["sh", "-c", "$(curl -fsSL https://example.com/a)"]],
        program="",
        run_train=None,
        downloads=['sh -c "$(curl -fsSL https://example.com/a)"'],
    ),
    Row(
        "eval `wget -qO- https://example.com/env`; . <(curl https://example.com/b)",
        [["eval", "`wget -qO- https://example.com/env`"], ";", [".", "<(curl https://example.com/b)"]],
        program="",
        run_train=None,
        downloads=["eval `wget -qO- https://example.com/env`", ". <(curl https://example.com/b)"],
    ),
    Row(
        'bash <<< "$(curl https://example.com/a)"',
        [["bash"]],
        program="",
        run_train=None,
        downloads=['bash <<< "$(curl https://example.com/a)"'],
    ),
    Row(
        'python -c "$(curl https://example.com/a.py)"',
        [["python", "-c", "$(curl https://example.com/a.py)"]],
        program="",
        downloads=['python -c "$(curl https://example.com/a.py)"'],
    ),
    Row(
        "curl -O https://example.com/a.sh && bash a.sh; curl https://example.com/d.csv | python stats.py",
        [
            *(["curl", "-O", "https://example.com/a.sh"], "&&", ["bash", "a.sh"], ";"),
            *(["curl", "https://example.com/d.csv"], "|", ["python", "stats.py"]),
        ],
        program="stats.py",
    ),
    Row(
        "IP=$(curl -s http://10.0.0.1:8080/ip); echo curl x '|' bash",
        [[], ";", ["echo", "curl", "x", "|", "bash"]],
        http=["http://10.0.0.1:8080/ip"],
        assigned=[("IP", "$(curl -s http://10.0.0.1:8080/ip)")],
    ),
    # Packages.
    Row(
        "pip install -r requirements.txt numpy==1.19.5 torch 'pandas>=1.0' scipy==1.* && python t.py",
        [
            [
                "pip",
                "install",
                "-r",
                "requirements.txt",
                "numpy==1.19.5",
                "torch",
                "pandas>=1.0",
                "scipy==1.*",
            ],
            "&&",
            ["python", "t.py"],
        ],
        program="t.py",
        installs=[
            (
                "pip",
                [("numpy==1.19.5", True), ("torch", False), ("pandas>=1.0", False), ("scipy==1.*", False)],
                ["requirements.txt"],
            )
        ],
    ),
    Row(
        "python3 -m pip install -i http://mirror.example.com/simple --upgrade pip -e . "
        "'x[a]==1 ; python_version>\"3\"'",
        [
            [
                *(
                    "python3",
                    "-m",
                    "pip",
                    "install",
                    "-i",
                    "http://mirror.example.com/simple",
                    "--upgrade",
                    "pip",
                ),
                *("-e", ".", 'x[a]==1 ; python_version>"3"'),
            ]
        ],
        installs=[("pip", [("pip", False), (".", None), ('x[a]==1 ; python_version>"3"', True)], [])],
        http=["http://mirror.example.com/simple"],
    ),
    Row(
        "pip3 install git+https://g.example.com/a.git@v1.2#egg=a git+https://g.example.com/b.git $PKG "
        "./c.whl "
        "https://e.example.com/d-1.0.tar.gz",
        [
            [
                *(
                    "pip3",
                    "install",
                    "git+https://g.example.com/a.git@v1.2#egg=a",
                    "git+https://g.example.com/b.git",
                ),
                *("$PKG", "./c.whl", "https://e.example.com/d-1.0.tar.gz"),
            ]
        ],
        installs=[
            (
                "pip",
                [
                    ("git+https://g.example.com/a.git@v1.2#egg=a", True),
                    ("git+https://g.example.com/b.git", False),
                    ("$PKG", None),
                    ("./c.whl", None),
                    ("https://e.example.com/d-1.0.tar.gz", True),
                ],
                [],
            )
        ],
    ),
    Row(
        "apt-get update && apt-get install -y -t buster git=1:2.20 vim; yum -y install gcc gcc-4.8.5-44.el7",
        [
            *(
                ["apt-get", "update"],
                "&&",
                ["apt-get", "install", "-y", "-t", "buster", "git=1:2.20", "vim"],
                ";",
            ),
            ["yum", "-y", "install", "gcc", "gcc-4.8.5-44.el7"],
        ],
        installs=[
            ("apt", [("git=1:2.20", True), ("vim", False)], []),
            ("yum", [("gcc", False), ("gcc-4.8.5-44.el7", True)], []),
        ],
    ),
    Row(
        "conda install -y -n base -c conda-forge numpy=1.19 pandas; apk add --no-cache bash=5.0.0-r0 curl",
        [
            ["conda", "install", "-y", "-n", "base", "-c", "conda-forge", "numpy=1.19", "pandas"],
            ";",
            ["apk", "add", "--no-cache", "bash=5.0.0-r0", "curl"],
        ],
        installs=[
            ("conda", [("numpy=1.19", True), ("pandas", False)], []),
            ("apk", [("bash=5.0.0-r0", True), ("curl", False)], []),
        ],
    ),
    Row(
        "npm i -g left-pad@1.3.0 @scope/a @scope/b@^2 && pip list && pip uninstall -y torch",
        [
            ["npm", "i", "-g", "left-pad@1.3.0", "@scope/a", "@scope/b@^2"],
            *("&&", ["pip", "list"], "&&", ["pip", "uninstall", "-y", "torch"]),
        ],
        installs=[("npm", [("left-pad@1.3.0", True), ("@scope/a", False), ("@scope/b@^2", False)], [])],
    ),
    # Environments, MoXing, paths.
    Row(
        "source /home/ma-user/.bashrc; conda activate py36 && source activate; . venv/bin/activate; "
        "python t.py",
        [
            *(
                ["source", "/home/ma-user/.bashrc"],
                ";",
                ["conda", "activate", "py36"],
                "&&",
                ["source", "activate"],
            ),
            *(";", [".", "venv/bin/activate"], ";", ["python", "t.py"]),
        ],
        program="t.py",
        environments=[("conda", "py36"), ("conda", None), ("venv", "venv")],
    ),
    Row(
        "source /opt/conda/bin/activate py37 && python t.py",
        [["source", "/opt/conda/bin/activate", "py37"], "&&", ["python", "t.py"]],
        program="t.py",
        environments=[("conda", "py37")],
    ),
    Row(
        """python -c "import moxing as mox; mox.file.copy_parallel('s3://b/d', '/cache')"; python t.py""",
        [
            ["python", "-c", "import moxing as mox; mox.file.copy_parallel('s3://b/d', '/cache')"],
            ";",
            ["python", "t.py"],
        ],
        program="t.py",
        moxing=["mox.file.copy_parallel"],
    ),
    Row(
        "python t.py --nas=/home/work/nas,/home/workspace/x --p /data/home/work -d '/home/work'",
        [
            [
                "python",
                "t.py",
                "--nas=/home/work/nas,/home/workspace/x",
                "--p",
                "/data/home/work",
                "-d",
                "/home/work",
            ]
        ],
        program="t.py",
        arguments=[
            ("--nas", ["/home/work/nas,/home/workspace/x"]),
            ("--p", ["/data/home/work"]),
            ("-d", ["/home/work"]),
        ],
        home_work=["/home/work/nas", "/home/work"],
    ),
]

UNREAD = [
    ("", UnreadReason.EMPTY),
    ("  \n\t", UnreadReason.EMPTY),
    ("# only a comment", UnreadReason.EMPTY),
    ("python train.py --lr 0.1 \\", UnreadReason.CUT),
    ("python 'train.py", UnreadReason.SYNTAX),
    ('python "train.py', UnreadReason.SYNTAX),
    ("python train.py &&", UnreadReason.SYNTAX),
    ("| python train.py", UnreadReason.SYNTAX),
    ("python train.py [CONFIG](optional)", UnreadReason.SYNTAX),
    ("if true; then python train.py", UnreadReason.SYNTAX),
    ("if true; then fi", UnreadReason.SYNTAX),
    ("python train.py) ", UnreadReason.SYNTAX),
    ("a ;; b", UnreadReason.SYNTAX),
    ("a & ; b", UnreadReason.SYNTAX),
    ("a || | b", UnreadReason.SYNTAX),
    ("done; a", UnreadReason.SYNTAX),
    ("a > ; b", UnreadReason.SYNTAX),
    ("bash -c 'python train.py &&'", UnreadReason.SYNTAX),
    ("python \0train.py", UnreadReason.NUL),
    ("python train.py " + "x" * 8192, UnreadReason.TOO_LONG),
    ("a;" * 501, UnreadReason.TOO_INTRICATE),
    ("( " * 20 + "a" + ")" * 20, UnreadReason.TOO_DEEP),
    ("eval " * 20 + "a", UnreadReason.TOO_DEEP),
    ("a `b \\`c\\``", UnreadReason.UNKNOWN),
    ("python \\ train.py", UnreadReason.UNKNOWN),
    ("[ -f a ]#b", UnreadReason.UNKNOWN),
    ("py#thon train.py", UnreadReason.SYNTAX),
    ("a [ b ] ]", UnreadReason.UNKNOWN),
    ('echo "$ x"', UnreadReason.UNKNOWN),
    ("cat <<A <<B\n1\nA\n2\nB\n", UnreadReason.SYNTAX),
]
"""What is not read, and why. The last seven are valid in a shell: there the grammar at hand falls short."""
