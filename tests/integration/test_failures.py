# SPDX-License-Identifier: MIT
"""What a server or a network can do wrong, and what must come of it.

- every case of cases.py: bit-exact, or a clean failure with the right cause
  and exit 1; never a wrong byte under the final name, nothing left beside a
  finished file (FAILURES 1-5, 7-15, 28-34, 39-44)
- the final name does not exist before the file is whole (12, 13)
- an old good file survives a failed replacement (22, PARFIVE 1h.3)
- an unrelated or longer part file is not taken for ours (6)
- HEAD that lies, refuses or hangs does no harm (15)
- a host's name without address, a port that refuses (35, 29)
- credentials, cookies and custom headers stay with their host; Range goes on
  (40); no step from https down to http (40)
- hostile names, in headers and in URLs (45, 46, 47), two of a name (48)
- a weak ETag is never sent in If-Range (5), ranges are not asked for where
  they are not offered (1)
- nothing a server sends reaches the terminal raw (49)
- a kept connection that the server closes wakes haul once, not for ever
"""

import concurrent.futures
import hashlib
import json
import os
import re
import resource
import signal
import socket
import threading
import unicodedata

import pytest

import misbehaving
from cases import (CASES, DISPOSITIONS, LEADS_TO, OTHER, QUICK, URL_PATHS,
                   WHOLE)
from conftest import Haul, needs_name_server

AT_ONCE = 4

RAW = re.compile(rb'[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|'
                 rb'\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]')


def url_of(catalogue, name):
    return catalogue.url('/' + name)


class Outcome:
    """A case's run: with a server and a folder of its own."""

    def __init__(self, case, folder):
        self.case, self.haul = case, Haul(folder)
        server = misbehaving.Server(misbehaving.CATALOGUE)
        try:
            self.result = self.haul('--json', *QUICK, *case.arguments,
                                    url_of(server, case.name))
        finally:
            self.haul.end_all()
            server.stop()
        self.server = server

    def requests(self, name):
        return self.server.requests('/' + name, 'GET')

    def data(self, name):
        return self.server.content('/' + name).read()


@pytest.fixture(scope='session')
def outcomes(request, tmp_path_factory):
    """Futures of all chosen cases, some run at a time: they mostly wait."""
    chosen = [item.callspec.params['case'] for item in request.session.items
              if 'case' in getattr(item, 'callspec', NoCase).params]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        yield {id(case): pool.submit(Outcome, case,
                                     tmp_path_factory.mktemp('case'))
               for case in chosen}


class NoCase:
    params = ()


def check_whole(haul, result, case, bodies):
    name, = haul.names()
    data = haul.read(name)
    assert any(data == body for body in bodies), (
        f'wrong bytes, {len(data)} of them', result)
    done, = result.events('done')
    assert done['size'] == done['got'] == len(data)
    assert os.path.basename(done['path']) == name
    if case.name not in LEADS_TO:
        assert name == case.name


def check_failed(haul, result, name, case):
    assert result.rc == 1, result
    failure = result.failure
    assert failure['cause'] in case.ends, result
    assert failure['message'], 'a failure needs words'
    assert failure['tries'] >= 1
    if case.status:
        assert failure['code'] == case.status, result
    assert name not in haul.names()
    assert all(n in (name + '.part', name + '.part.haul')
               for n in haul.names()), result


@pytest.mark.parametrize('case', CASES, ids=lambda case:
                         f'{case.number}: {case.name}')
