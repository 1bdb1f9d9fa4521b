# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Nothing that gets installed is started or enabled: services.sh on a root of
its own, and deps.sh around an apt-get that installs two services there."""
import os
import shutil
import signal
import subprocess
import time

import pytest

import making
from conftest import need

OWN = "#!/bin/sh\n# the machine's own\nexit 104\n"
WANTS = "etc/systemd/system/multi-user.target.wants"
INIT = """#!/bin/sh
### BEGIN INIT INFO
# Provides:          unbound
# Required-Start:
# Required-Stop:
# Default-Start:     2 3
# Default-Stop:      0 6
### END INIT INFO
"""
# What the installed packages do: ask the policy, make links
INSTALL = """\
policy=0
"$root/usr/sbin/policy-rc.d" unbound start || policy=$?
echo "policy $policy" >>"$root/log"
mkdir -p "$root/etc/systemd/system/new.target.wants"
ln -s /lib/systemd/system/tayga.service \\
	"$root/etc/systemd/system/new.target.wants/tayga.service"
ln -s /lib/systemd/system/unbound.service \\
	"$root/etc/systemd/system/multi-user.target.wants/unbound.service"
for n in 2 3; do ln -s ../init.d/unbound "$root/etc/rc$n.d/S02unbound"; done
# one service that comes in may number another one anew
mv "$root/etc/rc2.d/S01ssh" "$root/etc/rc2.d/S03ssh"
"""
KEPT = {f"{WANTS}/ssh.service", "etc/rc2.d/S03ssh"}


class Root:
    """A machine's /etc and /usr/sbin with one service that is enabled"""

    def __init__(self, top):
        self.top = top / "root"
        for folder in (WANTS, "etc/rc2.d", "etc/rc3.d", "etc/rc0.d",
                       "etc/init.d", "usr/sbin"):
            (self.top / folder).mkdir(parents=True)
        for name in ("ssh", "unbound"):
            path = self.top / "etc/init.d" / name
            path.write_text(INIT.replace("unbound", name))
            path.chmod(0o755)
        (self.top / WANTS / "ssh.service").symlink_to(
            "/lib/systemd/system/ssh.service")
        (self.top / "etc/rc2.d/S01ssh").symlink_to("../init.d/ssh")
        self.policy = self.top / "usr/sbin/policy-rc.d"

    def starting(self):
        """The links that start something"""
        links = {str(p.relative_to(self.top)) for p in self.top.rglob("*")
                 if p.is_symlink()}
        return {link for link in links if "/K" not in link}

    def give_policy(self, text=OWN):
        self.policy.write_text(text)
        self.policy.chmod(0o755)


@pytest.fixture
def root(tmp_path):
    need("update-rc.d", "dpkg")
    real = ("/etc/systemd/system", "/etc/rc2.d", "/etc/rc3.d", "/etc/rc0.d",
            "/usr/sbin/policy-rc.d")
    before = making.snapshot(*(p for p in real if os.path.exists(p)))
    yield Root(tmp_path)
    assert making.snapshot(*(p for p in real if os.path.exists(p))) == before


def services(root, *lines):
    """Calls the functions of services.sh as deps.sh does"""
    script = "\n".join((
        "set -eu", f". {making.ROOT}/utils/build/services.sh",
        f"root={root.top}", "sysroot=$root", *lines))
    done = making.run(["sh", "-c", script], root.top)
    assert done.status == 0, done
    return done


def test_policy_forbids_and_goes(root):
    done = services(root, "forbid_services",
                    '"$root/usr/sbin/policy-rc.d" any start || echo $?',
                    "allow_services")
    assert done.text == "101\n"
    assert not root.policy.exists()


def test_policy_of_the_machine_stays(root):
    root.give_policy()
    services(root, "forbid_services", "allow_services")
    assert root.policy.read_text() == OWN


def test_policy_link_of_the_machine_stays(root):
    """One that leads nowhere too: what it is for is not ours to know"""
    root.policy.symlink_to("/nonexistent/policy")
    services(root, "forbid_services", "allow_services")
    assert os.readlink(root.policy) == "/nonexistent/policy"


def test_policy_left_by_a_killed_build_goes(root):
    services(root, "forbid_services")
    assert root.policy.exists()
    services(root, "forbid_services", "allow_services")
    assert not root.policy.exists()


