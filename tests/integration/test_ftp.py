# SPDX-License-Identifier: MIT
"""FTP servers that misbehave, and what must not come of it.

- one is silent where libcurl waits, or does not end the data
- SIZE is not what comes: less, more, unknown, nonsense, told elsewhere
- a refusal is told with FTP's code and the server's words, but not those to a
  password
- text is not measured by SIZE, nor is a directory
- going on: REST that is not obeyed or not known, a file that has become
  another, shorter or longer
- a proxy that speaks HTTP fetches from an FTP server: its error pages, short
  bodies and redirects are what they are
"""

import pytest

from cases import QUICK
from misbehaving import Content
from misspoken import Ftp

SIZE = 3_000_000
DATA = Content('ftp', SIZE).read()


@pytest.fixture
def ftp():
    made = []

    def make(*arguments, **more):
        made.append(Ftp(*arguments, **more))
        make.asked, make.commands = made[-1].asked, made[-1].commands
        return made[-1].url + 'a.bin'
    yield make
    for one in made:
        one.stop()


@pytest.mark.parametrize('silent', [{'last': None}, {'leaves': False}],
                         ids=str)
def test_a_silent_ftp_server_does_not_hold_the_others(
        silent, haul, serve, ftp):
    result = haul.json('--timeout=2', ftp(b'x' * 5000, **silent), serve(
        'b.bin', size=2_000_000, rate=1_000_000))
    assert result.rc == 0, result
    assert result.seconds < 8, result
    assert haul.read('a.bin') == b'x' * 5000
    assert haul.read('b.bin') == serve.data('b.bin')


def test_data_that_do_not_end_are_waited_for_as_for_any_byte(haul, ftp):
    result = haul.json('--timeout=2', '--retries=0',
                       ftp(b'x' * 5000, ends=False))
    assert result.rc == 0, result
    assert 1.8 < result.seconds < 10, result
    assert haul.read('a.bin') == b'x' * 5000


def test_a_rest_beyond_size_that_comes_late_is_seen(haul, ftp):
    result = haul.json('--timeout=20', '--retries=0',
                       ftp(b'x' * 5000, size=4000, pause=(4000, 3.5)))
    assert (result.rc, result.failure['cause']) == (1, 'size_mismatch'), result
    assert result.seconds > 3.3, 'it did not come late'
    assert haul.names() == []


# ---- SIZE ------------------------------------------------------------------

@pytest.mark.parametrize('size', [0, 1, 4999, SIZE - 1, 10**30])
def test_an_ftp_file_is_not_cut_to_a_size_that_it_has_not(size, haul, ftp):
    content = DATA if size == SIZE - 1 else b'x' * 5000
    result = haul.json('--retries=0', ftp(content, size=size))
    assert (result.rc, result.failure['cause']) == (1, 'size_mismatch'), result
    assert haul.names() == []


def test_a_file_that_grows_is_whole_once_it_rests(haul, ftp):
    # What it has by the second try is what SIZE says by then.
    url = ftp(b'x' * 5000, later=b'y' * 4999, size=4999)
    result = haul.json('--retries=1', '--retry-delay=50ms', url)
    assert result.rc == 0, result
    assert haul.read('a.bin') == b'y' * 4999
    retry, = result.events('retry')
    assert 'grows' in retry['message'], retry


def test_an_ftp_file_is_not_less_than_its_size(haul, ftp):
    result = haul.json('--retries=1', '--retry-delay=50ms',
                       ftp(b'x' * 5000, size=5001))
    assert (result.rc, result.failure['cause']) == (1, 'size_mismatch'), result
    assert 'a.bin' not in haul.names()


@pytest.mark.parametrize('reply', [
    b'500 What?', b'550 No SIZE of that', b'502 Not here', b'213 Large'],
    ids=bytes.decode)
def test_an_ftp_server_without_size_is_fetched_from(reply, haul, ftp):
    result = haul.json('--retries=0', ftp(DATA, says={b'SIZE': reply}))
    assert result.rc == 0, result
    assert haul.read('a.bin') == DATA
    assert 'length_unverified' in [w['cause'] for w in result.events('warn')]


