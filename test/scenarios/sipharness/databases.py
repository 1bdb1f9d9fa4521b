# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Database servers of a test's own: their files in the test's folder, reached
by a Unix socket only, ended with the test.

No server runs as root, so each gets a user namespace in which it is nobody.
That needs no account, and nobody's files are the test's.
"""
import glob
import os
import shutil
import signal
import subprocess
import time

from .kamailio import ROOT, module_path

START = 30.0  # s
PASSWORD = "se:cr@et"  # shows whether a log holds any part of it
NOBODY = ["unshare", "--user", "--map-user=65534", "--map-group=65534"]


class Missing(Exception):
    """Not installed; the text says what"""


def run(argv, text="", **env):
    """A command that must work; what it prints"""
    out = subprocess.run(argv, input=text, capture_output=True, text=True,
                         timeout=START, env={**os.environ, **env})
    assert out.returncode == 0, f"{argv}: {out.stdout}{out.stderr}"
    return out.stdout


def tool(name, *folders):
    found = shutil.which(name, path=os.pathsep.join(
        [os.environ.get("PATH", ""), *folders]))
    if not found:
        raise Missing(f"{name} is not installed")
    return found


class Server:
    """One that runs; what the engines differ in is in the classes below"""

    def __init__(self, folder):
        self.folder = os.path.join(str(folder), "db")
        os.mkdir(self.folder)
        if not any(os.path.exists(os.path.join(d, self.module))
                   for d in module_path().split(":")):
            raise Missing(f"{self.module} is not installed")
        self.log = open(os.path.join(self.folder, "log"), "w+")
        argv = self.prepare()
        self.proc = subprocess.Popen(
            NOBODY + argv, cwd=self.folder, stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=self.log, start_new_session=True)
        try:
            self._ready()
            self.create()
        except BaseException:
            self.stop()
            raise

    def _ready(self):
        end = time.monotonic() + START
        while subprocess.run(self.client(self.first), input="SELECT 1;",
                             text=True, capture_output=True,
                             env=self.env()).returncode:
            self.log.seek(0)
            assert self.proc.poll() is None and time.monotonic() < end, \
                self.log.read()
            time.sleep(0.02)

    def env(self):
        return {**os.environ, **self.environment()}

    def execute(self, text, database="kamailio"):
        return run(self.client(database), text, **self.environment())

    def write(self, *rows):
        """These rows and no others"""
        def literal(value):
            return "NULL" if value is None else f"'{value}'"
        self.execute("DELETE FROM nat64sip_pool;" + "".join(
            "INSERT INTO nat64sip_pool (network, pref64) VALUES "
            f"({literal(network)}, {literal(prefix)});"
            for network, prefix in rows))

    def schema(self):
        return os.path.join(ROOT, "etc", "sql", f"nat64sip-{self.name}.sql")

    def command(self):
        """The command that the schema's comment gives, as a shell takes it"""
        with open(self.schema()) as f:
            return f.read().split('database, "')[1].split('"')[0]

    def load(self):
        """The schema, by that command"""
        run(["/bin/sh", "-ec", self.command().replace(
            os.path.basename(self.schema()), self.schema())],
            **self.environment())

    def url(self, password=PASSWORD):
        return f"{self.scheme}://kamailio:{password}@{self.host}/kamailio"

    def shown(self):
        """As it may stand in a log"""
        return f"{self.scheme}://...@{self.host}/kamailio"

    def defines(self, password=PASSWORD):
        """Of pool.cfg"""
        return [f'DB_MODULE="{self.module}"', f'DB_URL="{self.url(password)}"']

    def stop(self):
        if self.proc.poll() is None:
            self.proc.send_signal(self.end)
            try:
                self.proc.wait(10)
            except subprocess.TimeoutExpired:
                self.proc.kill()
                self.proc.wait()
        self.log.close()


class Postgres(Server):
    name = scheme = "postgres"
    module = "db_postgres.so"
    host = ""  # then the library asks PGHOST
    first = "postgres"
    end = signal.SIGINT  # at once, but in order

    def prepare(self):
        folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        self.psql = tool("psql", *folders)
        data = os.path.join(self.folder, "data")
        run(NOBODY + [tool("initdb", *folders), "-D", data, "-U", "kamailio",
                      "-A", "scram-sha-256", "-N", "--locale=C", "-E", "UTF8",
                      "--pwfile=/dev/stdin"], PASSWORD + "\n")
        return [tool("postgres", *folders), "-D", data, "-k", self.folder,
                "-c", "listen_addresses=", "-c", "fsync=off", "-c",
                "dynamic_shared_memory_type=mmap"]

    def environment(self):
        return {"PGHOST": self.folder, "PGUSER": "kamailio",
                "PGPASSWORD": PASSWORD, "PGOPTIONS": ""}

    def client(self, database):
        return [self.psql, "-qXAt", "-v", "ON_ERROR_STOP=1", "-d", database]

    def create(self):
        self.execute("CREATE DATABASE kamailio;", self.first)

    def nullable(self):
        self.execute("ALTER TABLE nat64sip_pool ALTER network DROP NOT NULL;")

    def change_type(self, kind):
        self.execute("ALTER TABLE nat64sip_pool ALTER pref64 TYPE "
                     f"{kind} USING NULL, ALTER pref64 DROP NOT NULL;")


class Mysql(Server):
    name = scheme = "mysql"
    module = "db_mysql.so"
    host = "localhost"  # which is the socket MYSQL_UNIX_PORT
    first = "mysql"
    end = signal.SIGTERM

    def prepare(self):
        self.mysql = tool("mariadb")
        data = os.path.join(self.folder, "data")
        self.socket = os.path.join(self.folder, "socket")
        # stronger than what the machine's files say of a socket
        with open(os.path.join(self.folder, ".my.cnf"), "w") as f:
            f.write(f"[client]\nsocket={self.socket}\nuser=root\n")
        run(NOBODY + [tool("mariadb-install-db"), "--no-defaults",
                      f"--datadir={data}", f"--tmpdir={self.folder}",
                      "--skip-test-db", "--auth-root-authentication-method=normal",
                      "--innodb-log-file-size=4M"])
        return [tool("mariadbd", "/usr/sbin"), "--no-defaults",
                f"--datadir={data}", f"--socket={self.socket}",
                f"--tmpdir={self.folder}",
                f"--pid-file={self.folder}/pid", "--skip-networking",
                "--innodb-log-file-size=4M", "--innodb-fast-shutdown=2",
                "--innodb-flush-log-at-trx-commit=0"]

    def environment(self):
        return {"MYSQL_UNIX_PORT": self.socket, "HOME": self.folder}

    def client(self, database):
        return [self.mysql, "-N", "-B", database]

    def create(self):
        self.execute("CREATE DATABASE kamailio; CREATE USER kamailio@localhost"
                     f" IDENTIFIED BY '{PASSWORD}'; GRANT ALL ON kamailio.* TO"
                     " kamailio@localhost;", self.first)

    def nullable(self):
        self.execute("ALTER TABLE nat64sip_pool MODIFY network VARCHAR(18);")

    def change_type(self, kind):
        self.execute("UPDATE nat64sip_pool SET pref64 = 0; ALTER TABLE "
                     f"nat64sip_pool MODIFY pref64 {kind};")


ENGINES = {"mysql": Mysql, "postgres": Postgres}
