# SPDX-License-Identifier: MIT
"""Attempts that fail, and what comes after them.

- --total-timeout ends an item in time also while it waits for its host or for
  its next try
- each mirror has tries of its own, and the first good one brings the file;
  one with wrong bytes is not the last word; what no mirror can mend is
- each attempt has a START and, if it is answered, a META; RETRY and FAIL tell
  their own failure, however late they are read
- a file that waits for its host gets a connection of one that has several
- a host that once was full is asked again while slow files of it run, and a
  refusal then is no try of the file's
- an item that waits can be cancelled, and then retried at once
- a stop followed at once by a start goes on
- what is being prepared (202) is asked for again, and holds up no other file;
  no content (204, 205) is no file, also when a part of it is here
"""

import hashlib
import re
import signal

import pytest

from conftest import of_kind

QUICK = ('--retry-delay=50ms', '--timeout=2')


# ---- time -----------------------------------------------------------------

def test_the_total_timeout_ends_a_wait_for_a_host_in_time(haul, serve):
    # The first one's answer holds up the second, which is due at once.
    busy = serve('busy.bin', status=503, retry_after='60', delay=0.3)
    other = serve('other.bin', no_answer='close')
    result = haul.json('--total-timeout=1500ms', '--retries=9',
                       '--retry-delay=600ms', busy, other)
    assert result.rc == 1, result
    assert 1.4 < result.seconds < 4, result
    assert [f['cause'] for f in result.events('fail')] == ['timeout'] * 2
    assert len(serve.requests()) == 2, result
    assert len(result.events('retry')) == 2


def test_the_total_timeout_ends_a_wait_for_the_next_try_in_time(haul, serve):
    url = serve('a.bin', no_answer='close')
    result = haul.json('--total-timeout=1', '--retries=9', '--retry-delay=50',
                       url)
    assert result.rc == 1, result
    assert 0.9 < result.seconds < 5
    assert result.failure['cause'] == 'timeout'
    assert len(serve.requests('a.bin')) == 1


def test_a_file_that_waits_for_its_host_gets_one_of_anothers_connections(
        haul, serve):
    """The slow one takes all that the host may have while the other waits for
    its next try; its own parts would end minutes later."""
    slow = serve('slow.bin', size=60_000_000, rate=100_000)
    late = serve('late.bin', size=1000, turns=({'status': 503},))
    process = haul.start('--max-host-conn=3', '--max-splits=3',
                         '--retries=3', '--retry-delay=1500ms', slow, late)
    state = serve.server.states[serve.path('slow.bin')]
    assert serve.server.wait_until(lambda: state.open == 3)
    assert len(serve.requests('late.bin')) == 1, 'it came too early'
    assert serve.server.wait_until(lambda: 'late.bin' in haul.names(), 20)
    # And then the slow one has it again.
    assert serve.server.wait_until(lambda: state.open == 3, 40)
    process.send_signal(signal.SIGINT)
    assert haul.finish(process).rc == 3
    assert haul.read('late.bin') == serve.data('late.bin')


def test_a_full_host_is_asked_again_while_slow_files_run(haul, serve):
    """Two are refused once while a slow one runs. That makes the host one of a
    single connection; the others must not wait for the slow one's end."""
    slow = serve('slow.bin', size=60_000_000, rate=100_000)
    # The first asks again, and that is none of its two tries.
    busy = [serve('busy0.bin', turns=({'status': 503}, {'status': 503})),
            serve('busy1.bin', turns=({'status': 503},))]
    rest = [serve(f'rest{n}.bin', size=1000) for n in range(4)]
    haul.write('list', '\n'.join([
        slow, busy[0], '  retry-delay=300ms', busy[1], '  retry-delay=4s',
        *rest, '']))
    process = haul.start('-n', '2', '--max-splits=1', '--retries=1',
                         '-i', 'list')
    wanted = {f'{name}{n}.bin' for name, count in (('busy', 2), ('rest', 4))
              for n in range(count)}
    assert serve.server.wait_until(lambda: wanted <= set(haul.names()), 30)
    process.send_signal(signal.SIGINT)
    assert haul.finish(process).rc == 3


# ---- 2xx without the file ---------------------------------------------------