def test_a_bad_server_yields_the_whole_file_or_a_clean_failure(
        case, outcomes):
    outcome = outcomes[id(case)].result(timeout=100)
    haul, result = outcome.haul, outcome.result
    assert result.records[-1]['ev'] == 'end', result
    assert result.records[-1]['exit'] == result.rc, result
    target = LEADS_TO.get(case.name, case.name)
    if result.rc == 0:
        bodies = []
        if WHOLE in case.ends:
            body = outcome.data(target)[:case.length]
            bodies.append(misbehaving.zip_up(body) if case.gzip else body)
        if OTHER in case.ends:
            bodies.append(
                outcome.server.changed_content('/' + target).read())
        assert bodies, result
        check_whole(haul, result, case, bodies)
    else:
        check_failed(haul, result, case.name, case)
    if case.requests:
        asked = len(outcome.requests(case.name))
        assert case.requests[0] <= asked <= case.requests[1], result
    if case.ranged:
        assert any(r.range and r.range[0] > 0
                   for r in outcome.requests(target)), \
            'no part was asked for: this case proves nothing'
    assert case.takes[0] <= result.seconds <= case.takes[1], result


@pytest.mark.parametrize('name', ['good-large', 'cut-each-time', 'no-length'])
def test_the_final_name_never_holds_less_than_the_whole_file(
        name, haul, catalogue):
    whole = catalogue.content('/' + name).read()
    process = haul.start('-q', *QUICK, '--limit-rate=2M',
                         url_of(catalogue, name))
    target = haul.folder / name
    looks = 0
    while process.poll() is None:
        if target.exists():
            assert target.read_bytes() == whole
        looks += 1
    assert haul.finish(process).rc == 0
    assert haul.read(name) == whole and looks > 10


@pytest.mark.parametrize('name', ['error-404', 'cut-no-ranges',
                                  'closed-before-answer', 'chunked-cut',
                                  'redirect-loop'])
def test_a_failed_replacement_leaves_the_old_file_alone(
        name, haul, catalogue):
    haul.write(name, 'the good old file')
    result = haul.json(*QUICK, '--overwrite=always',
                       url_of(catalogue, name))
    assert result.rc == 1, result
    assert haul.read(name) == b'the good old file'


def test_a_digest_that_does_not_match_never_reaches_the_final_name(
        haul, serve):
    url = serve('bits.bin', flip=54_321)
    haul.write('bits.bin', 'old')
    wanted = hashlib.sha256(serve.data('bits.bin')).hexdigest()
    result = haul.json(*QUICK, '--overwrite=always',
                       f'--checksum=sha256={wanted}', url)
    assert result.rc == 1, result
    assert result.failure['cause'] == 'checksum'
    assert haul.read('bits.bin') == b'old'


@pytest.mark.parametrize('junk', [b'', b'some bytes', b'Z' * 300_000])
def test_a_part_file_without_our_record_is_not_gone_on_from(
        junk, haul, serve):
    url = serve('file.bin', size=200_000)
    haul.write('file.bin.part', junk)
    result = haul.json(*QUICK, url)
    assert result.rc == 0, result
    assert haul.read('file.bin') == serve.data('file.bin')


@pytest.mark.parametrize('record', [None, b'', b'something else',
                                    b'haul-part 99\ncrc 0\n'])
def test_a_part_file_that_may_be_somebody_elses_is_set_aside(
        record, haul, serve):
    url = serve('file.bin', size=2_000_000)
    for number, kept in enumerate((b'the browser\'s', b'mine', b'')):
        haul.write('file.bin.part', kept)
        if record is not None:
            haul.write('file.bin.part.haul', record)
        result = haul.json(*QUICK, '--overwrite=always', url)
        assert result.rc == 0, result
        assert haul.read('file.bin') == serve.data('file.bin')
        assert [w['cause'] for w in result.events('warn')] == ['set_aside']
        aside = 'file.bin.part.old' + ('', '.1', '.2')[number]
        assert haul.read(aside) == kept
        if record is not None:
            assert haul.read(aside + '.haul') == record
    assert haul.read('file.bin.part.old') == b'the browser\'s'
    assert len(haul.names()) == (4 if record is None else 7)


@pytest.mark.parametrize('junk', [
    b'', b'\n', b'\xff' * 5000, b'haul-part 1\n', b'haul-part 99\ncrc 0\n',
    b'haul-part 1\nurl http://x/\ntotal 200000\nrange 0-200000\n'
    b'crc 00000000\n', b'x' * (2 << 20)])
