"""A project of the local service's samples of which 1 % changes at a time."""

import random
from dataclasses import dataclass
from typing import Any

from modelarts_local.samples.project import generate_configurations

CHANGED = 0.01
EDITED = 0.8
"""Of the changed ones; of the others, half are new and half are gone."""
Row = dict[str, Any]


@dataclass
class Project:
    """A project that changes: `rows` as they are, and `spare` ones that have not come yet."""

    rows: list[Row]
    spare: list[Row]
    lots: random.Random

    @classmethod
    def of(cls, size: int, steps: int) -> "Project":
        """Return a project of a size with enough spare configurations for so many steps."""
        extra = steps * max(1, round(size * CHANGED * (1 - EDITED) / 2))
        everything = list(generate_configurations(size + extra, seed=1))
        return cls(everything[:size], everything[size:], random.Random(1))

    def change(self) -> list[Row]:
        """Edit, add and remove 1 %; return what is new or edited."""
        count = max(1, round(len(self.rows) * CHANGED))
        edited = self.lots.sample(range(len(self.rows)), round(count * EDITED))
        for position in edited:
            self.rows[position] = self._edited(self.rows[position])
        changed = [self.rows[position] for position in edited]
        for _ in range((count - len(edited)) // 2):
            del self.rows[self.lots.randrange(len(self.rows))]
            self.rows.append(self.spare.pop())
            changed.append(self.rows[-1])
        return changed

    def _edited(self, row: Row) -> Row:
        """Return it with another argument, another engine or another description."""
        kind, other = self.lots.random(), self.lots.choice(self.rows)
        if kind < 0.4:
            command = row.get("user_command") or "python train.py"
            return row | {"user_command": f"{command} --lr={self.lots.random():.4f}"}
        if kind < 0.7:
            return row | {key: value for key, value in other.items() if key.startswith("engine")}
        return row | {"config_desc": f"{other.get('config_desc', '')} {self.lots.randrange(1000)}"}
