# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The systemd unit that is shipped: understood by systemd, restrictive by its
own measure, and with a command line that Kamailio takes. systemd itself need not
run for that."""
import configparser
import re
import shlex

import pytest

import making
from conftest import need

UNIT = "etc/systemd/kamailio-nat64.service"
# of 100; Debian's own kamailio.service has 92. What is left is the network.
EXPOSURE = 12


@pytest.fixture(scope="module")
def analyze():
    need("systemd-analyze")

    def run(*words):
        return making.run(["systemd-analyze", "--no-pager", *words],
                          making.ROOT)
    return run


def test_is_understood(analyze):
    done = analyze("verify", UNIT)
    assert done.status == 0, done
    assert not re.search(r"kamailio-nat64\.service", done.text), done


def test_is_restrictive(analyze):
    done = analyze("security", "--offline=yes", f"--threshold={EXPOSURE}",
                   UNIT)
    assert "Overall exposure level" in done.text, done
    assert done.status == 0, done


def service():
    unit = configparser.RawConfigParser(strict=False, delimiters="=")
    unit.optionxform = str
    # a key may stand more than once: the last value is enough here
    unit.read(making.ROOT / UNIT)
    return unit["Service"]


def test_kamailio_takes_its_command_line(built, tmp_path):
    """Checked in place of started; the variables as the unit sets them"""
    words = shlex.split(service()["ExecStart"])
    text = (making.ROOT / UNIT).read_text()
    values = dict(re.findall(r"(\w+_MEMORY)=(\d+)", text))
    values["CFGFILE"] = str(making.ROOT / "etc/kamailio-nat64.cfg")
    line = [re.sub(r"\$\{(\w+)\}", lambda m: values[m[1]], word)
            for word in words if word != "$OPTIONS"]
    line[line.index("/run/kamailio-nat64")] = str(tmp_path)
    assert line[1] == "-DD"
    line[1] = "-c"
    done = making.run([*line, "-L", f"{built.top}/build:{making.search_path()}", "-l",
                       "udp:127.0.0.1:5060"], making.ROOT)
    assert done.status == 0, done
