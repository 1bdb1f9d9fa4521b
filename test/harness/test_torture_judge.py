# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The judge of the torture tests sees what is wrong, and what it sends is the
RFCs' messages with more on top of them."""
import os
import sys
from types import SimpleNamespace

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "torture"))

from sipharness.wire import Message  # noqa: E402
from torturelib import inputs, verdicts  # noqa: E402

SINK = ("192.0.2.30", 5060)
TEXT = (b"INVITE sip:a@b SIP/2.0\r\n"
        b"Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK1.0\r\n"
        b"Content-Length: 3\r\n\r\nabc")
SOURCE = inputs.Source("x", b"INVITE sip:a@b SIP/2.0\nVia: y\n\nz", True)
GIVEN = inputs.Input("x", SOURCE, TEXT, TEXT, inputs.PLAIN, False)


def message(data=TEXT, dst=SINK):
    return Message("udp", ("192.0.2.10", 5060), dst, data)


WRONG = {
    "lost": ([], "without the module"),
    "one-too-many": ([message(), message()], "without the module"),
    "elsewhere": ([message(dst=inputs.PLAIN)], "without the module"),
    "uri": ([message(TEXT.replace(b"a@b", b"a@c"))], "without the module"),
    "octet": ([message(TEXT.replace(b"abc", b"abd"))], "not the same"),
    "length": ([message(TEXT + b"d")], "Content-Length is wrong"),
    "lie": ([message(TEXT.replace(b"abc", b"2001:db8:bad").replace(
        b": 3", b": 12"))], "the lie got through"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_wrong(kind):
    got, said = WRONG[kind]
    assert said in "".join(verdicts.faults(GIVEN, [message()], got, ()))


def test_right():
    """Another branch of the proxy's own is no difference"""
    other = message(TEXT.replace(b"bK1.0", b"bK2.0"))
    assert not verdicts.faults(GIVEN, [message()], [other], ())


def test_nothing_changed_at_all():
    judge = verdicts.Judge()
    judge.see(GIVEN, [message()], [message()])
    judge.end(lambda *_: None, must_change=False)
    with pytest.raises(AssertionError, match="did nothing"):
        judge.end(lambda *_: None)


LINE = " 1(2) {}: {} [{}:1]: f(): text\n"


def process(text, reports=(), alive=True):
    log = SimpleNamespace(log=lambda _: text, mark=0)
    return verdicts.Process(SimpleNamespace(
        proxy=log, alive=lambda: alive, reports=lambda: list(reports)))


@pytest.mark.parametrize("line,bad", [
    (LINE.format("ERROR", "nat64sip", "n64_rr.c"), 1),
    (LINE.format("BUG", "tm", "t_fwd.c"), 1),
    (LINE.format("ERROR", "tm", "t_fwd.c"), 0),
    (LINE.format("DEBUG", "nat64sip", "n64_rr.c"), 0)])
def test_log(line, bad):
    assert len(process(line).trouble(process(""))) == bad
    assert not process(line).trouble(process(line)) or "nat64sip" in line


def test_end_and_report():
    found = process("", ["heap-buffer-overflow"], False).trouble(process(""))
    assert len(found) == 2 and "heap-buffer-overflow" in found[0]


def test_inputs_are_the_messages_with_more_on_top():
    made = inputs.variant(SOURCE, 7, True, True, True)
    first, _, rest = SOURCE.data.partition(b"\n")
    assert made.data.startswith(first + b"\nVia: SIP/2.0/UDP [2001:db8:1::2]")
    assert made.data.endswith(b"\n" + rest)
    assert made.data.count(b"\nRoute: ") == 2 and b"PortaSIP" in made.data
    assert made.bare.count(b"\nRoute: ") == 1 and b"PortaSIP" not in made.bare


def test_reply_is_made_of_both():
    asked = (b"INVITE x\r\nVia: one\r\n two\r\nv: three\r\nCSeq: 1 INVITE\r\n"
             b"Record-Route: <sip:r>\r\n\r\n")
    data = inputs.as_reply(SOURCE, asked, "200 OK", True, False)
    assert data == (b"SIP/2.0 200 OK\r\nVia: one\r\n two\r\nCSeq: 1 INVITE\r\n"
                    b"Record-Route: <sip:r>\r\n\r\nz")
