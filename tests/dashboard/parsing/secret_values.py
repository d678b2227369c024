"""Random-looking values for the cases: drawn when tests run, so that no file holds anything like a secret.

Well-known prefixes are written in two pieces, so that a scanner of repositories finds nothing here either.
"""

from __future__ import annotations

import base64
import string
from collections.abc import Callable
from random import Random
from typing import Final
from urllib.parse import quote

UPPER: Final = string.ascii_uppercase + string.digits
ALNUM: Final = string.ascii_letters + string.digits
URL_SAFE: Final = ALNUM + "-_"
HEX: Final = "0123456789abcdef"
# What needs no quoting in a shell, as long as a letter comes before it.
SYMBOLS: Final = "!@%^_-+=.?~#"
WORDS: Final = (
    "Sommer",
    "Falcon",
    "tiger",
    "Huawei",
    "dragon",
    "Beijing",
    "letmein",
    "Monkey",
    "Zima",
    "qazwsx",
)
PHRASES: Final = ("correct", "horse", "battery", "staple", "river", "night", "Cloud", "seven")
DASHES: Final = "-" * 5
Draw = Callable[[Random], str]


def of(alphabet: str, length: int, prefix: str = "") -> Draw:
    """Return what draws `prefix` and then `length` characters, letters and digits among them."""
    classes = [part for part in (string.ascii_letters, string.digits) if set(part) & set(alphabet)]

    def draw(random: Random) -> str:
        while True:
            text = "".join(random.choices(alphabet, k=length))
            if text[0] not in "-_" and all(set(text) & set(part) for part in classes):
                return prefix + text

    return draw


def encoded(length: int, *, quoted: bool = False, url: bool = False) -> Draw:
    """Return what draws `length` bytes in base 64, percent-encoded or in the URL's alphabet if asked for."""

    def draw(random: Random) -> str:
        data = random.randbytes(length)
        text = (base64.urlsafe_b64encode if url else base64.b64encode)(data).decode()
        return quote(text, safe="") if quoted else text

    return draw


def uuid(random: Random) -> str:
    """Draw a UUID."""
    return "-".join("".join(random.choices(HEX, k=length)) for length in (8, 4, 4, 4, 12))


def mixed(random: Random) -> str:
    """Draw a password that a generator made: 9 to 14 characters of every class."""
    length = random.randint(7, 12)
    while True:
        text = "".join(random.choices(ALNUM + SYMBOLS, k=length))
        classes = (string.ascii_lowercase, string.ascii_uppercase, string.digits, SYMBOLS)
        if all(set(text) & set(part) for part in classes):
            return random.choice(string.ascii_letters) + text + random.choice(string.digits)


def word(random: Random) -> str:
    """Draw a password that a person made: a word, a year or digits, a mark."""
    return "".join(
        (
            random.choice(WORDS),
            random.choice(("@", "_", "")),
            str(random.randint(10, 9999)),
            random.choice("!.#_"),
            "x",
        )
    )


def syllables(random: Random) -> str:
    """Draw a password of small letters alone."""
    return "".join(
        random.choice("bdfgklmnprstvz") + random.choice("aeiou") for _ in range(random.randint(4, 6))
    )


def phrase(random: Random) -> str:
    """Draw a pass phrase: three or four words."""
    return " ".join(random.sample(PHRASES, random.randint(3, 4)))


def url_password(random: Random) -> str:
    """Draw a password that needs no encoding in a URL."""
    return of(ALNUM + "-_.~!", random.randint(9, 20))(random)


def percent(random: Random) -> str:
    """Draw a password as it stands in a URL, with encoded characters."""
    return quote(of(ALNUM, 4)(random) + random.choice("@/:#") + of(ALNUM, 5)(random) + "&", safe="")


def chinese(random: Random) -> str:
    """Draw a password in Chinese characters and digits."""
    return "".join(random.sample("火龙果树下的猫月光东风云", 6)) + str(random.randint(10, 999))


def cyrillic(random: Random) -> str:
    """Draw a password in Cyrillic letters and digits."""
    words = random.sample(("Зима", "Река", "Ночь", "ветер", "луна"), 2)
    return f"{'-'.join(words)}-{random.randint(10, 999)}"


def jwt(random: Random) -> str:
    """Draw a JSON Web Token."""
    parts = (
        "ey" + "J" + of(ALNUM, 33)(random),
        "ey" + "J" + of(URL_SAFE, 80)(random),
        of(URL_SAFE, 43)(random),
    )
    return ".".join(parts)


def basic(random: Random) -> str:
    """Draw what stands behind `Authorization: Basic`."""
    return base64.b64encode(f"train:{mixed(random)}".encode()).decode()


