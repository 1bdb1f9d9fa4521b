# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Tones: make them, and find them in what a phone recorded."""

import array
import cmath
import math
import struct
import sys
import wave
from dataclasses import dataclass

RATE = 8000
# What each phone plays, Hz; none is a multiple of another
TONE_UE6 = 620
TONE_UA4 = 1130
TONE_UE6B = 830
TONE_UE6C = 1490
TONE_UE6N = 1010
WAV_SECONDS = 120

BLOCK = 1024            # 128 ms
NEAR_HZ = 8.0           # found and wanted may differ by this
SHARE = 0.8             # of a block's energy that the tone must hold
FLOOR_DBFS = -40.0
FULL_SCALE = 32768.0


def write_tone(path, hertz, seconds=WAV_SECONDS, level=0.3):
    """A sine of a whole number of Hz, 8 kHz mono 16 bit."""
    # a whole number of Hz repeats after one second exactly
    second = array.array("h", (
        int(level * 32767 * math.sin(2 * math.pi * hertz * n / RATE))
        for n in range(RATE)))
    if sys.byteorder == "big":
        second.byteswap()
    with wave.open(path, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        for _ in range(seconds):
            out.writeframes(second.tobytes())


def read_wav(path):
    """(rate, samples of the first channel); samples -32768 to 32767."""
    with wave.open(path, "rb") as src:
        if src.getsampwidth() != 2:
            raise ValueError(f"{path}: not 16 bit")
        step = src.getnchannels()
        raw = src.readframes(src.getnframes())
        rate = src.getframerate()
    samples = struct.unpack(f"<{len(raw) // 2}h", raw[:len(raw) // 2 * 2])
    return rate, samples[::step]


def complete(path):
    """Has the recorder closed this file (are the header's sizes true)?"""
    try:
        with open(path, "rb") as src:
            head = src.read(8)
            size = src.seek(0, 2)
    except FileNotFoundError:
        return False
    return len(head) == 8 and size > 44 \
        and struct.unpack("<I", head[4:])[0] == size - 8


def _fft(values):
    n = len(values)
    if n == 1:
        return values
    even, odd = _fft(values[0::2]), _fft(values[1::2])
    half = [0] * (n // 2)
    for k in range(n // 2):
        half[k] = cmath.exp(-2j * math.pi * k / n) * odd[k]
    return [e + h for e, h in zip(even, half)] \
        + [e - h for e, h in zip(even, half)]


_HANN = [0.5 - 0.5 * math.cos(2 * math.pi * n / BLOCK) for n in range(BLOCK)]


def strongest(block, rate=RATE):
    """(Hz, level in dBFS, share of the block's energy) of the main tone."""
    spectrum = _fft([s / FULL_SCALE * h for s, h in zip(block, _HANN)])
    power = [abs(v) ** 2 for v in spectrum[:BLOCK // 2]]
    total = sum(power[2:])
    if total <= 1e-9:
        return 0.0, -120.0, 0.0
    top = max(range(2, BLOCK // 2 - 3), key=power.__getitem__)
    near = range(max(2, top - 3), top + 4)
    energy = sum(power[k] for k in near)
    # the centre of gravity is finer than the grid of 7.8 Hz
    hertz = sum(k * power[k] for k in near) / energy * rate / BLOCK
    rms = math.sqrt(sum(s * s for s in block) / BLOCK) / FULL_SCALE
    return hertz, 20 * math.log10(max(rms, 1e-6)), energy / total


@dataclass(frozen=True)
class Heard:
    """What a recording holds."""
    hertz: float    # of the tone that most blocks hold, 0 if none
    level: float    # dBFS of those blocks
    seconds: float  # for how long the wanted tone was there
    length: float   # of the recording


def listen(path, wanted):
    """Look for a tone of wanted Hz in a recording."""
    return analyse(*read_wav(path), wanted)


def analyse(rate, samples, wanted):
    """Look for a tone of wanted Hz in samples."""
    found, clean = [], []
    for pos in range(0, len(samples) - BLOCK + 1, BLOCK):
        hertz, level, share = strongest(samples[pos:pos + BLOCK], rate)
        if level < FLOOR_DBFS or share < SHARE:
            continue
        clean.append((hertz, level))
        if abs(hertz - wanted) <= NEAR_HZ:
            found.append((hertz, level))
    shown = sorted(found or clean)
    hertz, level = shown[len(shown) // 2] if shown else (0.0, -120.0)
    return Heard(hertz, level, len(found) * BLOCK / rate,
                 len(samples) / rate)
