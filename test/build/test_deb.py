# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What the Debian packages are made from. Whether they build, install and work
is for 'make deb-test'."""
import re

import making

DEBIAN = making.ROOT / "utils/debian"


def packages():
    text = (DEBIAN / "control").read_text() \
        + (DEBIAN / "nat64sip-tools.control").read_text()
    return set(re.findall(r"(?m)^Package: (.*)$", text))


def test_each_file_belongs_to_a_package():
    """debhelper says nothing of one with another name"""
    of = {path.name.rsplit(".", 1)[0] for path in DEBIAN.iterdir()
          if "." in path.name and path.name != "README.source"}
    assert of == packages()


def test_documents_are_there():
    for path in DEBIAN.glob("*.docs"):
        for name in path.read_text().split():
            assert (making.ROOT / name).is_file(), name


def test_nothing_starts_or_enables_a_service():
    """No maintainer script, no unit: the one in etc/ is an example"""
    for path in DEBIAN.rglob("*"):
        assert not re.search(r"(^|\.)(pre|post)(inst|rm)$", path.name), path
        assert not re.search(r"\.(service|init|socket|timer)$", path.name)
    assert "etc/*" in (DEBIAN / "kamailio-nat64sip-modules.examples"
                       ).read_text().split()


def test_exactly_one_kamailio_fits():
    stanza = (DEBIAN / "control").read_text().split("\n\n")[1]
    assert "\n kamailio (= ${kamailio:Version}),\n" in stanza
    assert "-Vkamailio:Version=" in (DEBIAN / "rules").read_text()


def refused(tmp_path, dpkg_query, why):
    tools = tmp_path / "tools"
    making.stub(tools, "dpkg-query", dpkg_query)
    done = making.run([making.ROOT / "utils/build/deb.sh", tmp_path, tmp_path],
                      tmp_path, making.environment(
                          PATH=f"{tools}:{making.environment()['PATH']}"))
    assert done.status != 0 and len(done.lines()) == 1, done
    assert done.text.startswith("make: ") and why in done.text


def test_without_debians_kamailio(tmp_path):
    """One line, and no half of a folder"""
    refused(tmp_path, "exit 1\n", "Debian's kamailio is not installed")
    assert not (tmp_path / "deb").exists()
