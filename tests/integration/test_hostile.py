# SPDX-License-Identifier: MIT
"""What a hostile server tries, and what must not come of it.

- it plants the record of a file that will be fetched later
- what others left under haul's own names stands in the way
- it sends a part to an FTP server that has other bytes
- it lets a resume go on with bytes for which nothing vouches
- it encodes the transfer in ways that hide the length
- it sends us where the user's keys would open a door
- it makes progress for ever: 1xx answers, headers, the body of a redirect or
  of a refusal, a file that changes with each attempt; or asks for patience
  with what it has not
"""

import signal
import socket
import threading
import time

import pytest

from cases import QUICK
from misbehaving import Content
from test_command import interrupt

SIZE = 3_000_000


# ---- records that it plants ------------------------------------------------

@pytest.mark.parametrize('way', ['header', 'url'])
@pytest.mark.parametrize('suffix', ['.part', '.part.haul', '.PART.Haul',
                                    '.part.old.haul', '.part.haul~',
                                    '.part.haul+', '.part.changed',
                                    '.part.changed.haul',
                                    '.part.old.7', '.part.old.12.haul'])
def test_a_server_cannot_give_a_name_of_haul_s_own(way, suffix, haul, serve):
    evil = b'haul-part 1\nurl http://x/\ntotal 5\nrange 0-5\ncrc 0\n'
    url = serve('x.bin' + suffix if way == 'url' else 'innocent', body=evil,
                disposition=f'attachment; filename="x.bin{suffix}"'
                if way == 'header' else None)
    assert haul.json(*QUICK, url).rc == 0
    assert haul.names() == ['x.bin' + suffix + '_']


# ---- what lies in the directory ----------------------------------------------

def test_a_folder_in_the_way_of_a_replacement_is_no_reason_to_keep(
        haul, serve):
    haul.write('a.bin', 'old')
    (haul.folder / 'a.bin.part.new').mkdir()
    url = serve('a.bin', size=5000)
    result = haul.json('--overwrite=always', url)
    assert (result.rc, result.failure['cause']) == (1, 'name_conflict'), result
    assert haul.read('a.bin') == b'old'


# ---- parts that lead elsewhere ----------------------------------------------

def test_a_part_redirected_to_ftp_brings_no_byte(haul, serve, vsftpd):
    with open(f'{vsftpd.root}/other.bin', 'wb') as file:
        file.write(b'\xaa' * SIZE)
    url = serve('a.bin', size=SIZE, rate=1_500_000, ranged={
        'status': 302, 'redirect': vsftpd.url('/other.bin')})
    result = haul.json(*QUICK, url)
    assert any(r.range and r.range[0] > 0 for r in serve.requests('a.bin'))
    assert 'other.bin' in vsftpd.log(), 'the redirect was not followed'
    assert result.rc == 0, result
    assert haul.read('a.bin') == serve.data('a.bin')


def test_a_redirect_does_not_lead_to_a_server_of_keys(haul, serve):
    url = serve('a.bin', status=302, redirect='sftp://127.0.0.1:1/x')
    result = haul.json('--retries=0', url)
    assert (result.rc, result.failure['cause']) == (1, 'unsupported'), result


# ---- resumes ----------------------------------------------------------------

def test_a_part_for_which_nothing_vouches_is_not_gone_on_with(haul, serve):
    _, result = interrupt(haul, serve, signal.SIGINT)
    assert result.rc == 3
    before = len(serve.requests('big.bin'))
    # If-Range is answered with the old validators and the whole; without it
    # comes a part of another file.
    url = serve('big.bin', size=6_000_000, turns=({'if_range': 'always-200'},),
                then={'seed': 'another', 'etag': 'none', 'modified': ''})
    result = haul.json(*QUICK, url)
    asked = serve.requests('big.bin')[before:]
    assert asked[0].headers['if-range'] and asked[1].range, result
    assert 'if-range' not in asked[1].headers, 'this proves nothing'
    assert result.rc == 0, result
    assert haul.read('big.bin') == Content('another', 6_000_000).read()


@pytest.mark.parametrize('fields', [
    {'etag': 'none', 'modified': ''}, {'etag': 'none'}], ids=['', 'date'])
