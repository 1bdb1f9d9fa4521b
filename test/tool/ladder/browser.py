# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A headless Chromium, driven by chromedriver's own protocol (W3C WebDriver)."""
import base64
import json
import re
import subprocess
import urllib.request

ARGUMENTS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
             "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync",
             "--disable-dev-shm-usage", "--window-size=1400,900")
STARTED = re.compile(r"started successfully on port (\d+)")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
TIMEOUT = 60
TAB, ENTER = "\ue004", "\ue007"


class Browser:
    """One window; close() ends what was started."""

    def __init__(self, folder):
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        self.session = ""
        try:
            self.base = f"http://127.0.0.1:{self._port()}/session"
            options = {"args": [*ARGUMENTS, f"--user-data-dir={folder}"]}
            made = self._ask("POST", "", {"capabilities": {"alwaysMatch": {
                "goog:chromeOptions": options}}})
            self.session = "/" + made["sessionId"]
        except BaseException:
            self.close()
            raise

    def _port(self):
        for line in self.driver.stdout:
            found = STARTED.search(line)
            if found:
                return int(found[1])
        raise RuntimeError("chromedriver did not start")

    def _ask(self, method, path, data=None):
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(
            self.base + self.session + path, body, method=method,
            headers={"Content-Type": "application/json"})
        # never by way of a proxy
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=TIMEOUT) as answer:
            return json.load(answer)["value"]

    def close(self):
        try:
            if self.session:
                self._ask("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()
            self.driver.stdout.close()

    def open(self, path):
        self._ask("POST", "/url", {"url": f"file://{path}"})

    def run(self, script):
        return self._ask("POST", "/execute/sync",
                         {"script": script, "args": []})

    def click(self, css):
        found = self._ask("POST", "/element",
                          {"using": "css selector", "value": css})
        self._ask("POST", f"/element/{found[ELEMENT]}/click", {})

    def keys(self, text):
        pressed = [{"type": kind, "value": key} for key in text
                   for kind in ("keyDown", "keyUp")]
        self._ask("POST", "/actions", {"actions": [
            {"type": "key", "id": "keys", "actions": pressed}]})

    def _devtools(self, command, **params):
        return self._ask("POST", "/goog/cdp/execute",
                         {"cmd": command, "params": params})

    def prefer(self, scheme):
        """light or dark"""
        self._devtools("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": scheme}])

    def screenshot(self, path):
        path.write_bytes(base64.b64decode(self._ask("GET", "/screenshot")))

    def print(self, path):
        done = self._devtools("Page.printToPDF", preferCSSPageSize=True)
        path.write_bytes(base64.b64decode(done["data"]))
