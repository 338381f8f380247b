"""One row's outcome: a Markdown table for people, JSON lines for programs, both kept."""
from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .machine import Pinned, busy_cores, describe, versions

QUIET = 0.5


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


@dataclass
class Report:
    row: str
    title: str
    pinned: Pinned
    versions: dict[str, str] = field(default_factory=versions)
    busy_before: float = field(default_factory=busy_cores)
    _lines: list[str] = field(default_factory=list)
    _records: list[dict] = field(default_factory=list)

    def table(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self._lines += [markdown_table(header, rows), ""]

    def say(self, text: str) -> None:
        self._lines += [text, ""]

    def record(self, **values: object) -> None:
        self._records.append(values)

    def publish(self, folder: Path) -> None:
        """Prints the report and writes <row>.md and <row>.jsonl."""
        machine = describe()
        about = {"row": self.row, "date": datetime.datetime.now().isoformat(timespec="seconds"), **machine,
                 "threads": self.pinned.threads, "pinned_to": list(self.pinned.cpus), "versions": self.versions,
                 "busy_before": self.busy_before, "busy_after": busy_cores()}
        heading = [f"## {self.title}", "",
                   f"{about['date']}, {machine['cpu']} ({machine['flags']}), {machine['cores']} cores, "
                   f"threads pinned to CPUs {', '.join(map(str, self.pinned.cpus))}; "
                   f"{self.busy_before:.2f} cores busy before. "
                   + ", ".join(f"{k} {v}" for k, v in self.versions.items()) + ".", ""]
        if self.busy_before > QUIET:
            heading += [f"**The machine was not quiet ({self.busy_before:.2f} cores busy): figures to check the program by, "
                        "not to quote.**", ""]
        text = "\n".join(heading + self._lines)
        print(text)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.row}.md").write_text(text)
        with (folder / f"{self.row}.jsonl").open("w") as out:
            for record in [about, *self._records]:
                print(json.dumps(record), file=out)