def test_a_part_without_the_etag_that_was_asked_for_is_compared(
        fields, haul, serve):
    """It takes no notice of If-Range, and says nothing of what it has."""
    _, result = interrupt(haul, serve, signal.SIGINT)
    assert result.rc == 3
    before = len(serve.requests('big.bin'))
    url = serve('big.bin', size=6_000_000, seed='another',
                if_range='ignored', **fields)
    result = haul.json(*QUICK, url)
    asked = serve.requests('big.bin')[before:]
    assert asked[0].headers['if-range'], 'this proves nothing'
    assert asked[0].status == 206, 'this proves nothing'
    assert result.rc == 0, result
    assert haul.read('big.bin') == Content('another', 6_000_000).read()


@pytest.mark.parametrize('fields', [
    {'etag': 'none', 'modified': ''}, {'etag': 'none'}], ids=['', 'date'])
def test_no_further_connection_brings_parts_without_the_etag(
        fields, haul, serve):
    """They have nothing to compare: the first one brings all."""
    url = serve('big.bin', size=6_000_000, rate=3_000_000, ranged={
        'seed': 'another', 'if_range': 'ignored', **fields})
    result = haul.json(*QUICK, url)
    parts = [r for r in serve.requests('big.bin') if r.range]
    assert parts and parts[0].headers['if-range'], 'this proves nothing'
    assert {r.status for r in parts} == {206}, 'this proves nothing'
    assert result.rc == 0, result
    assert haul.read('big.bin') == serve.data('big.bin')


def test_a_part_without_the_etag_is_gone_on_with_if_its_bytes_agree(
        haul, serve):
    _, result = interrupt(haul, serve, signal.SIGINT)
    before = len(serve.requests('big.bin'))
    url = serve('big.bin', size=6_000_000, if_range='ignored', etag='none')
    result = haul.json(*QUICK, url)
    assert result.rc == 0, result
    assert haul.read('big.bin') == serve.data('big.bin')
    assert {r.status for r in serve.requests('big.bin')[before:]} == {206}


# ---- transfer codings --------------------------------------------------------

@pytest.mark.parametrize('coding', ['gzip, chunked', 'gzip', 'deflate',
                                    'chunked, gzip', 'x-odd, chunked'])
def test_a_transfer_coding_that_hides_the_length_is_refused(
        coding, haul, serve):
    url = serve('a.bin', raw=(
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: ' + coding.encode() +
        b'\r\nContent-Length: 10\r\n\r\n5\r\nabcde\r\n0\r\n\r\n'))
    result = haul.json('--retries=0', url)
    assert result.rc == 1, result
    assert result.failure['cause'] in ('unsupported', 'http', 'connect')
    assert haul.names() == []


@pytest.mark.parametrize('trailer', [
    b'HTTP/1.1 200 OK', b'HTTP/1.1 302 Found: x\r\nLocation: /b.bin',
    b'HTTP/1.1 206 P: x\r\nContent-Range: bytes 0-4/9000000', b'\x1b[31m'])
def test_a_trailer_is_no_other_answer(trailer, haul, serve):
    serve('b.bin')
    url = serve('a.bin', raw=(
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
        b'5\r\nabcde\r\n0\r\n' + trailer + b'\r\n\r\n'))
    result = haul.json(*QUICK, url)
    if result.rc == 0:
        assert haul.read('a.bin') == b'abcde'
        assert result.events('warn') == []
        assert result.events('done')[0]['size'] == 5
    else:
        assert result.failure['cause'] == 'connect', result
        assert haul.names() == []
    assert not serve.requests('b.bin')


@pytest.mark.parametrize('coding', ['chunked', 'Chunked', 'identity, chunked'])
def test_chunks_are_taken_however_they_are_spelled(coding, haul, serve):
    url = serve('a.bin', raw=(
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: ' + coding.encode() +
        b'\r\n\r\n5\r\nabcde\r\n0\r\n\r\n'))
    result = haul.json('--retries=0', url)
    assert result.rc == 0, result
    assert haul.read('a.bin') == b'abcde'


# ---- progress without an end --------------------------------------------------

