"""What tests look up in the database of a server, or change there, whatever database that is.

`on_storage.py` says by the environment where it is; without it, it is SQLite's in the data folder.
"""
import hashlib
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from databases import run_sql

# An address of a MariaDB server. Each data folder has a database of its own there.
ADDRESS_VARIABLE = "CINNABAR_TEST_MYSQL"


def database_name(data):
    return "p" + hashlib.sha256(os.path.realpath(data).encode()).hexdigest()[:16]


class SqliteFile:
    def __init__(self, data):
        self.folder = Path(data) / "plugins" / "cinnabar.sqlite"

    def rows(self, sql):
        """Each value as a text. Works while the server runs."""
        with closing(sqlite3.connect(f"file:{self.folder}/cinnabar.db?mode=ro", uri=True)) as database:
            return [tuple(str(value) for value in row) for row in database.execute(sql)]

    def change(self, sql):
        with closing(sqlite3.connect(self.folder / "cinnabar.db")) as database, database:
            database.execute(sql)

    def tables(self):
        return [name for name, in self.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]

    def back_up(self, target):
        """While no server runs."""
        shutil.copytree(self.folder, target)

    def restore(self, target):
        shutil.rmtree(self.folder)
        shutil.copytree(target, self.folder)


class MysqlDatabase:
    def __init__(self, data, address):
        self.name, self.address = database_name(data), address

    def rows(self, sql):
        return run_sql(self.address, "SET SESSION wsrep_sync_wait = 1; " + sql, self.name)

    def change(self, sql):
        run_sql(self.address, sql, self.name)

    def tables(self):
        """Without those of the driver."""
        return [name for name, in self.rows("SHOW TABLES") if not name.startswith("mysql_")]

    def back_up(self, target):
        where = ["-S", self.address]
        if "/" not in self.address:
            host, port = self.address.split(":")
            where = ["-h", host, "-P", port, "--protocol=tcp"]
        with open(target, "wb") as file:
            subprocess.run(["mariadb-dump", "--no-defaults", "-uroot", *where, "--single-transaction", self.name],
                           stdout=file, check=True)

    def restore(self, target):
        run_sql(self.address, f"DROP DATABASE {self.name}; CREATE DATABASE {self.name}")
        run_sql(self.address, f"source {target}", self.name)


def database_of(data):
    """The database of the server with this data folder."""
    address = os.environ.get(ADDRESS_VARIABLE, "")
    return MysqlDatabase(data, address) if address else SqliteFile(data)
