# SPDX-License-Identifier: MIT
"""The small server of the demonstration: a few made-up archives on 127.0.0.1,
at the pace of real ones, some of them trouble.

Hosts below .localhost are this machine for every libcurl, so that each archive
has a name and limits of its own. What a file holds follows from its name: any
part of it can be computed again, nothing is kept.
"""

import hashlib
import http.server
import math
import os
import random
import re
import threading
import time
import urllib.parse
import zlib

KIB = 1024
MIB = 1024 * KIB
PACE = 0.85 * float(os.environ.get("HAUL_DEMO_PACE", "1"))
BLOCK = 64 * KIB
PATTERN = random.Random("haul").randbytes(MIB + BLOCK)
MODIFIED = "Wed, 08 May 2024 00:12:00 GMT"


class Host:
    """One archive: its name, and how many requests it serves at once."""

    def __init__(self, name, most=0):
        self.name, self.most = name, most
        self.open = 0
        self.lock = threading.Lock()

    def enter(self):
        with self.lock:
            if self.most and self.open >= self.most:
                return False
            self.open += 1
            return True

    def leave(self):
        with self.lock:
            self.open -= 1


class File:
    """One file: what it holds, and how its archive treats those who ask.

    refusals   so many requests are answered 503 first
    missing    so many 404 first
    spoilt     so many whole answers have a wrong byte; parts are not sent
    delay      seconds before the first byte
    ranges     whether parts can be had       length   whether it is told
    checksum   whether the list gives one     there    is on the disk already
    moved      the host that really has it
    """

    def __init__(self, host, name, size, pace, **more):
        self.host, self.name = host, name
        self.size = size
        self.pace = pace                # bytes a second of one connection
        self.refusals = more.get("refusals", 0)
        self.missing = more.get("missing", 0)
        self.spoilt = more.get("spoilt", 0)
        self.delay = more.get("delay", 0.15)
        self.ranges = more.get("ranges", True) and not self.spoilt
        self.length = more.get("length", True)
        self.checksum = more.get("checksum", False) or self.spoilt > 0
        self.there = more.get("there", False)
        self.moved = more.get("moved")
        self.seed = zlib.crc32(name.encode())
        self.lock = threading.Lock()

    @property
    def path(self):
        return "/" + urllib.parse.quote(self.name)

    def url(self, port):
        return f"http://{self.host.name}:{port}{self.path}"

    def takes(self, counter):
        """Whether one of so many is still left, which this one then was."""
        with self.lock:
            left = getattr(self, counter)
            setattr(self, counter, max(left - 1, 0))
            return left > 0

    def read(self, start, end):
        """Bytes [start, end), which lie in one block."""
        block, at = divmod(start, BLOCK)
        base = (self.seed + block * 40503) % MIB + at
        return PATTERN[base:base + end - start]

    def blocks(self, start, end):
        while start < end:
            stop = min(end, (start // BLOCK + 1) * BLOCK)
            yield self.read(start, stop)
            start = stop

    def digest(self):
        digest = hashlib.sha256()
        for data in self.blocks(0, self.size):
            digest.update(data)
        return digest.hexdigest()

    def is_whole(self, path):
        if not path.is_file() or path.stat().st_size != self.size:
            return False
        with open(path, "rb") as there:
            return all(there.read(len(data)) == data
                       for data in self.blocks(0, self.size))

    def pace_now(self, now):
        """Real lines breathe: no two of them together."""
        phase = self.seed % 1000 / 160
        return PACE * self.pace * (
            1 + 0.35 * math.sin(now / 1.7 + phase) +
            0.2 * math.sin(now / 0.6 + 2 * phase))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "archive/1.4", ""

    def log_message(self, *_):
        """Says nothing: the screen is haul's."""

    def refuse(self, status, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        host = (self.headers.get("Host") or "").rsplit(":", 1)[0]
        file = self.server.files.get(self.path)
        if file is None:
            self.refuse(404)
        elif file.moved and host != file.moved.name:
            self.refuse(302, Location=file.url(self.server.port).replace(
                file.host.name, file.moved.name))
        elif not (file.moved or file.host).enter():
            self.refuse(503, Retry_After="2")
        else:
            try:
                self.serve(file)
            finally:
                (file.moved or file.host).leave()

    def serve(self, file):
        time.sleep(file.delay)
        if file.takes("missing"):
            self.refuse(404)
        elif file.takes("refusals"):
            self.refuse(503)
        else:
            self.answer(file, self.span(file))

    def span(self, file):
        match = re.fullmatch(r"bytes=(\d+)-(\d*)",
                             self.headers.get("Range", ""))
        if not match or not file.ranges:
            return None
        last = int(match.group(2) or file.size - 1)
        return int(match.group(1)), min(last, file.size - 1)

    def answer(self, file, span):
        first, last = span or (0, file.size - 1)
        self.send_response(206 if span else 200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Last-Modified", MODIFIED)
        self.send_header("ETag", f'"{file.seed:08x}"')
        if file.length:
            self.send_header("Content-Length", str(last - first + 1))
        else:
            self.send_header("Connection", "close")
            self.close_connection = True
        if file.ranges:
            self.send_header("Accept-Ranges", "bytes")
        if span:
            self.send_header("Content-Range",
                             f"bytes {first}-{last}/{file.size}")
        self.end_headers()
        try:
            self.trickle(file, first, last + 1)
        except OSError:
            self.close_connection = True    # haul has no more use for it

    def trickle(self, file, at, end):
        """Twenty pieces a second, each as long as the pace allows."""
        spoilt = not self.headers.get("Range") and file.takes("spoilt")
        due = time.monotonic()
        while at < end:
            step = max(int(file.pace_now(due) / 20), 512)
            stop = min(at + step, end)
            data = b"".join(file.blocks(at, stop))
            if spoilt and stop == end:
                data = data[:-1] + bytes([data[-1] ^ 1])
            self.wfile.write(data)
            at = stop
            due += 0.05
            time.sleep(max(0, due - time.monotonic()))


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, files):
        super().__init__(("127.0.0.1", 0), Handler)
        self.port = self.server_address[1]
        self.files = {file.path: file for file in files}

    def handle_error(self, request, client_address):
        """A connection that haul dropped is not worth a traceback."""


def start(files):
    server = Server(files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
