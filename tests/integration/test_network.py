# SPDX-License-Identifier: MIT
"""Connections that are not what they seem.

- a kept connection that the server closes just as it is used again costs no
  try and no file
- a host of which one address is dead is reached by the other (36)
- too few descriptors for so many files mean fewer at once (54); directories that
  nothing is fetched into need none
- what else than HTTP/1.1 a server would speak is not taken for an answer:
  ALPN over TLS
"""

import resource
import socket
import ssl
import time

import pytest

from cases import QUICK
from conftest import of_kind
from misbehaving import Server

# ---- connections that are used again ---------------------------------------


@pytest.mark.parametrize('tls', [False, True], ids=['http', 'https'])
@pytest.mark.parametrize('how', ['close', 'reset'])
def test_a_connection_closed_as_it_is_used_again_costs_nothing(
        how, tls, haul, request):
    serve = request.getfixturevalue('serve_tls' if tls else 'serve')
    urls = [serve(f'{n}.bin', size=20_000 + n, used={'no_answer': how})
            for n in range(20)]
    result = haul.json('--retries=0', '--max-conn=3', '--insecure', *urls)
    assert result.rc == 0, result
    for n in range(20):
        assert haul.read(f'{n}.bin') == serve.data(f'{n}.bin')
    assert len(serve.requests()) > 20, 'no connection was used again'


@pytest.mark.parametrize('how', ['close', 'reset'])
def test_parts_on_connections_closed_as_they_are_used_again(how, haul, serve):
    url = serve('a.bin', size=3_000_000, cap=200_000, rate=2_000_000,
                used={'no_answer': how})
    result = haul.json(*QUICK, url)
    assert result.rc == 0, result
    assert haul.read('a.bin') == serve.data('a.bin')
    assert any(r.status == 0 for r in serve.requests('a.bin')), \
        'no connection was used again'


# ---- addresses -------------------------------------------------------------

class DeadEnd:
    """A port of ::1 that refuses connections, does not hear them (its queue
    is full), or takes them and is silent."""

    def __init__(self, port, kind):
        self.sockets = []
        if kind == 'refuses':
            return
        listener = self.socket()
        listener.bind(('::1', port))
        listener.listen(0 if kind == 'is deaf' else 20)
        for _ in range(4 if kind == 'is deaf' else 0):
            self.socket().connect_ex(('::1', port))

    def socket(self):
        self.sockets.append(socket.socket(socket.AF_INET6))
        self.sockets[-1].setblocking(False)
        return self.sockets[-1]

    def close(self):
        for one in self.sockets:
            one.close()


@pytest.fixture
def dead_end():
    made = []

    def make(*arguments):
        made.append(DeadEnd(*arguments))
    yield make
    for one in made:
        one.close()


@pytest.mark.parametrize('kind', ['refuses', 'is deaf'])
@pytest.mark.parametrize('addresses', ['[::1],127.0.0.1', '127.0.0.1,[::1]'])
def test_a_host_with_a_dead_address_is_reached_by_the_other(
        addresses, kind, api, haul, serve, dead_end):
    port = serve.server.port
    dead_end(port, kind)
    url = serve('a.bin', size=50_000).replace('127.0.0.1', 'both.invalid')
    lines = api('resolve', '.', f'both.invalid:{port}:{addresses}', '0', url)
    assert not of_kind(lines, 'error'), lines
    assert haul.read('a.bin') == serve.data('a.bin')


def test_an_address_that_is_silent_is_not_asked_for_ever(
        api, haul, serve, dead_end):
    port = serve.server.port
    dead_end(port, 'is silent')
    urls = [serve(f'{n}.bin', size=50_000).replace('127.0.0.1', 'both.invalid')
            for n in range(12)]
    began = time.monotonic()
    lines = api('resolve', '.', f'both.invalid:{port}:[::1],127.0.0.1', '1',
                *urls)
    assert not of_kind(lines, 'error'), lines
    for n in range(12):
        assert haul.read(f'{n}.bin') == serve.data(f'{n}.bin')
    assert time.monotonic() - began < 4, 'each file found out for itself'


