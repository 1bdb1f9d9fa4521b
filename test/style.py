#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

"""Check the house rules that a machine can check.

usage: style.py [ROOT]

Reads what is written by hand under nat64sip/, modules/nat64sip/, test/unit/,
test/fuzz/, test/bench/, test/soak/ and utils/: C, Python, shell, make and
Kamailio configuration files.
Prints one line per finding; the exit status is 1 if there is any.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

FOLDERS = ("nat64sip", "modules/nat64sip", "test/unit", "test/fuzz",
           "test/bench", "test/soak", "utils")
SKIP = {"seeds", "__pycache__"}
SUFFIXES = {".c", ".h", ".py", ".sh", ".mk", ".cfg"}
FILE_LINES = 450
FUNCTION_LINES = 70
COLUMNS = 100
SPDX = (
    "SPDX-License-Identifier: GPL-2.0-or-later",
    "SPDX-FileCopyrightText: 2026 The nat64sip authors",
)
# The header stands on top; before it may be the opening of a comment and "#!"
SPDX_WITHIN = 5

CORE = "nat64sip"
CORE_HEADERS = {
    "arpa/inet.h", "errno.h", "inttypes.h", "limits.h",
    "netinet/in.h", "stdbool.h", "stddef.h", "stdint.h", "string.h",
    "strings.h", "sys/socket.h",
}
# Not in libnat64sip.a: it has an archive of its own, which needs PCRE2
CORE_MORE = {"ua_policy.c": {"pcre2.h"}}
# C11 and libc only, and of libc only what neither allocates nor prints
CORE_SYMBOLS = re.compile(
    r"(?:__)?(?:mem(?:cpy|cmp|chr|rchr|move|set)"
    r"|str(?:len|nlen|chr|rchr|cmp|ncmp|casecmp|ncasecmp|spn|cspn))(?:_chk)?"
    r"|inet_pton|inet_ntop|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_"
)
CORE_ARCHIVES = {
    "libnat64sip.a": CORE_SYMBOLS,
    "libnat64sip_ua.a": re.compile(rf"{CORE_SYMBOLS.pattern}|pcre2_\w+_8"),
}
# The same for where no archive was built; not all that is forbidden has a name
CORE_CALLS = re.compile(
    r"\b(\w*(?:malloc|calloc|realloc|alloca|strdup|strndup|printf|syslog)"
    r"|free|puts|fputs|putchar|perror|abort|exit)\s*\("
)


def sources(root):
    for folder in FOLDERS:
        for top, dirs, names in os.walk(root / folder):
            dirs[:] = sorted(d for d in dirs if d not in SKIP)
            for name in sorted(names):
                path = Path(top, name)
                if is_source(path):
                    yield path


def is_source(path):
    if path.suffix in SUFFIXES or path.name == "Makefile":
        return True
    if path.suffix or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(2) == b"#!"


def blank(match):
    """The same number of lines and columns without the text"""
    return re.sub(r"[^\n]", " ", match.group())


def code_only(text):
    """C without comments and the content of strings"""
    return re.sub(
        r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'',
        blank, text, flags=re.S)


def functions(code):
    """(first line of the signature, last line) of each function"""
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", blank, code, flags=re.M)
    depth = start = 0
    is_function = False
    for at in re.finditer(r"[{};]", code):
        if at.group() == "{":
            if depth == 0:
                head = code[start:at.start()]
                is_function = head.rstrip().endswith(")")
                begin = start + len(head) - len(head.lstrip())
            depth += 1
        elif at.group() == "}":
            depth = max(depth - 1, 0)
            if depth == 0 and is_function:
                yield (code.count("\n", 0, begin) + 1,
                       code.count("\n", 0, at.start()) + 1)
        if depth == 0:
            start = at.end()
            is_function = False


def check_text(path, lines):
    for text in SPDX:
        if not any(text in line for line in lines[:SPDX_WITHIN]):
            yield 1, f"no line '{text}' on top"
    if len(lines) > FILE_LINES:
        yield len(lines), f"file longer than {FILE_LINES} lines"
    # Kamailio's own style counts a tab as four columns
    tab = 4 if "modules" in path.parts else 8
    for number, line in enumerate(lines, 1):
        if len(line.expandtabs(tab)) > COLUMNS:
            yield number, f"line longer than {COLUMNS} columns"
        if line != line.rstrip():
            yield number, "blank at the end of the line"
    if lines and not lines[-1]:
        yield len(lines), "empty line at the end of the file"


def check_functions(code):
    for first, last in functions(code):
        if last - first + 1 > FUNCTION_LINES:
            yield first, (f"function of {last - first + 1} lines, "
                          f"{FUNCTION_LINES} are allowed")


def check_core(path, text, code):
    folder, allowed = path.parent, CORE_HEADERS | CORE_MORE.get(path.name, set())
    for number, line in enumerate(text.split("\n"), 1):
        include = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if not include:
            continue
        quote, name = include.groups()
        own = quote == '"' and "/" not in name and (folder / name).is_file()
        if not own and not (quote == "<" and name in allowed):
            yield number, f"the core may not include {name}"
    for call in CORE_CALLS.finditer(code):
        yield (code.count("\n", 0, call.start()) + 1,
               f"the core may not call {call.group(1)}()")


def check_file(root, path):
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        yield 1, "not UTF-8"
        return
    if text and not text.endswith("\n"):
        yield text.count("\n") + 1, "no line end at the end of the file"
    yield from check_text(path, text[:-1].split("\n"))
    if path.suffix not in (".c", ".h"):
        return
    code = code_only(text)
    yield from check_functions(code)
    if path.parent == root / CORE:
        yield from check_core(path, text, code)


def run(command, stdin=None):
    """Standard output, or an error text, of which one is None"""
    try:
        done = subprocess.run(command, input=stdin, text=True,
                              capture_output=True, check=False)
    except OSError as error:
        return None, f"{command[0]}: {error.strerror}"
    if done.returncode:
        lines = done.stderr.strip().split("\n")
        why = [line for line in lines if "error:" in line] or lines
        return None, why[0] or f"{command[0]}: status {done.returncode}"
    return done.stdout, None


def check_header_alone(root, path):
    """Twice, so that a missing guard shows too"""
    compiler = shlex.split(os.environ.get("CC") or "cc")
    line = f'#include "{path.name}"\n'
    _, error = run([*compiler, "-std=c11", "-D_DEFAULT_SOURCE", "-Wall",
                    "-Wextra", "-Werror", "-fsyntax-only", "-I",
                    str(path.parent), "-x", "c", "-"], stdin=line * 2)
    if error:
        yield 1, f"does not compile alone: {error}"


def check_archive(path, allowed):
    """What the archive wants from outside of it"""
    output, error = run(["nm", "-P", str(path)])
    if error:
        yield 1, error
        return
    symbols = [line.split() for line in output.split("\n")]
    symbols = [words for words in symbols if len(words) > 1]
    own = {words[0] for words in symbols if words[1] not in "Uw"}
    wanted = {words[0] for words in symbols if words[1] in "Uw"} - own
    for name in sorted(wanted):
        if not allowed.fullmatch(name):
            yield 1, f"the core may not use {name}"


def findings(root):
    for path in sources(root):
        for number, what in check_file(root, path):
            yield path, number, what
    for path in sorted((root / CORE).glob("*.h")):
        for number, what in check_header_alone(root, path):
            yield path, number, what
    for name, allowed in CORE_ARCHIVES.items():
        archive = root / "build" / name
        if archive.is_file():
            for number, what in check_archive(archive, allowed):
                yield archive, number, what


def main(args):
    if len(args) > 2 or (len(args) == 2 and args[1].startswith("-")):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    top = Path(args[1]) if len(args) == 2 else Path(__file__).parent.parent
    root = top.resolve()
    count = 0
    if not any(True for _ in sources(root)):
        print(f"{root}: no sources here", file=sys.stderr)
        return 2
    for path, number, what in findings(root):
        print(f"{path.relative_to(root)}:{number}: {what}")
        count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
