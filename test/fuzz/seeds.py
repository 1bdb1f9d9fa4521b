# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Write first inputs of the fuzz drivers, from what the tests read.

usage: seeds.py DIR
       seeds.py --unquoted DIR...

The first makes DIR/DRIVER/* of the case files, of the captures of real phones, and of
the messages and tables of the RFCs. Folders that are not there give none.
The second removes what quotes a message of an RFC, or is made of one: those are
not copied into this project.
"""
import csv
import hashlib
import os
import re
import sys
from pathlib import Path

# Before a message, for the module: what the harness makes of each octet stands
# in test/fuzz/module/scene.h. All zero is a phone behind NAT64, manage called.
SCENES = [
    bytes(12),
    bytes([0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0]),
    bytes([0, 1, 1, 2, 0, 1, 1, 1, 0, 0, 0, 0]),
    bytes([1, 2, 1, 255, 1, 2, 0, 2, 3, 0, 0, 0]),
    # nobody is told, none is forced: most is left at a quick look
    bytes([0, 0, 0, 0, 0, 0, 0, 1, 3, 0, 0, 0]),
    bytes([0, 0, 0, 0, 0x30, 2, 0, 1, 3, 0, 0, 0]),
]

# so many octets in a row are no accident; a line of SDP or a header is shorter
QUOTE = 64


def folder(name):
    return Path(os.environ.get(name) or "/nonexistent")


def write(out, driver, octets):
    """One input, named by what it holds"""
    path = out / driver
    path.mkdir(parents=True, exist_ok=True)
    (path / hashlib.sha1(octets).hexdigest()[:16]).write_bytes(octets)


def captured(path):
    """The messages of a capture; its line ends are those of text"""
    text = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    for block in re.split(rb"(?m)^=== .*\r\n", text)[1:]:
        head, _, body = block.partition(b"\r\n\r\n")
        found = re.search(rb"(?mi)^Content-Length: *(\d+)", head)
        size = int(found.group(1)) if found else 0
        yield head + b"\r\n\r\n" + body[:size]


def messages():
    """Whole SIP messages"""
    for path in sorted(folder("N64_CAPTURES").glob("*.txt")):
        yield from captured(path)
    for path in sorted(folder("N64_VECTORS").glob("rfc*/*.sip")):
        yield path.read_bytes()


def of_message(out, message):
    for scene in SCENES:
        write(out, "module", scene + message)
    head, _, body = message.partition(b"\r\n\r\n")
    write(out, "raw_header", b"\0" + head.partition(b"\r\n")[2] + b"\r\n\r\n")
    found = re.search(rb"(?mi)^(?:Content-Type|c)[ \t]*:[ \t]*([^\r\n]*)", head)
    if body and found:
        for driver in "mime", "body64":
            write(out, driver, found.group(1) + b"\n" + body)
    if b"v=0" in body:
        write(out, "sdp64", body)
    for uri in re.findall(rb"<sips?:[^>]*>", head):
        write(out, "pair_params", b"\0" + uri)
        write(out, "pair", bytes(16) + uri[1:-1].partition(b":")[2])
        write(out, "alias", uri[1:-1].partition(b";")[2])
        write(out, "binding", b"\0" + uri[1:-1])


def tables():
    """The addresses and prefixes of the tables"""
    for path in sorted(folder("N64_VECTORS").glob("*.csv")):
        with path.open(newline="") as rows:
            for row in csv.DictReader(rows):
                yield row


def remove_quoting(folders):
    """Inputs with QUOTE octets in a row of an RFC's message"""
    texts = [p.read_bytes() for p in folder("N64_VECTORS").glob("rfc*/*.sip")]
    if not texts:
        sys.exit("seeds.py: N64_VECTORS names no folder with messages of RFCs")
    known = {t[i:i + QUOTE] for t in texts for i in range(len(t) - QUOTE + 1)}
    for path in (p for f in folders for p in Path(f).glob("*")):
        octets = path.read_bytes()
        if any(octets[i:i + QUOTE] in known
               for i in range(len(octets) - QUOTE + 1)):
            path.unlink()


def main():
    if sys.argv[1] == "--unquoted":
        remove_quoting(sys.argv[2:])
        return
    out = Path(sys.argv[1])
    for message in messages():
        of_message(out, message)
    for path in sorted(folder("N64_CASES").glob("sdp/*.txt")):
        for part in path.read_bytes().split(b"----\n")[1:]:
            write(out, "sdp64", part)
            write(out, "body64", b"application/sdp\n" + part)
    for row in tables():
        for name in "text", "ipv4", "ipv6", "ipv6_rfc5952", "ipv6_other_text":
            if row.get(name):
                write(out, "literal", row[name].encode())
        if row.get("len"):
            text = f"{row['prefix']}/{row['len']}".encode()
            write(out, "pref64", text)
            write(out, "pool", b"192.0.2.0/24=" + text + b"\n")


if __name__ == "__main__":
    main()
