# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A call as a ladder: one arrow a message, what the module wrote below it."""

from .sipmsg import forwarded

WIDTH = 16    # columns between two lanes
CAPTION = "+ written by the module (new in what leaves the proxy)"
CAPTION_STOCK = "+ new in what leaves the proxy (no nat64sip module here)"

GREEN, END = "\033[32m", "\033[0m"


def _own_kind(line):
    """Is this a line such as the module writes?"""
    name, _, value = line.partition(":")
    name = name.strip().lower()
    if name == "record-route":
        return "n64=" in value or "[" in value
    if name == "portasip-notify":
        return True
    if line.startswith(("o=", "c=", "a=rtcp:")):
        return "IN IP6 " in line
    return line.startswith("a=candidate:") and line.count(":") > 2


def _entered(case, left):
    """The message whose forwarded form is `left`, or None."""
    proxy = _lane_named(case, "proxy")
    for msg in case.call():
        if _lanes_of(case, msg)[1] == proxy and forwarded(msg, left):
            return msg
    return None


def _lines(msg):
    return msg.header_lines + msg.body.replace("\r\n", "\n").split("\n")


def written(case, left):
    """Lines of a message that left the proxy which the module wrote."""
    before = _entered(case, left)
    if not before:
        return []
    old = _lines(before)
    return [line for line in _lines(left)
            if line not in old and _own_kind(line)]


def _lane_named(case, name):
    names = [lane[0] for lane in case.lanes]
    return names.index(name) if name in names else None


def _lane(case, net, addr, port):
    """Number of the lane that a place belongs to; the exact one wins."""
    for place in ((net, f"{addr}:{port}"), (net, addr), (net, None)):
        for number, (_, places) in enumerate(case.lanes):
            if place in places:
                return number
    return None


def _lanes_of(case, msg):
    return (_lane(case, msg.net, msg.src, msg.sport),
            _lane(case, msg.net, msg.dst, msg.dport))


def _steps(case):
    """(message, from lane, to lane, did it leave the proxy).

    What crosses a NAT64 is seen on both of its sides: one step of it.
    """
    call, done, found = case.call(), set(), []
    proxy = _lane_named(case, "proxy")
    boxes = {n for n, lane in enumerate(case.lanes)
             if lane[0].startswith("NAT64")}
    for pos, msg in enumerate(call):
        src, dst = _lanes_of(case, msg)
        if pos in done or None in (src, dst):
            continue
        leaves = src == proxy
        for box in boxes & {src, dst}:
            twin = _twin(case, pos, done, box)
            if twin is not None:
                done.add(twin)
                far = _lanes_of(case, call[twin])
                src, dst = (src, far[1]) if dst == box else (far[0], dst)
        found.append((msg, src, dst, leaves))
    return found


def _twin(case, pos, done, box):
    """Index of the same octets on the other side of that NAT64, or None."""
    call = case.call()
    msg = call[pos]
    for later in range(pos + 1, len(call)):
        other = call[later]
        if later not in done and other.net != msg.net \
                and other.raw == msg.raw and box in _lanes_of(case, other):
            return later
    return None


def _arrow(src, dst, lanes):
    """The lanes with an arrow in them."""
    cells = []
    low, high = min(src, dst), max(src, dst)
    for gap in range(lanes - 1):
        inside = low <= gap < high
        cells.append("|" if not low < gap < high else "+")
        cells.append(("-" if inside else " ") * (WIDTH - 1))
    cells.append("|")
    text = "".join(cells)
    if src < dst:
        at = dst * WIDTH - 1
        return text[:at] + ">" + text[at + 1:]
    at = dst * WIDTH + 1
    return text[:at] + "<" + text[at + 1:]


def draw(case, colour=False):
    """The ladder as lines of text."""
    steps = _steps(case)
    if not steps:
        return ["no message of the call was seen"]
    names = [lane[0] for lane in case.lanes]
    out = [" " * 9 + "".join(n.ljust(WIDTH) for n in names).rstrip()]
    begin = steps[0][0].time
    for msg, src, dst, leaves in steps:
        out.append(f"{msg.time - begin:7.3f}  "
                   f"{_arrow(src, dst, len(names))}  "
                   f"{msg.start}  ({msg.proto.upper()})")
        for line in written(case, msg) if leaves else []:
            text = "           + " + line
            out.append(GREEN + text + END if colour else text)
    out.append(" " * 11 + (CAPTION if case.module else CAPTION_STOCK))
    return out
