# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The source entries that are derived from the machine's own apt sources."""
import re

import pytest

import making
from conftest import need

ONE_LINE = """\
# deb http://comment.invalid/debian bookworm main
deb http://one.invalid/debian bookworm main contrib # a remark
deb [signed-by=/usr/share/keyrings/k.gpg arch=amd64,arm64] \
http://two.invalid/debian/ bookworm-updates main
  deb\t[ trusted=yes ]  file:/srv/archive ./
deb-src http://three.invalid/debian bookworm main
deb http://four.invalid/debian bookworm main
deb-src http://four.invalid/debian bookworm main

rpm http://five.invalid/ bookworm main
"""
ONE_LINE_WANT = """\
deb-src http://one.invalid/debian bookworm main contrib
deb-src [signed-by=/usr/share/keyrings/k.gpg arch=amd64,arm64] \
http://two.invalid/debian/ bookworm-updates main
deb-src [ trusted=yes ]  file:/srv/archive ./
deb-src http://three.invalid/debian bookworm main
deb-src http://four.invalid/debian bookworm main
"""
DEB822 = """\
# the machine's own
Types: deb
# where it comes from
URIs: http://one.invalid/debian
  http://mirror.invalid/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mDMEX
 -----END PGP PUBLIC KEY BLOCK-----

Types: deb
URIs: http://disabled.invalid/debian
Enabled: no
Suites: bookworm
Components: main


types: deb deb-src
Enabled: yes
uris: http://two.invalid/debian
suites: bookworm
components: main
Architectures: amd64

Types:
 deb-src
URIs: http://three.invalid/debian
Suites: bookworm
Components: main"""
DEB822_WANT = """\
Types: deb-src
URIs: http://one.invalid/debian
  http://mirror.invalid/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mDMEX
 -----END PGP PUBLIC KEY BLOCK-----

Types: deb-src
Enabled: yes
uris: http://two.invalid/debian
suites: bookworm
components: main
Architectures: amd64

Types: deb-src
URIs: http://three.invalid/debian
Suites: bookworm
Components: main

"""


class Apt:
    """A machine's apt configuration, doctored, and where its lists go"""

    def __init__(self, top):
        self.top, self.out = top, top / "out"
        self.parts = top / "sources.list.d"
        for folder in (self.parts, self.out / "parts", top / "lists/partial",
                       top / "cache/archives/partial"):
            folder.mkdir(parents=True)
        self.conf = top / "apt.conf"
        self.conf.write_text(
            f'Dir::Etc::sourcelist "{top}/sources.list";\n'
            f'Dir::Etc::sourceparts "{self.parts}";\n'
            f'Dir::State::lists "{top}/lists";\n'
            f'Dir::Cache "{top}/cache";\n')

    def derive(self, *package, **more):
        script = making.ROOT / "utils/build/apt-sources.sh"
        return making.run([script, self.out, *package], self.top,
                          making.environment(APT_CONFIG=self.conf, **more))

    def one_line(self):
        return (self.out / "sources.list").read_text()

    def deb822(self):
        return {p.name: p.read_text()
                for p in (self.out / "parts").iterdir()}

    def archives(self):
        """As apt itself reads what was derived"""
        conf = self.top / "derived.conf"
        conf.write_text(
            self.conf.read_text()
            .replace(f"{self.top}/sources.list\"", f"{self.out}/sources.list\"")
            .replace(str(self.parts), f"{self.out}/parts"))
        done = making.run(["apt-get", "update", "--print-uris"], self.top,
                          making.environment(APT_CONFIG=conf))
        assert done.status == 0 and "W:" not in done.text, done
        assert "/Packages" not in done.text, done
        return sorted(indexes(done, "Sources"))


def indexes(done, name):
    """The folders of the indexes that apt would fetch, without "/source" """
    found = re.findall(rf"'(\S+)/{name}\.\w+'", done.text)
    return {re.sub(r"/(source|binary-\w+)$", "", folder) for folder in found}


@pytest.fixture
def apt(tmp_path):
    need("apt-config", "apt-get", "apt-cache")
    before = making.snapshot("/etc/apt")
    yield Apt(tmp_path)
    assert making.snapshot("/etc/apt") == before


