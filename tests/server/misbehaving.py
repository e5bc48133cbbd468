#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""An HTTP/1.1 server that misbehaves on order and remembers what was asked.

A path is served by a Behaviour: a row of fields that say what the object is,
how it is answered, and what goes wrong. Rules inside a behaviour override its
fields for some requests only: the first ones (turns), those after them
(then), those with a Range (ranged), HEAD requests (on_head), those on a
connection that has served before (used), and those that come while enough
others of the file are open (crowd). Nothing is random: bytes follow from seed
and position, so any reader can compute them again.

By itself it serves the CATALOGUE, one path for each name:

    misbehaving.py [--port N] [--list]
"""

import argparse
import array
import base64
import dataclasses
import gzip
import hashlib
import re
import select
import socket
import ssl
import struct
import sys
import threading
import time
import zlib
from email.utils import formatdate
from urllib.parse import parse_qs, urlsplit

MODIFIED = 'Wed, 08 May 2024 00:12:00 GMT'
BLOCK = 64 * 1024
PATIENCE = 60           # longest time a request can hold its thread, seconds
HTML = (b'<html><body><h1>Something went wrong</h1>' +
        b'<p>Try again later.</p>' * 20 + b'</body></html>\n')


class Content:
    """Bytes of which every aligned word of four differs from all others.

    Word k is base + k, big-endian; the base follows from the seed. So bytes
    that land at another place, or of another object, are seen as wrong.
    """

    def __init__(self, seed, size):
        self.seed, self.size = seed, size
        self.base = zlib.crc32(seed.encode()) & 0x7fffffff

    def read(self, start=0, end=None):
        end = self.size if end is None else min(end, self.size)
        if end <= start:
            return b''
        first = start // 4
        words = array.array('I', range(self.base + first,
                                       self.base + (end + 3) // 4))
        if sys.byteorder == 'little':
            words.byteswap()
        return words.tobytes()[start - 4 * first:end - 4 * first]

    def digest(self, name):
        state = hashlib.new(name.replace('-', ''))
        for at in range(0, self.size, 1 << 20):
            state.update(self.read(at, at + (1 << 20)))
        return state


@dataclasses.dataclass(frozen=True)
class Behaviour:
    # What the object is.
    size: int = 100_000
    seed: str = ''                  # '' is the path
    flip: int = -1                  # position of a byte sent wrong
    etag: str = 'strong'            # strong, weak, none; each: never the same;
                                    # two: one of two, by turns
    twin: bool = False              # every other answer is of another object
                                    # of the same size and date
    modified: str = MODIFIED        # '' is none
    changes: tuple = ()             # ('requests'|'bytes', n): then another one
    changed_size: int = -1          # its size, if not the same

    # How it is answered.
    status: int = 0                 # 0 is 200 or 206 as it should be
    reason: str = 'As Ordered'
    version: str = 'HTTP/1.1'
    content_type: str = 'application/octet-stream'
    disposition: str = None
    headers: tuple = ()             # further ones: (name, value)
    body: bytes = None              # instead of the object's bytes
    framing: str = 'length'         # length, chunked, close (no length)
    interim: tuple = ()             # 1xx statuses that go before
    close: bool = False             # Connection: close, and do it
    digests: tuple = ()             # (header, algorithm, right|wrong|garbage)
    needs: str = ''                 # USER:PASSWORD, else 401
    clock: int = 0                  # seconds our Date is ahead
    retry_after: str = ''           # value, or 'date+N'
    redirect: str = ''              # Location; {n} is the request's number
    sign: float = 0                 # the Location is good for so many seconds
    signed: bool = False            # 403 unless its signature still holds

    # What becomes of a Range.
    ranges: str = 'ok'              # ok, ignored, intermittent, multipart
    advertise: bool = True          # Accept-Ranges: bytes
    if_range: str = 'honour'        # honour, ignored, always-200
    skew: tuple = (0, 0, 0)         # added to first, last and total of a 206
    content_range: str = 'yes'      # yes, none, star (total not told)
    cap: int = 0                    # a 206 holds at most so many bytes
    largest_range: int = 0          # longer ones are refused with 403

    # What goes wrong on the way.
    encoding: str = ''              # gzip: encoded though nobody asked
    told: int = 0                   # added to the Content-Length told
    stop_after: int = -1            # body bytes before the ending,
    ending: str = ''                # close, reset or stall; if there are more
    dead_at: tuple = ()             # (position, n): the first n to come there
                                    # stop at it
    no_answer: str = ''             # close, reset, stall instead of an answer
    body_of_head: bool = False      # sent, though HEAD wants none
    delay: float = 0                # seconds before the first byte
    rate: int = 0                   # bytes a second of this connection
    burst: int = 0                  # so many of them at once, as nginx does
    raw: bytes = None               # sent instead of all, then closed
    flood: tuple = ()               # (headers, bytes of each)

    # Rules: fields to override for some requests.
    turns: tuple = ()               # one dict for each of the first requests
    then: dict = None               # for those after the turns
    ranged: dict = None             # for those with a Range
    short: tuple = ()               # (bytes, dict, if the Range has no more)
    on_head: dict = None            # for HEAD
    used: dict = None               # for those on a used connection
    crowd: tuple = ()               # (open requests, dict, if there are more)


@dataclasses.dataclass
class Request:
    """What was asked, and what became of it."""
    number: int                     # 1, 2, 3 ... of its path
    method: str
    target: str                     # as in the request line
    path: str
    headers: dict                   # names in lower case
    raw_headers: list
    connection: int
    time: float                     # monotonic
    range: tuple = None             # (first, last or None) asked for
    status: int = 0
    sent: int = 0                   # body bytes
    ended: float = 0


@dataclasses.dataclass
class State:
    """What a path remembers between requests."""
    behaviour: Behaviour
    count: int = 0
    ranged: int = 0
    open: int = 0
    sent: int = 0
    most_open: int = 0
    dead: int = 0


class Hangup(Exception):
    """The connection is to end now."""


def parse_range(text):
    found = re.fullmatch(r'bytes=(\d+)-(\d*)', text or '')
    if not found:
        return None
    return int(found[1]), int(found[2]) if found[2] else None


def zip_up(data):
    return gzip.compress(data, 1, mtime=0)


class Answer:
    """One request being answered."""

    def __init__(self, server, link, request, behaviour, state):
        self.server, self.link, self.request = server, link, request
        self.b, self.state = behaviour, state
        self.changed = self.left = False
        self.content = self.choose_content()
        self.first, self.end = 0, self.content.size
        self.total = self.content.size
        self.partial = False

    # -- what the object is at this moment

    def choose_content(self):
        b, size = self.b, self.b.size
        seed = b.seed or self.request.path
        if b.changes:
            kind, limit = b.changes
            seen = {'requests': self.state.count - 1,
                    'bytes': self.state.sent}[kind]
            self.changed = seen >= limit
        if b.twin and self.state.count % 2 == 0:
            seed += '#twin'
        if self.changed:
            seed += '#changed'
            size = size if b.changed_size < 0 else b.changed_size
        return Content(seed, size)

    def etag(self):
        text = '%08x' % zlib.crc32(self.content.seed.encode())
        return {'strong': f'"{text}"', 'weak': f'W/"{text}"', 'none': '',
                'each': f'"{text}-{self.state.count}"',
                'two': f'"{text}-{self.state.count % 2}"'}[self.b.etag]

    # -- which part of it is sent

    def choose_part(self):
        """Settles status and part; the status that the range asks for."""
        b, asked = self.b, self.request.range
        if asked is None or b.ranges == 'ignored' or b.status:
            return 200
        if b.ranges == 'intermittent' and self.state.ranged % 2:
            return 200
        condition = self.request.headers.get('if-range')
        if condition and b.if_range == 'always-200':
            return 200
        if condition and b.if_range == 'honour':
            if condition != self.modified() and \
                    (condition != self.etag() or condition.startswith('W/')):
                return 200
        first, last = asked
        if first >= self.total:
            return 416
        last = self.total - 1 if last is None else min(last, self.total - 1)
        if b.largest_range and last - first + 1 > b.largest_range:
            return 403
        if b.cap:
            last = min(last, first + b.cap - 1)
        # Short ones are answered right, so that one who believes the others
        # comes to an end, with wrong bytes.
        if last - first > abs(b.skew[0]) + abs(b.skew[1]):
            first = max(0, first + b.skew[0])
            last = min(self.total - 1, last + b.skew[1])
        self.first, self.end = first, last + 1
        self.partial = True
        return 206

    def modified(self):
        if self.b.modified and self.changed:
            return 'Thu, 09 May 2024 00:12:00 GMT'
        return self.b.modified

    # -- the head

    def digest_headers(self):
        for header, algorithm, kind in self.b.digests:
            value = self.content.digest(algorithm).digest()
            if kind == 'wrong':
                value = bytes([value[0] ^ 1]) + value[1:]
            text = base64.b64encode(value).decode()
            if kind == 'garbage':
                yield header, f'{algorithm}=:not base64, not closed'
            elif header.lower() == 'digest':
                yield header, f'{algorithm.upper()}={text}'
            else:
                yield header, f'{algorithm}=:{text}:'

    def location(self):
        where = self.b.redirect.replace('{n}', str(self.state.count))
        if self.b.sign:
            where += f'?until={time.time() + self.b.sign:.3f}'
        return where

    def retry_after(self):
        text = self.b.retry_after
        if text.startswith('date+'):
            return formatdate(time.time() + self.b.clock + int(text[5:]),
                              usegmt=True)
        return text

    def object_headers(self, length):
        b = self.b
        yield 'Content-Type', b.content_type
        if b.advertise:
            yield 'Accept-Ranges', 'bytes'
        if self.etag():
            yield 'ETag', self.etag()
        if self.modified():
            yield 'Last-Modified', self.modified()
        if b.encoding:
            yield 'Content-Encoding', b.encoding
        if b.disposition is not None:
            yield 'Content-Disposition', b.disposition
        if self.partial and b.content_range != 'none' and \
                b.ranges != 'multipart':
            total = self.total + b.skew[2]
            total = '*' if b.content_range == 'star' else total
            yield ('Content-Range',
                   f'bytes {self.first}-{self.end - 1}/{total}')
        yield from self.digest_headers()

    def head(self, status, length):
        b = self.b
        lines = [f'{b.version} {status} {b.reason}',
                 'Date: ' + formatdate(time.time() + b.clock, usegmt=True),
                 'Server: misbehaving']
        pairs = []
        if status in (200, 206):
            pairs += self.object_headers(length)
        elif status == 416:
            pairs += [('Content-Range', f'bytes */{self.total}')]
        else:
            pairs += [('Content-Type', 'text/html')]
        if b.retry_after:
            pairs += [('Retry-After', self.retry_after())]
        if b.redirect:
            pairs += [('Location', self.location())]
        if status == 401:
            pairs += [('WWW-Authenticate', 'Basic realm="here"')]
        if b.framing == 'length' and status != 304:
            pairs += [('Content-Length', str(length + b.told))]
        elif b.framing == 'chunked':
            pairs += [('Transfer-Encoding', 'chunked')]
        if b.close or b.framing == 'close':
            pairs += [('Connection', 'close')]
        pairs += b.headers
        if b.flood:
            pairs += [(f'X-Flood-{n}', 'f' * b.flood[1])
                      for n in range(b.flood[0])]
        lines += [f'{name}: {value}' for name, value in pairs]
        text = '\r\n'.join(lines) + '\r\n\r\n'
        return text.encode('utf-8', 'surrogateescape')

    # -- the body

    def body(self, status):
        """(length, reader of [start, end)) of what is sent after the head."""
        if status in (204, 304):
            return 0, lambda start, end: b''
        if self.b.body is not None or status not in (200, 206):
            text = HTML if self.b.body is None else self.b.body
            return len(text), lambda start, end: text[start:end]
        if self.b.encoding == 'gzip':
            text = zip_up(self.content.read(self.first, self.end))
            return len(text), lambda start, end: text[start:end]
        if self.partial and self.b.ranges == 'multipart':
            text = (b'--x\r\nContent-Type: text/plain\r\nContent-Range: '
                    b'bytes %d-%d/%d\r\n\r\n' % (self.first, self.end - 1,
                                                 self.total) +
                    self.content.read(self.first, self.end) + b'\r\n--x--\r\n')
            return len(text), lambda start, end: text[start:end]
        return self.end - self.first, self.object_bytes

    def object_bytes(self, start, end):
        data = self.content.read(self.first + start,
                                 min(self.first + end, self.end))
        at = self.b.flip - self.first - start
        if self.b.flip >= 0 and 0 <= at < len(data):
            data = data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1:]
        return data

    def limit(self, length):
        """(body bytes to send, what comes behind them)."""
        b = self.b
        if b.dead_at and self.first + length > b.dead_at[0]:
            with self.server.lock:
                self.state.dead += 1
                if self.state.dead <= b.dead_at[1]:
                    return max(0, b.dead_at[0] - self.first), 'stall'
        if 0 <= b.stop_after < length:
            return b.stop_after, b.ending
        return length, ''

    def send_body(self, length, read):
        b = self.b
        limit, ending = self.limit(length)
        step = min(BLOCK, b.burst or b.rate // 20 + 1) if b.rate else BLOCK
        began, sent = time.monotonic(), 0
        while sent < limit:
            data = read(sent, min(sent + step, limit))
            sent += len(data)
            if b.rate:
                self.link.wait(began + sent / b.rate - time.monotonic())
            if sent == length:
                self.leave()
            self.request.sent = sent
            with self.server.lock:
                self.state.sent += len(data)
            self.link.send(self.framed(data))
        if ending:
            self.end_with(ending)
        if b.framing == 'chunked':
            self.link.send(b'0\r\n\r\n')

    def framed(self, data):
        if self.b.framing != 'chunked':
            return data
        return b'%x\r\n%s\r\n' % (len(data), data)

    def end_with(self, how):
        if how == 'stall':
            self.link.wait_for_peer(PATIENCE)
        if how == 'reset':
            self.link.reset()
        raise Hangup

    def leave(self):
        """No longer counts as open: before the last byte goes out, so that
        who has read it and asks again is not one too many."""
        with self.server.lock:
            if not self.left:
                self.left = True
                self.state.open -= 1

    # -- all of it

    def refusal(self):
        """The status that comes before any look at the object, or 0."""
        b, request = self.b, self.request
        if b.needs:
            given = request.headers.get('authorization', '')
            wanted = base64.b64encode(b.needs.encode()).decode()
            if given != f'Basic {wanted}':
                return 401
        if b.signed:
            query = parse_qs(urlsplit(request.target).query)
            if float(query.get('until', ['0'])[0]) < time.time():
                return 403
        if b.redirect:
            return b.status or 302
        return b.status

    def run(self):
        b = self.b
        self.link.wait(b.delay)
        if b.no_answer:
            self.end_with(b.no_answer)
        if b.raw is not None:
            self.link.send(b.raw)
            raise Hangup
        for status in b.interim:
            self.link.send(b'HTTP/1.1 %d Wait\r\nLink: </a>\r\n\r\n' % status)
        status = self.refusal() or self.choose_part()
        self.request.status = status
        length, read = self.body(status)
        self.link.send(self.head(status, length))
        if self.request.method != 'HEAD' or b.body_of_head:
            self.send_body(length, read)
        if b.close or b.framing == 'close' or b.version == 'HTTP/1.0' or \
                b.told:
            raise Hangup


class Link:
    """A connection: reading requests, sending with patience."""

    def __init__(self, server, sock, number):
        self.server, self.sock, self.number = server, sock, number
        self.pending, self.served = b'', 0
        sock.settimeout(PATIENCE)

    def send(self, data):
        self.sock.sendall(data)

    def wait(self, seconds):
        """Ends early if the other side leaves: a busy server sees that."""
        until = time.monotonic() + min(seconds, PATIENCE)
        while (left := until - time.monotonic()) > 0:
            if self.server.stopping.is_set():
                raise Hangup
            if isinstance(self.sock, ssl.SSLSocket) or \
                    not select.select([self.sock], [], [], min(left, 0.2))[0]:
                time.sleep(min(max(0, until - time.monotonic()), 0.05))
            elif not self.sock.recv(1, socket.MSG_PEEK):
                raise Hangup
            else:
                time.sleep(min(left, 0.01))

    def wait_for_peer(self, seconds):
        """Holds the connection until the other side leaves it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.server.stopping.is_set():
            if select.select([self.sock], [], [], 0.1)[0] and \
                    not self.sock.recv(BLOCK):
                return

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             struct.pack('ii', 1, 0))

    def read_request(self):
        """Request line and header lines, or None at the connection's end."""
        while b'\r\n\r\n' not in self.pending:
            data = self.sock.recv(BLOCK)
            if not data or len(self.pending) > 1 << 20:
                return None
            self.pending += data
        head, self.pending = self.pending.split(b'\r\n\r\n', 1)
        return head.decode('latin-1').split('\r\n')

    def close(self):
        try:
            if isinstance(self.sock, ssl.SSLSocket):
                self.sock.settimeout(0.2)
                self.sock = self.sock.unwrap()
        except (OSError, ValueError):
            pass
        self.sock.close()


