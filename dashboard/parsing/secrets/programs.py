"""Which programs take a secret, and how: a table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from dashboard.parsing.secrets.kinds import Kind
from dashboard.parsing.secrets.names import Evidence


class Glue(Enum):
    """Whether the value of a short option may stand in the same word: `-pVALUE`."""

    NEVER = "never"
    ALSO = "also"
    ONLY = "only"


@dataclass(frozen=True, slots=True)
class Login:
    """The options of a program that take a secret.

    Only with one of `subcommands`, if there are any. `behind`: the secret follows this mark. `leading`: the
    first argument that is no option begins another command.
    """

    options: dict[str, Kind]
    subcommands: frozenset[str] = frozenset()
    glue: Glue = Glue.ALSO
    behind: str = ""
    evidence: Evidence = Evidence.ANY
    leading: bool = False


def _passwords(
    options: str, of: str = "", glue: Glue = Glue.ALSO, behind: str = "", *, leading: bool = False
) -> Login:
    kinds = dict.fromkeys(options.split(), Kind.PASSWORD)
    return Login(kinds, frozenset(of.split()), glue, behind, leading=leading)


def _keys(access: str, secret: str, token: str, of: str = "") -> Login:
    options = {access: Kind.ACCESS_KEY, secret: Kind.SECRET_KEY, token: Kind.TOKEN}
    return Login(options, frozenset(of.split()), Glue.NEVER, evidence=Evidence.LONG)


def _table(*rows: tuple[str, Login]) -> dict[str, tuple[Login, ...]]:
    table: dict[str, tuple[Login, ...]] = {}
    for programs, login in rows:
        for program in programs.split():
            table[program] = (*table.get(program, ()), login)
    return table


LOGINS: Final = _table(
    ("docker podman nerdctl buildah oras crane oc az", _passwords("-p", of="login")),
    ("helm", _passwords("-p", of="login add")),
    ("twine", _passwords("-p", of="upload")),
    ("sshpass", _passwords("-p", leading=True)),
    ("mongo mongosh mongodump mongorestore mongoimport mongoexport", _passwords("-p")),
    ("mysql mysqldump mysqladmin mysqlimport mysqlsh mariadb mariadb-dump", _passwords("-p", glue=Glue.ONLY)),
    ("7z 7za 7zr 7zz", _passwords("-p", glue=Glue.ONLY)),
    ("rar unrar", _passwords("-p -hp", glue=Glue.ONLY)),
    ("redis-cli", _passwords("-a")),
    ("sqlcmd bcp ipmitool zip unzip zipcloak", _passwords("-P")),
    ("curl", _passwords("-u --user -U --proxy-user", behind=":")),
    ("ctr", _passwords("--user -u", behind=":")),
    ("skopeo", _passwords("--src-creds --dest-creds --creds", behind=":")),
    ("smbclient rpcclient smbget", _passwords("-U --user", behind="%")),
    ("lftp", _passwords("-u --user", behind=",")),
    ("snmpwalk snmpget snmpset snmpbulkwalk", _passwords("-A -X", glue=Glue.NEVER)),
    ("ldapsearch ldapadd ldapmodify ldapdelete ldapwhoami", _passwords("-w", glue=Glue.NEVER)),
    ("openssl", _passwords("-k -K", of="enc", glue=Glue.NEVER)),
    ("openssl", _passwords("-pass -passin -passout", glue=Glue.NEVER, behind="pass:")),
    ("obsutil ossutil ossutil64 ossutil2", _keys("-i", "-k", "-t")),
    ("coscmd", _keys("-a", "-s", "-t", of="config")),
    ("swanlab", Login({"-k": Kind.API_KEY}, frozenset({"login"}), Glue.NEVER, evidence=Evidence.CREDIBLE)),
    ("kaggle", Login({"-v": Kind.API_KEY}, frozenset({"config"}), Glue.NEVER, evidence=Evidence.GENERATED)),
)
# What reads a secret from its standard input, and the word that says so.
READERS: Final = {
    **dict.fromkeys(
        ("docker", "podman", "nerdctl", "buildah", "oras", "crane", "helm", "skopeo"), "--password-stdin"
    ),
    "sudo": "-S",
    "kinit": "",
    "chpasswd": "",
    "passwd": "--stdin",
    "mount": "davfs",
    "gh": "--with-token",
    "huggingface-cli": "login",
    "wandb": "login",
}
WRITERS: Final = frozenset({"echo", "printf"})