def test_new_links_are_undone_old_ones_stay(root):
    work = root.top.parent / "work"
    work.mkdir()
    (work / "new").write_text("")
    root.give_policy()
    services(root, f"remember_services {work}", INSTALL)
    assert len(root.starting()) == len(KEPT) + 4
    services(root, f"disable_new_services {work}")
    assert root.starting() == KEPT
    assert not (root.top / "etc/systemd/system/new.target.wants").exists()
    assert (root.top / WANTS).is_dir()
    # K links: the package's next version leaves it disabled
    assert list((root.top / "etc").glob("rc2.d/K*unbound"))


def test_nothing_installed_changes_nothing(root):
    work = root.top.parent / "work"
    work.mkdir()
    (work / "new").write_text("")
    before = making.snapshot(root.top)
    services(root, f"remember_services {work}", f"disable_new_services {work}")
    assert making.snapshot(root.top) == before


@pytest.fixture
def machine(root, tmp_path):
    """utils/ with that root, as root, where tayga and unbound are missing"""
    need("flock")
    utils = tmp_path / "utils"
    for name in ("build", "deps"):
        shutil.copytree(making.ROOT / "utils" / name, utils / name)
    path = utils / "build/services.sh"
    text = path.read_text()
    assert text.count("\nsysroot=\n") == 1
    path.write_text(text.replace("\nsysroot=\n", f"\nsysroot={root.top}\n"))
    stubs = tmp_path / "bin"
    making.stub(stubs, "id", "echo 0\n")
    making.stub(stubs, "dpkg-query", f"""for name; do :; done
[ -e {root.top}/installed ] && s=installed || s=not-installed
case $name in tayga | unbound) printf $s ;; *) printf installed ;; esac
""")
    root.deps = [utils / "build/deps.sh", "demo-deps", "build", "lab"]
    root.env = making.environment(PATH=making.before_path(stubs))
    root.stubs = stubs
    return root


def apt_get(root, last):
    making.stub(root.stubs, "apt-get", f"""root={root.top}
echo "$*" >>"$root/log"
case "$*" in
*" -s "*) echo "Inst tayga (1)"; echo "Inst unbound (1)"; exit 0 ;;
esac
{INSTALL}
{last}
""")


def test_deps_installs_and_enables_nothing(machine):
    apt_get(machine, "touch $root/installed")
    done = making.run(machine.deps, machine.top, machine.env)
    assert (done.status, done.text) == (0, "installing tayga, unbound\n")
    log = (machine.top / "log").read_text()
    assert log.splitlines()[-1] == "policy 101"
    assert "--no-install-recommends --no-remove tayga unbound" in log
    assert machine.starting() == KEPT
    assert not machine.policy.exists()
    # nothing is missing any more: apt-get is not asked
    done = making.run(machine.deps, machine.top, machine.env)
    assert (done.status, done.text) == (0, "")
    assert (machine.top / "log").read_text() == log


def test_deps_when_apt_fails(machine):
    """One line that says so, and what was half installed is not enabled"""
    apt_get(machine, "echo 'E: broken' >&2\nexit 100")
    # a second try finds what the first has done
    text = (machine.stubs / "apt-get").read_text()
    (machine.stubs / "apt-get").write_text(text.replace(
        "case", '[ ! -e "$root/etc/systemd/system/new.target.wants" ] || {\n'
        "echo 'E: broken' >&2\nexit 100\n}\ncase", 1))
    done = making.run(machine.deps, machine.top, machine.env)
    assert done.status != 0
    assert done.lines()[-1] == ("make: cannot install tayga, unbound: "
                                "see apt's messages above")
    assert "E: broken" in done.text
    assert machine.starting() == KEPT
    assert not machine.policy.exists()


@pytest.mark.parametrize("end", (signal.SIGINT, signal.SIGTERM))
def test_deps_interrupted(machine, end):
    """While packages get installed: the policy goes, nothing is enabled"""
    apt_get(machine, 'touch "$root/half"; exec sleep 60')
    process = subprocess.Popen(
        [str(word) for word in machine.deps], env=machine.env,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT, start_new_session=True)
    try:
        limit = time.monotonic() + 20
        while not (machine.top / "half").exists():
            assert process.poll() is None and time.monotonic() < limit
            time.sleep(0.02)
        assert machine.policy.exists()
        os.killpg(process.pid, end)
        assert process.wait(20) == 128 + end
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert not machine.policy.exists()
    assert machine.starting() == KEPT