def test_a_broken_record_is_neither_trusted_nor_fatal(junk, haul, serve):
    url = serve('file.bin', size=200_000)
    haul.write('file.bin.part', b'Z' * 200_000)
    haul.write('file.bin.part.haul', junk)
    result = haul.json(*QUICK, url)
    assert result.rc == 0, result
    assert haul.read('file.bin') == serve.data('file.bin')


@pytest.mark.parametrize('name', ['head-405', 'head-302', 'head-wrong-length',
                                  'head-hangs', 'head-closes'])
@pytest.mark.parametrize('overwrite', ['never', 'always', 'unique'])
def test_a_head_that_lies_or_hangs_does_no_harm(
        name, overwrite, haul, catalogue):
    haul.write(name, 'old')
    result = haul.json(*QUICK, f'--overwrite={overwrite}',
                       url_of(catalogue, name))
    whole = catalogue.content('/' + name).read()
    assert result.rc == 0, result
    files = {n: haul.read(n) for n in haul.names()}
    assert files == {'never': {name: b'old'}, 'always': {name: whole},
                     'unique': {name: b'old', name + '.1': whole},
                     }[overwrite], result


def test_a_body_of_head_is_not_taken_for_the_next_answer(haul, catalogue):
    haul.write('head-body', 'old')
    result = haul.json('--max-conn=1', '--retries=2', '--retry-delay=50ms',
                       url_of(catalogue, 'head-body'),
                       url_of(catalogue, 'error-404'),
                       url_of(catalogue, 'good'))
    assert [f['code'] for f in result.events('fail')] == [404], result
    assert haul.read('good') == catalogue.content('/good').read()


@needs_name_server
def test_a_host_without_an_address_is_one_failure_of_cause_dns(haul):
    result = haul.json('--retries=1', '--retry-delay=50ms',
                       'http://no-such-host.invalid/a.bin')
    assert (result.rc, result.failure['cause']) == (1, 'dns'), result
    assert haul.names() == []


def test_a_port_that_refuses_is_a_failure_of_cause_connect(haul):
    import services
    port = services.free_port()
    result = haul.json('--retries=1', '--retry-delay=50ms',
                       f'http://127.0.0.1:{port}/a.bin')
    assert (result.rc, result.failure['cause']) == (1, 'connect'), result
    assert result.failure['tries'] == 2


@pytest.mark.parametrize('most', [1, 2])
def test_connections_refused_by_the_system_only_mean_fewer_of_them(
        most, haul):
    server = misbehaving.Server(most_connections=most)
    try:
        url = server.add('/f.bin', size=3_000_000, rate=1_500_000)
        result = haul.json(*QUICK, url)
        assert result.rc == 0, result
        assert haul.read('f.bin') == server.content('/f.bin').read()
        assert server.most_open <= most
    finally:
        server.stop()


def test_a_redirect_to_another_host_takes_range_but_no_secrets(
        haul, serve):
    serve('there.bin', size=3_000_000, rate=1_500_000)
    url = serve('here.bin', redirect=serve.url('there.bin', host='localhost'))
    result = haul.json(
        *QUICK, '--user=name:secret', '-H', 'Cookie: id=secret', '-H',
        'X-Token: secret', '-H', 'Authorization: Bearer secret', url)
    assert result.rc == 0, result
    asked = serve.requests('here.bin')
    assert asked[0].headers['x-token'] == 'secret'
    assert asked[0].headers['cookie'] == 'id=secret'
    assert 'secret' in asked[0].headers['authorization']
    assert serve.requests('there.bin')
    for request in serve.requests('there.bin'):
        assert not any('secret' in value or name.lower() in (
            'authorization', 'cookie', 'x-token')
            for name, value in request.raw_headers), request
        assert 'c2Vjcm' not in str(request.raw_headers)
    assert any(r.range for r in serve.requests('there.bin'))