def test_a_host_of_one_silent_address_is_asked_again_there(
        api, haul, dead_end):
    import services
    port = services.free_port()
    dead_end(port, 'is silent')
    began = time.monotonic()
    lines = api('resolve', '.', f'six.invalid:{port}:[::1]', '2',
                f'http://six.invalid:{port}/a.bin')
    assert time.monotonic() - began > 2.9, 'that is not three tries'
    assert of_kind(lines, 'error'), lines
    assert haul.names() == []


def test_a_host_with_dead_addresses_only_is_cause_connect(
        api, haul, dead_end):
    import services
    port = services.free_port()
    dead_end(port, 'refuses')
    lines = api('resolve', '.', f'both.invalid:{port}:[::1],127.0.0.1', '0',
                f'http://both.invalid:{port}/a.bin')
    assert haul.names() == []
    assert of_kind(lines, 'error'), lines
    assert 'connect' in str(lines), lines


# ---- descriptors -----------------------------------------------------------

@pytest.mark.parametrize('most', [32, 64])
def test_too_few_descriptors_mean_fewer_files_at_once(most, haul, serve):
    names = [f'{n}.bin' for n in range(30)]
    urls = [serve(name, size=2_500_000, rate=5_000_000) for name in names]
    process = haul.start('--json', '--retries=0', '--retry-delay=50ms',
                         '--max-conn=30', *urls,
                         preexec_fn=lambda: resource.setrlimit(
                             resource.RLIMIT_NOFILE, (most, most)))
    result = haul.finish(process, timeout=60)
    assert result.rc == 0, result
    assert result.events('retry'), 'there were enough: this proves nothing'
    assert all(haul.read(name) == serve.data(name) for name in names)
    assert haul.names() == sorted(names)


def test_a_directory_for_each_file_needs_no_descriptor_for_each(haul, serve):
    url = serve('a.bin', size=100)
    haul.write('list', ''.join(f'{url}?{n}\n  dir=d{n}\n' for n in range(400)))
    process = haul.start('--json', '--retries=0', '-i', 'list',
                         preexec_fn=lambda: resource.setrlimit(
                             resource.RLIMIT_NOFILE, (200, 200)))
    result = haul.finish(process, timeout=60)
    assert result.rc == 0, result
    assert set(haul.names()) == {'list'} | {f'd{n}/a.bin' for n in range(400)}


# ---- ALPN ------------------------------------------------------------------

class Watched(ssl.SSLContext):
    """Remembers which protocol was agreed on."""

    def wrap_socket(self, *arguments, **more):
        sock = super().wrap_socket(*arguments, **more)
        self.seen.append(sock.selected_alpn_protocol())
        return sock


@pytest.fixture
def alpn(authority):
    made = []

    def make(*protocols):
        context = Watched(ssl.PROTOCOL_TLS_SERVER)
        context.seen = []
        context.load_cert_chain(authority.cert, authority.key)
        context.set_alpn_protocols(protocols)
        made.append(Server(tls=context))
        return made[-1], context.seen
    yield make
    for server in made:
        server.stop()


def test_a_server_of_http_2_is_spoken_to_in_http_1_1(haul, alpn):
    server, seen = alpn('h2', 'http/1.1')
    url = server.add('/a.bin', size=3_000_000, rate=1_500_000)
    result = haul.json(*QUICK, '--insecure', url)
    assert result.rc == 0, result
    assert haul.read('a.bin') == server.content('/a.bin').read()
    assert len(seen) > 1, 'one connection only'
    assert set(seen) == {'http/1.1'}


def test_a_server_of_nothing_but_http_2_is_a_clean_failure(haul, alpn):
    server, seen = alpn('h2')
    url = server.add('/a.bin', raw=b'\0\0\0\4\0\0\0\0\0' * 4)
    result = haul.json(*QUICK, '--insecure', url)
    assert result.rc == 1, result
    assert result.failure['cause'] in ('http', 'unsupported', 'tls',
                                       'connect')
    assert haul.names() == []
    assert set(seen) == {None}
