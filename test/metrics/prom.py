# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A real Prometheus with the files that are shipped, in the network namespace
of the test, where all ports are free."""
import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

from sipharness.kamailio import ROOT

FOLDER = os.path.join(ROOT, "etc", "prometheus")
BOARD = os.path.join(ROOT, "etc", "grafana", "nat64sip.json")
ADDRESS = "127.0.0.1:9090"
GROUP = "kamailio_nat64sip_"
READY = 20.0  # s
WAIT = 30.0   # s for a value


def promtool(*words):
    """(exit status, what it said)"""
    done = subprocess.run(["promtool", *words], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=300, check=False)
    return done.returncode, done.stdout


def copied(folder):
    """The shipped files in a folder of their own; nobody waits 15 s"""
    to = os.path.join(folder, "prometheus")
    shutil.copytree(FOLDER, to)
    path = os.path.join(to, "prometheus.yml")
    with open(path) as f:
        text = f.read()
    assert text.count("_interval: 15s") == 2
    with open(path, "w") as f:
        f.write(text.replace("_interval: 15s", "_interval: 500ms"))
    return path


class Prometheus:
    """Started and ready; a context, at whose end it is gone"""

    def __init__(self, folder):
        self.log_path = os.path.join(folder, "prometheus.log")
        with open(self.log_path, "wb") as log:
            self.proc = subprocess.Popen(
                ["prometheus", f"--config.file={copied(folder)}",
                 f"--storage.tsdb.path={folder}/tsdb", "--log.level=warn",
                 f"--web.listen-address={ADDRESS}"],
                cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def __enter__(self):
        try:
            end = time.monotonic() + READY
            while not self._is_ready():
                assert self.proc.poll() is None and time.monotonic() < end, \
                    self.log()
                time.sleep(0.05)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.proc.kill()
        self.proc.wait()

    def log(self):
        with open(self.log_path) as f:
            return f.read()

    @staticmethod
    def _is_ready():
        try:
            with urllib.request.urlopen(f"http://{ADDRESS}/-/ready",
                                        timeout=5):
                return True
        except (urllib.error.URLError, ConnectionError):
            return False

    def api(self, what, **query):
        url = f"http://{ADDRESS}/api/v1/{what}?{urllib.parse.urlencode(query)}"
        try:
            with urllib.request.urlopen(url, timeout=10) as reply:
                return json.load(reply)["data"]
        except urllib.error.HTTPError as e:
            raise AssertionError(f"{query}: {e.read().decode()}") from None

    def query(self, expr):
        """[(labels, value)] of now"""
        return [(one["metric"], float(one["value"][1]))
                for one in self.api("query", query=expr)["result"]]

    def until(self, expr):
        """Wait until it has a series; that"""
        end = time.monotonic() + WAIT
        while not (found := self.query(expr)):
            assert time.monotonic() < end, f"no series: {expr}\n{self.log()}"
            time.sleep(0.1)
        return found

    def fresh(self):
        """All that was counted before is here when this returns"""
        self.until(f"timestamp({GROUP}pairs) > {time.time()}")

    def counters(self):
        """{name or name{label}: value} of the module's, as stored"""
        self.fresh()
        out = {}
        for labels, value in self.query(f'{{__name__=~"{GROUP}.+"}}'):
            name = labels["__name__"][len(GROUP):]
            more = [labels[key] for key in ("rule", "reason", "state")
                    if key in labels]
            out[name + (more and f"{{{more[0]}}}" or "")] = value
        return out