def test_what_is_being_prepared_is_asked_for_later(haul, serve):
    url = serve('a.bin', turns=({'status': 202, 'body': b'staged',
                                 'retry_after': '1'},) * 2)
    result = haul.json(*QUICK, url, serve('b.bin'), '--max-conn=1')
    assert result.rc == 0, result
    assert haul.read('a.bin') == serve.data('a.bin')
    assert result.seconds > 1.9, result
    ended = [record['id'] for record in result.events('done')]
    assert ended == [2, 1], 'the other one waited with it'
    result = haul.json('--retries=0', serve('c.bin', status=202))
    assert result.failure['cause'] == 'http'
    assert result.failure['code'] == 202


@pytest.mark.parametrize('status', [204, 205])
def test_no_content_is_no_empty_file(status, haul, serve):
    url = serve('a.bin', status=status, body=b'')
    result = haul.json(*QUICK, url)
    assert (result.rc, result.failure['cause']) == (1, 'http'), result
    assert result.failure['code'] == status
    assert len(serve.requests('a.bin')) == 1 and haul.names() == []
    url = serve('b.bin', size=3_000_000, stop_after=2_000_000,
                ending='close', turns=({},), then={'status': status,
                                                   'body': b''})
    result = haul.json(*QUICK, '--max-splits=1', url)
    assert (result.rc, result.failure['cause']) == (1, 'http'), result
    assert haul.names() == ['b.bin.part', 'b.bin.part.haul']
    assert haul.json(*QUICK, serve('empty', size=0)).rc == 0
    assert haul.read('empty') == b''


# ---- mirrors --------------------------------------------------------------

def mirrored(haul, *urls, more=''):
    haul.write('list', '\t'.join(urls) + '\n  out=a.bin\n' + more)
    return 'list'


def test_one_bad_mirror_does_not_use_up_the_tries_of_the_others(haul, serve):
    bad = [serve('bad0.bin', status=503), serve('bad1.bin', status=404)]
    good = serve('good.bin', turns=({'status': 503}, {'status': 503}))
    result = haul.json(*QUICK, '--retries=2', '-i', mirrored(
        haul, bad[0], good, bad[1]))
    assert result.rc == 0, result
    assert haul.read('a.bin') == serve.data('good.bin')
    assert len(serve.requests('good.bin')) == 3
    assert len(serve.requests('bad0.bin')) == 3
    assert len(serve.requests('bad1.bin')) == 1
    meta, = result.events('meta')
    assert meta['final_url'] == good, 'who it came from is told'


def test_an_item_fails_when_all_its_mirrors_have_failed(haul, serve):
    urls = [serve('0.bin', status=503), serve('1.bin', status=500),
            serve('2.bin', status=410)]
    result = haul.json(*QUICK, '--retries=1', '-i', mirrored(haul, *urls))
    assert result.rc == 1, result
    assert [len(serve.requests(f'{n}.bin')) for n in range(3)] == [2, 2, 1]
    assert result.failure['tries'] == 5
    assert {a['code'] for a in result.failure['attempts']} >= {503, 410}


def test_a_mirror_with_wrong_bytes_is_not_the_last_word(haul, serve):
    wrong = serve('wrong.bin', size=3_000_000)
    good = serve('good.bin', size=3_000_000)
    digest = hashlib.sha256(serve.data('good.bin')).hexdigest()
    result = haul.json(*QUICK, '-i', mirrored(
        haul, wrong, good, more=f'  checksum=sha256={digest}\n'))
    assert result.rc == 0, result
    assert haul.names() == ['a.bin', 'list']
    assert haul.read('a.bin') == serve.data('good.bin')
    assert [r['cause'] for r in result.events('retry')] == ['checksum']


def test_what_no_mirror_can_mend_ends_the_item_at_once(haul, serve):
    urls = [serve('0.bin'), serve('1.bin')]
    (haul.folder / 'a.bin').mkdir()
    result = haul.json(*QUICK, '-i', mirrored(haul, *urls))
    assert result.rc == 1, result
    assert result.failure['cause'] == 'name_conflict'
    assert len(serve.requests()) <= 1
    (haul.folder / 'a.bin').rmdir()


# ---- events ---------------------------------------------------------------

STATUSES = (503, 500, 502, 504, 408, 500)


