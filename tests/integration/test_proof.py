# SPDX-License-Identifier: MIT
"""One file, several ETags; and a file that did change (FAILURES 3 to 5).

- a server, or several behind a balancer, whose ETag differs by answer: killed
  and run again, haul goes on after it compared bytes, and says so
- another object of the same size and date is told by its bytes: never spliced
- further connections that meet another ETag are of use once it is proven
- If-Range answered with 200, by a server that knows only dates or none
- a date alone does not stand for the ETag that there was
- a size that is known holds where an answer does not tell it
- --on-change: restart keeps the old part until the new file is whole; fail
  and ask keep it and end with cause changed
"""

import os
import signal
import time

import pytest

import cases
import services
from misbehaving import Content

SIZE = 4_000_000
EDGE = 64 * 1024
# No server here is silent for good: a busy machine must not pass for that.
QUICK = (*cases.QUICK, '--timeout=30')
ARGUMENTS = (*QUICK, '--max-splits=1')


def kill_after(haul, serve, name, count, *arguments):
    """Runs haul and kills it when a checkpoint holds count bytes or more."""
    process = haul.start('--json', *arguments, serve.url(name))
    until = time.monotonic() + 20
    while time.monotonic() < until and claimed(haul, name) < count:
        time.sleep(0.02)
    haul.end(process)
    haul.finish(process)
    assert claimed(haul, name) >= count
    return claimed(haul, name)


def claimed(haul, name):
    path = haul.folder / (name + '.part.haul')
    try:
        return claimed_by(path.read_text())
    except FileNotFoundError:
        return 0


def claimed_by(record):
    return sum(end - start for start, end in ranges_of(record))


def ranges_of(record):
    return [tuple(map(int, line.split()[1].split('-')))
            for line in record.splitlines() if line.startswith('range ')]


def noted(haul, name):
    """The ranges of the note, which count as long as this boot lasts."""
    try:
        note = (haul.folder / (name + '.part.haul+')).read_bytes()
    except FileNotFoundError:
        return []
    return ranges_of(note.rstrip(b'\0').decode())


def believed(haul, name):
    """Bytes that a run of this boot need not fetch: of record and note."""
    path = haul.folder / (name + '.part.haul')
    record = ranges_of(path.read_text()) if path.exists() else []
    end = total = 0
    for start, stop in sorted(record + noted(haul, name)):
        total += max(0, stop - max(start, end))
        end = max(end, stop)
    return total


def causes(result):
    return [w['cause'] for w in result.events('warn')]


@pytest.mark.parametrize('fields', [
    {'etag': 'two'}, {'etag': 'each'}, {'etag': 'two', 'if_range': 'ignored'},
    {'etag': 'two', 'if_range': 'always-200'}], ids=str)
def test_another_etag_for_the_same_bytes_is_gone_on_with(
        fields, haul, serve):
    url = serve('f.bin', size=SIZE, rate=2_000_000, **fields)
    kept = kill_after(haul, serve, 'f.bin', 1_500_000, *ARGUMENTS)
    before = serve.sent('f.bin')
    # So that the run begins with the other of two.
    if serve.requests('f.bin')[-1].number % 2 == 0:
        haul('-q', '--discard', serve.url('f.bin'))
        before = serve.sent('f.bin')
    result = haul.json(*ARGUMENTS, url)
    assert result.rc == 0, result
    assert haul.read('f.bin') == serve.data('f.bin')
    assert haul.names() == ['f.bin']
    assert causes(result) == ['other_etag'], result
    # What was here came once more for the comparison only: its two ends.
    ranged = [r for r in serve.requests('f.bin') if r.range][-3:]
    assert sum(r.sent for r in ranged if r.status == 206) <= \
        SIZE - kept + 2 * EDGE
    assert serve.sent('f.bin') - before < SIZE - kept + 1_000_000


@pytest.mark.parametrize('where', ['all', 'joint', 'start'])
def test_other_bytes_of_the_same_size_and_date_are_never_spliced(
        where, haul, serve):
    url = serve('f.bin', size=SIZE, rate=2_000_000)
    kill_after(haul, serve, 'f.bin', 1_500_000, *ARGUMENTS)
    kept = claimed(haul, 'f.bin')
    old = serve.data('f.bin')
    if where == 'all':
        url = serve('f.bin', size=SIZE, etag='two', seed='another')
        wanted = serve.data('f.bin')
    else:
        at = {'start': 10_000, 'joint': kept - 10_000}[where]
        url = serve('f.bin', size=SIZE, etag='two', flip=at)
        wanted = old[:at] + bytes([old[at] ^ 0x10]) + old[at + 1:]
    result = haul.json(*ARGUMENTS, url)
    assert result.rc == 0, result
    assert haul.read('f.bin') == wanted
    assert haul.names() == ['f.bin']
    assert causes(result) == ['restarted'], result


