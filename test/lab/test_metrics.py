# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A real Prometheus, with the files that are shipped, beside a lab: what it
has stored moves by the calls of real phones, by just as many as there were."""

import json
import os
import shutil
import time

import pytest
from conftest import must_pass
from lablib import call, process
from lablib.plan import PROXY_ADDR, SIP_PORT, TOP, UA4_ADDR
from lablib.wait import until

# It scrapes from the UA4's host, by the socket that is for phones
CONFIG = f"""#!KAMAILIO
# what is shipped, nat64sip.so and all
#!define WITH_METRICS
#!define METRICS_NET "{UA4_ADDR}/32"
include_file "{TOP}/etc/kamailio-nat64.cfg"
"""
WHERE = "http://127.0.0.1:9090"
CALLS = (("ue", "ua4"), ("ua4", "ue"), ("ue", "ua4"))  # caller, who hangs up
PAIRS = "kamailio_nat64sip_pairs"        # one INVITE's Record-Routes
SDP = "kamailio_nat64sip_sdp_rewritten"  # each that the UE6 gets
NEVER = ("no_pref64", "not_carried", "relay_not_carried", "bad_message",
         "failed", "notify_removed", "probes_unanswered")


@pytest.fixture(scope="module")
def plan(make_lab, tmp_path_factory):
    if not shutil.which("prometheus") or not shutil.which("promtool"):
        pytest.skip("prometheus is not installed")
    if os.environ.get("N64_LAB_CONFIG"):
        pytest.skip("another proxy has no statistics of the module")
    config = tmp_path_factory.mktemp("metrics") / "proxy.cfg"
    config.write_text(CONFIG)
    plan = make_lab(no_pref64=True, config=str(config))
    _prometheus(plan)
    return plan


def _prometheus(plan):
    """As shipped, but for the target; and nobody waits 15 s."""
    folder = plan.path("etc", "prometheus")
    shutil.copytree(os.path.join(TOP, "etc", "prometheus"), folder)
    path = os.path.join(folder, "prometheus.yml")
    with open(path, encoding="utf-8") as src:
        text = src.read()
    assert text.count('["127.0.0.1:9494"]') == 1
    text = text.replace("127.0.0.1:9494", f"{PROXY_ADDR}:{SIP_PORT}").replace(
        "_interval: 15s", "_interval: 500ms")
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)
    process.start(plan, "prometheus", [
        "prometheus", f"--config.file={path}",
        f"--storage.tsdb.path={plan.path('run', 'tsdb')}",
        f"--web.listen-address={WHERE[7:]}", "--log.level=warn"], space="ua4")
    until(lambda: _query(plan, 'up{job="nat64sip"} == 1'),
          "Prometheus to reach the proxy", 30,
          alive=lambda: process.must_live(plan, "prometheus"))


def _query(plan, expr):
    """{name: value} of now; none before it answers."""
    said = process.run(["promtool", "query", "instant", "--format=json", WHERE,
                        expr], plan.space("ua4"), check=False)
    try:
        return {one["metric"].get("__name__", expr): float(one["value"][1])
                for one in json.loads(said)}
    except ValueError:
        return {}


def _stored(plan):
    """All that was counted before is in it."""
    now = time.time()
    until(lambda: _query(plan, f"timestamp(kamailio_nat64sip_pairs) > {now}"),
          "Prometheus to scrape again", 30)
    return _query(plan, '{__name__=~"kamailio_(nat64sip|core)_.+",'
                  'rule="",reason="",state=""}')


def test_counters_move_by_the_calls_made(plan):
    before = _stored(plan)
    bodies = 0
    for n, (caller, hangup) in enumerate(CALLS, 1):
        case = call.place(plan, caller, hangup, "udp", 2.0)
        must_pass(case)
        # a phone or the proxy may have sent one again
        bodies += sum(1 for m in case.reached("ue", case.call()) if m.body)
        after = _stored(plan)
        assert after[PAIRS] - before[PAIRS] == n
        assert after[SDP] - before[SDP] == bodies >= n
    for name in NEVER:
        assert after[f"kamailio_nat64sip_{name}"] == 0, name
    # and no alert is up, nor about to be
    assert not _query(plan, "ALERTS")
