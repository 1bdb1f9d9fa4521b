# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A copy of the checkout to build in: make, its output, its environment."""
import os
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# Not of the project's sources; "build" only on top
SKIP = {".git", "__pycache__", ".pytest_cache"}
# What a make around us has set would decide what is tested
DROP = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MAKEFILES",
        "BUILD", "DESTDIR", "PREFIX", "DOCDIR", "MODULES_DIR", "PORT",
        "PREF64", "ADDRESSES", "DEFINES", "CONFIG", "CC", "KAMAILIO_SRC",
        "WERROR", "V", "GNUMAKEFLAGS", "APT_CONFIG")
SBIN = "/usr/local/sbin:/usr/sbin:/sbin"


def kamailio():
    return os.environ.get("KAMAILIO") or "/usr/sbin/kamailio"


def kamailio_src():
    """The tree that a build before this one has fetched, or None"""
    places = [os.environ.get("KAMAILIO_SRC"),
              os.path.join(os.environ.get("N64_BUILD") or ROOT / "build",
                           "kamailio-src"),
              ROOT / "build" / "kamailio-src"]
    for place in places:
        if place and any((Path(place) / sub / "Makefile.defs").is_file()
                         for sub in (".", "src")):
            return Path(place).resolve()
    return None


def skip(folder, names):
    top = {"build"} if Path(folder) == ROOT else set()
    return (SKIP | top) & set(names)


def environment(**more):
    env = {k: v for k, v in os.environ.items() if k not in DROP}
    env.update(LC_ALL="C.UTF-8", KAMAILIO=kamailio(),
               PATH=f"{env.get('PATH', '/usr/bin:/bin')}:{SBIN}")
    env.update({k: str(v) for k, v in more.items()})
    return env


class Result:
    """What a command has said, standard output and errors together"""

    def __init__(self, command, status, text):
        self.command, self.status, self.text = command, status, text

    def __repr__(self):
        return f"{self.command}: status {self.status}\n{self.text}"

    def lines(self):
        """Without make's own last words, "make: *** [...] Error 1" """
        return [line for line in self.text.splitlines() if line.strip()
                and not re.match(r"make(\[\d+\])?: \*\*\* ", line)]


def run(command, cwd, env=None, timeout=120):
    command = [str(word) for word in command]
    done = subprocess.run(
        command, cwd=cwd, env=environment() if env is None else env,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, timeout=timeout, check=False)
    return Result(" ".join(command), done.returncode,
                  done.stdout.decode(errors="replace"))


def search_path():
    """Where the installed Kamailio looks for modules by itself"""
    text = run([kamailio(), "-h"], "/").text
    return re.search(r"Modules search path \(default: (.*?)\)", text).group(1)


class Tree:
    """A copy of the checkout"""

    def __init__(self, top, src):
        self.top = Path(top)
        self.path = self.top / "checkout"
        self.src = src
        shutil.copytree(ROOT, self.path, ignore=skip, symlinks=True)

    def command(self, *words, build=None, src=True):
        command = ["make", "--no-print-directory",
                   f"BUILD={build or self.top / 'build'}"]
        if src:
            command.append(f"KAMAILIO_SRC={self.src}")
        return [*command, *(str(word) for word in words)]

    def make(self, *words, build=None, src=True, env=None):
        """src=False: as where KAMAILIO_SRC is not given"""
        return run(self.command(*words, build=build, src=src), self.path, env)

    def right(self, *words, **more):
        done = self.make(*words, **more)
        assert done.status == 0, done
        return done


def stub(folder, name, text):
    """A command of our own that goes before the system's"""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return path


def before_path(folder):
    return f"{folder}:{environment()['PATH']}"


def snapshot(*tops):
    """Name, kind, size and time of all that is in the folders"""
    seen = {}
    for top in tops:
        for path in [Path(top), *Path(top).rglob("*")]:
            if path.is_symlink():
                seen[str(path)] = ("link", os.readlink(path))
            elif path.exists():
                about = path.stat()
                seen[str(path)] = (about.st_mode, about.st_mtime_ns,
                                   about.st_size if path.is_file() else 0)
    return seen