def test_a_redirect_to_another_port_takes_no_secrets(haul, serve):
    other = misbehaving.Server()
    try:
        target = other.add('/there.bin', size=1000)
        url = serve('here.bin', redirect=target)
        result = haul.json(*QUICK, '--user=name:secret', '-H',
                           'X-Token: secret', url)
        assert result.rc == 0, result
        request, = other.requests('/there.bin')
        assert not {'authorization', 'x-token'} & set(request.headers)
    finally:
        other.stop()


def test_a_redirect_on_the_same_host_keeps_the_secrets(haul, serve):
    serve('there.bin', needs='name:secret')
    url = serve('here.bin', redirect=serve.path('there.bin'))
    result = haul.json(*QUICK, '--user=name:secret', '-H', 'X-Token: t', url)
    assert result.rc == 0, result
    assert serve.requests('there.bin')[-1].headers['x-token'] == 't'


def test_credentials_in_the_url_stay_with_its_host(haul, serve):
    serve('there.bin')
    serve('here.bin', redirect=serve.url('there.bin', host='localhost'))
    result = haul.json(*QUICK, serve.url('here.bin', user='name:secret'))
    assert result.rc == 0, result
    assert all('authorization' not in r.headers
               for r in serve.requests('there.bin'))
    assert 'secret' not in result.out + result.err


@pytest.mark.parametrize('fields', [
    {'body': b'r' * 300_000},
    {'body': b'r' * 1000, 'stop_after': 10, 'ending': 'close'}],
    ids=['long', 'cut off'])
def test_a_redirects_body_does_not_matter(fields, haul, serve):
    serve('there.bin')
    url = serve('here.bin', redirect=serve.path('there.bin'), **fields)
    result = haul.json(*QUICK, url)
    assert result.rc == 0, result
    assert haul.read('here.bin') == serve.data('there.bin')


def test_a_redirect_from_https_down_to_http_is_refused(
        haul, serve, serve_tls, authority):
    serve('plain.bin')
    url = serve_tls('safe.bin', redirect=serve.url('plain.bin'))
    result = haul.json(*QUICK, f'--cacert={authority.cacert}', url)
    assert result.rc == 1, result
    assert result.failure['cause'] == 'unsupported'
    assert serve.requests('plain.bin') == []


def test_a_redirect_from_http_up_to_https_is_followed(
        haul, serve, serve_tls, authority):
    serve_tls('safe.bin')
    url = serve('plain.bin', redirect=serve_tls.url('safe.bin'))
    result = haul.json(*QUICK, f'--cacert={authority.cacert}', url)
    assert result.rc == 0, result
    name, = haul.names()
    assert haul.read(name) == serve_tls.data('safe.bin')


def check_safe_name(haul, tmp_path, name):
    assert '/' not in name and name not in ('.', '..')
    assert not name.startswith(('.', '-', '~')), name
    assert len(os.fsencode(name)) <= 255
    text = os.fsencode(name).decode('utf-8', 'replace')
    bad = [c for c in text if unicodedata.category(c) in ('Cc', 'Cf')]
    assert not bad, name
    outside = [str(p) for p in tmp_path.rglob('*')
               if p.is_file() and haul.folder not in p.parents
               and haul.home / 'state' not in p.parents]
    assert outside == [], 'a file left the directory'


@pytest.mark.parametrize('header,name', DISPOSITIONS,
                         ids=[h[:50] for h, _ in DISPOSITIONS])
def test_a_name_from_content_disposition_is_right_and_safe(
        header, name, haul, serve, tmp_path):
    url = serve('fallback.bin', disposition=header)
    result = haul('-q', '--print-filenames', *QUICK, url)
    assert result.rc == 0, result
    found, = haul.names()
    check_safe_name(haul, tmp_path, found)
    assert haul.read(found) == serve.data('fallback.bin')
    if name:
        assert found == name, result


