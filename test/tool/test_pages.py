# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""--help, the man page and the completion know the same commands and options."""
import os
import re
import shutil
import subprocess

import pytest

from tooling import ROOT, Tool

PAGE = ROOT / "utils/tool/nat64sip.1"
COMPLETION = ROOT / "utils/tool/nat64sip.bash"
SOURCES = sorted((ROOT / "utils/tool").glob("cmd_*.c"))
NAMES = [path.stem[4:] for path in SOURCES]


def listed(tool):
    return re.findall(r"(?m)^  ([a-z0-9]+) ",
                      "\n".join(tool.yes("--help")))


def options(tool, name):
    return re.findall(r"(?m)^  (?:-\w, )?(--[a-z0-9-]+)",
                      "\n".join(tool.yes(name, "--help")))


def complete(*words):
    """What bash offers for the last word"""
    script = ("source \"$1\"; shift; COMP_WORDS=(\"$@\"); "
              "COMP_CWORD=$(($# - 1)); _nat64sip; "
              "printf '%s\\n' \"${COMPREPLY[@]}\"")
    done = subprocess.run(
        ["bash", "--norc", "-euc", script, "bash", COMPLETION, Tool.path,
         *words], text=True, capture_output=True, check=False)
    assert done.returncode == 0 and not done.stderr, done
    return [line for line in done.stdout.splitlines() if line]


def test_every_command_is_in_the_table(tool):
    assert sorted(listed(tool)) == sorted(NAMES)


def test_version_is_the_modules(tool):
    text = (ROOT / "modules/nat64sip/n64_version.h").read_text()
    version = re.search(r'N64_VERSION "(.+)"', text).group(1)
    for word in ("--version", "-V"):
        assert tool.yes(word) == [f"nat64sip {version}"]


@pytest.mark.parametrize("name", NAMES)
def test_help(tool, name):
    for word in ("--help", "-h"):
        out = tool.yes(name, word)
        assert out[0].startswith(f"usage: nat64sip {name}")
        assert max(map(len, out)) < 80


@pytest.mark.parametrize("name", NAMES)
def test_help_names_every_option(tool, name):
    """Those of getopt_long()'s table, and no others"""
    text = (ROOT / f"utils/tool/cmd_{name}.c").read_text()
    for other in re.findall(r'#include "(\w+)\.h"', text):
        path = ROOT / f"utils/tool/{other}.c"
        text += path.read_text() if path.exists() else ""
    known = re.findall(r'\{"([a-z0-9-]+)", (?:no|required)_argument', text)
    assert sorted(options(tool, name)) == sorted(f"--{k}" for k in known)


@pytest.mark.parametrize("name", NAMES)
def test_page_names_every_option(tool, name):
    text = PAGE.read_text()
    assert f".It Cm {name}" in text or f".Ss {name}" in text
    assert f".Nm\n.Cm {name}\n" in text.split(".Sh DESCRIPTION")[0]
    for option in options(tool, name):
        assert f"Fl -{option[2:]}" in text


def usage_of(name):
    """Its options in the SYNOPSIS, the letter or the word"""
    text = PAGE.read_text().split(".Sh DESCRIPTION")[0]
    part = text.split(f".Cm {name}\n")[1].split("\n.Nm\n")[0]
    return {f"-{flag}" for flag in re.findall(r"Fl ([\w-]+)", part)}


@pytest.mark.parametrize("name", NAMES)
def test_synopsis_names_every_option(tool, name):
    """By its letter or its word"""
    seen = usage_of(name)
    for letter, word in re.findall(r"(?m)^  (?:(-\w), )?(--[a-z0-9-]+)",
                                   "\n".join(tool.yes(name, "--help"))):
        assert seen & {letter, word}, word


@pytest.mark.parametrize("word", [
    "database", "RPC", "dmq", "topoh", "realm_prefix", "$du", "Routes",
    "itself began", "timers", ";alias="])
def test_page_says_what_explain_cannot_know(word):
    """What test_explain_scenarios.py leaves out (EXCEPTIONS), and Contact"""
    text = PAGE.read_text().split(".It Cm explain\n")[1]
    assert word in text.split(".Pp\nIn text one message")[0]


def test_page_says_what_comes_of_a_cut_capture():
    text = " ".join(PAGE.read_text().split(".Sh EXIT STATUS")[1].split())
    assert "read up to there" in text and "In an empty file" in text


def test_page_renders():
    man = shutil.which("man")
    if not man:
        pytest.skip("man is not installed")
    done = subprocess.run(
        [man, "--warnings=w,mac", "-l", PAGE], text=True,
        capture_output=True, check=False,
        env=dict(os.environ, LC_ALL="C.UTF-8", MANWIDTH="80", MANPAGER="cat",
                 MANROFFOPT="-rLL=78n"))
    assert done.returncode == 0 and not done.stderr, done
    assert "nat64sip" in done.stdout and "EXIT STATUS" in done.stdout


def test_completes_commands(tool):
    assert complete("") == ["--help", "--version", *listed(tool)]
    assert complete("ext") == ["extract"]
    assert complete("nosuch") == []


@pytest.mark.parametrize("name", NAMES)
def test_completes_options(tool, name):
    assert complete(name, "--") == list(dict.fromkeys(
        ["--help", *options(tool, name)]))


@pytest.mark.parametrize("name, option", [
    ("synth", "-p"), ("extract", "--prefix"), ("explain", "-p"),
    ("explain", "--pref64")])
def test_completes_a_prefix(name, option):
    assert complete(name, option, "") == ["64:ff9b::/96"]


def test_completes_files(tmp_path):
    (tmp_path / "a.cfg").write_text("")
    assert complete("check", f"{tmp_path}/a") == [f"{tmp_path}/a.cfg"]
