#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Runs the tests and counts them.

usage: run.py [--build DIR] [--counts FILE] PART...
       (unit style tool build etc harness scenarios metrics lab faults
       faults-short negative torture)

Ends with one line, "N passed, N failed, N skipped", after the name and the
reason of each test that failed or was skipped. The exit status is not 0 when
a test failed, when a runner crashed, and when a part ran no test at all.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# One unit test takes well below a second, also under the sanitizers
UNIT_TIMEOUT = 300
# At this age pytest is ended, and what it has not run counts as a failure
PYTEST_TIMEOUT = 1500
# With N64_FULL=1, all combinations take so much longer
FULL_TIMEOUT = 5400
# In the negative control nearly every test waits, in vain, for one message:
# not for so long, and more of them at once
NEGATIVE_WAIT = "0.5"
NEGATIVE_JOBS = 2  # times
CMOCKA = re.compile(r"\[ *(RUN|OK|FAILED|SKIPPED|ERROR) *\] (\S.*)")


class Tally:
    """What happened, test by test"""

    def __init__(self):
        self.passed = []
        self.failed = []
        self.skipped = []

    def count(self):
        return len(self.passed) + len(self.failed) + len(self.skipped)

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def fail(self, name, why):
        self.failed.append((name, why))

    def skip(self, name, why):
        self.skipped.append((name, why))

    def line(self):
        return (f"{len(self.passed)} passed, {len(self.failed)} failed, "
                f"{len(self.skipped)} skipped")


def first_line(text, default):
    lines = [line.strip() for line in (text or "").splitlines()]
    return next((line for line in lines if line), default)


def read_cmocka(suite, output, tally):
    """Counts the tests of one cmocka executable by its output"""
    running, said = None, []
    for line in output.splitlines():
        found = CMOCKA.match(line)
        what, name = found.groups() if found else (None, None)
        if what == "RUN":
            running, said = name, []
        elif running is None or name != running:
            said.append(line)
        else:
            full = f"{suite}: {name}"
            if what == "OK":
                tally.passed.append(full)
            elif what == "SKIPPED":
                tally.skip(full, first_line("\n".join(said), "no reason"))
            else:
                tally.fail(full, "\n    ".join(said) or "failed")
            running = None
    return running


def run_unit(args):
    """Each build/unit/test_* is one cmocka executable"""
    tally = Tally()
    for exe in sorted((args.build / "unit").glob("test_*")):
        if exe.suffix or not os.access(exe, os.X_OK):
            continue
        own = Tally()
        try:
            run = subprocess.run(
                [exe], cwd=ROOT, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                timeout=UNIT_TIMEOUT, check=False)
            output = run.stdout.decode(errors="replace")
            status = run.returncode
        except subprocess.TimeoutExpired as late:
            output = (late.stdout or b"").decode(errors="replace")
            status = f"no end after {UNIT_TIMEOUT} s"
        open_test = read_cmocka(exe.name, output, own)
        if open_test is not None or (status != 0 and not own.failed):
            own.fail(f"{exe.name}: {open_test or 'as a whole'}",
                     f"ended with {status}\n    "
                     + "\n    ".join(output.splitlines()[-40:]))
        elif own.count() == 0:
            own.fail(exe.name, "ran no test")
        print(f"{exe.name}: {own.line()}", flush=True)
        tally.add(own)
    return tally


