"""What was measured: lines of JSON as they come, and a report in Markdown written anew after each stage."""
import json
import os
import time

import report


class Record:
    """The results of one call. A command that is stopped leaves what it wrote."""

    def __init__(self, options, call):
        self.options = options
        self.call = call
        self.deadline = time.monotonic() + options.seconds
        self.path = os.path.join(options.out, "results.jsonl")
        self.rows = read(self.path)

    def remaining(self):
        """Seconds left of the call."""
        return self.deadline - time.monotonic()

    def add(self, stage, kind, **fields):
        """Appends a row and shows it."""
        row = {"stage": stage, "kind": kind, **fields}
        if self.options.simulator:
            row["rehearsal"] = True
        self.rows.append(row)
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        return row

    def of(self, stage, kind):
        """The rows of a kind, in order."""
        return [row for row in self.rows if row["stage"] == stage and row["kind"] == kind]

    def write_report(self):
        """Writes report.md from every row there is."""
        with open(os.path.join(self.options.out, "report.md"), "w", encoding="utf-8") as file:
            file.write(report.text(self.rows))

    def close(self):
        self.write_report()


def read(path):
    """The rows of an earlier call; a line that was cut off is left out."""
    rows = []
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            for line in file:
                try:
                    rows.append(json.loads(line))
                except ValueError:
                    continue
    return rows
