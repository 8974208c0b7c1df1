#!/usr/bin/python3
"""An SQLite database under load of several processes: money moves, but never comes or goes."""

import os
import random
import sqlite3
import subprocess
import sys

from check import SCALE, check, equal, forget_cached, fork, join, run

ACCOUNTS = 50
TOTAL = ACCOUNTS * 100
TRANSFERS_PER_WRITER = 25 * SCALE
BUSY_SECONDS = 120


def connect():
    connection = sqlite3.connect("bank.db", timeout=BUSY_SECONDS, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def transfers_of_two_writers_keep_the_total():
    with connect() as connection:
        connection.execute("CREATE TABLE account (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL)")
        connection.execute("CREATE TABLE history (writer, step, source, target, amount, note)")
        connection.execute("CREATE INDEX history_by_source ON history (source, step)")
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO account VALUES (?, 100)", ((number,) for number in range(ACCOUNTS)))
        connection.execute("COMMIT")
    connection.close()

    def transfer(writer):
        source = random.Random(writer)
        connection = connect()
        for step in range(TRANSFERS_PER_WRITER):
            giver, taker, amount = source.randrange(ACCOUNTS), source.randrange(ACCOUNTS), source.randrange(20)
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE account SET amount = amount - ? WHERE id = ?", (amount, giver))
            connection.execute("UPDATE account SET amount = amount + ? WHERE id = ?", (amount, taker))
            note = os.urandom(source.randrange(2000))
            connection.execute("INSERT INTO history VALUES (?, ?, ?, ?, ?, ?)",
                               (writer, step, giver, taker, amount, note))
            connection.execute("ROLLBACK" if step % 10 == 9 else "COMMIT")

    def audit():
        connection = connect()
        for _ in range(TRANSFERS_PER_WRITER // 5):
            equal(connection.execute("SELECT sum(amount) FROM account").fetchone()[0], TOTAL, "total meanwhile")

    join(fork(transfer, 0), fork(transfer, 1), fork(audit))


def database_is_sound():
    forget_cached()
    shell = subprocess.run(
        ["sqlite3", "bank.db", "PRAGMA integrity_check; SELECT sum(amount) FROM account; SELECT count(*) FROM history;"],
        capture_output=True, text=True, check=False)
    equal(shell.stderr, "", "complaints of sqlite3")
    committed = 2 * sum(1 for step in range(TRANSFERS_PER_WRITER) if step % 10 != 9)
    equal(shell.stdout.split(), ["ok", str(TOTAL), str(committed)], "integrity, total and number of transfers")
    check(not os.path.exists("bank.db-journal"), "no journal is left")


if sys.argv[1:] == ["again"]:
    # What an earlier run has left.
    run(database_is_sound)
else:
    run(transfers_of_two_writers_keep_the_total, database_is_sound)
