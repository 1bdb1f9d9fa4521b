# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What earlier runs measured, a line of JSON for each, and what may not be
exceeded."""
import json
import platform
import time


class History:
    """One file per kind of benchmark; not committed"""

    def __init__(self, folder, kind):
        self.path = folder / f"{kind}.jsonl"

    def runs(self):
        if not self.path.exists():
            return []
        with self.path.open(encoding="utf-8") as f:
            return [json.loads(line) for line in f if line.strip()]

    def last_ratios(self):
        """{(manager, name): ratio} of the latest run that has it"""
        return {(row["manager"], row["name"]): row["ratio"]
                for run in self.runs() for row in run["rows"]}

    def add(self, rows, about):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        run = {"when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
               "machine": platform.machine(), **about,
               "rows": [{k: v for k, v in row.items() if k != "before"}
                        for row in rows]}
        with self.path.open("a", encoding="utf-8") as f:
            f.write(json.dumps(run) + "\n")


def lines(path):
    """[[word, ...]] of a list's lines, without comments"""
    if not path.exists():
        return []
    rows = [line.partition("#")[0].split() for line
            in path.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row]


def limits(path):
    """{(manager, variant): highest ratio to its bare proxy}"""
    return {(manager, name): float(ratio)
            for manager, name, ratio in lines(path)}
