# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Each configuration that is shipped is loaded by Kamailio with each of the
defines that its head documents, and with all of them; and each is started."""
import re
import shutil
import sqlite3
from pathlib import Path

import pytest

import making

FILES = sorted(path.relative_to(making.ROOT)
               for path in (making.ROOT / "etc").rglob("*.cfg"))
NAME = r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"


def entries(path):
    """{first name: [-A's arguments]}: a name with the quoted text that
    follows it is one with a value"""
    text = (making.ROOT / path).read_text()
    head = text.split("\n\n")[0]
    found, name = {}, None
    for line in head.splitlines():
        start = re.match(rf"#   ({NAME}) +(.*)", line)
        if start:
            name = start.group(1)
            found[name] = " ".join(start.groups())
        elif name and re.match(r"# {10}", line):
            found[name] += " " + line[1:].strip()
    own = {name: given(what) for name, what in found.items()}
    # what a file that is included knows is said there
    for other in re.findall(r'(?m)^include_file "(.*)"$', text):
        own = {**entries(Path(path).parent / other), **own}
    return own


def given(what):
    """A name stands for itself, unless a value stands with it or behind it"""
    found = {}
    for name, number, text in re.findall(
            rf'({NAME})(?:(=\d+)|(?:(?!{NAME})[^"])*("[^"]*"))?', what):
        found[name] = number or (text and f"={text}") or found.get(name, "")
    return [name + value for name, value in found.items()]


def together(path):
    """All of them, but for the one that takes the routes away"""
    return sum((defines for name, defines in entries(path).items()
                if name != "KEMI_SCRIPT"), [])


def whole(path):
    """Its text, with that of a file that it includes"""
    folder = (making.ROOT / path).parent
    return re.sub(r'(?m)^include_file "(.*)"$',
                  lambda m: (folder / m[1]).read_text(),
                  (making.ROOT / path).read_text())


CASES = [(path, name) for path in FILES
         for name in ("none", *entries(path), "all")]


def check(built, cfg, defines):
    words = [making.kamailio(), "-c", "-E", "-f", cfg, "-L",
             f"{built.top}/build:{making.search_path()}",
             "-l", "udp:127.0.0.1:5060"]
    for define in defines:
        words += ["-A", define]
    return making.run(words, built.path)


def test_there_are_some():
    for part in ("", "-box1", "-box2", "-edge", "-kemi", "-registrar"):
        assert Path(f"etc/kamailio-nat64{part}.cfg") in FILES


@pytest.mark.parametrize("path,name", CASES,
                         ids=[f"{p.stem}-{n}" for p, n in CASES])
def test_loads(built, path, name):
    found = entries(path)
    defines = {"none": [], "all": together(path)}
    done = check(built, path, defines.get(name, found.get(name)))
    assert done.status == 0, done
    bad = [line for line in done.lines()
           if re.search(r"\b(WARNING|ERROR|CRITICAL):", line)]
    assert not bad, done


@pytest.mark.parametrize("path", FILES, ids=str)
def test_starts(lab, path):
    """With its workers, and answers: -c is before they are there. The files
    that it names by default are those of an installation, the socket that of
    its host"""
    shipped = making.ROOT / "etc"
    here = {"DISPATCHER_LIST": shipped / "fleet/dispatcher.list",
            "KEMI_SCRIPT": shipped / "kamailio-nat64.lua",
            "DMQ_ADDRESS": "sip:192.0.2.10:5060"}
    proxy = lab.proxy(str(making.ROOT / path), defines=[
        f'{name}="{value}"' for name, value in here.items()
        if f'#!define {name} "' in whole(path)])
    proxy.settle()
    assert proxy.answers(5)
    assert not proxy.complaints(), proxy.complaints()


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_define_is_documented(path):
    """And each that is documented is asked for"""
    text = whole(path)
    used = set(re.findall(rf"^#!if(?:n)?def +({NAME})", text, flags=re.M))
    body = text.split("\n\n", 1)[1]
    named = {define.split("=")[0] for name in entries(path)
             for define in entries(path)[name]}
    assert used <= named, used - named
    assert not [name for name in named if not re.search(rf"\b{name}\b", body)]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_wrong_one_is_refused(built, path, tmp_path):
    """So that the tests above can fail: a parameter that there is not"""
    # the whole folder: one file may include another
    shutil.copytree(making.ROOT / "etc", tmp_path / "etc")
    doctored = tmp_path / path
    with doctored.open("a") as f:
        f.write('\nmodparam("tm", "fr_tymer", 1)\n')
    done = check(built, doctored, [])
    assert done.status != 0
    assert "fr_tymer" in done.text, done


def test_sqlite_schema():
    path = making.ROOT / "etc/sql/nat64sip-sqlite.sql"
    if not path.exists():
        pytest.skip("no schema is shipped")
    with sqlite3.connect(":memory:") as db:
        db.executescript(path.read_text())
        tables = [row[0] for row in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'")]
    assert tables