def test_a_server_without_validators_goes_on_with_another_ones_bytes(
        haul, serve):
    serve('f.bin', size=SIZE, rate=2_000_000)
    kept = kill_after(haul, serve, 'f.bin', 1_500_000, *ARGUMENTS)
    url = serve('f.bin', size=SIZE, etag='none', modified='')
    result = haul.json(*ARGUMENTS, url)
    assert result.rc == 0, result
    assert haul.read('f.bin') == serve.data('f.bin')
    assert causes(result) == ['other_etag'], result
    assert sum(r.sent for r in serve.requests('f.bin')
               if r.status == 206) == SIZE - kept + 2 * EDGE


@pytest.mark.parametrize('same', [True, False])
def test_a_date_alone_does_not_stand_for_an_etag(same, haul, serve):
    """A mirror without ETags, whose file has the same size and date."""
    serve('f.bin', size=SIZE, rate=2_000_000)
    kill_after(haul, serve, 'f.bin', 1_500_000, *ARGUMENTS)
    url = serve('f.bin', size=SIZE, etag='none',
                seed='' if same else 'another')
    result = haul.json(*ARGUMENTS, url)
    assert result.rc == 0, result
    assert haul.read('f.bin') == serve.data('f.bin')
    assert causes(result) == ['other_etag' if same else 'restarted'], result


@pytest.mark.parametrize('fields', [
    {'framing': 'close', 'version': 'HTTP/1.0'}, {'framing': 'chunked'}],
    ids=['close', 'chunked'])
def test_a_known_size_holds_where_it_is_not_told(fields, haul, serve):
    serve('f.bin', size=SIZE, rate=2_000_000)
    kill_after(haul, serve, 'f.bin', 1_500_000, *ARGUMENTS)
    ending = '' if fields['framing'] == 'chunked' else 'close'
    url = serve('f.bin', size=SIZE, ranges='ignored', stop_after=2_000_000,
                ending=ending, **fields)
    result = haul.json(*ARGUMENTS, '--retries=1', url)
    assert result.failure['cause'] == 'size_mismatch', result
    assert 'f.bin' not in haul.names()
    serve('f.bin', size=SIZE, ranges='ignored', **fields)
    result = haul.json(*ARGUMENTS, url)
    assert result.rc == 0, result
    assert haul.read('f.bin') == serve.data('f.bin')
    assert 'length_unverified' not in causes(result), result


def test_further_connections_of_another_etag_are_of_use_once_proven(
        haul, serve):
    url = serve('f.bin', size=SIZE, rate=1_000_000, etag='two')
    result = haul.json(*QUICK, '--max-splits=4', url)
    assert result.rc == 0, result
    assert haul.read('f.bin') == serve.data('f.bin')
    assert causes(result) == ['other_etag'], result
    # Each of two brought much more than a comparison.
    by_etag = [0, 0]
    for request in serve.requests('f.bin'):
        by_etag[request.number % 2] += request.sent
    assert min(by_etag) > SIZE // 10, by_etag
    assert sum(by_etag) < SIZE * 1.5


def test_further_connections_of_another_object_are_not_used(haul, serve):
    url = serve('f.bin', size=SIZE, rate=3_000_000, twin=True)
    result = haul.json(*QUICK, '--max-splits=4', url)
    assert result.rc == 0, result
    assert haul.read('f.bin') == serve.data('f.bin')


def test_a_comparison_that_was_cut_off_proves_nothing(haul, serve):
    url = serve('f.bin', size=SIZE, rate=1_000_000, twin=True,
                short=(EDGE, {'stop_after': 0, 'ending': 'close'}))
    result = haul.json(*QUICK, '--max-splits=4', url)
    assert any(r.range and r.number % 2 == 0
               for r in serve.requests('f.bin')), 'no twin was met'
    assert 'other_etag' not in causes(result), result
    if result.rc != 0:
        # By the turns of the two it came to nothing but what is cut off.
        assert result.failure['cause'] == 'size_mismatch', result
        assert 'f.bin' not in haul.names()
        return
    # Begun anew it may well be the twin, but one of the two it is.
    assert haul.read('f.bin') in (
        serve.data('f.bin'), Content(serve.path('f.bin') + '#twin',
                                     SIZE).read())