def test_events_read_late_tell_their_own_failures(api, serve):
    url = serve('a.bin', size=1000,
                turns=tuple({'status': status} for status in STATUSES))
    events = of_kind(api('late-events', '.', url), 'event')
    assert [e for e in events if e[0] == 'retry'] == [
        ['retry', str(number), 'http', str(status), '0']
        for number, status in enumerate(STATUSES, 1)]
    last = str(len(STATUSES) + 1)
    assert [e[1] for e in events if e[0] == 'start'] == [
        str(number) for number in range(1, len(STATUSES) + 2)]
    assert [e[:2] for e in events[-3:]] == [['meta', last], ['done', last],
                                            ['end', '0']]


def test_json_and_log_tell_each_failure_when_it_was(haul, serve):
    url = serve('a.bin', size=1000,
                turns=tuple({'status': status, 'reason': f'No {status}'}
                            for status in STATUSES))
    options = ('--retries=9', '--retry-delay=1ms')
    result = haul.json(*options, url)
    assert result.rc == 0, result
    retries = result.events('retry')
    assert [(r['try'], r['code']) for r in retries] == list(
        enumerate(STATUSES, 1))
    for r in retries:
        assert str(r['code']) in r['message'], r
    assert [r['try'] for r in result.events('start')] == list(range(1, 8))
    assert len(result.events('meta')) == 1
    url = serve('b.bin', size=1000,
                turns=tuple({'status': status} for status in STATUSES))
    result = haul('--output=log', *options, url)
    assert re.findall(r'RTRY .*try=(\d).*cause=http_(\d+)', result.err) == [
        (str(number), str(status))
        for number, status in enumerate(STATUSES, 1)], result


def test_a_file_that_is_gone_on_with_starts_again(haul, serve):
    url = serve('a.bin', size=300_000, turns=(
        {'stop_after': 200_000, 'ending': 'close'},))
    result = haul.json(*QUICK, '--max-splits=1', url)
    assert result.rc == 0, result
    told = [(r['ev'], r.get('try')) for r in result.records
            if r['ev'] in ('start', 'meta', 'retry', 'done')]
    assert told == [('start', 1), ('meta', None), ('retry', 1),
                    ('start', 2), ('meta', None), ('done', None)]


# ---- commands that meet a wait or each other ------------------------------

def test_an_item_that_waits_can_be_cancelled_and_retried(api, haul, serve):
    url = serve('a.bin', turns=({'status': 503},))
    lines = api('waiting', '.', url)
    assert [e[:4] for e in of_kind(lines, 'event')] == [
        ['start', '1', 'none', '0'], ['retry', '1', 'http', '503'],
        ['fail', '1', 'cancelled', '0'], ['end', '0', 'none', '0'],
        ['state', '1', 'none', '0'], ['start', '2', 'none', '0'],
        ['meta', '2', 'none', '0'], ['done', '2', 'none', '0'],
        ['end', '0', 'none', '0']]
    assert len(of_kind(lines, 'ok')) == 1
    assert haul.read('a.bin') == serve.data('a.bin')


def test_a_stop_followed_at_once_by_a_start_goes_on(api, haul, serve):
    url = serve('a.bin', size=4_000_000, turns=({'rate': 1_000_000},))
    lines = api('stop-start', '.', url)
    events = of_kind(lines, 'event')
    assert [e[4] for e in events if e[0] == 'end'] == ['1', '0']
    assert [e[0] for e in events][-2:] == ['done', 'end']
    assert haul.names() == ['a.bin']
    assert haul.read('a.bin') == serve.data('a.bin')


# ---- stalls under a rate limit --------------------------------------------

def test_bytes_that_the_rate_limit_holds_back_are_not_missing(haul, serve):
    urls = [serve(f'{n}.bin', size=150_000) for n in range(2)]
    result = haul.json('--timeout=300ms', '--limit-rate=100K', '--retries=0',
                       '--max-splits=1', *urls)
    assert result.rc == 0, result
    assert result.seconds > 2


def test_a_stall_is_seen_while_others_use_the_rate_limit_up(haul, serve):
    stalls = serve('stalls.bin', size=200_000, turns=(
        {'stop_after': 50_000, 'ending': 'stall'},))
    busy = serve('busy.bin', size=800_000)
    result = haul.json('--timeout=1', '--limit-rate=150K', '--max-splits=1',
                       '--retry-delay=50ms', stalls, busy)
    assert result.rc == 0, result
    assert [r['cause'] for r in result.events('retry')] == ['stall']
    done = [r['id'] for r in result.events('done')]
    assert done == [1, 2], 'it waited for the other one to end'
    assert haul.read('stalls.bin') == serve.data('stalls.bin')