def pem(kind: str = "RSA ", newline: str = "\n") -> Draw:
    """Return what draws a private key as a PEM block."""

    def draw(random: Random) -> str:
        body = [of(ALNUM + "+/", 64)(random) for _ in range(random.randint(3, 6))]
        label = f"{kind}PRIVATE KEY{DASHES}"
        return newline.join(
            [f"{DASHES}BEGIN {label}", *body, of(ALNUM, 22)(random) + "==", f"{DASHES}END {label}"]
        )

    return draw


def xoxb(random: Random) -> str:
    """Draw a bot's token of Slack."""
    return (
        "xo"
        + "xb-"
        + "-".join((of(string.digits, 12)(random), of(string.digits, 12)(random), of(ALNUM, 24)(random)))
    )


def slack_hook(random: Random) -> str:
    """Draw the path of an incoming webhook of Slack."""
    return "/".join(("T" + of(UPPER, 8)(random), "B" + of(UPPER, 8)(random), of(ALNUM, 24)(random)))


def iam_token(random: Random) -> str:
    """Draw a token as IAM issues it: hundreds of characters in base 64, with - for /."""
    return "MII" + of(ALNUM + "+-", random.randint(600, 900))(random)


KINDS: Final[dict[str, Draw]] = {
    "ak": of(UPPER, 20),
    "sk": of(ALNUM, 40),
    "akia": of(string.ascii_uppercase + "234567", 16, "AK" + "IA"),
    "awssk": of(ALNUM + "/+", 40),
    "ltai": of(ALNUM, 18, "LT" + "AI5t"),
    "akid": of(ALNUM, 32, "AK" + "ID"),
    "hex8": of(HEX, 8),
    "hex32": of(HEX, 32),
    "hex40": of(HEX, 40),
    "hex48": of(HEX, 48),
    "hex64": of(HEX, 64),
    "alnum8": of(string.ascii_lowercase + string.digits, 8),
    "alnum20": of(ALNUM, 20),
    "alnum21": of(ALNUM, 21),
    "alnum25": of(ALNUM, 25),
    "alnum30": of(ALNUM, 30),
    "alnum32": of(ALNUM, 32),
    "alnum68": of(URL_SAFE, 68),
    "digits18": of(string.digits, 18),
    "uuid": uuid,
    "b64url43": of(URL_SAFE, 43),
    "b64_44": encoded(32),
    "b64_84": encoded(63),
    "b64_88": encoded(64),
    "b64_long": encoded(121),
    "b64q_long": encoded(121, quoted=True),
    "sig28": encoded(20),
    "sig28q": encoded(20, quoted=True),
    "sig44q": encoded(32, quoted=True),
    "sig_long": encoded(256, quoted=True),
    "b64basic": basic,
    "jwt": jwt,
    "jwtpart": lambda random: "ey" + "J" + of(ALNUM, 120)(random),
    "iamtoken": iam_token,
    "ghp": of(ALNUM, 36, "gh" + "p_"),
    "githubpat": lambda random: "github" + "_pat_" + of(ALNUM, 22)(random) + "_" + of(ALNUM, 59)(random),
    "glpat": of(URL_SAFE, 20, "gl" + "pat-"),
    "hf": of(string.ascii_letters, 34, "h" + "f_"),
    "xoxb": xoxb,
    "slackhook": slack_hook,
    "openai": of(ALNUM, 48, "s" + "k-"),
    "openaiproj": of(URL_SAFE, 74, "s" + "k-proj-"),
    "anthropic": of(URL_SAFE, 95, "s" + "k-ant-api03-"),
    "dash": of(HEX, 32, "s" + "k-"),
    "google": of(URL_SAFE, 35, "AI" + "za"),
    "npm": of(ALNUM, 36, "np" + "m_"),
    "pypi": of(URL_SAFE, 150, "py" + "pi-AgEIcHlwaS5vcmc"),
    "vault": of(ALNUM, 24, "hv" + "s."),
    "dingtalk": of(HEX, 64, "SE" + "C"),
    "serverchan": of(ALNUM, 30, "SC" + "T1234T"),
    "telegram": lambda random: of(string.digits, 9)(random) + ":AA" + of(URL_SAFE, 33)(random),
    "anaconda": lambda random: "se-" + uuid(random),
    "pem": pem(),
    "pemcut": lambda random: f"{DASHES}BEGIN RSA PRIVATE KEY{DASHES} " + of(ALNUM + "+/", 64)(random),
    "pemec": pem("EC "),
    "pemjson": pem("", "\\n"),
    "pwmix": mixed,
    "pwword": word,
    "pwlower": syllables,
    "pwphrase": phrase,
    "pwurl": url_password,
    "pwpct": percent,
    "pwcjk": chinese,
    "pwcyr": cyrillic,
}