@pytest.mark.parametrize('path,name', URL_PATHS,
                         ids=[p[:40] for p, _ in URL_PATHS])
def test_a_name_from_a_url_is_right_and_safe(
        path, name, haul, plain_server, tmp_path):
    asked = path.split('#')[0].split('?')[0]
    plain_server.add(asked, size=100)
    # As newer libcurls ask for it: "%2f" is "%2F".
    upper = re.sub('%..', lambda code: code.group().upper(), asked)
    if upper != asked:
        plain_server.add(upper, size=100)
    result = haul('-q', *QUICK, plain_server.url(path))
    # curl takes out "/../" before it asks; then there is no such file.
    if result.rc != 0:
        assert name is None, result
        assert haul.names() == []
        return
    found, = haul.names()
    check_safe_name(haul, tmp_path, found)
    if name:
        assert found == name


def test_two_files_of_one_name_in_a_run_do_not_share_it(haul, serve):
    first = serve('a/same.fits.gz', size=70_000)
    second = serve('b/same.fits.gz', size=80_000)
    result = haul('-q', '--print-filenames', *QUICK, first, second)
    assert result.rc == 0, result
    names = [os.path.basename(p) for p in result.out.splitlines()]
    assert sorted(names) == ['same.1.fits.gz', 'same.fits.gz'] == haul.names()
    assert {haul.read(n) for n in names} == {
        serve.data('a/same.fits.gz'), serve.data('b/same.fits.gz')}


def test_the_same_url_twice_in_a_run_does_no_harm(haul, serve):
    url = serve('twice.bin', size=300_000, rate=600_000)
    haul.write('list', f'{url}\n max-splits=1\n{url}\n max-splits=2\n')
    result = haul('-q', *QUICK, '-i', 'list')
    assert result.rc == 0, result
    assert sorted(haul.names()) == ['list', 'twice.1.bin', 'twice.bin']
    for name in ('twice.1.bin', 'twice.bin'):
        assert haul.read(name) == serve.data('twice.bin')


def test_a_weak_etag_is_never_sent_in_if_range(haul, serve):
    url = serve('weak.bin', size=3_000_000, rate=1_500_000, etag='weak',
                turns=({'stop_after': 900_000, 'ending': 'reset'},))
    result = haul.json(*QUICK, url)
    assert result.rc == 0, result
    parts = [r for r in serve.requests('weak.bin') if r.range and r.range[0]]
    assert parts
    assert not any(r.headers.get('if-range', '').startswith('W/')
                   for r in parts)


def test_a_strong_etag_goes_with_every_part(haul, serve):
    url = serve('strong.bin', size=3_000_000, rate=1_500_000)
    assert haul.json(*QUICK, url).rc == 0
    parts = [r for r in serve.requests('strong.bin')
             if r.range and r.range[0]]
    assert parts and all(r.headers.get('if-range', '').startswith('"')
                         for r in parts)


def test_parts_are_not_asked_for_where_ranges_are_not_offered(haul, serve):
    url = serve('none.bin', size=2_000_000, rate=1_500_000, advertise=False,
                ranges='ignored',
                headers=(('Accept-Ranges', 'none'),))
    assert haul.json(*QUICK, url).rc == 0
    assert len(serve.requests('none.bin')) == 1


def test_identity_is_asked_for_in_every_request(haul, serve):
    url = serve('id.bin', size=2_000_000, rate=1_500_000)
    assert haul.json(*QUICK, url).rc == 0
    assert all(r.headers.get('accept-encoding', '') == 'identity'
               for r in serve.requests('id.bin'))


def test_progress_never_exceeds_what_is_on_the_disk(haul, serve):
    url = serve('p.bin', size=3_000_000, rate=1_000_000, stop_after=400_000,
                ending='reset')
    result = haul.json(*QUICK, '--interval=50ms', '--events=all', url)
    assert result.rc == 0, result
    seen = result.events('progress')
    assert seen, 'no progress was told'
    assert all(0 <= r['got'] <= 3_000_000 for r in seen)
    assert all(r['got'] <= 3_000_000 for r in result.events('totals'))


