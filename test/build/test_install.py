# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""make install puts the module where Kamailio finds it, make uninstall takes
away what make install has made, and nothing else."""
import os

import pytest

import making

CFG = 'loadmodule "nat64sip.so"\nrequest_route { exit; }\n'


def all_of(top):
    return {str(p.relative_to(top)) for p in top.rglob("*")}


def loads(tree, folders, cfg):
    return making.run([making.kamailio(), "-c", "-E", "-f", cfg, "-L", folders,
                       "-l", "udp:127.0.0.1:5060"], tree.top)


def test_module_is_where_kamailio_finds_it(built, tmp_path):
    """MODULES_DIR and DESTDIR: the tree below DESTDIR is as on a system"""
    cfg, dest = tmp_path / "t.cfg", tmp_path / "dest"
    cfg.write_text(CFG)
    modules = "/opt/kamailio/modules"
    empty = tmp_path / "empty"
    empty.mkdir()
    assert loads(built, empty, cfg).status != 0
    built.right("install", f"DESTDIR={dest}", f"MODULES_DIR={modules}")
    done = loads(built, f"{dest}{modules}", cfg)
    assert done.status == 0, done
    assert f"{dest}{modules}/nat64sip.so" in {
        str(p) for p in dest.rglob("*.so")}
    assert (dest / modules[1:] / "nat64sip.so").stat().st_mode & 0o777 == 0o644


def test_modules_dir_by_default(built, tmp_path):
    """Without MODULES_DIR: a folder that this Kamailio searches by itself"""
    built.right("install", f"DESTDIR={tmp_path}")
    where = [str(p.parent)[len(str(tmp_path)):]
             for p in tmp_path.rglob("nat64sip.so")]
    assert len(where) == 1
    assert where[0] in making.search_path().split(":")


def test_documents_and_examples(built, tmp_path):
    built.right("install", f"DESTDIR={tmp_path}", "PREFIX=/usr")
    doc = tmp_path / "usr/share/doc/nat64sip"
    pages = [p.name for p in (built.path / "modules/nat64sip/doc").iterdir()
             if p.suffix in (".md", ".svg")]
    assert len(pages) > 5
    for name in ("README.md", "README", "COPYING", *pages,
                 "examples/kamailio-nat64.cfg"):
        assert (doc / name).is_file(), name
    assert ((doc / "examples/kamailio-nat64.cfg").read_bytes()
            == (built.path / "etc/kamailio-nat64.cfg").read_bytes())
    shipped = [p.name for p in (built.path / "etc").rglob("*") if p.is_file()]
    examples = [p.name for p in (doc / "examples").rglob("*") if p.is_file()]
    assert sorted(shipped) == sorted(examples)
    for folder in ("fleet", "prometheus", "grafana"):
        assert {p.name for p in (built.path / "etc" / folder).iterdir()} == {
            p.name for p in (doc / "examples" / folder).iterdir()}
    edge = doc / "examples/fleet/edge.cfg"
    assert "include_file \"../kamailio-nat64-edge.cfg\"" in edge.read_text()
    assert os.access(doc / "examples/fleet/edge-state.sh", os.X_OK)


def test_tool(built, tmp_path):
    """Where PREFIX says: it runs, and man and bash find what belongs to it"""
    built.right("install", f"DESTDIR={tmp_path}", "PREFIX=/opt/n",
                "MODULES_DIR=/m")
    tool = tmp_path / "opt/n/bin/nat64sip"
    done = making.run([tool, "synth", "-p", "64:ff9b::/96", "192.0.2.33"], "/")
    assert (done.status, done.text) == (0, "64:ff9b::c000:221\n")
    assert tool.stat().st_mode & 0o777 == 0o755
    share = tmp_path / "opt/n/share"
    for name in ("man/man1/nat64sip.1",
                 "bash-completion/completions/nat64sip"):
        assert (share / name).stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("times", (1, 2))
def test_uninstall_takes_everything_away(built, tmp_path, times):
    """The folders too, but for those that were there"""
    dest = tmp_path / "dest"
    words = (f"DESTDIR={dest}", "MODULES_DIR=/usr/lib/kamailio/modules")
    for _ in range(times):
        built.right("install", *words)
    assert (dest / "usr/lib/kamailio/modules/nat64sip.so").is_file()
    built.right("uninstall", *words)
    assert all_of(tmp_path) == set()


def test_uninstall_leaves_what_was_there(built, tmp_path):
    """An empty folder like /opt, and files of others in folders of ours"""
    words = (f"DESTDIR={tmp_path}", "PREFIX=/opt/nat64sip",
             "MODULES_DIR=/opt/nat64sip/modules")
    (tmp_path / "opt").mkdir()
    built.right("install", *words)
    (tmp_path / "opt/nat64sip/share/doc/nat64sip/notes").write_text("mine\n")
    built.right("uninstall", *words)
    assert all_of(tmp_path) == {
        "opt", "opt/nat64sip", "opt/nat64sip/share",
        "opt/nat64sip/share/doc", "opt/nat64sip/share/doc/nat64sip",
        "opt/nat64sip/share/doc/nat64sip/notes"}


def test_uninstall_of_nothing(built, tmp_path):
    """Is no error, and touches nothing"""
    modules = tmp_path / "usr/lib/kamailio/modules"
    modules.mkdir(parents=True)
    (modules / "tm.so").write_text("")
    before = making.snapshot(tmp_path)
    built.right("uninstall", f"DESTDIR={tmp_path}",
                "MODULES_DIR=/usr/lib/kamailio/modules")
    assert making.snapshot(tmp_path) == before


def test_record_of_the_folders_does_not_name_destdir(built, tmp_path):
    """A package is made below a DESTDIR that is gone where it is used"""
    built.right("install", f"DESTDIR={tmp_path}", "MODULES_DIR=/m")
    record = list(tmp_path.rglob("installed"))
    assert len(record) == 1
    assert str(tmp_path) not in record[0].read_text()
    assert "/m/nat64sip.so" in record[0].read_text().splitlines()


def test_no_modules_folder_is_one_line(built, tmp_path):
    done = built.make("uninstall", f"DESTDIR={tmp_path}", "MODULES_DIR=")
    assert done.status != 0
    assert len(done.lines()) == 1, done
    assert "MODULES_DIR" in done.lines()[0]
