# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Kamailio's source is fetched with apt, from an archive made here: a tiny
source package of the same name and version as the installed kamailio."""
import os
import shutil
from pathlib import Path

import pytest

import making
from conftest import need

CONTROL = """\
Source: {name}
Maintainer: nobody <nobody@example.invalid>

Package: {name}
Architecture: any
Description: for a test
"""
CHANGELOG = """\
{name} ({version}) unstable; urgency=low

  * For a test.

 -- nobody <nobody@example.invalid>  Thu, 01 Jan 2026 00:00:00 +0000
"""
MAKEFILE = "cfg:\n\t@echo '# configured' >src/config.mak\n"
# Where the machine's own apt keeps what it knows
SYSTEM = ("/etc/apt", "/var/lib/apt/lists", "/var/cache/apt")


def package(field):
    return making.run(["dpkg-query", "-W", "-f", f"${{source:{field}}}",
                       "kamailio"], "/").text


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def make_archive(folder, name, version):
    """A flat archive of one source package"""
    folder.mkdir()
    upstream = version.rpartition("-")[0] or version
    upstream = upstream.partition(":")[2] or upstream
    work = folder.parent / "package"
    tree = work / f"{name}-{upstream}"
    write(tree / "Makefile", MAKEFILE)
    write(tree / "src/Makefile.defs", "VERSION = 1\n")
    done = making.run(["tar", "-caf", work / f"{name}_{upstream}.orig.tar.gz",
                       tree.name], work)
    assert done.status == 0, done
    write(tree / "debian/control", CONTROL.format(name=name))
    write(tree / "debian/changelog",
          CHANGELOG.format(name=name, version=version))
    write(tree / "debian/source/format", "3.0 (quilt)\n"
          if "-" in version else "3.0 (native)\n")
    done = making.run(["dpkg-source", "-b", tree.name], work)
    assert done.status == 0, done
    for path in work.iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    done = making.run(["dpkg-scansources", "."], folder)
    index = [line for line in done.text.splitlines(keepends=True)
             if not line.startswith("dpkg-scansources")]
    write(folder / "Sources", "".join(index))


class Machine:
    """Its apt sources doctored; what was fetched is in top/build"""

    def __init__(self, top):
        self.top, self.build = top, top / "build"
        conf = "".join(
            f'{key} "{value}";\n' for key, value in (
                ("Dir::Etc::sourcelist", top / "sources.list"),
                ("Dir::Etc::sourceparts", top / "parts"),
                ("Dir::State::lists", top / "lists"),
                ("Dir::Cache", top / "cache"),
                ("Acquire::http::Timeout", 2)))
        for folder in ("parts", "lists/partial", "cache/archives/partial"):
            (top / folder).mkdir(parents=True)
        write(top / "apt.conf", conf)
        self.env = making.environment(APT_CONFIG=top / "apt.conf")

    def source(self, text):
        write(self.top / "sources.list", text + "\n")

    def fetch(self, **more):
        return making.run(
            [making.ROOT / "utils/build/kamailio-src.sh", self.build],
            self.top, dict(self.env, **more))

    def config(self):
        return self.build / "kamailio-src/src/config.mak"


@pytest.fixture
def machine(tmp_path):
    need("apt-get", "dpkg-query", "dpkg-source", "dpkg-scansources")
    if not package("Version"):
        pytest.skip("the package kamailio is not installed")
    before = making.snapshot(*SYSTEM)
    yield Machine(tmp_path)
    assert making.snapshot(*SYSTEM) == before


def archive(machine, version):
    """Unsigned: only with its entry's option does apt take it"""
    make_archive(machine.top / "archive", package("Package"), version)
    machine.source(f"deb [trusted=yes] file:{machine.top}/archive ./")


def test_fetched_and_configured(machine):
    """With all options of the entry; a second time nothing is fetched"""
    version = package("Version")
    archive(machine, version)
    done = machine.fetch()
    assert done.status == 0, done
    assert done.text == f"fetching the source of kamailio {version}\n"
    assert machine.config().read_text() == "# configured\n"
    fetched = making.snapshot(machine.build)
    shutil.rmtree(machine.top / "archive")
    done = machine.fetch()
    assert (done.status, done.text) == (0, "")
    assert making.snapshot(machine.build) == fetched


def test_fetched_anew_for_another_installed_version(machine):
    archive(machine, package("Version"))
    assert machine.fetch().status == 0
    stamp = machine.build / "kamailio-src/.nat64sip"
    right = stamp.read_text()
    stamp.write_text("kamailio 1.0-1\n")
    (machine.build / "kamailio-src/old").write_text("")
    assert machine.fetch().text.startswith("fetching")
    assert stamp.read_text() == right
    assert not (machine.build / "kamailio-src/old").exists()


def said(done):
    assert done.status != 0, done
    first, *rest = done.lines()
    assert first.startswith("fetching the source of kamailio "), done
    assert len(rest) == 1, done
    return rest[0]


def test_source_is_gone(machine):
    """The archive has a newer one: the package is to be upgraded"""
    archive(machine, "99.0-1")
    line = said(machine.fetch())
    assert line.startswith("make: no archive has the source of kamailio "
                           f"{package('Version')} any more: upgrade")
    assert "KAMAILIO_SRC=DIR" in line
    assert not machine.config().exists()


def test_no_network(machine):
    """Nothing listens there"""
    machine.source("deb http://127.0.0.1:1/debian bookworm main")
    line = said(machine.fetch())
    assert line.startswith("make: cannot fetch the source of kamailio "
                           f"{package('Version')}: is there a network?")
    assert "KAMAILIO_SRC=DIR" in line
    log = line.partition("(see ")[2].partition(";")[0]
    assert "127.0.0.1" in Path(log).read_text()
    assert not (machine.build / "kamailio-src").exists()


def test_no_dpkg_source(machine):
    """Said before anything is fetched"""
    tools = machine.top / "tools"
    tools.mkdir()
    for name in ("dirname", "dpkg-query", "sh", "cat"):
        os.symlink(shutil.which(name, path=machine.env["PATH"]), tools / name)
    done = machine.fetch(PATH=str(tools))
    assert done.status != 0
    assert done.text == ("make: dpkg-dev is not installed: "
                         "run 'sudo make deps'\n")
    assert not machine.build.exists()