def run_style(_args):
    """The limits of length and depth: one test"""
    tally = Tally()
    script = ROOT / "test" / "style.py"
    run = subprocess.run(
        [sys.executable, script], cwd=ROOT, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if run.returncode:
        tally.fail("style.py", run.stdout.decode(errors="replace").strip())
    else:
        tally.passed.append("style.py")
    return tally


def read_junit(path, tally):
    """Counts the tests in pytest's report"""
    for case in ElementTree.parse(path).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        bad = [child for child in case if child.tag in ("failure", "error")]
        skipped = case.find("skipped")
        if bad:
            tally.fail(name, bad[0].tag + ": "
                       + first_line(bad[0].get("message"), "no message"))
        elif skipped is not None:
            tally.skip(name, first_line(skipped.get("message"), "no reason"))
        else:
            tally.passed.append(name)


def end(process):
    """After a SIGINT: gives fixtures time to take down what they started"""
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def pytest(args, folder, jobs, report, more=None):
    """Runs pytest on one folder; the report says what happened

    @param more  Of the environment; the failures are then what is wanted
    """
    tally = Tally()
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    command = [sys.executable, "-B", "-m", "pytest", "-p", "xdist.plugin",
               "-p", "no:cacheprovider", "-q", "-rN", "-o", "junit_family=xunit1",
               "--tb=no" if more else "--tb=short",
               f"--junitxml={report}", folder]
    if jobs > 1:
        command += ["-n", str(jobs), "--dist", args.dist]
    environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1",
                       PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", **(more or {}))
    for name in ("PYTEST_ADDOPTS", "PYTHONPATH", "PYTHONHOME"):
        environment.pop(name, None)
    process = subprocess.Popen(command, cwd=ROOT, env=environment,
                               stdin=subprocess.DEVNULL)
    limit = FULL_TIMEOUT if os.environ.get("N64_FULL") == "1" \
        else PYTEST_TIMEOUT
    try:
        status = process.wait(limit)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        end(process)
        status = f"no end after {limit} s"
    except KeyboardInterrupt:
        end(process)
        sys.exit(130)
    if report.exists():
        read_junit(report, tally)
    if status not in (0, 1) or (status == 1 and not tally.failed):
        tally.fail(f"pytest {folder}", f"ended with {status}")
    return tally


def run_tool(args):
    """nat64sip, the command-line tool"""
    return pytest(args, "test/tool", 1, args.build / "test" / "tool.xml")


def run_build(args):
    """make, install, run and what they say when something is missing"""
    return pytest(args, "test/build", 1, args.build / "test" / "build.xml")


def run_etc(args):
    """The configurations that are shipped, loaded by Kamailio; 'build' has
    this too"""
    return pytest(args, "test/build/test_etc.py", 1,
                  args.build / "test" / "etc.xml")


def run_harness(args):
    """Does the judge of the scenarios see what is wrong?"""
    return pytest(args, "test/harness", 1, args.build / "test" / "harness.xml")


def run_scenarios(args):
    """SIPp and a real Kamailio on loopback"""
    return pytest(args, "test/scenarios", args.jobs,
                  args.build / "test" / "scenarios.xml")


def run_faults_short(args):
    """Those that take little time"""
    os.environ["N64_SHORT"] = "1"
    try:
        return run_faults(args)
    finally:
        del os.environ["N64_SHORT"]


def run_faults(args):
    """What fails while calls are up, one by one; says how many that were"""
    report = args.build / "test" / "faults.xml"
    tally = pytest(args, "test/faults", 1, report)
    if report.exists():
        counts = properties(report)
        print(f"{counts['faults']} faults survived", flush=True)
        if counts["points"]:
            print(f"{counts['points']} allocations, each failed at least once",
                  flush=True)
    return tally


def properties(path):
    """What the tests of a report have counted, by name, added up"""
    out = {"faults": 0, "points": 0}
    for one in ElementTree.parse(path).iter("property"):
        out[one.get("name")] += int(one.get("value"))
    return out


def run_metrics(args):
    """A real Prometheus at the configurations that are shipped"""
    return pytest(args, "test/metrics", min(args.jobs, 2),
                  args.build / "test" / "metrics.xml")


def run_lab(args):
    """Real phones behind a real NAT64"""
    return pytest(args, "test/lab", args.lab_jobs,
                  args.build / "test" / "lab.xml")


def run_negative(args):
    """The scenarios with a module that does nothing: each one must fail,
    or it shows nothing about the module"""
    module_dir = args.build / "negative"
    if not (module_dir / "nat64sip.so").exists():
        tally = Tally()
        tally.fail("negative", f"{module_dir}/nat64sip.so is not there")
        return tally
    more = {"N64_MODULE_DIR": str(module_dir), "N64_WAIT": NEGATIVE_WAIT}
    seen = pytest(args, "test/scenarios", NEGATIVE_JOBS * args.jobs,
                  args.build / "test" / "negative.xml", more=more)
    tally = Tally()
    tally.skipped = seen.skipped
    for name, why in seen.failed:
        if not why.startswith("failure: ") or "did not start" in why:
            tally.fail(name, f"could not be played ({why})")
        else:
            tally.passed.append(name)
    for name in seen.passed:
        tally.fail(name, "passes with a module that does nothing")
    return tally


def run_torture(args):
    """The RFCs' torture messages, in a Kamailio with AddressSanitizer too"""
    return pytest(args, "test/torture", args.jobs,
                  args.build / "test" / "torture.xml")


PARTS = {"unit": run_unit, "style": run_style, "tool": run_tool,
         "build": run_build, "etc": run_etc, "harness": run_harness,
         "scenarios": run_scenarios, "metrics": run_metrics, "lab": run_lab,
         "faults": run_faults, "faults-short": run_faults_short,
         "negative": run_negative, "torture": run_torture}


def report_all(tally):
    for word, tests in (("SKIPPED", tally.skipped), ("FAILED", tally.failed)):
        for name, why in tests:
            print(f"{word} {name}: {why}")
    print(tally.line(), flush=True)


def main():
    # a shell that starts us in the background has us, and all that we start,
    # ignore it; some tests interrupt what they start
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--lab-jobs", type=int, default=2)
    parser.add_argument("--dist", default="load")
    parser.add_argument("--counts", type=Path, help="the last line, as a file")
    parser.add_argument("parts", nargs="+", choices=PARTS)
    args = parser.parse_args()
    args.build = args.build.resolve()
    tally = Tally()
    for part in args.parts:
        print(f"== {part}", flush=True)
        start = time.monotonic()
        own = PARTS[part](args)
        if own.count() == 0:
            own.fail(part, "no test ran")
        print(f"== {part}: {own.line()} ({time.monotonic() - start:.0f} s)",
              flush=True)
        tally.add(own)
    report_all(tally)
    if args.counts:
        args.counts.parent.mkdir(parents=True, exist_ok=True)
        args.counts.write_text(tally.line() + "\n")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
