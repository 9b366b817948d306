"""The persons of the demo city, one after the other. All are made up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from data.demo import names
from data.demo.phones import mobile_phone


@dataclass(frozen=True, slots=True)
class Person:
    """Nobody: a number and a name."""

    number: int
    name: str

    @property
    def phone(self) -> str:
        """A number that no one can have."""
        return mobile_phone(self.number)

    def fields(self) -> dict[str, object]:
        """As columns of a register of posts."""
        return {"person": self.name, "person_no": f"演示{self.number:05d}", "phone": self.phone}


Crew = Iterator[Person]


def crew(count: int, rng: np.random.Generator) -> Crew:
    """So many persons."""
    return iter([Person(n, name) for n, name in enumerate(names.people(count, rng), 1)])
