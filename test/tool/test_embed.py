# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""synth, extract, infer: RFC 6052's own examples and others."""
import csv
import ipaddress
import os
import subprocess
from pathlib import Path

import pytest

FOLDER = os.environ.get("N64_VECTORS")
WKP = "64:ff9b::/96"
# Allowed by its prefix; what is wrong is the address
POLICY = "RFC 6052 s3.1"


def rows(name):
    path = Path(FOLDER or "/nonexistent") / name
    if not path.is_file():
        return [pytest.param(None, marks=pytest.mark.skip(
            reason=f"no {name} in N64_VECTORS"))]
    with path.open(newline="") as f:
        return [pytest.param(row, id=f"{row['prefix']}/{row['len']}-"
                             f"{row['ipv4']}") for row in csv.DictReader(f)]


def text6(text):
    return str(ipaddress.IPv6Address(text))


GOOD = rows("rfc6052.csv") + rows("rfc6052_more.csv")
BAD = rows("rfc6052_reject.csv")


def prefix(row):
    return f"{row['prefix']}/{row['len']}"


@pytest.mark.parametrize("row", GOOD)
def test_synth(tool, row):
    wanted = row.get("ipv6") or row["ipv6_rfc5952"]
    assert tool.yes("synth", "--prefix", prefix(row), row["ipv4"]) \
        == [text6(wanted)]


@pytest.mark.parametrize("row", GOOD)
def test_extract(tool, row):
    for name in ("ipv6", "ipv6_rfc5952", "ipv6_other_text"):
        if row.get(name):
            assert tool.yes("extract", "-p", prefix(row), row[name]) \
                == [row["ipv4"]]


@pytest.mark.parametrize("row", GOOD)
def test_infer(tool, row):
    addr = row.get("ipv6") or row["ipv6_rfc5952"]
    found = tool.yes("infer", addr, row["ipv4"])
    # of two that fit, the longer one; each must give the address back
    assert tool.yes("synth", "-p", *found, row["ipv4"]) == [text6(addr)]
    assert int(found[0].split("/")[1]) >= int(row["len"])


@pytest.mark.parametrize("row", BAD)
def test_rejected(tool, row):
    if POLICY in row["reference"] or row["ipv4"] == "0.0.0.0":
        line = tool.refuses(1, "synth", "--strict", "-p", prefix(row),
                            row["ipv4"])
        assert row["ipv4"] in line and "RFC 6052 3.1" in line
    else:
        line = tool.refuses(2, "synth", "-p", prefix(row), row["ipv4"])
        assert prefix(row) in line


def test_rfc_examples_are_there():
    """An empty file would make no test fail"""
    if FOLDER:
        assert len(GOOD) > 40 and len(BAD) > 10


def test_several_one_a_line(tool):
    assert tool.yes("synth", "--prefix", WKP, "192.0.2.33", "8.8.8.8") \
        == ["64:ff9b::c000:221", "64:ff9b::808:808"]


def test_stdin(tool):
    """Without an operand, and for -, between others"""
    text = "# who\n192.0.2.1\n\n  192.0.2.2\t # the second\n192.0.2.3"
    mine = [f"64:ff9b::c000:20{i}" for i in (1, 2, 3)]
    assert tool.yes("synth", "-p", WKP, stdin=text) == mine
    assert tool.yes("synth", "-p", WKP, "192.0.2.9", "-", stdin=text) \
        == ["64:ff9b::c000:209", *mine]
    assert tool.yes("extract", "-p", WKP, stdin="\n".join(mine)) \
        == ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
    assert tool.yes("infer", stdin="64:ff9b::c000:221 192.0.2.33\n"
                    "2001:db8:c000:221:: 192.0.2.33\n") \
        == [WKP, "2001:db8::/32"]


def test_goes_on_behind_a_bad_one(tool):
    """And tells the worst"""
    said = tool("extract", "-p", WKP, "2001:db8::1", "64:ff9b::808:808")
    assert (said.status, said.out, len(said.err)) == (1, ["8.8.8.8"], 1)
    said = tool("extract", "-p", WKP, stdin="2001:db8::1\n64:ff9b::1\n")
    assert (said.status, said.out, len(said.err)) == (1, ["0.0.0.1"], 1)
    said = tool("synth", "-p", WKP, "8.8.8", "8.8.8.8")
    assert (said.status, said.out, len(said.err)) == (
        2, ["64:ff9b::808:808"], 1)


def test_not_embedded(tool):
    assert "2001:db8::1" in tool.refuses(1, "extract", "-p", WKP,
                                         "2001:db8::1")
    # the u-octet must be zero
    tool.refuses(1, "extract", "-p", "2001:db8:122:344::/64",
                 "2001:db8:122:344:1c0:2:2100::")
    tool.refuses(1, "infer", "2001:db8::1", "192.0.2.33")


def test_strict(tool):
    private = "64:ff9b::a00:1"
    assert tool.yes("extract", "-p", WKP, private) == ["10.0.0.1"]
    tool.refuses(1, "extract", "--strict", "-p", WKP, private)
    assert tool.yes("infer", private, "10.0.0.1") == [WKP]
    tool.refuses(1, "infer", "--strict", private, "10.0.0.1")
    assert tool.yes("synth", "--strict", "-p", "2001:db8:64::/96",
                    "10.0.0.1") == ["2001:db8:64::a00:1"]


@pytest.mark.parametrize("words,named", (
    ((), "--help"),
    (("translate",), "translate"),
    (("synth", "192.0.2.1"), "--prefix"),
    (("synth", "--prefix"), "--prefix"),
    (("synth", "--frefix", "x"), "--frefix"),
    (("synth", "-x"), "-x"),
    (("synth", "-p", WKP, "192.0.2.256"), "192.0.2.256"),
    (("synth", "-p", WKP, "64:ff9b::1"), "64:ff9b::1"),
    (("extract", "-p", WKP, "192.0.2.1"), "192.0.2.1"),
    (("extract", "-p", "64:ff9b::", "64:ff9b::1"), "64:ff9b::"),
    (("infer", "64:ff9b::1"), "IPv4"),
    (("infer", "64:ff9b::1", "0.0.0.1", "x"), "IPv4"),
    (("infer", "64:ff9b::1", "x"), "x"),
))
def test_wrong_use(tool, words, named):
    assert named in tool.refuses(2, *words)


def test_output_that_cannot_be_written(tool):
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run([tool.path, "synth", "-p", WKP, "8.8.8.8"],
                              stdout=full, stderr=subprocess.PIPE,
                              check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(b"nat64sip: cannot write")
