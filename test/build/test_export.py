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
    for name in ("Makefile", "CMakeLists.txt", "README", "INSTALL.md",
                 "nat64sip.map",
                 "doc/nat64sip.xml", "doc/nat64sip_admin.xml"):
        assert (folder / name).is_file(), name


def test_each_include_of_ours_is_beside(folder):
    """Others are of the core, of a library or of another module"""
    for path in folder.glob("*.[ch]"):
        for name in re.findall(r'#include "(.*)"', path.read_text()):
            assert (folder / name).is_file() or re.match(
                r"\.\./(\.\./(core|lib)|[a-z]+)/", name), (path.name, name)
            assert "nat64sip/" not in name, (path.name, name)


def test_says_what_it_is_and_what_to_do_with_it(folder):
    """To somebody who has the folder and nothing else; in the words that
    'make export-test' builds it with"""
    text = (folder / "INSTALL.md").read_text()
    version = re.search(r'N64_VERSION "(.*)"',
                        (folder / "n64_version.h").read_text()).group(1)
    assert f"# nat64sip {version}, a module for Kamailio\n" in text
    assert "@" not in text
    for word in ("NAT64", "src/modules/nat64sip", "kamailio-tests",
                 "make -C src modules modules=modules/nat64sip",
                 "-DINCLUDE_MODULES=nat64sip"):
        assert word in text, word
    for name in re.findall(r"`([\w./]+\.?\w*)`", text):
        assert (folder / name).exists() or "/" in name, name


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


@pytest.fixture
def patches(folder, tmp_path):
    """Of a tree that has no more than what the series changes"""
    need("git")
    tree = tmp_path / "tree"
    for name, text in (
            ("src/Makefile.groups", "# pcre\nmod_list_pcre=dialplan lcr\n"),
            ("cmake/groups.cmake", "set(MOD_LIST_PCRE dialplan lcr)\n")):
        (tree / name).parent.mkdir(parents=True)
        (tree / name).write_text(text)
    before = making.snapshot(tree)
    done = making.run([making.ROOT / "utils/build/patches.sh",
                       tmp_path / "out", folder, tree], tmp_path)
    assert done.status == 0, done
    assert making.snapshot(tree) == before
    return [path.read_text() for path in
            sorted((tmp_path / "out").glob("*.patch"))]


def test_patches_have_the_form_of_kamailios_commits(patches):
    """One for each component, which the first line begins with; that is short,
    and the text a list"""
    assert len(patches) == 3
    for patch in patches:
        head = patch.split("\n---\n")[0]
        subject = re.search(r"(?m)^Subject: \[PATCH ./3\] (.*)", head).group(1)
        assert re.match(r"(nat64sip|Makefile\.groups|cmake): [a-z]", subject)
        assert len(subject) < 50, subject
        body = head.split("\n\n", 1)[1].splitlines()
        assert body and all(re.match(r"(- |  )\S", line) and len(line) < 73
                            for line in body), body


def test_patches_have_the_folder_and_the_groups(patches, folder):
    files = [set(re.findall(r"(?m)^\+\+\+ b/(.*)", patch))
             for patch in patches]
    want = {f"src/modules/nat64sip/{path.relative_to(folder)}"
            for path in folder.rglob("*") if path.is_file()}
    assert files == [{name for name in want if "/test/" not in name
                      and not name.endswith("/INSTALL.md")},
                     {"src/Makefile.groups"}, {"cmake/groups.cmake"}]
    assert "\n+mod_list_pcre=dialplan lcr nat64sip\n" in patches[1]
    assert "\n+set(MOD_LIST_PCRE dialplan lcr nat64sip)\n" in patches[2]
