#!/usr/bin/env python3
"""An idempotent client that reads and writes at QUORUM until it is told to stop, and then reads every row back.

usage: client.py [--datacenter DC] [--check ROWS] KEYSPACE SECONDS CONTACT...
       stops after SECONDS, or when its standard input ends; prints one line of JSON
       --datacenter DC  uses only the nodes of DC, at LOCAL_QUORUM
       --check ROWS     writes nothing; only reads the rows 0 to ROWS - 1

A request is repeated on the next host for up to 10 s; only after that it has failed. Every try that did not work is counted.
"""
import argparse
import json
import random
import select
import sys
import time

from cassandra import ConsistencyLevel
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
from cassandra.policies import DCAwareRoundRobinPolicy, FallthroughRetryPolicy, RoundRobinPolicy
from cassandra.query import SimpleStatement

PATIENCE = 10.0


class Client:
    def __init__(self, keyspace, contacts, datacenter):
        balancing = DCAwareRoundRobinPolicy(local_dc=datacenter) if datacenter else RoundRobinPolicy()
        profile = ExecutionProfile(load_balancing_policy=balancing, request_timeout=3, retry_policy=FallthroughRetryPolicy())
        self.cluster = Cluster(contacts, execution_profiles={EXEC_PROFILE_DEFAULT: profile})
        self.session = self.cluster.connect()
        self.session.execute(f"CREATE KEYSPACE IF NOT EXISTS {keyspace} WITH replication = "
                             "{'class': 'NetworkTopologyStrategy', 'dc1': 3}", timeout=30)
        self.session.execute(f"CREATE TABLE IF NOT EXISTS {keyspace}.rows (id int PRIMARY KEY, text text)", timeout=30)
        self.cluster.control_connection.wait_for_schema_agreement()
        quorum = ConsistencyLevel.LOCAL_QUORUM if datacenter else ConsistencyLevel.QUORUM
        self.insert = SimpleStatement(f"INSERT INTO {keyspace}.rows (id, text) VALUES (%s, %s)", consistency_level=quorum, is_idempotent=True)
        self.select = SimpleStatement(f"SELECT text FROM {keyspace}.rows WHERE id = %s", consistency_level=quorum, is_idempotent=True)
        self.retries, self.failed, self.requests, self.slowest = {}, [], 0, 0.0

    def request(self, statement, values):
        """The rows, or None when it failed after all tries."""
        self.requests += 1
        begun = time.monotonic()
        while True:
            try:
                rows = list(self.session.execute(statement, values))
                self.slowest = max(self.slowest, time.monotonic() - begun)
                return rows
            except Exception as error:  # whatever it is, the next host may do
                kind = type(error).__name__
                self.retries[kind] = self.retries.get(kind, 0) + 1
                if time.monotonic() - begun > PATIENCE:
                    self.failed.append(f"{kind}: {error}"[:300])
                    return None
                time.sleep(0.05)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--datacenter")
    parser.add_argument("--check", type=int, default=0)
    parser.add_argument("keyspace")
    parser.add_argument("seconds", type=float)
    parser.add_argument("contacts", nargs="+")
    arguments = parser.parse_args()
    client = Client(arguments.keyspace, arguments.contacts, arguments.datacenter)
    print("ready", flush=True)
    written, wrong = arguments.check, 0
    end = time.monotonic() + (0 if arguments.check else arguments.seconds)
    while time.monotonic() < end:
        if client.request(client.insert, (written, f"row {written}")) is not None:
            written += 1
        if written:
            row = random.randrange(written)
            rows = client.request(client.select, (row,))
            if rows is not None and (len(rows) != 1 or rows[0].text != f"row {row}"):
                wrong += 1
        if select.select([sys.stdin], [], [], 0.005)[0] and not sys.stdin.readline():
            break
    lost = 0
    for row in range(written):
        rows = client.request(client.select, (row,))
        if rows is not None and (len(rows) != 1 or rows[0].text != f"row {row}"):
            lost += 1
    print(json.dumps({"requests": client.requests, "written": written, "lost": lost, "wrong": wrong, "failed": len(client.failed),
                      "failures": client.failed[:3], "retries": client.retries, "slowest_seconds": round(client.slowest, 2)}), flush=True)
    client.cluster.shutdown()


if __name__ == "__main__":
    main()
