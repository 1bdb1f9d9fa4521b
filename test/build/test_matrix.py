# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Another Debian release's Kamailio: where its source comes from, what is said
when there is none or it does not build, and the line of counts."""
import hashlib
import re

import pytest

import making
from conftest import need
from test_fetch import SYSTEM, Machine, make_archive, write

RELEASE = "zurg"
OWN = re.search(r"^VERSION_CODENAME=(\w+)",
                open("/etc/os-release", encoding="utf-8").read(), re.M)
OWN = OWN.group(1) if OWN else "stable"

ONE_LINE = f"""\
deb-src http://one.invalid/debian {OWN} main contrib
deb-src [signed-by=/usr/share/keyrings/k.gpg arch=amd64] \
http://one.invalid/debian/ {OWN}-updates main
deb-src http://two.invalid/security {OWN}-security main
deb-src http://two.invalid/old {OWN}/updates main
deb-src http://one.invalid/debian stable main contrib
deb-src http://three.invalid/tool tool-{OWN} main
deb-src http://{OWN}.invalid/debian nodistro main
deb-src http://five.invalid/debian {OWN}er main
deb-src [ trusted=yes ] file:/srv/archive ./
"""
ONE_LINE_WANT = f"""\
deb-src http://one.invalid/debian {RELEASE} main contrib
deb-src [signed-by=/usr/share/keyrings/k.gpg arch=amd64] \
http://one.invalid/debian/ {RELEASE}-updates main
deb-src http://two.invalid/security {RELEASE}-security main
deb-src http://two.invalid/old {RELEASE}/updates main
"""
DEB822 = f"""\
Types: deb-src
URIs: http://one.invalid/{OWN}
  http://mirror.invalid/debian
Suites: {OWN} {OWN}-updates
 {OWN}-security {OWN}er
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mDMEX

Types: deb-src
URIs: http://two.invalid/tool
Suites: nodistro
Components: main

"""
DEB822_WANT = f"""\
Types: deb-src
URIs: http://one.invalid/{OWN}
  http://mirror.invalid/debian
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mDMEX
Suites: {RELEASE} {RELEASE}-updates {RELEASE}-security

"""


def suite(folder):
    return making.run([making.ROOT / "utils/build/apt-suite.sh", folder,
                       RELEASE], folder)


def test_entries_of_another_release(tmp_path):
    """Twice the same entry is one; what names no release of Debian's goes"""
    write(tmp_path / "sources.list", ONE_LINE)
    write(tmp_path / "parts/debian.sources", DEB822)
    write(tmp_path / "parts/tool.sources", DEB822.split("\n\n")[1])
    done = suite(tmp_path)
    assert (done.status, done.text) == (0, "")
    assert (tmp_path / "sources.list").read_text() == ONE_LINE_WANT
    assert {p.name: p.read_text() for p in (tmp_path / "parts").iterdir()} \
        == {"debian.sources": DEB822_WANT}


def test_no_entry_names_this_release(tmp_path):
    write(tmp_path / "sources.list", "deb-src http://a.invalid/ nodistro a\n")
    (tmp_path / "parts").mkdir()
    assert suite(tmp_path).status != 0


class Other(Machine):
    """The machine's sources name its own release, the archive has another"""

    def fetch(self, **more):
        return making.run(
            [making.ROOT / "utils/build/kamailio-src.sh", self.build,
             RELEASE], self.top, dict(self.env, **more))

    def make(self, *modules):
        return making.run(
            [making.ROOT / "utils/build/kamailio-build.sh", self.build,
             RELEASE, *modules], self.top, self.env)

    def archive(self, *versions, name="kamailio"):
        """Unsigned: only with its entry's option does apt take it"""
        top = self.top / "archive"
        folder = top / "dists" / RELEASE / "main/source"
        folder.mkdir(parents=True)
        for version in versions:
            make_archive(top / version, name, version)
            index = (top / version / "Sources").read_text()
            with open(folder / "Sources", "a", encoding="utf-8") as f:
                f.write(index.replace("\nDirectory: .\n",
                                      f"\nDirectory: {version}\n") + "\n")
        index = (folder / "Sources").read_bytes()
        write(folder.parent.parent / "Release",
              f"Suite: {RELEASE}\nCodename: {RELEASE}\nComponents: main\n"
              f"SHA256:\n {hashlib.sha256(index).hexdigest()} {len(index)} "
              "main/source/Sources\n")
        self.source(f"deb [trusted=yes] file:{top} {OWN} main")


