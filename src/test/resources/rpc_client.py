"""Reads JSON-RPC answers as rpc.py does, which is what the server must suit: chunks of 4,096 bytes, each decoded as
UTF-8 by itself and never together with another, until the text so far begins with a whole JSON value.

    rpc_client.py SOCKET METHOD [PARAMS]    prints the result as one line; an error to standard error, and exit 1
    rpc_client.py SOCKET save_config        what rpc.py save_config prints: the calls of each part of the program
    rpc_client.py SOCKET pipeline N         sends N requests at once, and prints how many answers came
"""

import json
import socket
import sys

CHUNK_BYTES = 4096


class Client:
    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(60)
        self.sock.connect(path)
        self.text = ""
        self.sent = 0

    def send(self, method, params=None):
        self.sent += 1
        request = {"jsonrpc": "2.0", "method": method, "id": self.sent}
        if params:  # none and {} are left out alike
            request["params"] = params
        self.sock.sendall(json.dumps(request, indent=2).encode("utf-8"))

    def receive(self):
        while True:
            try:
                value, end = json.JSONDecoder().raw_decode(self.text.lstrip())
                self.text = self.text.lstrip()[end:]
                return value
            except ValueError:
                chunk = self.sock.recv(CHUNK_BYTES)
                if not chunk:
                    raise SystemExit("the connection ended in: " + self.text)
                self.text += chunk.decode("utf-8")

    def call(self, method, params=None):
        self.send(method, params)
        answer = self.receive()
        if "error" in answer:
            print(json.dumps(answer["error"]), file=sys.stderr)
            sys.exit(1)
        return answer["result"]


def save_config(client):
    parts = []
    for part in client.call("framework_get_subsystems"):
        name = part["subsystem"]
        calls = client.call("framework_get_config", {"name": name, "with_batches": False})
        parts.append({"subsystem": name, "config": calls})
    return {"subsystems": parts}


def pipeline(client, count):
    for _ in range(count):
        client.send("spdk_get_version")
    return sum(1 for _ in range(count) if "result" in client.receive())


def main():
    client = Client(sys.argv[1])
    what = sys.argv[2]
    if what == "save_config":
        result = save_config(client)
    elif what == "pipeline":
        result = pipeline(client, int(sys.argv[3]))
    else:
        result = client.call(what, json.loads(sys.argv[3]) if len(sys.argv) > 3 else None)
    print(json.dumps(result))


main()
