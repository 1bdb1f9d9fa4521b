# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The module file: hardened, and nothing to see but what Kamailio asks for."""
import re
import shlex

import pytest

import making
from conftest import need

LOADER = {"exports", "module_version", "module_flags", "mod_register"}
# A few of the core's, from several of its files
CORE = {"pref64_synthesize", "pref64_parse", "sdp64_to_v6", "edits_apply"}
HARDENED = {"-O2", "-Wall", "-Wextra", "-Werror", "-fstack-protector-strong",
            "-D_FORTIFY_SOURCE=2", "-fstack-clash-protection"}


@pytest.fixture(scope="session")
def readelf(built):
    need("readelf")

    def read(*options):
        done = making.run(["readelf", "-W", *options,
                           built.top / "build/nat64sip.so"], built.top)
        assert done.status == 0, done
        return done.text
    return read


def symbols(text):
    """[(binding, visibility, section, name)]"""
    found = re.findall(r"^ *\d+: +[0-9a-f]+ +\S+ +(\w+) +(\w+) +(\w+) +"
                       r"(\w+) +(\S+)", text, flags=re.M)
    return [(bind, vis, index, name.split("@")[0])
            for _, bind, vis, index, name in found]


def test_relro_and_bind_now(readelf):
    assert re.search(r"^ *GNU_RELRO ", readelf("-l"), flags=re.M)
    dynamic = readelf("-d")
    assert re.search(r"\(FLAGS\).*BIND_NOW|\(BIND_NOW\)", dynamic), dynamic
    assert re.search(r"\(FLAGS_1\).*NOW", dynamic), dynamic
    assert "TEXTREL" not in dynamic


def test_no_executable_stack_nothing_both_written_and_run(readelf):
    parts = re.findall(r"^ *([A-Z_]+) +0x.*? ([R ][W ][E ]) +0x",
                       readelf("-l"), flags=re.M)
    assert ("GNU_STACK", "RW ") in parts
    assert any(flags == "R E" for _, flags in parts)
    assert not [p for p in parts if "W" in p[1] and "E" in p[1]]


def test_only_the_loaders_symbols_are_exported(readelf):
    names = {name for bind, _, index, name in symbols(readelf("--dyn-syms"))
             if index != "UND" and bind in ("GLOBAL", "WEAK")}
    assert "exports" in names
    assert names <= LOADER, names - LOADER


def test_core_symbols_are_local(readelf):
    """Kamailio is linked with -E: a function of its core would else win"""
    seen = {name: bind for bind, _, index, name in symbols(readelf("-s"))
            if index != "UND"}
    there = {name: seen[name] for name in CORE if name in seen}
    assert there and set(there.values()) == {"LOCAL"}, there


def test_core_symbols_are_hidden_in_the_archive(built):
    done = making.run(["readelf", "-W", "-s",
                       built.top / "build/libnat64sip.a"], built.top)
    seen = [(name, vis) for bind, vis, index, name in symbols(done.text)
            if index != "UND" and bind == "GLOBAL"]
    assert len(seen) > 20
    assert not [one for one in seen if one[1] != "HIDDEN"]


def test_stack_protector_and_fortified_calls(readelf):
    wanted = {name for _, _, index, name in symbols(readelf("--dyn-syms"))
              if index == "UND"}
    assert "__stack_chk_fail" in wanted
    assert {name for name in wanted
            if re.fullmatch(r"__\w+_chk", name)}, wanted


def test_libraries(readelf):
    """libc, PCRE2 and Kamailio's database library; a search path for the
    last one alone, and none that is relative"""
    dynamic = readelf("-d")
    needed = set(re.findall(r"\(NEEDED\).*\[(\S+)\]", dynamic))
    assert needed <= {"libc.so.6", "libpcre2-8.so.0", "libsrdb1.so.1"}
    paths = re.findall(r"\((?:RPATH|RUNPATH)\).*\[(\S*)\]", dynamic)
    assert all(path.startswith("/") and ":" not in path for path in paths)


def test_options_of_every_source(tree, tmp_path):
    """-O2, warnings as errors, hardening; read from the commands"""
    text = tree.right("-n", "V=1", "build", build=tmp_path / "build").text
    seen = {}
    for line in text.replace("\\\n", " ").splitlines():
        words = shlex.split(line) if " -c -o " in line else []
        if words and words[-1].endswith(".c"):
            seen[words[-1]] = set(words)
    want = {str(path.relative_to(tree.path)) for folder in
            ("nat64sip", "modules/nat64sip", "utils/tool")
            for path in (tree.path / folder).glob("*.c")}
    assert set(seen) == want
    for name, words in seen.items():
        assert HARDENED <= words, (name, HARDENED - words)