def test_kept_bytes_without_a_proof_to_be_had_are_not_gone_on_with(
        haul, serve):
    """No date: nothing but the ETag says what it is."""
    url = serve('f.bin', size=SIZE, rate=2_000_000, etag='two', modified='')
    kill_after(haul, serve, 'f.bin', 1_500_000, *ARGUMENTS)
    if serve.requests('f.bin')[-1].number % 2 == 0:
        haul('-q', '--discard', serve.url('f.bin'))
    result = haul.json(*ARGUMENTS, url)
    assert result.rc == 0, result
    assert haul.read('f.bin') == serve.data('f.bin')
    assert causes(result) == ['restarted'], result


@pytest.mark.parametrize('etag', ['strong', 'none'])
def test_if_range_that_makes_it_forget_ranges_is_left_out(
        etag, haul, serve):
    url = serve('f.bin', size=SIZE, rate=2_000_000, if_range='always-200',
                etag=etag)
    kept = kill_after(haul, serve, 'f.bin', 1_500_000, *ARGUMENTS)
    result = haul.json(*ARGUMENTS, url)
    assert result.rc == 0, result
    assert haul.read('f.bin') == serve.data('f.bin')
    asked = serve.requests('f.bin')[1:]
    assert [r.status for r in asked] == [200, 206]
    assert 'if-range' in asked[0].headers
    assert 'if-range' not in asked[1].headers
    assert asked[1].sent == SIZE - kept


# ---- the file changed -----------------------------------------------------

def change(haul, serve):
    serve('f.bin', size=SIZE, rate=2_000_000)
    kill_after(haul, serve, 'f.bin', 1_500_000, *ARGUMENTS)
    return serve('f.bin', size=SIZE + 4, seed='new', rate=3_000_000,
                 modified='Fri, 10 May 2024 00:00:00 GMT')


def test_the_old_part_stays_until_the_new_file_is_whole(haul, serve):
    url = change(haul, serve)
    old = haul.read('f.bin.part')
    process = haul.start('--json', *ARGUMENTS, url)
    until = time.monotonic() + 10
    while time.monotonic() < until and not \
            (haul.folder / 'f.bin.part.changed').exists():
        time.sleep(0.01)
    assert haul.read('f.bin.part.changed') == old
    os.kill(process.pid, signal.SIGKILL)
    haul.finish(process)
    assert haul.read('f.bin.part.changed') == old
    assert haul.json(*ARGUMENTS, url).rc == 0
    assert haul.read('f.bin') == serve.data('f.bin')
    assert haul.names() == ['f.bin']


@pytest.mark.parametrize('choice', ['fail', 'ask'])
def test_on_change_can_keep_the_part_and_fail(choice, haul, serve):
    url = change(haul, serve)
    old, kept = haul.read('f.bin.part'), claimed(haul, 'f.bin')
    result = haul.json(*ARGUMENTS, f'--on-change={choice}', url)
    assert result.rc == 1, result
    assert (result.failure['cause'], result.failure['tries']) == \
        ('changed', 1)
    assert haul.read('f.bin.part') == old
    assert claimed(haul, 'f.bin') == kept
    assert haul.json(*ARGUMENTS, url).rc == 0
    assert haul.read('f.bin') == serve.data('f.bin')


# ---- two real servers behind a real balancer ------------------------------

def test_a_balancer_over_apache_and_lighttpd(haul, shared_folder, balancer):
    data = Content('balanced', 40_000_000).read()
    path = os.path.join(balancer.root, 'b.bin')
    with open(path, 'wb') as file:
        file.write(data)
    os.utime(path, (1715127120, 1715127120))
    url = balancer.url('/b.bin')
    arguments = ('--limit-rate=8M', '--max-splits=3', '--min-split-size=1M')
    runs, kept, notes = 0, 0, []
    while True:
        runs += 1
        assert runs < 12, 'it never ends'
        process = haul.start('--json', *arguments, url)
        until = time.monotonic() + 1.6
        while time.monotonic() < until and process.poll() is None:
            time.sleep(0.05)
        if process.poll() is None:
            haul.end(process)
        notes += causes(haul.finish(process))
        if 'b.bin' in haul.names():
            break
        assert believed(haul, 'b.bin') > kept, 'a run without progress'
        kept = believed(haul, 'b.bin')
    # If it was ended just as it had the name, the last run clears away.
    assert haul.json(*arguments, url).rc == 0
    assert haul.read('b.bin') == data
    assert runs > 2
    assert 'restarted' not in notes
    assert haul.names() == ['b.bin']
