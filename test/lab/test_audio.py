# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The ear of the judge: it must find a tone, and must not find one."""

import array
import random
import wave

import pytest
from lablib import audio


def _wav(path, samples):
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(audio.RATE)
        out.writeframes(array.array("h", samples).tobytes())
    return str(path)


@pytest.mark.parametrize("hertz", [audio.TONE_UE6, audio.TONE_UA4, 440])
def test_finds_the_tone(tmp_path, hertz):
    path = str(tmp_path / "tone.wav")
    audio.write_tone(path, hertz, seconds=3)
    heard = audio.listen(path, hertz)
    assert abs(heard.hertz - hertz) < 1
    assert heard.seconds > 2.8
    assert -15 < heard.level < -12


def test_silence(tmp_path):
    heard = audio.listen(_wav(tmp_path / "s.wav", [0] * 24000), 620)
    assert heard.seconds == 0 and heard.hertz == 0


def test_noise(tmp_path):
    rand = random.Random(1)
    noise = [rand.randrange(-9000, 9000) for _ in range(24000)]
    assert audio.listen(_wav(tmp_path / "n.wav", noise), 620).seconds == 0


def test_own_tone_is_not_the_others(tmp_path):
    path = str(tmp_path / "tone.wav")
    audio.write_tone(path, audio.TONE_UE6, seconds=3)
    heard = audio.listen(path, audio.TONE_UA4)
    assert heard.seconds == 0
    assert abs(heard.hertz - audio.TONE_UE6) < 1  # and says what was there


def test_too_faint(tmp_path):
    path = str(tmp_path / "tone.wav")
    audio.write_tone(path, 620, seconds=3, level=0.002)
    assert audio.listen(path, 620).seconds == 0


def test_half_silence(tmp_path):
    path = str(tmp_path / "tone.wav")
    audio.write_tone(path, 620, seconds=1)
    _, tone = audio.read_wav(path)
    heard = audio.listen(_wav(tmp_path / "h.wav", list(tone) + [0] * 16000),
                         620)
    assert 0.7 < heard.seconds < 1.1


def test_empty_and_open_file(tmp_path):
    path = _wav(tmp_path / "e.wav", [])
    assert audio.listen(path, 620).seconds == 0
    assert not audio.complete(path)
    assert not audio.complete(str(tmp_path / "none.wav"))
    path = _wav(tmp_path / "o.wav", [1] * 800)
    assert audio.complete(path)
    with open(path, "ab") as out:  # sizes in the header are behind
        out.write(b"\0\0")
    assert not audio.complete(path)