class Server:
    """Serves on a free port of the loopback until stop().

    most_connections: while so many are open the port is closed, so that one
    more is refused by the system.
    """

    def __init__(self, table=None, tls=None, most_connections=0, port=0,
                 verbose=False):
        self.lock = threading.Lock()
        self.states = {}
        self.log = []
        self.tls, self.most = tls, most_connections
        self.verbose = verbose
        self.open = self.connections = self.most_open = 0
        self.stopping = threading.Event()
        self.changed = threading.Condition(self.lock)
        self.listener = self.listen(port)
        self.port = self.listener.getsockname()[1]
        for name, behaviour in (table or {}).items():
            self.states['/' + name] = State(behaviour)
        self.thread = threading.Thread(target=self.accept_all, daemon=True)
        self.thread.start()

    # -- for tests

    def add(self, path, **fields):
        """Serves path by these fields; its URL."""
        with self.lock:
            self.states[path] = State(Behaviour(**fields))
        return self.url(path)

    def forget(self, path):
        """Serves path from its first request on again."""
        with self.lock:
            self.states[path] = State(self.states[path].behaviour)

    def url(self, path, host='127.0.0.1', user=''):
        scheme = 'https' if self.tls else 'http'
        at = user + '@' if user else ''
        return f'{scheme}://{at}{host}:{self.port}{path}'

    def requests(self, path=None, method=None):
        """What was asked so far, oldest first."""
        with self.lock:
            return [r for r in self.log
                    if path in (None, r.path) and method in (None, r.method)]

    def bytes_sent(self, path):
        with self.lock:
            return self.states[path].sent

    def most_at_once(self, path):
        with self.lock:
            return self.states[path].most_open

    def content(self, path):
        behaviour = self.states[path].behaviour
        return Content(behaviour.seed or path, behaviour.size)

    def changed_content(self, path):
        behaviour = self.states[path].behaviour
        size = behaviour.changed_size
        return Content((behaviour.seed or path) + '#changed',
                       behaviour.size if size < 0 else size)

    def wait_until(self, condition, seconds=10):
        """Waits until condition() holds; whether it does."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if condition():
                return True
            time.sleep(0.01)
        return False

    def stop(self):
        self.stopping.set()
        with self.lock:
            self.changed.notify_all()
        self.thread.join(5)

    # -- connections

    def listen(self, port):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(('127.0.0.1', port))
        listener.listen(1 if self.most else 512)
        return listener

    def accept_all(self):
        while not self.stopping.is_set():
            if self.most and self.listener is None:
                with self.changed:
                    self.changed.wait_for(lambda: self.open < self.most or
                                          self.stopping.is_set(), 1)
                    if self.open >= self.most:
                        continue
                self.listener = self.listen(self.port)
            if not select.select([self.listener], [], [], 0.1)[0]:
                continue
            self.accept_one()
        if self.listener:
            self.listener.close()

    def accept_one(self):
        sock, _ = self.listener.accept()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self.lock:
            self.open += 1
            self.connections += 1
            self.most_open = max(self.most_open, self.open)
            number, full = self.connections, self.open >= self.most
        if self.most and full:
            self.listener.close()
            self.listener = None
        threading.Thread(target=self.serve, args=(sock, number),
                         daemon=True).start()

    def serve(self, sock, number):
        link = None
        try:
            if self.tls:
                sock.settimeout(PATIENCE)
                sock = self.tls.wrap_socket(sock, server_side=True)
            link = Link(self, sock, number)
            while not self.stopping.is_set():
                lines = link.read_request()
                if lines is None:
                    break
                self.answer(link, lines)
        except (Hangup, OSError, ValueError):
            pass
        finally:
            link.close() if link else sock.close()
            with self.changed:
                self.open -= 1
                self.changed.notify_all()

    def note_request(self, link, lines):
        method, target, _ = lines[0].split(' ', 2)
        raw = [tuple(part.strip() for part in line.split(':', 1))
               for line in lines[1:] if ':' in line]
        headers = {name.lower(): value for name, value in raw}
        path = urlsplit(target).path if '://' in target else \
            target.split('?', 1)[0]
        with self.lock:
            state = self.states.get(path)
            if state:
                state.count += 1
                state.open += 1
                state.most_open = max(state.most_open, state.open)
            request = Request(state.count if state else 0, method, target,
                              path, headers, raw, link.number,
                              time.monotonic(),
                              parse_range(headers.get('range')))
            if state and request.range:
                state.ranged += 1
            self.log.append(request)
            crowded = state.open if state else 0
        return request, state, crowded

    def answer(self, link, lines):
        request, state, crowded = self.note_request(link, lines)
        try:
            if state is None:
                request.status = 404
                link.send(b'HTTP/1.1 404 Not Found\r\nContent-Type: text/html'
                          b'\r\nContent-Length: %d\r\n\r\n' % len(HTML))
                if request.method != 'HEAD':
                    link.send(HTML)
                return
            behaviour = self.behaviour_now(link, request, state, crowded)
            link.served += 1
            answer = Answer(self, link, request, behaviour, state)
            try:
                answer.run()
            finally:
                answer.leave()
        finally:
            request.ended = time.monotonic()
            if self.verbose:
                print(f'{link.number} {request.method} {request.target} '
                      f'{request.headers.get("range", "-")} '
                      f'{request.status} {request.sent}', flush=True)

    @staticmethod
    def behaviour_now(link, request, state, crowded):
        b = state.behaviour
        rules = []
        if request.number <= len(b.turns):
            rules.append(b.turns[request.number - 1])
        elif b.then:
            rules.append(b.then)
        if request.range and b.ranged:
            rules.append(b.ranged)
        first, last = request.range or (0, None)
        if b.short and last is not None and last - first < b.short[0]:
            rules.append(b.short[1])
        if b.used and link.served:
            rules.append(b.used)
        if b.crowd and crowded > b.crowd[0]:
            rules.append(b.crowd[1])
        if request.method == 'HEAD' and b.on_head:
            rules.append(b.on_head)
        for rule in rules:
            b = dataclasses.replace(b, **rule)
        return b


SMALL = 100_000
LARGE = 3_000_000       # worth parts, at a rate that leaves time for them
RATE = 1_500_000


def large(**fields):
    return Behaviour(**{'size': LARGE, 'rate': RATE, **fields})


def small(**fields):
    return Behaviour(**{'size': SMALL, **fields})


def refuses_more(limit, **how):
    return large(crowd=(limit, {'rate': 0, **how}))


# What can be asked for by name; tests say what must come of it.
CATALOGUE = {
    # as it should be
    'good': small(),
    'good-large': large(),
    'empty': small(size=0),
    'one-byte': small(size=1),
    'no-length': small(framing='close'),
    'chunked': small(framing='chunked'),
    'http-1.0': small(version='HTTP/1.0'),
    'http-1.0-no-length': small(version='HTTP/1.0', framing='close'),
    'connection-close': large(close=True),
    'interim-answers': small(interim=(100, 102, 103)),
    'slow-first-byte': small(delay=0.7),
    'trickle': small(size=60_000, rate=40_000),

    # ranges
    'range-ignored': large(ranges='ignored'),
    'range-not-offered': large(ranges='ignored', advertise=False),
    'range-intermittent': large(ranges='intermittent'),
    'range-starts-later': large(ranged={'skew': (1000, 0, 0)}),
    'range-starts-earlier': large(ranged={'skew': (-1000, 0, 0)}),
    'range-ends-short': large(ranged={'skew': (0, -5000, 0)}),
    'range-ends-long': large(ranged={'skew': (0, 5000, 0)}),
    'range-wrong-total': large(ranged={'skew': (0, 0, 1)}),
    'range-no-content-range': large(content_range='none'),
    'range-total-not-told': large(content_range='star'),
    'range-multipart': large(ranges='multipart'),
    'range-capped': large(cap=200_000),
    'range-too-large-refused': large(largest_range=300_000),
    'range-body-too-short': large(ranged={
        'stop_after': 100_000, 'ending': 'close'}),

    # one object becomes another
    'changes-between-parts': large(changes=('requests', 1)),
    'changes-if-range-ignored': large(changes=('requests', 1),
                                      if_range='ignored'),
    'changes-size-no-validator': large(changes=('requests', 1), etag='none',
                                       modified='',
                                       changed_size=LARGE + 4096),
    'changes-after-cut': large(changes=('requests', 1), turns=(
        {'stop_after': 1_000_000, 'ending': 'reset'},)),
    'changes-after-cut-shorter': large(
        changes=('requests', 1), changed_size=700_000, turns=(
            {'stop_after': 1_000_000, 'ending': 'reset'},)),
    'if-range-always-200': large(if_range='always-200', turns=(
        {'stop_after': 1_000_000, 'ending': 'reset'},)),
    'modified-in-2100': small(modified='Fri, 01 Jan 2100 00:00:00 GMT'),
    'modified-in-2100-cut': large(
        etag='none', modified='Fri, 01 Jan 2100 00:00:00 GMT', turns=(
            {'stop_after': 1_000_000, 'ending': 'reset'},)),
    'weak-etag': large(etag='weak', turns=(
        {'stop_after': 1_000_000, 'ending': 'reset'},)),
    'etag-each-request': large(etag='each'),
    'etag-of-two': large(etag='two'),
    'etag-of-two-cut': large(etag='two', stop_after=700_000, ending='close'),
    'etag-of-two-if-range-ignored': large(etag='two', if_range='ignored'),
    'etag-each-request-cut': large(etag='each', stop_after=700_000,
                                   ending='close'),
    'twins-by-turns': large(twin=True),
    'twins-by-turns-cut': large(twin=True, turns=(
        {'stop_after': 1_000_000, 'ending': 'reset'},)),
    'no-validator': large(etag='none', modified=''),

    # bodies
    'cut-once': small(turns=({'stop_after': 40_000, 'ending': 'close'},)),
    'reset-once': small(turns=({'stop_after': 40_000, 'ending': 'reset'},)),
    'cut-each-time': large(stop_after=700_000, ending='close'),
    'cut-no-ranges': small(ranges='ignored', advertise=False,
                           stop_after=40_000, ending='close'),
    'cut-once-no-ranges': small(ranges='ignored', advertise=False, turns=(
        {'stop_after': 40_000, 'ending': 'reset'},)),
    'chunked-cut': small(framing='chunked', stop_after=40_000,
                         ending='close'),
    'chunked-cut-once': small(framing='chunked', turns=(
        {'stop_after': 40_000, 'ending': 'close'},)),
    'told-too-much': small(told=10_000, ranges='ignored', advertise=False),
    'told-too-little': small(told=-10_000),
    'bit-error': small(flip=54_321),
    'gzip-200': small(encoding='gzip', ranges='ignored', advertise=False),
    'gzip-cut': small(encoding='gzip', ranges='ignored', advertise=False,
                      stop_after=20_000, ending='close'),
    'gzip-cut-once': small(encoding='gzip', turns=(
        {'stop_after': 20_000, 'ending': 'reset'},)),
    'gzip-chunked-cut': small(encoding='gzip', framing='chunked',
                              stop_after=20_000, ending='close'),
    'gzip-206': large(ranged={'encoding': 'gzip'}),
    'gzip-206-chunked': large(ranged={'encoding': 'gzip',
                                      'framing': 'chunked'}),
    'stall-once': small(turns=({'stop_after': 40_000, 'ending': 'stall'},)),
    'stall-each-time': large(size=2_000_000, stop_after=900_000,
                             ending='stall', rate=0),
    'stall-before-answer': small(no_answer='stall'),
    'stall-after-head': small(stop_after=0, ending='stall'),
    'one-part-crawls': large(size=6_000_000, rate=3_000_000,
                             turns=({}, {'rate': 20_000})),

    'dead-at-99': large(rate=0, dead_at=(LARGE - 20_000, 1)),
    'dead-at-99-twice': large(rate=0, dead_at=(LARGE - 20_000, 2)),
    'dead-at-last-byte': large(rate=0, dead_at=(LARGE - 1, 1)),
    'dead-at-99-no-ranges': large(rate=0, dead_at=(LARGE - 20_000, 1),
                                  ranges='ignored', advertise=False),

    # no answer, or a strange one
    'closed-before-answer': small(no_answer='close'),
    'closed-before-answer-once': small(turns=({'no_answer': 'close'},)),
    'reset-before-answer': small(no_answer='reset'),
    'garbage-status-line': small(raw=b'\0\xffHELLO \x1b[31m what?\r\n\r\n'),
    'offers-http-2': small(headers=(('Upgrade', 'h2c'),
                                    ('Connection', 'Upgrade'))),
    'switches-protocols': small(raw=(
        b'HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n'
        b'Connection: Upgrade\r\n\r\n\0\0\0\4\0\0\0\0\0')),
    'http-2-at-once': small(raw=b'\0\0\0\4\0\0\0\0\0' * 4),
    'status-line-999': small(raw=b'HTTP/1.1 999 What\r\n\r\n'),
    'endless-status-line': small(raw=b'HTTP/1.1 200 ' + b'a' * (1 << 20)),
    'headers-10000': small(flood=(10_000, 20)),
    'header-1-mib': small(flood=(1, 1 << 20)),
    'two-lengths': small(headers=(('Content-Length', '5'),)),
    'negative-length': small(framing='none', close=True,
                             headers=(('Content-Length', '-5'),)),
    'huge-length': small(framing='none', close=True, headers=(
        ('Content-Length', '99999999999999999999'),)),

    # errors
    'error-401': small(needs='user:secret'),
    'error-403': small(status=403),
    'error-404': small(status=404),
    'error-410': small(status=410),
    'error-416': small(status=416),
    'error-451': small(status=451),
    'error-500': small(status=500),
    'error-503': small(status=503),
    **{f'error-{status}': small(status=status) for status in (
        408, 421, 425, 499, 501, 502, 504, 520, 521, 522, 523, 524)},
    **{f'error-{status}-once': small(turns=({'status': status},))
       for status in (408, 421, 425, 502, 504, 520, 524)},
    'error-page-in-part': large(ranged={'status': 500, 'rate': 0}),
    'error-page-in-part-gone': large(ranged={'status': 404, 'rate': 0}),
    'no-content': small(status=204),

    # come back later
    'retry-after-429': small(turns=(
        {'status': 429, 'retry_after': '1'},) * 2),
    'retry-after-503': small(turns=({'status': 503, 'retry_after': '1'},)),
    'retry-after-date': small(turns=(
        {'status': 503, 'retry_after': 'date+2'},)),
    'retry-after-date-clock-wrong': small(clock=7200, turns=(
        {'status': 503, 'retry_after': 'date+2'},)),
    'retry-after-garbage': small(turns=(
        {'status': 503, 'retry_after': 'soon, -1 or 1e9'},)),
    'retry-after-negative': small(turns=(
        {'status': 503, 'retry_after': '-5'},)),

    # one connection too many
    'crowd-403': refuses_more(1, status=403),
    'crowd-404': refuses_more(2, status=404),
    'crowd-429': refuses_more(1, status=429, retry_after='1'),
    'crowd-503': refuses_more(2, status=503),
    'crowd-reset': refuses_more(1, no_answer='reset'),
    'crowd-closed': refuses_more(1, no_answer='close'),

    # redirects
    'redirect-301': small(status=301, redirect='/good'),
    'redirect-303': small(status=303, redirect='/good'),
    'redirect-307': small(status=307, redirect='/good'),
    'redirect-308': small(status=308, redirect='/good-large'),
    'redirect-chain': small(redirect='/redirect-chain-2'),
    'redirect-chain-2': small(redirect='redirect-chain-3'),
    'redirect-chain-3': small(redirect='./redirect-chain-4?x=1'),
    'redirect-chain-4': small(redirect='/good'),
    'redirect-loop': small(redirect='/redirect-loop'),
    'redirect-endless': small(redirect='/redirect-endless?n={n}'),
    'redirect-to-file': small(redirect='file:///etc/passwd'),
    'redirect-to-scp': small(redirect='scp://127.0.0.1/etc/passwd'),
    'redirect-to-gopher': small(redirect='gopher://127.0.0.1:1/_x'),
    'redirect-to-nothing': small(status=302),
    'redirect-to-garbage': small(redirect='http://[nonsense'),
    'redirect-signed': small(redirect='/signed', sign=0.8),
    'signed': large(signed=True, etag='strong', rate=700_000,
                    stop_after=700_000, ending='close'),

    # HEAD
    'head-405': small(on_head={'status': 405}),
    'head-302': small(on_head={'redirect': '/error-404'}),
    'head-wrong-length': small(on_head={'told': 77}),
    'head-hangs': small(on_head={'no_answer': 'stall'}),
    'head-closes': small(on_head={'no_answer': 'close'}),
    'head-body': small(on_head={'body_of_head': True, 'rate': 200_000}),

    # digests
    'digest-repr': small(digests=(('Repr-Digest', 'sha-256', 'right'),)),
    'digest-content': small(digests=(('Content-Digest', 'sha-512', 'right'),)),
    'digest-legacy': small(digests=(('Digest', 'sha-256', 'right'),)),
    'digest-repr-wrong': small(digests=(('Repr-Digest', 'sha-256', 'wrong'),)),
    'digest-content-wrong': small(digests=(
        ('Content-Digest', 'sha-256', 'wrong'),)),
    'digest-legacy-wrong': small(digests=(('Digest', 'sha-256', 'wrong'),)),
    'digest-garbage': small(digests=(('Repr-Digest', 'sha-256', 'garbage'),)),
    'digest-large': large(digests=(('Repr-Digest', 'sha-256', 'right'),)),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--port', type=int, default=0)
    parser.add_argument('--list', action='store_true',
                        help='print the names and end')
    arguments = parser.parse_args()
    if arguments.list:
        print('\n'.join(CATALOGUE))
        return
    server = Server(CATALOGUE, port=arguments.port, verbose=True)
    print(server.url('/'), flush=True)
    try:
        server.thread.join()
    except KeyboardInterrupt:
        server.stop()


if __name__ == '__main__':
    main()
