# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What callgrind has counted: read, added, taken from one another, shared out.

A function is (object, name, source file), of both files the base name: a static
function's name is not its own. Costs are instructions. The format is that of
valgrind's manual, "Callgrind Format Specification", with names compressed and
one event.
"""
import collections
import os
import re

NAME = re.compile(r"(c?(?:ob|fn|fi|fl)|fe|jfi|jfn)=(?:\((\d+)\))?\s*(.*)")
COST = re.compile(r"(?:0x[0-9a-f]+|\+\d+|-\d+|\*|\d+)(?: \S+)* (\d+)")
FILES = {"fl": "fl", "fi": "fl", "fe": "fl", "cfi": "fl", "cfl": "fl",
         "jfi": "fl", "fn": "fn", "cfn": "fn", "jfn": "fn", "ob": "ob",
         "cob": "ob"}


class Profile:
    def __init__(self):
        self.own = collections.Counter()    # function: instructions
        self.calls = collections.Counter()  # (caller, called): calls
        self.spent = collections.Counter()  # (caller, called): instructions

    def total(self):
        return sum(self.own.values())

    def __iadd__(self, other):
        for mine, theirs in self._parts(other):
            mine.update(theirs)
        return self

    def minus(self, other):
        """What this one has more than the other"""
        out = Profile()
        for result, mine, theirs in zip(
                (out.own, out.calls, out.spent),
                (self.own, self.calls, self.spent),
                (other.own, other.calls, other.spent)):
            result.update(mine)
            result.subtract(theirs)
        return out

    def _parts(self, other):
        return ((self.own, other.own), (self.calls, other.calls),
                (self.spent, other.spent))

    def functions(self):
        return set(self.own) | {f for pair in self.calls for f in pair}

    def called(self, name):
        """How often, by whomever"""
        return sum(n for (_, to), n in self.calls.items() if to[1] == name)

    def inclusive(self, function):
        return self.own[function] + sum(
            n for (who, _), n in self.spent.items() if who == function)

    def callers(self):
        """Functions that each function calls: {caller: [(called, cost)]}"""
        out = collections.defaultdict(list)
        for (who, to), cost in self.spent.items():
            out[who].append((to, cost))
        return out


class Reader:
    def __init__(self):
        self.names = {"fl": {}, "fn": {}, "ob": {}}
        self.here = ("", "", "")  # the function that costs are of
        self.at = {"ob": "", "file": "", "cob": None, "cfile": None, "cfn": ""}
        self.profile = Profile()
        self.of_call = 0

    def name(self, kind, number, text):
        """A name is written out once, then only its number"""
        known = self.names[FILES[kind]]
        if number is None:
            return text
        if text:
            known[number] = text
        return known[number]

    def spec(self, kind, number, text):
        name = self.name(kind, number, text)
        if FILES[kind] != "fn":
            name = os.path.basename(name)
        if kind in ("fl", "fi", "fe"):
            self.at["file"] = name
        elif kind in ("cfi", "cfl"):
            self.at["cfile"] = name
        elif kind in ("ob", "cob", "cfn"):
            self.at[kind] = name
        elif kind == "fn":
            self.here = (self.at["ob"], name, self.at["file"])

    def called(self):
        """What is not said of the called function is as where we are"""
        ob, file = self.at["cob"], self.at["cfile"]
        self.at["cob"] = self.at["cfile"] = None
        return (self.at["ob"] if ob is None else ob, self.at["cfn"],
                self.at["file"] if file is None else file)

    def cost(self, n):
        if not self.of_call:
            self.profile.own[self.here] += n
            return
        pair = (self.here, self.called())
        self.profile.calls[pair] += self.of_call
        self.profile.spent[pair] += n
        self.of_call = 0

    def line(self, text):
        named = NAME.match(text)
        if named:
            self.spec(*named.groups())
        elif text.startswith("calls="):
            self.of_call = int(text[6:].split()[0])
        elif text.startswith(("jump=", "jcnd=")):
            pass
        else:
            found = COST.fullmatch(text.rstrip())
            if found:
                self.cost(int(found[1]))


def read(lines):
    reader = Reader()
    for line in lines:
        reader.line(line)
    return reader.profile


def read_file(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return read(f)


def label(path):
    """What CALLGRIND_DUMP_STATS_AT() has written with this dump, or None"""
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f:
            found = re.match(r"desc: Trigger: Client Request: (.*)", line)
            if found:
                return found[1]
    return None


class Shares:
    """Which part of a program each instruction belongs to.

    parts gives a function its part. What it calls belongs to that part too, but
    for functions that have one of their own. Where a function without a part is
    called by several, callgrind knows its cost per caller and what it calls
    only as a whole, which is shared out accordingly (as gprof does).
    """

    def __init__(self, profile, part_of):
        self.profile = profile
        self.part_of = part_of
        self.out = profile.callers()
        self.known = {}

    def of(self, function):
        """{part: instructions} of all that the function does; None: no part"""
        if function in self.known:
            return self.known[function]
        self.known[function] = {}  # in a recursion: nothing twice
        parts = collections.Counter({None: self.profile.own[function]})
        for called, cost in self.out[function]:
            parts.update(self.of_call(called, cost))
        part = self.part_of(function)
        if part:
            parts[part] += parts.pop(None, 0)
        self.known[function] = dict(parts)
        return self.known[function]

    def of_call(self, called, cost):
        parts = self.of(called)
        whole = sum(parts.values())
        if not whole:
            return {self.part_of(called): cost}
        return {part: cost * n / whole for part, n in parts.items()}

    def entered(self, inside):
        """The same, of all calls that come into a set of functions"""
        parts = collections.Counter()
        for (who, to), cost in self.profile.spent.items():
            if inside(to) and not inside(who):
                parts.update(self.of_call(to, cost))
        return parts
