# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""make help, make -n, make clean, and what is built anew after a change."""
import re
import shutil
from pathlib import Path

import pytest

import making

RULE = re.compile(r"([A-Za-z0-9_.-]+(?: +[A-Za-z0-9_.-]+)*) *:[^=#]*## *(.+)")


def documented():
    """{target: its ## comment}, from the makefiles' text"""
    found = {}
    for path in [making.ROOT / "Makefile",
                 *sorted((making.ROOT / "mk").glob("*.mk"))]:
        for line in path.read_text().splitlines():
            rule = RULE.fullmatch(line)
            if "## " in line and not line.startswith("\t@awk"):
                assert rule, f"{path.name}: {line}"
                for target in rule.group(1).split():
                    found[target] = rule.group(2)
    return found


def test_help_names_every_documented_target(tree):
    seen = dict(line.split(None, 1)
                for line in tree.right("help").text.splitlines())
    assert seen == documented()
    assert {"all", "install", "uninstall", "clean", "help", "test",
            "test-build", "run", "demo", "lint", "fuzz"} <= set(seen)


@pytest.mark.parametrize("target", sorted(documented()))
def test_dry_run_of_each_target(tree, tmp_path, target):
    """Works in a folder where nothing was built, and does nothing there"""
    build = tmp_path / "build"
    build.mkdir()
    (build / "kept").write_text("")
    done = tree.make("-n", target, build=build)
    assert done.status == 0, done
    assert [p.name for p in build.iterdir()] == ["kept"]


@pytest.mark.parametrize("target", ("no-such-target", "all-of-it"))
def test_unknown_target(tree, target):
    """So that the dry run above can fail"""
    assert tree.make("-n", target).status != 0


def made_by_rules(tree, build):
    """The first part of each path below BUILD that a rule makes"""
    goals = ("all", "test-built", "fuzz-built", "lint-tidy", "doc")
    text = tree.right("-p", "-n", "-r", *goals, build=build).text
    names = set(re.findall(rf"^{re.escape(str(build))}/([^/:%\s]+)[^%\n]*:",
                           text, flags=re.M))
    # by no rule: the reports of run.py, the folder of utils/run
    return names | {"test", "run"}


def test_clean(built, tmp_path):
    """All goes but the fetched source, and apt's log of how it was fetched"""
    build = tmp_path / "build"
    shutil.copytree(built.top / "build", build)
    names = made_by_rules(built, build)
    assert {"core", "unit", "fuzz", "negative", "lint", "doc",
            "tool", "nat64sip", "nat64sip.so", "libnat64sip.a"} <= names
    for name in names:
        if "." not in name and name != "nat64sip":
            (build / name).mkdir(exist_ok=True)
            (build / name / "file").write_text("")
        else:
            (build / name).write_text("")
    for name in ("kamailio-src", "apt"):
        (build / name).mkdir()
        (build / name / "file").write_text(name)
    (build / "apt.log").write_text("")
    built.right("clean", build=build)
    assert sorted(p.name for p in build.iterdir()) == ["apt", "kamailio-src"]
    assert (build / "kamailio-src/file").read_text() == "kamailio-src"
    # and once more, where nothing is left to remove
    built.right("clean", build=build)


def test_distclean(built, tmp_path):
    build = tmp_path / "build"
    (build / "kamailio-src").mkdir(parents=True)
    before = making.snapshot(built.path)
    built.right("distclean", build=build)
    assert not build.exists()
    assert making.snapshot(built.path) == before


def test_nothing_to_do(built):
    """A second make compiles, archives and links nothing"""
    module = built.top / "build/nat64sip.so"
    before = module.stat().st_mtime_ns
    done = built.right("all")
    assert done.lines() == [f"{module} is ready for Kamailio "
                            + done.text.split()[-1]]
    assert module.stat().st_mtime_ns == before


def includes(folder, header):
    """The object files whose sources the compiler saw include it"""
    return {path.with_suffix(".o") for path in folder.glob("*.d")
            if re.search(rf"\b{re.escape(header)}(\s|$)", path.read_text())}


@pytest.mark.parametrize("header", ("nat64sip/ua_policy.h",
                                    "nat64sip/notify_net.h",
                                    "modules/nat64sip/n64_stats.h"))
def test_touched_header_rebuilds_the_module(built, header):
    """What includes it and the module, and nothing else"""
    build = built.top / "build"
    module = build / "nat64sip.so"
    name = Path(header).name
    want = set().union(*(includes(build / part, name)
                         for part in ("core", "module", "tool")))
    assert any(path.parent.name == "module" for path in want)
    before = module.stat().st_mtime_ns
    (built.path / header).touch()
    done = built.right("build")
    assert {Path(p) for p in re.findall(r"^ +CC +(\S+)$", done.text,
                                        flags=re.M)} == want
    assert f"LD  {module}" in done.text
    assert module.stat().st_mtime_ns > before


def members(archive):
    return making.run(["ar", "t", archive], archive.parent).text.split()


def test_new_and_removed_source(built):
    """The archive has the objects of the sources that there are"""
    archive = built.top / "build/libnat64sip.a"
    source = built.path / "nat64sip/zz_new.c"
    before = members(archive)
    source.write_text("int zz_new(void);\n\nint zz_new(void)\n{\n"
                      "\treturn 64;\n}\n")
    try:
        built.right("build")
        assert sorted(members(archive)) == sorted([*before, "zz_new.o"])
    finally:
        source.unlink()
    done = built.right("build")
    assert members(archive) == before
    assert f"LD  {built.top}/build/nat64sip.so" in done.text


def test_warning_is_an_error(built, tmp_path):
    """-Wall -Wextra -Werror, for the core and for the module"""
    for folder in ("nat64sip", "modules/nat64sip"):
        source = built.path / folder / "zz_warns.c"
        source.write_text("int zz_warns(int unused);\n\n"
                          "int zz_warns(int unused)\n{\n\treturn 1;\n}\n")
        try:
            done = built.make("build")
        finally:
            source.unlink()
        assert done.status != 0, done
        assert re.search(r"error: unused parameter", done.text), done
    built.right("build")
