"""From what was loaded, masked at the door, to what is audited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, overload

from dashboard.audit.subject import Subject
from dashboard.data.record import name_of
from dashboard.parsing.secrets.found import SecretFound

if TYPE_CHECKING:
    from dashboard.data.loads import LoadedInventory
    from dashboard.data.rows import Detail

NO_SECRETS: tuple[SecretFound, ...] = ()


class Subjects(Sequence[Subject]):
    """The configurations of an inventory, in its order, each made when it is asked for: there may be many.

    `details` are by name as it is shown. Of several with one name, for which the service has one answer, the
    first gets the details.
    """

    def __init__(self, inventory: LoadedInventory, details: Mapping[str, Detail]) -> None:
        self._records, self._secrets = inventory.records, inventory.secrets
        self._details: dict[int, Detail] = {}
        self._repeated: dict[int, int] = {}
        """Which of its name each is that has one that came before."""
        seen: dict[str, int] = {}
        for number, record in enumerate(self._records):
            name = name_of(record)
            seen[name] = seen.get(name, 0) + 1
            if seen[name] > 1:
                self._repeated[number] = seen[name]
            elif name in details and name:
                self._details[number] = details[name]

    def __len__(self) -> int:
        return len(self._records)

    @overload
    def __getitem__(self, at: int) -> Subject: ...

    @overload
    def __getitem__(self, at: slice) -> list[Subject]: ...

    def __getitem__(self, at: int | slice) -> Subject | list[Subject]:
        numbers = range(len(self))[at]
        return (
            self._subject(numbers) if isinstance(numbers, int) else [self._subject(each) for each in numbers]
        )

    def _subject(self, number: int) -> Subject:
        record, detail = self._records[number], self._details.get(number)
        name, repeated = name_of(record), self._repeated.get(number)
        secrets = self._secrets.get(number, NO_SECRETS)
        return Subject(
            number,
            name,
            f"{name} ({repeated})" if repeated else name,
            record,
            None if detail is None else detail.record,
            secrets if detail is None else _together(secrets, detail.secrets),
        )


def _together(listed: tuple[SecretFound, ...], detailed: tuple[SecretFound, ...]) -> tuple[SecretFound, ...]:
    """Return all secrets once: details repeat the list's fields, and must change nothing of these."""
    return tuple(dict.fromkeys((*listed, *detailed)))
