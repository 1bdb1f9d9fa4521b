# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What is missing is said in one line, before anything is fetched."""
import pytest

import making

FETCHERS = ("apt-get", "apt-cache", "dpkg-source", "curl", "wget")


@pytest.fixture
def fetching(tmp_path):
    """An environment in which each attempt to fetch something is written to
    the file 'fetched' and fails"""
    log = tmp_path / "fetched"
    for name in FETCHERS:
        making.stub(tmp_path / "bin", name,
                    f'echo "$0 $*" >>"{log}"\nexit 1\n')

    def env(**more):
        return making.environment(
            PATH=making.before_path(tmp_path / "bin"), **more)
    env.log = log
    return env


def refused(tree, fetching, build, *words, src=False, **more):
    """The one line, without its "make: " """
    done = tree.make(*words, build=build, src=src, env=fetching(**more))
    assert done.status != 0, done
    assert len(done.lines()) == 1, done
    assert not fetching.log.exists(), fetching.log.read_text()
    assert not (build / "kamailio-src").exists()
    assert done.lines()[0].startswith("make: "), done
    return done.lines()[0].removeprefix("make: ")


def test_no_compiler(tree, fetching, tmp_path):
    line = refused(tree, fetching, tmp_path / "build", "CC=/nonexistent/cc")
    assert line == "no C compiler (/nonexistent/cc): run 'sudo make deps'"


def test_compiler_with_an_option_is_one(tree, tmp_path):
    """CC="ccache gcc", CC="gcc -m64": the first word is the command"""
    done = making.run(["utils/build/kamailio-flags.sh", tmp_path / "build"],
                      tree.path, making.environment(
                          CC="gcc -pipe", KAMAILIO_SRC=tree.src))
    assert done.status == 0, done
    assert (tmp_path / "build/kamailio.rsp").read_text()


@pytest.mark.parametrize("with_src", (True, False))
def test_no_kamailio_binary(tree, fetching, tmp_path, with_src):
    line = refused(tree, fetching, tmp_path / "build",
                   "KAMAILIO=/nonexistent/kamailio", src=with_src)
    assert line == ("cannot run /nonexistent/kamailio: run 'sudo make deps' "
                    "or give KAMAILIO=BINARY")


def test_kamailio_src_is_no_tree(tree, fetching, tmp_path):
    (tmp_path / "tree").mkdir()
    for name in (tmp_path / "tree", "/nonexistent/tree"):
        line = refused(tree, fetching, tmp_path / "build",
                       f"KAMAILIO_SRC={name}")
        assert line == f"KAMAILIO_SRC={name} is not a Kamailio source tree"


@pytest.mark.parametrize("below", ("src", "."))
def test_kamailio_src_of_another_version(tree, fetching, tmp_path, below):
    """The tree's own version file, but for the number"""
    real = next(tree.src / sub / "Makefile.defs" for sub in ("src", ".")
                if (tree.src / sub / "Makefile.defs").is_file())
    doctored = tmp_path / "tree" / below / "Makefile.defs"
    doctored.parent.mkdir(parents=True, exist_ok=True)
    lines = real.read_text(errors="replace").splitlines(keepends=True)
    at = [i for i, line in enumerate(lines) if line.startswith("SUBLEVEL")]
    assert len(at) == 1
    lines[at[0]] = "SUBLEVEL = 97\n"
    doctored.write_text("".join(lines))
    line = refused(tree, fetching, tmp_path / "build",
                   f"KAMAILIO_SRC={tmp_path / 'tree'}")
    have = making.run([making.kamailio(), "-v"], tmp_path).text.split()[2]
    other = have.rsplit(".", 1)[0] + ".97"
    assert f"is Kamailio {other}, but {making.kamailio()} is {have}:" in line
    assert line.endswith("give KAMAILIO_SRC or KAMAILIO to match")


def test_kamailio_of_another_version_than_debians(tree, fetching, tmp_path):
    """Its source is not what apt-get source would fetch"""
    if making.run(["dpkg-query", "-W", "kamailio"], tmp_path).status:
        pytest.skip("the package kamailio is not installed")
    other = making.stub(tmp_path / "k", "kamailio",
                        "echo 'version: kamailio 9.8.7 (x86_64/linux) '\n")
    line = refused(tree, fetching, tmp_path / "build", f"KAMAILIO={other}")
    assert f"but {other} is 9.8.7: give KAMAILIO_SRC or KAMAILIO" in line


def test_missing_package_without_root(tree, fetching, tmp_path):
    """Names the packages and the command, asks apt for nothing"""
    making.stub(tmp_path / "bin", "id", "echo 1000\n")
    making.stub(tmp_path / "bin", "dpkg-query", 'for name; do :; done\n'
                'case $name in\ngcc | make) printf not-installed ;;\n'
                '*) printf installed ;;\nesac\n')
    line = refused(tree, fetching, tmp_path / "build")
    assert line == "gcc, make are not installed: run 'sudo make deps'"


def test_no_debian(tree, fetching, tmp_path):
    """There a tree of one's own is needed, and is enough"""
    for name in ("dirname", "sed", "cat"):
        found = making.run(["sh", "-c", f"command -v {name}"], tmp_path)
        (tmp_path / "bin" / name).symlink_to(found.text.strip())
    env = making.environment(PATH=tmp_path / "bin")
    shell = making.run(["/bin/sh", "utils/build/deps.sh", "deps", "build"],
                       tree.path, env)
    assert shell.status != 0
    assert shell.text == ("make: this is no Debian system: "
                          "give KAMAILIO_SRC=DIR\n")
    env["KAMAILIO_SRC"] = str(tree.src)
    shell = making.run(["/bin/sh", "utils/build/deps.sh", "deps", "build"],
                       tree.path, env)
    assert (shell.status, shell.text) == (0, "")


def test_module_that_kamailio_does_not_load(tree, tmp_path):
    """check-load.sh: a link step does not resolve symbols"""
    source = tmp_path / "bad.c"
    source.write_text("extern int nowhere_to_be_found(void);\n"
                      "int mod_register(void)\n"
                      "{\n\treturn nowhere_to_be_found();\n}\n")
    module = tmp_path / "bad.so"
    built = making.run(["gcc", "-shared", "-fPIC", "-o", module, source],
                       tmp_path)
    assert built.status == 0, built
    done = making.run(["utils/build/check-load.sh", module], tree.path)
    assert done.status != 0
    assert done.lines()[-1] == (f"make: {making.kamailio()} does not load "
                                f"{module}")
    assert "nowhere_to_be_found" in done.text
