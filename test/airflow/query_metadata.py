"""SQL on Airflow's metadata database, and waiting.

query_metadata.py rows SQL                 prints the rows, tab separated
query_metadata.py wait SQL VALUE SECONDS   returns when the query's one value is VALUE
query_metadata.py healthy URL SECONDS      returns when the URL answers 200
"""
import os
import sys
import time
import urllib.request

import sqlalchemy


def answers(url):
    try:
        return urllib.request.urlopen(url, timeout=5).status == 200
    except OSError:
        return False


verb, what, *rest = sys.argv[1:]
deadline = time.monotonic() + float(rest[-1]) if rest else 0
if verb == "healthy":
    while not answers(what):
        if time.monotonic() > deadline:
            sys.exit(f"{what} does not answer")
        time.sleep(0.3)
    sys.exit()

url = os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
# SQLite is locked while Airflow writes, and for longer where a scheduler was killed.
engine = sqlalchemy.create_engine(url, connect_args={"timeout": 60} if url.startswith("sqlite") else {})
while True:
    with engine.connect() as connection:
        rows = connection.execute(sqlalchemy.text(what)).fetchall()
    if verb == "rows":
        for row in rows:
            print(*row, sep="\t")
        sys.exit()
    if str(rows[0][0]) == rest[0]:
        sys.exit()
    if time.monotonic() > deadline:
        sys.exit(f"timed out: {what} is {rows[0][0]}, not {rest[0]}")
    time.sleep(0.5)
