# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The ladder's page as a browser shows it."""
import re
import subprocess

import pytest

from browser import ENTER, TAB
from capturing import call_with_media, packets

ARROWS = 13
LEAST_CONTRAST = 4.5
SHOWN = "return [...document.querySelectorAll('.msg')].filter(" \
    "m => m.checkVisibility()).map(m => m.id)"
TEXTS = """
const luminance = rgb => rgb.map(c => c / 255).map(c => c <= 0.04045
    ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4).reduce((sum, c, i) =>
    sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const parse = text => (text.match(/[0-9.]+/g) || []).map(Number);
const ground = el => {
  for (; el; el = el.parentElement) {
    const rect = el.matches('.bar') && el.querySelector('rect');
    const rgb = parse(rect ? getComputedStyle(rect).fill
                           : getComputedStyle(el).backgroundColor);
    if (rgb.length === 3) return rgb;
  }
};
return [...document.querySelectorAll('body *')].filter(el =>
    el.checkVisibility() && [...el.childNodes].some(n => n.nodeType === 3 &&
    n.data.trim())).map(el => {
  const style = getComputedStyle(el);
  const ink = parse(el instanceof SVGElement ? style.fill : style.color);
  const pair = [ink, ground(el)].map(luminance).sort((a, b) => b - a);
  return [el.tagName + '.' + (el.getAttribute('class') || ''),
          (pair[0] + 0.05) / (pair[1] + 0.05)];
});"""


def texts(browser, css):
    return browser.run("return [...document.querySelectorAll("
                       f"{css!r})].map(e => e.textContent)")


def test_lanes_and_arrows(browser, page):
    browser.open(page)
    assert texts(browser, ".name") == ["UE6", "NAT64", "proxy", "relay",
                                       "UA4"]
    assert texts(browser, "thead .addr")[1] == "192.0.2.1"
    assert len(texts(browser, "a.arrow")) == ARROWS
    assert browser.run(SHOWN) == []
    times = [float(t) for t in texts(browser, "tbody .time")]
    assert times[0] == 0 and times == sorted(times)
    assert browser.run("return performance.getEntriesByType('resource')"
                       ".length") == 0


def test_media(browser, page):
    browser.open(page)
    assert texts(browser, ".bar text") == [
        "PCMU \u2192 150/149 \u2190 148/148", "PCMU \u2192 149 \u2190 148"]
    what = browser.run("return [...document.querySelectorAll('.bar')]"
                       ".map(e => e.getAttribute('aria-label'))")
    assert what[0] == ("RTP PCMU, 3.0 s; UE6 to relay 150 packets, 149 "
                       "beyond the NAT64; relay to UE6 148 packets, 148 "
                       "beyond the NAT64")


def test_click(browser, page, tmp_path):
    """The third arrow is the INVITE that leaves the proxy."""
    browser.open(page)
    browser.click("#a3")
    assert browser.run(SHOWN) == ["m3"]
    added, removed = texts(browser, "#m3 ins"), texts(browser, "#m3 del")
    assert "+ c=IN IP4 192.0.2.20" in added
    assert "\u2212 c=IN IP6 2001:db8:1::2" in removed
    assert f"{len(added)} lines added (+), {len(removed)} taken out" \
        in texts(browser, "#m3")[0]
    browser.screenshot(tmp_path / "click.png")
    browser.click("#m3 nav a")
    assert browser.run(SHOWN) == []


def test_keyboard(browser, page):
    """Tab goes from arrow to arrow, Enter shows its message."""
    browser.open(page)
    browser.keys(TAB + TAB + ENTER)
    assert browser.run(SHOWN) == ["m2"]
    assert browser.run("return document.activeElement.id") == "m2"
    browser.keys(TAB + ENTER)  # back to the arrow
    assert browser.run(SHOWN) == []
    assert browser.run("return document.activeElement.id") == "a2"


@pytest.mark.parametrize("scheme", ("light", "dark"))
def test_contrast(browser, page, scheme):
    browser.open(page)
    browser.prefer(scheme)
    try:
        browser.run("location.hash = 'm3'")
        found = browser.run(TEXTS)
        dark = browser.run("return getComputedStyle(document.body)"
                           ".backgroundColor") == "rgb(13, 17, 23)"
    finally:
        browser.prefer("")
    assert dark == (scheme == "dark")
    assert {"INS.", "DEL.", "text.name", "text.addr", "P.", "A."} \
        <= {what for what, _ in found}
    assert len(found) > 80
    assert [f for f in found if f[1] < LEAST_CONTRAST] == []


def printed(browser, tmp_path):
    browser.print(tmp_path / "call.pdf")
    return subprocess.run(["pdftotext", "-layout", tmp_path / "call.pdf",
                           "-"], capture_output=True, text=True, check=True,
                          timeout=60).stdout


def test_paper(browser, draw, tmp_path):
    """Each arrow, each message; the lanes' names on each page of the ladder."""
    name = "pjsua-ue-ua4-tcp-hold"
    browser.open(draw(packets(name + "-phone"), packets(name + "-core")))
    heads = len(texts(browser, ".msg h2"))
    text = printed(browser, tmp_path)
    assert len(re.findall(r"(?:UE6|UA4|proxy) \u2192 (?:UE6|UA4|proxy): ",
                          text)) == heads
    # the ladder alone, so that no other text is taken for an arrow's
    browser.run("document.head.insertAdjacentHTML('beforeend',"
                "'<style>.msg,.what{display:none!important}</style>')")
    pages = printed(browser, tmp_path).split("\f")[:-1]
    arrows = re.findall(r"^ *[0-9.]+ +\S.*$", "\n".join(pages), re.MULTILINE)
    arrows = [a for a in arrows if re.match(r" *\d+\.\d{3} ", a)]
    assert len(arrows) == heads == len(texts(browser, "a.arrow"))
    assert len(pages) > 1
    for one in pages:
        assert "NAT64" in one and "UA4" in one


EVIL = b"</pre></section><script>window.evil=1</script>" \
    b"<img src=x onerror=window.evil=1>\"'&amp;\xff\x00\xe2\x80\xae"


def test_hostile(browser, draw):
    """What a message says is text, wherever it is shown."""
    def rewrite(octets):
        octets = re.sub(rb"\r\nCall-ID: [^\r]*", rb"\r\nCall-ID: <script>"
                        rb"window.evil=1</script>", octets)
        octets = octets.replace(b"sip:bob@", b"sip:<script>window.evil=1"
                                b"</script>\"onfocus='evil=1'@")
        return octets.replace(b"\r\nCSeq:", b"\r\nX-Evil: " + EVIL
                              + b"\r\nCSeq:")
    phone, core = call_with_media(rewrite)
    page = draw(phone, core, options=("--call-id",
                                      "<script>window.evil=1</script>"))
    browser.open(page)
    browser.click("#a3")
    assert browser.run("return window.evil === undefined")
    assert texts(browser, "script") == texts(browser, "img") == []
    shown = texts(browser, "#m3 pre")[0]
    assert "X-Evil: </pre></section><script>window.evil=1</script><img src=x" \
        " onerror=window.evil=1>\"'&amp;\\xff\\u{0}\\u{202e}" in shown
    # with the registrations, which have that Call-ID now
    assert len(texts(browser, "a.arrow")) == ARROWS + 4
    assert "Content-Security-Policy" in page.read_text()
    assert browser.run("return [...document.querySelectorAll('*')].every(e "
                       "=> [...e.attributes].every(a => !/^on/.test(a.name)))")
