# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Runs of a real Kamailio that the scenarios recorded (N64_RECORD), and what
'nat64sip explain' says of the same messages."""
import json
import re
import subprocess
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

RECORD = re.compile(r"N64RECORD (\d+) ([\d.]+) ([IO]) (\w+) (\S+) (\d+) (\S+) "
                    r"(\d+) ([0-9a-f]*)$")
DECISION = re.compile(r"\((\d+)\) DEBUG: .*: write_line\(\): decision (.*) "
                      r"(source \w+.*, target .*)$")


@dataclass
class Message:
    """That came or went"""
    pid: str
    way: str
    line: str
    octets: bytes
    cause: object = None  # of one that left: what was being handled


@dataclass
class Handled:
    """A message that came, while a process was busy with it; None: a timer"""
    n: int = None
    lines: list = field(default_factory=list)  # that the module wrote
    left: list = field(default_factory=list)   # numbers of what went


def place(addr, port):
    return f"[{addr}]:{port}" if ":" in addr else f"{addr}:{port}"


class Run:
    def __init__(self, folder):
        self.folder = Path(folder)
        meta = json.loads((self.folder / "run.json").read_text())
        self.test, self.argv = meta["test"], meta["argv"]
        self.was = meta["folder"]
        self.messages, self.handled, busy = [], [], {}
        log = (self.folder / "kamailio.log").read_text(errors="replace")
        for line in log.splitlines():
            found = RECORD.search(line)
            if found:
                self._message(found, busy)
                continue
            found = DECISION.search(line)
            if found:
                self._busy(busy, found[1]).lines.append(found[3])

    def _busy(self, busy, pid):
        if pid not in busy:
            busy[pid] = Handled()
            self.handled.append(busy[pid])
        return busy[pid]

    def _message(self, m, busy):
        octets = bytes.fromhex(m[9])
        if len(octets) < 20:
            return  # a keepalive
        way = "in" if m[3] == "I" else "out"
        at = (place(m[5], m[6]), place(m[7], m[8]))
        line = (f"{way} {m[4].lower()} {at[0]} {at[1]} at {m[2]} "
                f"{len(octets)} octets\n")
        self.messages.append(Message(m[1], way, line, octets))
        n = len(self.messages)
        if way == "in":
            busy[m[1]] = Handled(n)
            self.handled.append(busy[m[1]])
        else:
            self._busy(busy, m[1]).left.append(n)

    def text(self):
        return b"".join(m.line.encode() + m.octets + b"\n"
                        for m in self.messages)

    def options(self):
        """For explain: as Kamailio was started"""
        out, argv = [], iter(self.argv)
        for word in argv:
            if word == "-f":
                out += ["--config", self._here(next(argv))]
            elif word in ("-A", "-l"):
                out += [word, self._moved(next(argv))]
        return out

    def _here(self, path):
        """The test's own folder is gone: the copy, which names copies"""
        mine = self._moved(path)
        if mine != path:
            text = Path(mine).read_text(errors="replace")
            Path(mine).write_text(self._moved(text))
        return mine

    def _moved(self, text):
        up = str(Path(self.was).parent)
        text = text.replace(self.was, str(self.folder))
        if (self.folder / "up").is_dir():
            text = text.replace(up, str(self.folder / "up"))
        return text

    def explained(self, tool):
        """What the tool says: a list of objects"""
        done = subprocess.run(
            [tool, "explain", *self.options(), "--json", "--no-diff", "-"],
            input=self.text(), capture_output=True, timeout=300, check=False)
        assert done.returncode in (0, 1), done.stderr.decode()
        return [json.loads(line) for line in done.stdout.splitlines()]


def once(lines):
    """Without repetition of the line before"""
    return [x for i, x in enumerate(lines) if not i or lines[i - 1] != x]


def compare(run, said, counts):
    """Faults; counts gets how many messages and verdicts were compared"""
    own, by_left = defaultdict(list), {}
    for one in said:
        if "verdict" not in one:
            continue
        if "left" in one:
            by_left[one["left"]["n"]] = one
        own[one["n"]].append(one)
    faults = []
    for h in run.handled:
        counts["messages"] += h.n is not None
        lines = once(h.lines)
        if not lines:
            continue
        # of equal replies that several processes have in hand at once, it is
        # not told which left; a verdict on a reply does not hang on that
        mine = [by_left[n] for n in h.left if n in by_left]
        mine = [o for o in mine if o["n"] == h.n or o["kind"] == "request"]
        if not any(o["n"] == h.n for o in mine):
            mine = own.get(h.n, [])[:1] + mine
        want = once([o["verdict"] for o in mine])
        other = [o["verdict"] for o in mine if o["n"] != h.n]
        counts["decided"] += 1
        if want and lines[-len(want):] == want:
            counts["verdicts"] += len(want)
            counts["on the way"] += len(lines) - len(want)
        elif other and lines[-len(once(other)):] == once(other):
            counts["verdicts"] += len(once(other))
        else:
            faults.append((h, lines, want))
    return faults


def judge(path, tool):
    """(counts, faults) of one run"""
    run, counts = Run(path.parent), Counter(runs=1)
    if not any(h.lines for h in run.handled):
        counts["nothing decided"] = 1  # it refused to start, for one
        return counts, []
    faults = compare(run, run.explained(tool), counts)
    return counts, [(run, *fault) for fault in faults]


def judge_all(folder, tool, workers=2):
    counts, faults = Counter(), []
    paths = sorted(Path(folder).glob("*/run.json"))
    with ThreadPoolExecutor(workers) as pool:
        for more, bad in pool.map(lambda p: judge(p, tool), paths):
            counts += more
            faults += bad
    return counts, faults