@pytest.mark.parametrize('size', [b'500 What?', b'213 0'], ids=bytes.decode)
@pytest.mark.parametrize('told,rc', [(5000, 0), (4999, 1), (5001, 1)])
def test_a_size_that_the_reply_to_retr_tells_counts(size, told, rc, haul, ftp):
    result = haul.json('--retries=0', ftp(b'x' * 5000, says={
        b'SIZE': size, b'RETR': b'150 Here is a.bin (%d bytes).' % told}))
    assert result.rc == rc, result
    if rc == 0:
        assert haul.read('a.bin') == b'x' * 5000
        assert not result.events('warn')
    else:
        assert result.failure['cause'] == 'size_mismatch'
        assert 'a.bin' not in haul.names()


def test_words_before_the_number_are_passed_over(haul, ftp):
    result = haul.json('--retries=0', ftp(b'x' * 5000, says={
        b'SIZE': b'213-The size\r\n213 is 5000'}))
    assert result.rc == 0, result
    assert not result.events('warn'), result


def test_the_size_is_asked_for_once_and_behind_the_type(haul, ftp):
    assert haul.json('--retries=0', ftp(b'x' * 5000)).rc == 0
    verbs = [line.split()[0] for line in ftp.commands]
    assert verbs[:8] == ['USER', 'PASS', 'PWD', 'MDTM', 'EPSV', 'TYPE',
                         'SIZE', 'RETR'], verbs
    assert verbs.count('SIZE') == 1


def test_text_has_no_size_before_it_comes(haul, ftp):
    result = haul.json('--retries=0', ftp(b'x' * 5000, size=3000) +
                       ';type=a')
    assert result.rc == 0, result
    assert not any(line.startswith('SIZE') for line in ftp.commands)
    assert [len(haul.read(name)) for name in haul.names()] == [5000]


# ---- refusals --------------------------------------------------------------

@pytest.mark.parametrize('verb,reply,cause,tries', [
    ('RETR', '550 No such file', 'http', 1),
    ('CWD', '550 No such folder', 'http', 1),
    ('PASS', '530 You may not', 'http', 1),
    ('USER', '530 Too many of you', 'http', 1),
    ('RETR', '450 Busy', 'connect', 2), ('RETR', '451 Broken', 'connect', 2),
    ('RETR', '425 No data', 'connect', 2),
])
def test_a_refusal_is_told_in_the_servers_words(verb, reply, cause, tries,
                                                haul, ftp):
    url = ftp(b'x' * 5000, says={verb.encode(): reply.encode()})
    result = haul.json('--retries=1', '--retry-delay=50ms',
                       url.replace('a.bin', 'folder/a.bin'))
    assert (result.rc, result.failure['cause']) == (1, cause), result
    assert result.failure['tries'] == tries
    assert result.failure['code'] is None, 'that is no code of HTTP'
    assert 'HTTP' not in result.failure['message'], result
    if verb in ('PASS', 'USER'):
        assert result.failure['message'].endswith('FTP 530'), result
    else:
        assert result.failure['message'].endswith('FTP ' + reply), result


def test_replies_that_come_twice_are_a_lost_connection(haul, ftp):
    url = ftp(b'x' * 5000, says={b'MDTM': b'213 5\r\n213 5'})
    result = haul.json('--retries=1', '--retry-delay=50ms', url)
    assert (result.rc, result.failure['cause']) == (1, 'connect'), result
    assert result.failure['tries'] == 2
    assert haul.names() == []


def test_what_a_server_says_is_not_shown_raw(haul, ftp):
    url = ftp(b'x', says={b'RETR': b'550 no \x1b[31m\x9b\xff\x07file'})
    result = haul('--headless', '--no-progress', '--retries=0', url)
    assert result.rc == 1, result
    assert b'\x1b' not in result.out_bytes + result.err_bytes
    assert b'\x07' not in result.out_bytes + result.err_bytes


# ---- going on --------------------------------------------------------------