def test_one_line_style(apt):
    (apt.top / "sources.list").write_text(ONE_LINE)
    done = apt.derive()
    assert (done.status, done.text) == (0, "")
    assert apt.one_line() == ONE_LINE_WANT
    assert apt.deb822() == {}
    assert apt.archives() == [
        "file:/srv/archive/.",
        "http://four.invalid/debian/dists/bookworm/main",
        "http://one.invalid/debian/dists/bookworm/contrib",
        "http://one.invalid/debian/dists/bookworm/main",
        "http://three.invalid/debian/dists/bookworm/main",
        "http://two.invalid/debian/dists/bookworm-updates/main"]


def test_deb822_style(apt):
    (apt.parts / "debian.sources").write_text(DEB822)
    done = apt.derive()
    assert (done.status, done.text) == (0, "")
    assert apt.one_line() == ""
    assert apt.deb822() == {"debian.sources": DEB822_WANT}
    assert apt.archives() == [
        "http://mirror.invalid/debian/dists/bookworm-updates/main",
        "http://mirror.invalid/debian/dists/bookworm/main",
        "http://one.invalid/debian/dists/bookworm-updates/main",
        "http://one.invalid/debian/dists/bookworm/main",
        "http://three.invalid/debian/dists/bookworm/main",
        "http://two.invalid/debian/dists/bookworm/main"]


def test_both_styles_in_several_files(apt):
    (apt.top / "sources.list").write_text(
        "deb http://one.invalid/debian bookworm main")
    (apt.parts / "more.list").write_text(
        "deb http://two.invalid/debian bookworm main\n")
    (apt.parts / "other.list.disabled").write_text(
        "deb http://three.invalid/debian bookworm main\n")
    (apt.parts / "off.sources").write_text(
        "Types: deb\nURIs: http://four.invalid/debian\nSuites: bookworm\n"
        "Components: main\nEnabled: FALSE\n")
    (apt.parts / "on.sources").write_text(
        "Types: deb\nURIs: http://five.invalid/debian\nSuites: bookworm\n"
        "Components: main\n")
    assert apt.derive().status == 0
    assert apt.one_line() == (
        "deb-src http://one.invalid/debian bookworm main\n"
        "deb-src http://two.invalid/debian bookworm main\n")
    assert list(apt.deb822()) == ["on.sources"]


def madison(apt, *addresses):
    """What apt-cache says of a package's archives"""
    text = "".join(f"  kamailio | 5.6.3-2 | {address} bookworm/main amd64 "
                   "Packages\\n" for address in addresses)
    making.stub(apt.top / "bin", "apt-cache",
                f'[ "$1" = madison ] || exit 1\nprintf "{text}"\n')
    return {"PATH": making.before_path(apt.top / "bin")}


def test_only_archives_that_have_the_package(apt):
    (apt.top / "sources.list").write_text(ONE_LINE)
    (apt.parts / "debian.sources").write_text(DEB822)
    # without the "/" at its end that the entry has
    env = madison(apt, "http://two.invalid/debian",
                  "http://mirror.invalid/debian")
    assert apt.derive("kamailio", **env).status == 0
    assert apt.one_line() == ONE_LINE_WANT.splitlines(keepends=True)[1]
    stanzas = DEB822_WANT.split("\n\n")
    assert apt.deb822() == {"debian.sources":
                            "\n\n".join(stanzas[:2]) + "\n\n"}


def test_no_archive_has_the_package(apt):
    (apt.top / "sources.list").write_text(ONE_LINE)
    assert apt.derive("kamailio", **madison(apt)).status != 0


@pytest.mark.parametrize("text", ("", "# deb http://one.invalid/ a main\n"))
def test_no_entry_at_all(apt, text):
    (apt.top / "sources.list").write_text(text)
    assert apt.derive().status != 0


def test_no_such_files(apt):
    assert apt.derive().status != 0
    assert making.snapshot(apt.out / "parts").keys() == {
        str(apt.out / "parts")}


def test_this_machines_own_sources(apt):
    """In whatever style: each archive that apt reads packages from"""
    want = making.run(["apt-get", "update", "--print-uris"], apt.top)
    want = sorted(indexes(want, "Packages"))
    if not want:
        pytest.skip("this machine has no apt sources")
    apt.conf.write_text("\n".join(
        line for line in apt.conf.read_text().splitlines()
        if "Dir::Etc" not in line))
    assert apt.derive().status == 0
    text = apt.one_line() + "\n".join(apt.deb822().values())
    apt.conf.write_text(apt.conf.read_text() + (
        f'\nDir::Etc::sourcelist "{apt.top}/sources.list";\n'
        f'Dir::Etc::sourceparts "{apt.parts}";\n'))
    assert apt.archives() == want, text