class Drip:
    """Sends a beginning, then a drop again and again; no test waits longer
    than its own patience."""

    def __init__(self, beginning, drop, every=0.15):
        self.beginning, self.drop, self.every = beginning, drop, every
        self.stopping = threading.Event()
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.listener.settimeout(0.1)
        self.url = f'http://127.0.0.1:{self.listener.getsockname()[1]}/a.bin'
        self.threads = [threading.Thread(target=self.accept, daemon=True)]
        self.threads[0].start()

    def accept(self):
        while not self.stopping.is_set():
            try:
                sock, _ = self.listener.accept()
            except OSError:
                continue
            self.threads.append(threading.Thread(
                target=self.serve, args=(sock,), daemon=True))
            self.threads[-1].start()
        self.listener.close()

    def serve(self, sock):
        try:
            sock.settimeout(5)
            sock.recv(65536)
            sock.sendall(self.beginning)
            while not self.stopping.wait(self.every):
                sock.sendall(self.drop)
        except OSError:
            pass
        finally:
            sock.close()

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(2)


@pytest.fixture
def drip():
    made = []

    def make(*arguments):
        made.append(Drip(*arguments))
        return made[-1].url
    yield make
    for one in made:
        one.stop()


@pytest.mark.parametrize('beginning,drop', [
    (b'', b'HTTP/1.1 102 Processing\r\n\r\n'),
    (b'HTTP/1.1 200 OK\r\n', b'X-Drop: drip\r\n'),
    (b'HTTP/1.1 302 Found\r\nLocation: /b.bin\r\nContent-Length: 9999\r\n\r\n',
     b'.'),
    (b'HTTP/1.1 404 Gone\r\nContent-Length: 9999\r\n\r\n', b'.'),
], ids=['1xx', 'header', 'redirect', 'refusal'])
def test_what_is_no_file_does_not_keep_a_request_alive(
        beginning, drop, haul, drip):
    result = haul.json('--timeout=1', '--retries=0', drip(beginning, drop))
    assert result.rc == 1, result
    assert result.seconds < 6, result
    assert result.failure['cause'] in ('stall', 'http')
    assert haul.names() == []


def test_the_smallest_chunks_do_not_keep_the_engine_from_its_work(haul, drip):
    url = drip(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
               b'1\r\nx\r\n' * 200_000, 0)
    process = haul.start(*QUICK, *(f'{url}?{n}' for n in range(5)))
    until = time.monotonic() + 5
    while len(haul.names()) < 10:
        assert time.monotonic() < until, haul.names()
        time.sleep(0.05)
    time.sleep(2)                   # and the sockets are full
    before = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert haul.finish(process, timeout=60).rc == 3
    taken = time.monotonic() - before
    assert taken < 3, taken


def test_of_where_a_redirect_leads_not_all_is_remembered(haul, serve):
    serve('b.bin', size=1000, etag='none',
          headers=(('ETag', '"' + 5000 * 'e' + '"'),))
    target = serve.url('b.bin')
    urls = [serve(name, status=302, redirect=f'{target}?{length * "x"}')
            for name, length in (('short', 2000), ('long', 100_000))]
    result = haul.json(*QUICK, '--max-conn=1', '--overwrite=unique', *urls)
    assert result.rc == 0, result
    led = [record['final_url'] for record in result.events('meta')]
    assert led[0] == f'{target}?{2000 * "x"}'
    assert led[1].startswith(target) and led[1].endswith('x...')
    assert len(led[1]) < 300
    assert [record['etag'] for record in result.events('meta')] == [None] * 2


def test_a_server_that_does_not_speak_ssh_is_cause_connect(haul, drip):
    url = drip(b'SSH-2.0-none\r\n', b'garbage').replace('http:', 'sftp:')
    result = haul.json('--timeout=3', '--retries=0', url)
    assert (result.rc, result.failure['cause']) == (1, 'connect'), result


def test_a_missing_file_s_retry_after_does_not_hold_the_host(haul, serve):
    result = haul.json('--max-conn=1', serve('gone', status=404,
                                             retry_after='3600'),
                       serve('a.bin', size=5000), timeout=10)
    assert (result.rc, result.failure['cause']) == (1, 'http'), result
    assert haul.read('a.bin') == serve.data('a.bin')


def test_a_file_that_changes_each_time_does_not_keep_us_for_ever(haul, serve):
    url = serve('a.bin', size=SIZE, etag='each', modified='',
                stop_after=200_000, ending='close')
    before = time.monotonic()
    result = haul.json('--retries=3', '--retry-delay=20ms', '--timeout=2',
                       '--max-splits=1', url)
    assert result.rc == 1, result
    assert time.monotonic() - before < 15
    assert len(serve.requests('a.bin')) <= 20