@pytest.fixture
def other(tmp_path):
    need("apt-get", "dpkg-source", "dpkg-scansources", "gcc")
    before = making.snapshot(*SYSTEM)
    yield Other(tmp_path)
    assert making.snapshot(*SYSTEM) == before


def test_newest_is_fetched(other):
    """A second time nothing is, also where the archive is gone"""
    other.archive("6.0.1-1", "6.0.1-1+u2")
    done = other.fetch()
    assert done.status == 0, done
    assert done.text == f"fetching the source of Debian {RELEASE}'s kamailio\n"
    log = (other.build / "kamailio-src/debian/changelog").read_text()
    assert log.startswith("kamailio (6.0.1-1+u2) ")
    # who builds it configures it
    assert not other.config().exists()
    other.source("deb http://127.0.0.1:1/debian nodistro main")
    done = other.fetch()
    assert (done.status, done.text) == (0, "")


def refused(other, why):
    """One line that says why, whichever script is asked; nothing half done"""
    for run in (other.fetch, lambda: other.make("tm")):
        done = run()
        assert done.status != 0, done
        assert done.lines() == [
            f"fetching the source of Debian {RELEASE}'s kamailio",
            f"make: cannot fetch the source of Debian {RELEASE}'s kamailio: "
            + why], done
        assert not (other.build / "kamailio-src").exists()


def refused_with_log(other):
    log = other.build / "apt.log"
    refused(other, "is there a network, and has the archive that release? "
            f"(see {log})")
    return log.read_text()


def test_no_network(other):
    """Nothing listens there"""
    other.source(f"deb http://127.0.0.1:1/debian {OWN} main")
    assert "127.0.0.1" in refused_with_log(other)


@pytest.mark.parametrize("entry", (
    "deb http://127.0.0.1:1/debian nodistro main", ""))
def test_no_debian_archive(other, entry):
    other.source(entry)
    refused(other, "apt's sources name no Debian archive")


def test_release_without_kamailio(other):
    """An archive that answers, and has no such source"""
    other.archive("6.0.1-1", name="asterisk")
    assert "Unable to find a source package for kamailio" \
        in refused_with_log(other)


def test_does_not_build(other):
    """What the compiler said first, then one line; no half of it counts"""
    tree = other.build / "kamailio-src"
    write(tree / ".nat64sip", f"Debian {RELEASE}\n")
    write(tree / "src/Makefile", "cfg:\n\ttouch config.mak\n"
          "kamailio:\n\t@echo 'x.c:1:1: error: broken' >&2; exit 1\n")
    for _ in range(2):
        done = other.make("tm")
        assert done.status != 0, done
        first, *middle, last = done.lines()
        assert first == f"building Debian {RELEASE}'s kamailio with 1 modules"
        assert middle[0] == "x.c:1:1: error: broken", done
        assert last == (f"make: cannot build the core of Debian {RELEASE}'s "
                        f"kamailio (see {other.build}/kamailio.log)")


def test_no_such_module(other):
    tree = other.build / "kamailio-src"
    write(tree / ".nat64sip", f"Debian {RELEASE}\n")
    write(tree / "src/Makefile",
          "cfg:\n\ttouch config.mak\nkamailio:\n\ttouch $@\n")
    done = other.make("tmm")
    assert done.status != 0
    assert done.lines()[1:] == [
        f"make: Debian {RELEASE}'s kamailio has no module tmm"], done


@pytest.fixture
def versions(tmp_path):
    """Two versions' binaries; their counts are written by the test"""
    for name in ("5.6.3", "6.0.1"):
        making.stub(tmp_path, f"kamailio-{name}",
                    f"echo 'version: kamailio {name} (x86_64/linux) '\n")

    def line(*counts):
        words = []
        for name, text in zip(("5.6.3", "6.0.1"), counts):
            if text:
                write(tmp_path / name / "test/matrix.txt", text + "\n")
            words += [tmp_path / f"kamailio-{name}", tmp_path / name]
        return making.run(
            [making.ROOT / "utils/build/matrix-counts.sh", *words], tmp_path)
    return line


GOOD = "12 passed, 0 failed, 1 skipped"


@pytest.mark.parametrize("counts,good", (
    ((GOOD, GOOD), True), ((GOOD, "11 passed, 1 failed, 1 skipped"), False),
    (("0 passed, 10 failed, 0 skipped", GOOD), False), ((GOOD, None), False)))
def test_line_of_counts(versions, counts, good):
    done = versions(*counts)
    assert (done.status == 0) == good
    assert done.text == (f"5.6.3: {counts[0]}; "
                         f"6.0.1: {counts[1] or 'not run'}\n")
