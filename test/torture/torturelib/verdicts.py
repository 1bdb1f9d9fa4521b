# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What the module made of a message, held against what comes of the same one
without it."""
import re
from collections import Counter

from . import inputs

OWN_BRANCH = re.compile(rb"(?mi)^(Via: SIP/2\.0/UDP 192\.0\.2\.10;branch=)[^;,\r]*")
LENGTH = re.compile(rb"(?mi)^(?:content-length|l)[ \t]*:[ \t]*(\d+)[ \t]*\r?$")
OWN_ROUTE = re.compile(rb"Record-Route: <sip:192\.0\.2\.10"
                       rb"(?::5061;transport=tls)?;[^\n]*\n")
NOTIFY = re.compile(rb"PortaSIP-Notify: [^\n]*\n")
# level, and who says it
SAID = re.compile(r"\b(ALERT|BUG|CRITICAL|ERROR|WARNING): (\S+) \[([^:]*)")


def way(messages):
    """Where each went, and as what; a strict router's Request-URI may be one
    of our Routes"""
    return [(m.dst, m.data.partition(b"\n")[0].rstrip(b"\r").replace(
        b";r2=on", b"")) for m in messages]


def text(message, *without):
    """To compare; the proxy's own replies have a tag that nobody knows"""
    data = OWN_BRANCH.sub(rb"\1x", message.data)
    for pattern in without:
        data = pattern.sub(b"", data)
    if data.startswith(b"SIP/2.0 ") and b"\nServer: kamailio" in data:
        data = re.sub(rb"(?m)^(To|t)[ \t]*:.*$|expires=\d+", b"", data)
    return data


def right_length(data):
    """Does each Content-Length say what is there?"""
    _, _, body = inputs.split(data)
    head = data[:len(data) - len(body)]
    return all(int(n) == len(body) for n in LENGTH.findall(head))


class Judge:
    """Of one function, input by input

    @param without  What it writes even where it has nothing to do
    """

    def __init__(self, without=()):
        self.without, self.faults, self.count = without, [], Counter()

    def see(self, given, bare, got):
        self.count["inputs"] += 1
        self.count["messages sent because of them"] += len(got)
        self.count["compared to the octet"] += 0 if given.acts else len(got)
        self.count["changed by the module"] += sum(
            text(old) != text(new) for old, new in zip(bare, got))
        self.faults += faults(given, bare, got, self.without)

    def end(self, record, must_change=True):
        """Say how many, and what was wrong"""
        for name, n in self.count.items():
            record(name, n)
        assert not self.faults, f"{len(self.faults)} faults\n" + "\n".join(
            self.faults[:20])
        assert not must_change or self.count["changed by the module"], \
            "the module did nothing at all"


def faults(given, bare, got, without):
    """Of one input"""
    if way(bare) != way(got):
        return [f"{given.name}: without the module {way(bare)}, with it "
                f"{way(got)}"]
    out = []
    for old, new in zip(bare, got):
        if right_length(old.data) and not right_length(new.data):
            out.append(f"{given.name}: Content-Length is wrong:\n{new.data}")
        if not given.acts and text(old, *without) != text(new, *without):
            out.append(f"{given.name}: not the same octets:\n"
                       f"{text(old, *without)}\n{text(new, *without)}")
        if b"2001:db8:bad" in new.data:
            out.append(f"{given.name}: the lie got through:\n{new.data}")
    return out


class Process:
    """What a Kamailio shows after all of it, before it is ended"""

    def __init__(self, run):
        self.alive, self.reports = run.alive(), run.reports()
        self.log = run.proxy.log(run.proxy.mark)
        # (level, by whom, where) of what is worse than a notice
        self.said = set(SAID.findall(self.log))

    def trouble(self, bare):
        """Of a module's, held against one without"""
        out = [f"AddressSanitizer: {r[:4000]}" for r in self.reports]
        if not self.alive:
            out.append("Kamailio has ended:\n" + self.log[-4000:])
        return out + [f"logged: {s}" for s in sorted(self.said - bare.said)
                      if s[1] == "nat64sip"
                      or s[0] in ("ALERT", "BUG", "CRITICAL")]