def test_progress_counts_what_is_in_the_file(haul, serve, tmp_path):
    """Looked at while it stands still; what it was sent meanwhile does not
    count."""
    url = serve('p.bin', size=3_000_000, rate=1_000_000)
    part, told = haul.folder / 'p.bin.part', tmp_path / 'told'
    with told.open('wb') as stdout:
        process = haul.start('--json', '--max-splits=1', '--interval=50ms',
                             '--events=all', url, stdout=stdout)
    for count in (300_000, 1_000_000):
        assert serve.server.wait_until(
            lambda: part.exists() and part.stat().st_size > count)
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
        lines = told.read_text().splitlines(keepends=True)
        got = [json.loads(line).get('got', 0) for line in lines
               if line.endswith('\n')]
        assert 0 < max(got) <= part.stat().st_size
        data = serve.data('p.bin')
        assert haul.read('p.bin.part')[:max(got)] == data[:max(got)]
        process.send_signal(signal.SIGCONT)
    assert haul.finish(process).rc == 0


def test_a_length_that_was_not_told_is_said_to_be_unverified(
        haul, catalogue):
    result = haul.json(*QUICK, url_of(catalogue, 'no-length'))
    assert result.rc == 0
    assert result.events('warn'), result


HOSTILE = '\x1b]0;owned\x07\x1b[31m\u202e\u2066\x9b31m'


@pytest.mark.parametrize('mode', ['--output=log', '--output=json',
                                  '--output=bar', '-q', '-v'])
def test_nothing_a_server_sends_is_written_raw(mode, haul, serve):
    serve('target.bin', status=418, reason='tea' + HOSTILE,
          body=HOSTILE.encode('utf-8', 'surrogateescape'))
    urls = [serve('a.bin', redirect=serve.path('target.bin')),
            serve('b.bin', status=500, reason='oh' + HOSTILE),
            serve('c.bin', disposition="attachment; filename*=UTF-8''"
                  '%1B%5B31m%E2%80%AEx%C2%9B.bin',
                  headers=(('Server', HOSTILE),)),
            serve('d.bin', redirect='http://127.0.0.1:1/\x1b[31m')]
    result = haul(mode, '--retries=0', '--print-filenames', *urls) \
        if mode != '--output=json' else haul.json('--retries=0', *urls)
    assert result.rc == 1, result
    for stream in (result.out_bytes, result.err_bytes):
        # The bar's own: erase, and move the cursor up or to column one.
        if mode == '--output=bar':
            stream = re.sub(rb'\r|\x1b\[\d*[AJKG]', b'', stream)
        found = RAW.search(stream)
        assert not found, (found, stream)


class Closing:
    """Answers each connection's first request and closes it a moment later,
    when nobody asks for anything."""

    def __init__(self):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.url = 'http://127.0.0.1:%d/first.bin' % \
            self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        self.listener.settimeout(10)
        try:
            connection, _ = self.listener.accept()
        except OSError:
            return
        with connection:
            connection.settimeout(10)
            connection.recv(65536)
            connection.sendall(b'HTTP/1.1 200 OK\r\n'
                               b'Content-Length: 5\r\n\r\nfirst')
            threading.Event().wait(0.3)

    def stop(self):
        self.listener.close()
        self.thread.join()


def test_a_kept_connection_that_is_closed_costs_no_busy_loop(haul, serve):
    closing = Closing()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        result = haul.json(closing.url, serve('slow.bin', size=300_000,
                                              rate=100_000))
    finally:
        closing.stop()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - \
        before.ru_stime
    assert result.rc == 0, result
    assert haul.read('first.bin') == b'first'
    assert result.seconds > 2, 'too short to tell'
    assert spent < result.seconds / 3, f'{spent} s of {result.seconds}'
