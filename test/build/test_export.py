# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The module as one folder for Kamailio's tree. Whether it builds there is for
'make export-test'."""
import re

import pytest

import making
from conftest import need

SCRIPT = making.ROOT / "utils/build/export.sh"
CORE = making.ROOT / "nat64sip"
MODULE = making.ROOT / "modules/nat64sip"


def export(folder):
    return making.run([SCRIPT, folder], folder.parent)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    need("clang-format")
    path = tmp_path_factory.mktemp("export") / "nat64sip"
    done = export(path)
    assert done.status == 0, done
    assert done.text == (f"{path} is ready: copy it to "
                         "KAMAILIO/src/modules/nat64sip\n")
    return path


def names(*folders):
    return {path.name for top in folders for path in top.glob("*.[ch]")}


def test_all_sources_in_one_folder(folder):
    assert names(folder) == names(CORE, MODULE)
    assert len(names(folder)) == len(names(CORE)) + len(names(MODULE))
    for name in ("Makefile", "CMakeLists.txt", "README", "nat64sip.map",
                 "doc/nat64sip.xml", "doc/nat64sip_admin.xml"):
        assert (folder / name).is_file(), name


def test_each_include_of_ours_is_beside(folder):
    """Others are of the core, of a library or of another module"""
    for path in folder.glob("*.[ch]"):
        for name in re.findall(r'#include "(.*)"', path.read_text()):
            assert (folder / name).is_file() or re.match(
                r"\.\./(\.\./(core|lib)|[a-z]+)/", name), (path.name, name)
            assert "nat64sip/" not in name, (path.name, name)


def test_unit_has_the_form_of_kamailio_tests(folder):
    """A folder, a script and a configuration of the same name, and the line
    that the report is made from"""
    (unit,) = (folder / "test").iterdir()
    assert (unit / f"{unit.name}.sh").stat().st_mode & 0o111
    assert (unit / f"kamailio-{unit.name}.cfg").is_file()
    assert re.search(r"(?m)^Summary: .", (unit / "README.md").read_text())


def test_again_replaces_what_was_there(folder):
    old = folder / "n64_gone.c"
    old.write_text("old\n")
    assert export(folder).status == 0
    assert not old.exists() and names(folder) == names(CORE, MODULE)


def test_a_folder_of_the_operators_is_left_alone(tmp_path):
    need("clang-format")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/notes").write_text("mine\n")
    (tmp_path / "file").write_text("mine\n")
    for name, why in (("mine", "is not empty, and no earlier export"),
                      ("file", "is no folder")):
        done = export(tmp_path / name)
        assert done.status != 0 and why in done.text, done
        assert len(done.lines()) == 1
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["file", "mine",
                                                           "notes"]