@pytest.mark.parametrize('rests', [True, False])
def test_an_ftp_server_that_says_yes_to_rest_is_not_believed(
        rests, haul, ftp):
    result = haul.json(*QUICK, ftp(DATA, halves=True, rests=rests))
    assert result.rc == 0, result
    assert haul.read('a.bin') == DATA
    assert ftp.asked[:2] == [0, SIZE // 2 - 65536], 'this proves nothing'
    assert len(ftp.asked) == (2 if rests else 3)


def test_an_ftp_server_without_rest_is_asked_for_all(haul, ftp):
    result = haul.json(*QUICK, ftp(DATA, halves=True, says={
        b'REST': b'502 Not here'}))
    assert result.rc == 0, result
    assert ftp.asked == [0, 0]
    assert any(line.startswith('REST') for line in ftp.commands)
    assert haul.read('a.bin') == DATA
    assert haul.names() == ['a.bin']


@pytest.mark.parametrize('size', [SIZE // 4, SIZE + 4096])
def test_a_file_of_another_size_is_not_gone_on_with(size, haul, ftp):
    other = Content('another', size).read()
    result = haul.json(*QUICK, ftp(DATA, halves=True, later=other))
    assert result.rc == 0, result
    assert ftp.asked[1] == SIZE // 2 - 65536, 'this proves nothing'
    assert haul.read('a.bin') == other


def test_what_is_gone_on_with_is_not_cut_either(haul, ftp):
    more = DATA + b'more'
    result = haul.json('--retries=1', '--retry-delay=50ms', ftp(
        DATA, halves=True, later=more, size=SIZE))
    assert ftp.asked == [0, SIZE // 2 - 65536], 'this proves nothing'
    assert (result.rc, result.failure['cause']) == (1, 'size_mismatch'), result
    assert haul.names() == []


# ---- by way of a proxy -----------------------------------------------------

QUICK_PROXY = ('--retries=1', '--retry-delay=50ms', '--timeout=2')


def through(serve, name, **fields):
    """The URL of a file that a proxy has; the options to ask it by."""
    proxy = serve.server.url('/')
    serve(name, **fields)
    return f'--proxy={proxy}', 'ftp://ftp.invalid' + serve.path(name)


def test_a_proxy_fetches_from_an_ftp_server(haul, serve):
    result = haul.json(*QUICK_PROXY, *through(serve, 'a.bin', size=SIZE))
    assert result.rc == 0, result
    assert haul.read('a.bin') == serve.data('a.bin')
    assert serve.requests('a.bin')[0].target.startswith('ftp://')


@pytest.mark.parametrize('status', [401, 403, 404, 500, 502, 503, 504])
def test_an_error_page_of_a_proxy_is_no_file(status, haul, serve):
    result = haul.json(*QUICK_PROXY, *through(serve, 'a.bin', status=status))
    assert (result.rc, result.failure['cause']) == (1, 'http'), result
    assert result.failure['code'] == status
    assert haul.names() == []


@pytest.mark.parametrize('fields', [
    {'stop_after': 40_000, 'ending': 'close'},
    {'told': 10_000, 'close': True}, {'framing': 'chunked',
                                      'stop_after': 40_000,
                                      'ending': 'close'}], ids=str)
def test_a_short_body_of_a_proxy_is_no_file(fields, haul, serve):
    result = haul.json(*QUICK_PROXY, *through(serve, 'a.bin', **fields))
    assert result.rc == 1, result
    assert result.failure['cause'] in ('size_mismatch', 'connect')
    assert 'a.bin' not in haul.names()


def test_a_proxy_leads_elsewhere(haul, serve):
    url = serve('b.bin', size=5000)
    result = haul.json(*QUICK_PROXY, *through(
        serve, 'a.bin', status=302, redirect=url))
    assert result.rc == 0, result
    assert haul.read('a.bin') == serve.data('b.bin')


def test_what_a_proxy_fetched_by_half_is_whole_in_the_end(haul, serve):
    result = haul.json(*QUICK_PROXY, *through(serve, 'a.bin', size=SIZE, turns=(
        {'stop_after': SIZE // 2, 'ending': 'close'},)))
    assert result.rc == 0, result
    assert haul.read('a.bin') == serve.data('a.bin')
