# SPDX-License-Identifier: MIT
"""A network to be taken away: two network namespaces and the cable between.

In one of them haul runs, in the other are a name server and web servers. The
machine's own network is not touched: all of it goes with the namespaces.
Names below "example" lead to the web servers, but those below
"broken.example", whose own servers are out of order; no others exist.
"""

import ctypes
import os
import socket
import struct
import subprocess
import threading
import time

import misbehaving
import services

CLIENT, WORLD, NAMES = '10.9.9.1', '10.9.9.80', '10.9.9.53'
OTHER_CLIENT = '10.9.9.2'
CLONE_NEWNET = 0x40000000
LIFE = 600              # seconds after which a namespace goes by itself


def run(*command):
    return subprocess.run(command, check=True, timeout=10,
                          capture_output=True, text=True).stdout


class Namespace:
    """A process that holds one; what is started under() it is inside."""

    def __init__(self, script, *more):
        self.process = subprocess.Popen(
            ['unshare', '--net', *more, 'sh', '-c', 'ip link set lo up && ' +
             script + f'echo ready && exec sleep {LIFE}'],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != 'ready\n':
            raise services.Missing('no network namespace: ' +
                                   self.process.stderr.read().strip())
        self.pid = str(self.process.pid)

    def ip(self, *arguments):
        return run('nsenter', '-t', self.pid, '-n', 'ip', *arguments)

    def call(self, function, *arguments):
        """Calls it in a thread that is inside."""
        answers = []

        def inside():
            with open(f'/proc/{self.pid}/ns/net') as handle:
                libc = ctypes.CDLL(None, use_errno=True)
                assert libc.setns(handle.fileno(), CLONE_NEWNET) == 0
            answers.append(function(*arguments))

        thread = threading.Thread(target=inside)
        thread.start()
        thread.join(10)
        return answers[0]

    def stop(self):
        self.process.kill()
        self.process.wait(5)
        self.process.stdout.close()
        self.process.stderr.close()


class Server(misbehaving.Server):
    """The misbehaving server at an address inside a namespace."""

    def __init__(self, namespace, address, port=80):
        self.namespace, self.address = namespace, address
        super().__init__(port=port)

    def listen(self, port):
        return self.namespace.call(self.listen_inside, port)

    def listen_inside(self, port):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((self.address, port))
        listener.listen(512)
        return listener


class NameServer:
    def __init__(self, namespace):
        self.silent = False
        self.asked = []
        self.socket = namespace.call(self.open)
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    @staticmethod
    def open():
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind((NAMES, 53))
        server.settimeout(0.2)
        return server

    def serve(self):
        while self.socket.fileno() >= 0:
            try:
                query, client = self.socket.recvfrom(4096)
            except TimeoutError:
                continue
            except OSError:
                return
            if not self.silent:
                self.socket.sendto(self.answer(query), client)

    def answer(self, query):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode().lower())
            at += query[at] + 1
        kind = struct.unpack('>H', query[at + 1:at + 3])[0]
        self.asked.append('.'.join(labels))
        code, record = 0, b''
        if labels[-2:] == ['broken', 'example']:
            code = 2
        elif labels and labels[-1] != 'example':
            code = 3
        elif labels and kind == 1:
            record = (b'\xc0\x0c' + struct.pack('>HHIH', 1, 1, 1, 4) +
                      socket.inet_aton(WORLD))
        return (query[:2] + struct.pack('>HHHHH', 0x8180 | code, 1,
                                        bool(record), 0, 0) +
                query[12:at + 5] + record)

    def stop(self):
        self.socket.close()
        self.thread.join(5)


class Lab:
    def __init__(self, folder):
        if os.geteuid() != 0:
            raise services.Missing('network namespaces need root')
        for program in ('unshare', 'nsenter', 'ip'):
            services.find_program(program)
        resolver = folder / 'resolv.conf'
        resolver.write_text(f'nameserver {NAMES}\n'
                            'options timeout:1 attempts:1\n')
        self.parts = []
        try:
            self.build(resolver)
        except subprocess.CalledProcessError as error:
            self.stop()
            raise services.Missing(
                f'no network namespace: {error.stderr.strip()}')
        except BaseException:
            self.stop()
            raise

    def build(self, resolver):
        self.client = self.keep(Namespace(
            f'mount --bind {resolver} /etc/resolv.conf && ',
            '--mount', '--propagation', 'private'))
        self.world = self.keep(Namespace(''))
        run('ip', 'link', 'add', 'cable', 'netns', self.client.pid, 'type',
            'veth', 'peer', 'name', 'plug', 'netns', self.world.pid)
        self.answer()
        self.world.ip('link', 'set', 'plug', 'up')
        self.names = self.keep(NameServer(self.world))
        self.server = self.keep(Server(self.world, WORLD))

    def keep(self, part):
        self.parts.append(part)
        return part

    def under(self, folder):
        """What a command that runs inside begins with."""
        return ('nsenter', '-t', self.client.pid, '-n', '-m', '--', 'sh',
                '-c', 'cd "$0" && exec "$@"', str(folder))

    def plug_in(self, address=CLIENT, route=True):
        self.client.ip('addr', 'add', address + '/24', 'dev', 'cable')
        self.client.ip('link', 'set', 'cable', 'up')
        while 'LOWER_UP' not in self.client.ip('link', 'show', 'cable'):
            time.sleep(0.01)
        if route:
            self.client.ip('route', 'add', 'default', 'via', WORLD)

    def pull_out(self):
        """The interface goes down, its addresses and routes with it."""
        self.client.ip('link', 'set', 'cable', 'down')
        self.client.ip('addr', 'flush', 'dev', 'cable')

    def answer(self):
        self.world.ip('addr', 'add', WORLD + '/24', 'dev', 'plug')
        self.world.ip('addr', 'add', NAMES + '/24', 'dev', 'plug')

    def fall_silent(self):
        """The way out is there, and nobody at its end."""
        self.world.ip('addr', 'flush', 'dev', 'plug')

    def stop(self):
        for part in reversed(self.parts):
            part.stop()
