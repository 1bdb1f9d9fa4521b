# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Whole messages against expected text: every octet, header order included.

Expected text has LF for CRLF; any other control octet is shown as \\xNN. What
truly varies is a placeholder, {name} or {name-suffix}: the name says what it
may look like, and one spelling stands for one value throughout a call.
"""
import difflib
import re

from . import versions

KINDS = {
    "branch": r"z9hG4bK[0-9A-Za-z.]+",
    "tag": r"[0-9A-Za-z.\-]+",
    "server": r"kamailio \([^()]*(?:\([^()]*\))?\)",
    "port": r"[0-9]{1,5}",
    "conn": r"[0-9a-f]+",
    "did": r"[0-9a-f]+\.[0-9a-f]+",
    "date": r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT",
    "any": r"[^ ;,<>\"]+",
    "len": r"[0-9]+",
}
PLACEHOLDER = re.compile(r"\{([a-z]+)((?:-[a-z0-9]+)?)\}")


def visible(data):
    """Octets of a message as the text that expectations are written in"""
    lines = []
    for line in data.split(b"\r\n"):
        lines.append("".join(
            chr(c) if 32 <= c < 127 or c == 9 else f"\\x{c:02x}"
            for c in line))
    return "\n".join(lines)


def octets(text):
    """The reverse of visible() for text without \\xNN"""
    return text.replace("\n", "\r\n").encode("latin-1")


def line_regex(line, known):
    """(regex for one expected line, placeholders that it would bind)"""
    out, pos, names = "", 0, []
    for m in PLACEHOLDER.finditer(line):
        if m[1] not in KINDS:
            continue
        name = m[1] + m[2]
        out += re.escape(line[pos:m.start()])
        if name in known:
            out += re.escape(known[name])
        elif name in names:
            out += f"(?P=g{names.index(name)})"
        else:
            out += f"(?P<g{len(names)}>{KINDS[m[1]]})"
            names.append(name)
        pos = m.end()
    return out + re.escape(line[pos:]), names


def match_line(expected, actual, known):
    """Does the line match? Binds its placeholders in known if so."""
    regex, names = line_regex(expected, known)
    m = re.fullmatch(regex, actual)
    if m:
        for i, name in enumerate(names):
            known[name] = m[f"g{i}"]
    return m is not None


def compare(expected, data, known, title):
    """None if the octets are as expected, else a unified diff to be read"""
    want = expected.split("\n")
    for spelt in versions.spellings(data):
        got, trial = visible(spelt).split("\n"), dict(known)
        if len(want) == len(got) and all(
                match_line(w, g, trial) for w, g in zip(want, got)):
            known.update(trial)
            return None
    # lines that match but for placeholders are shown as expected ones, so
    # that the diff has only what is wrong
    trial, shown = dict(known), []
    free = list(want)
    for line in got:
        same = next((w for w in free if match_line(w, line, trial)), None)
        shown.append(line if same is None else same)
        if same is not None:
            free.remove(same)
    known.update(trial)
    diff = difflib.unified_diff(want, shown, f"expected {title}",
                                f"on the wire {title}", lineterm="", n=3)
    return "\n".join(diff)
