# SPDX-License-Identifier: MIT
"""Behaviours covered, through haul.h alone (programs/queue.c):

- a paused item, running, waiting or queued, keeps its bytes and place, and
  goes on from them; it does not keep a run from ending, and is no attempt
- what cannot be split wants one connection
- hold: nothing new begins, or nothing runs; no END while things are queued
- a removed item is nowhere, ends once, and comes back to where it was; its
  data stays or goes as asked, a finished file always stays
- order: what is moved ahead begins sooner; views show what is so
- another URL: bytes are kept if size and strong ETag, or size and checksum
  agree, and set aside or fetched anew if not
- options of one item, live; values read back
- connections to one host and in all, and a rate for one file, keep limits
- thousands of calls at random, from one thread while another looks, lose
  nothing and fetch every file whole
"""
import os
import re
import subprocess

import pytest

import misbehaving
from conftest import program

K = 1000


@pytest.fixture
def queue(haul):
    """Runs a script of calls; the lines it answers, split at blanks."""
    def run(*lines, options=(), timeout=60):
        result = subprocess.run(
            [program('HAUL_QUEUE', 'tests/integration/programs/queue'),
             'directory=.', 'retry-delay=100ms', *options],
            input=''.join(f'{line}\n' for line in lines), text=True,
            capture_output=True, timeout=timeout, cwd=haul.folder,
            env=haul.environment)
        assert result.returncode == 0, result.stdout[-3000:] + result.stderr
        return [line.split(' ') for line in result.stdout.splitlines()]
    return run


def of(lines, *words):
    """The rest of the lines that begin with these words."""
    return [line[len(words):] for line in lines
            if line[:len(words)] == list(words)]


def totals(lines, at=-1):
    return dict(pair.split('=') for pair in of(lines, 'totals')[at])


def states(lines, number):
    """What STATE events said of an item, in order."""
    return [e[1] for e in of(lines, 'event', 'state') if e[0] == str(number)]


# ---- pause and hold -------------------------------------------------------

def test_a_paused_file_goes_on_from_its_bytes(queue, serve, haul):
    url = serve('a.bin', size=3000 * K, rate=1000 * K)
    lines = queue(f'add {url}', 'start', 'bytes 1 500000', 'pause 1',
                  'until 1 paused', 'totals', 'end', 'pause 1', 'resume 1',
                  'end', 'row 1', 'pause 1')
    assert of(lines, 'pause') == [['0'], ['0'], ['5']]
    assert states(lines, 1) == ['paused', 'queued']
    assert totals(lines)['paused'] == '1'
    assert int(totals(lines)['got']) >= 500000
    assert haul.read('a.bin') == serve.data('a.bin')
    assert serve.sent('a.bin') < 3600 * K
    assert len(of(lines, 'done')) == 1


def tries(lines):
    return [dict(word.split('=', 1) for word in words)['tries']
            for words in of(lines, 'item')]


def test_a_pause_is_no_attempt(queue, serve):
    url = serve('a.bin', size=3000 * K, rate=1000 * K,
                turns=({'status': 503},))
    lines = queue(f'add {url}', 'start', 'until 1 waiting', 'item 1',
                  'bytes 1 500000', 'item 1', 'pause 1', 'until 1 paused',
                  'resume 1', 'bytes 1 800000', 'item 1', 'hold 2',
                  'until 1 queued', 'hold 0', 'until 1 done', 'item 1')
    assert tries(lines) == ['1', '2', '2', '2']


def test_what_cannot_be_split_wants_one_connection(queue, serve):
    """Its server says that it has ranges, and refuses the first."""
    url = serve('a.bin', size=4000 * K, rate=1500 * K,
                ranged={'ranges': 'ignored'})
    lines = queue(f'add {url}', 'start', 'bytes 1 2500000', 'row 1', 'end',
                  options=['max-splits=4', 'min-split-size=64K'])
    assert of(lines, 'row')[0][6:8] == ['1', '1']


def test_what_is_too_small_to_be_split_wants_one_connection(queue, serve):
    url = serve('a.bin', size=600 * K, rate=400 * K)
    lines = queue(f'add {url}', 'start', 'bytes 1 400000', 'row 1', 'end',
                  options=['max-splits=4', 'min-split-size=1M'])
    assert of(lines, 'row')[0][6:8] == ['1', '1']


def test_pausing_what_is_queued_waits_or_was_added_so(queue, serve, haul):
    busy = serve('busy.bin', size=200 * K, turns=({'status': 503},))
    urls = [serve(f'{i}.bin', size=50 * K) for i in range(3)]
    lines = queue(f'add {busy}', *[f'add {url}' for url in urls],
                  f'add {urls[0]}?again paused', 'pause 3', 'start',
                  'until 1 waiting', 'pause 1', 'row 1', 'end', 'totals',
                  'resume 1', 'until 1 done', 'resume 5', 'until 5 done',
                  'resume 3', 'until 3 done', 'end',
                  options=['retry-delay=300ms', 'max-conn=1'])
    assert of(lines, 'row')[0][1] == 'paused'
    assert totals(lines)['paused'] == '3' and totals(lines)['done'] == '2'
    assert haul.read('busy.bin') == serve.data('busy.bin')


def test_hold_all_puts_back_and_goes_on(queue, serve, haul):
    urls = [serve(f'{i}.bin', size=1500 * K, rate=1000 * K) for i in range(4)]
    lines = queue(*[f'add {url}' for url in urls], 'start', 'bytes 1 300000',
                  'bytes 2 300000', 'hold 2', 'until 1 queued',
                  'until 2 queued', 'totals', 'sleep 300', 'totals',
                  'hold 0', 'end', 'totals', options=['max-conn=2'])
    held = totals(lines, 1)
    assert held['hold'] == '2' and held['queued'] == '4'
    assert held['running'] == '1' and held['conns'] == '0'
    assert totals(lines, 0)['got'] == held['got'] >= '600000'
    kinds = [line[1:3] for line in lines if line[0] == 'event']
    assert [k for k in kinds if k[0] == 'end'] == [['end', '0']]
    assert [k[1] for k in kinds if k[0] == 'start'] == [
        '1', '2', '1', '2', '3', '4']
    assert totals(lines)['done'] == '4'
    for i in range(4):
        assert haul.read(f'{i}.bin') == serve.data(f'{i}.bin')
        assert serve.sent(f'{i}.bin') < 2300 * K


def test_hold_new_lets_running_ones_end_tries_included(queue, serve):
    lost = serve('lost.bin', size=900 * K, rate=1000 * K,
                 turns=({'stop_after': 300 * K, 'ending': 'reset'},))
    other = serve('other.bin')
    lines = queue(f'add {lost}', f'add {other}', 'start', 'bytes 1 100000',
                  'hold 1', 'end', 'totals', 'hold 0', 'end', 'totals',
                  options=['max-conn=1'])
    assert totals(lines, 0)['done'] == '1'
    assert totals(lines, 0)['queued'] == '1'
    assert totals(lines, 1)['done'] == '2'
    assert of(lines, 'event', 'retry')


# ---- remove and restore ---------------------------------------------------

def test_a_removed_item_is_nowhere_and_comes_back(queue, serve, haul):
    url = serve('a.bin', size=2000 * K, rate=1000 * K)
    other = serve('b.bin')
    lines = queue(f'add {url}', f'add {other}', 'start', 'bytes 1 300000',
                  'remove 1', 'until 1 removed', 'end', 'totals', 'results',
                  'view all queue', 'remove 1', 'pause 1', 'retry 1',
                  'move 1 0', 'restore 1', 'restore 1', 'end', 'totals',
                  'view all queue')
    assert totals(lines, 0)['files'] == '1'
    assert totals(lines, 0)['removed'] == '1'
    assert totals(lines, 0)['got'] == str(100 * K)
    assert of(lines, 'view') == [['2'], ['1', '2']]
    assert len(of(lines, 'ok')) == 1
    for call in ('pause', 'retry', 'move'):
        assert of(lines, call) == [['5']], call
    assert of(lines, 'restore') == [['0'], ['5']]
    assert ['removed', 'cancelled'] in of(lines, 'done', '1')
    assert ['done', 'none'] in of(lines, 'done', '1')
    assert totals(lines)['done'] == '2'
    assert haul.read('a.bin') == serve.data('a.bin')
    assert serve.sent('a.bin') < 2700 * K


@pytest.mark.parametrize('how, left', [('', ['a.bin.part', 'a.bin.part.haul']),
                                       (' data', [])])
@pytest.mark.parametrize('paused', [False, True])
def test_a_removed_files_data_stays_or_goes(queue, serve, haul, how, left,
                                            paused):
    url = serve('a.bin', size=3000 * K, rate=1500 * K)
    first = ['pause 1', 'until 1 paused'] if paused else []
    queue(f'add {url}', 'start', 'bytes 1 300000', *first, f'remove 1{how}',
          'until 1 removed')
    assert haul.names() == left


def test_data_of_what_was_removed_before_can_be_deleted(queue, serve, haul):
    url = serve('a.bin', size=3000 * K, rate=1500 * K)
    lines = queue(f'add {url}', 'start', 'bytes 1 300000', 'remove 1',
                  'until 1 removed', 'remove 1 data', 'totals', 'restore 1',
                  'totals')
    assert haul.names() == []
    assert totals(lines)['got'] == '0'
    assert len(of(lines, 'done')) == 1


def test_a_finished_file_is_never_deleted(queue, serve, haul):
    url = serve('a.bin')
    lines = queue(f'add {url}', 'start', 'end', 'remove 1 data', 'row 1',
                  'totals', 'results', 'restore 1', 'row 1', 'results')
    assert haul.read('a.bin') == serve.data('a.bin')
    assert [r[1] for r in of(lines, 'row')] == ['removed', 'done']
    assert len(of(lines, 'done')) == 1
    assert len(of(lines, 'ok')) == 1


@pytest.mark.parametrize('paused', [False, True])
def test_a_removed_items_name_is_free_again(queue, serve, haul, paused):
    url = serve('a.bin', size=2000 * K, rate=2000 * K)
    first = ['pause 1', 'until 1 paused'] if paused else []
    queue(f'add {url}', 'start', 'bytes 1 300000', *first, 'remove 1 data',
          'until 1 removed', f'add {url}', 'until 2 done')
    assert haul.names() == ['a.bin']
    assert haul.read('a.bin') == serve.data('a.bin')


# ---- order ----------------------------------------------------------------

def test_what_is_moved_ahead_begins_sooner(queue, serve):
    urls = [serve(f'{i}.bin', size=10 * K) for i in range(6)]
    lines = queue(*[f'add {url}' for url in urls], 'move 5 2', 'move 1 0',
                  'move 6 first', 'move 3 3', 'move 4 99', 'move 99 4',
                  'view all queue', 'rank 5 all queue', 'rank 1 failed queue',
                  'item 1', 'view done ended', 'start', 'end', 'view done ended',
                  'view all queue reverse', 'rank 1 all queue reverse',
                  'view done ended reverse', 'results',
                  options=['max-conn=1'])
    order = ['6', '5', '2', '3', '4', '1']
    assert of(lines, 'move') == [['0'], ['0'], ['0'], ['0'], ['4'], ['4']]
    assert of(lines, 'view') == [
        order, [], order, order[::-1], order[::-1]]
    assert [e[0] for e in of(lines, 'event', 'start')] == order
    assert of(lines, 'rank') == [['1', '1'], ['0', '0'], ['1', '0']]
    assert of(lines, 'item')[0][0] == 'rank=6'
    # Results keep the order of the requests.
    assert [line[1] for line in of(lines, 'ok')] == [
        f'{i}.bin' for i in range(6)]


@pytest.mark.parametrize('call, first', [
    ('retry', {'status': 404}), ('resume', {}), ('restore', {})])
def test_what_is_put_back_comes_at_its_place_though_others_wait_for_the_host(
        queue, serve, call, first):
    url = serve('back.bin', turns=(first,))
    slow = serve('slow.bin', size=300 * K, rate=200 * K)
    rest = [serve(f'rest{n}.bin') for n in range(3)]
    before = {'retry': (), 'resume': ('pause 1',), 'restore': ('remove 1',)}
    lines = queue(*[f'add {u}' for u in (url, slow, *rest)], *before[call],
                  'start', 'bytes 2 1', 'sleep 100', f'{call} 1', 'end',
                  options=('max-host-conn=1', 'max-splits=1'))
    begun = [e[0] for e in of(lines, 'event', 'start')]
    assert begun[begun.index('2') + 1:] == ['1', '3', '4', '5']


def test_views_by_state_and_by_time(queue, serve):
    urls = [serve('0.bin'), serve('1.bin', status=404),
            serve('2.bin', size=5000 * K, rate=500 * K), serve('3.bin'),
            serve('4.bin', size=5000 * K, rate=500 * K)]
    lines = queue(*[f'add {url}' for url in urls], 'pause 4', 'move 5 first',
                  'start', 'bytes 5 1000', 'bytes 3 1000', 'until 2 failed',
                  'view done,failed queue', 'view all ended', 'view paused '
                  'queue', 'view active started', 'view all started',
                  'view all queue', 'remove 2', 'view all ended', 'restore 2',
                  'view all ended', 'retry 2', 'until 2 failed',
                  'view all ended reverse', 'row 2',
                  options=['max-conn=2', 'max-splits=1'])
    views = of(lines, 'view')
    assert views[0] == ['1', '2'] and views[1] == ['1', '2']
    assert views[2] == ['4']
    assert sorted(views[3]) == ['3', '5'] and views[3] == views[4]
    assert views[5] == ['5', '1', '2', '3', '4']
    assert views[6] == ['1'] and views[7] == ['1', '2']
    assert views[8][-1] == '1' and '2' in views[8][:-1]
    assert of(lines, 'row')[0][1:4] == ['failed', 'http', '404']


# ---- another URL ----------------------------------------------------------

def interrupted(serve, name, **more):
    return serve(name, size=2000 * K, rate=1000 * K, **more)


def edit_while_it_runs(queue, old, new, how, *more, options=()):
    return queue(f'add {old}', 'start', 'bytes 1 600000',
                 f'edit 1 {how} {new}', *more, 'until 1 done', 'end',
                 options=['max-splits=1', *options])


def test_kept_bytes_count_if_size_and_etag_agree(queue, serve, haul):
    old = interrupted(serve, 'a.bin')
    new = serve('moved.bin', size=2000 * K, seed=serve.path('a.bin'),
                modified='Thu, 09 May 2024 00:12:00 GMT')
    lines = edit_while_it_runs(queue, old, new, 'keep')
    assert haul.names() == ['a.bin']
    assert haul.read('a.bin') == serve.data('a.bin')
    assert serve.sent('moved.bin') < 1450 * K
    assert not of(lines, 'event', 'warn')
    assert states(lines, 1) == ['queued']


@pytest.mark.parametrize('fields', [
    {'seed': 'another'}, {'size': 2000 * K + 4},
    {'etag': 'weak'}, {'ranges': 'ignored', 'seed': 'another'},
    {'if_range': 'ignored', 'seed': 'another'}])
def test_kept_bytes_do_not_count_if_they_may_be_others(queue, serve, haul,
                                                       fields):
    old = interrupted(serve, 'a.bin')
    new = serve('moved.bin', **{'size': 2000 * K,
                                'seed': serve.path('a.bin'), **fields})
    lines = edit_while_it_runs(queue, old, new, 'keep')
    assert haul.read('a.bin') == serve.data('moved.bin')
    assert serve.sent('moved.bin') >= 2000 * K
    assert '4' in [e[2] for e in of(lines, 'event', 'warn')]


@pytest.mark.parametrize('right', [True, False])
def test_a_checksum_vouches_for_kept_bytes(queue, serve, haul, right):
    old = interrupted(serve, 'a.bin', etag='none')
    new = serve('moved.bin', size=2000 * K, etag='none',
                seed=serve.path('a.bin') if right else 'other',
                modified='Thu, 09 May 2024 00:12:00 GMT')
    checksum = serve.server.content(serve.path('moved.bin')).digest('sha256')
    edit_while_it_runs(
        queue, old, new, 'keep', options=[
            f'checksum=sha256={checksum.hexdigest()}', 'max-splits=1'])
    assert haul.read('a.bin') == serve.data('moved.bin')
    if right:
        assert serve.sent('moved.bin') < 1450 * K
    else:
        assert serve.sent('moved.bin') > 3000 * K


def test_kept_bytes_outlast_a_new_url_that_fails_at_first(queue, serve, haul):
    old = interrupted(serve, 'a.bin', etag='none')
    new = serve('moved.bin', size=2000 * K, etag='none',
                seed=serve.path('a.bin'), turns=({'status': 503},),
                modified='Thu, 09 May 2024 00:12:00 GMT')
    checksum = serve.server.content(serve.path('moved.bin')).digest('sha256')
    lines = edit_while_it_runs(
        queue, old, new, 'keep', options=[
            f'checksum=sha256={checksum.hexdigest()}', 'max-splits=1'])
    assert of(lines, 'event', 'retry')
    assert haul.read('a.bin') == serve.data('moved.bin')
    assert serve.sent('moved.bin') < 1450 * K


def test_without_keep_what_there_was_is_set_aside(queue, serve, haul):
    old = interrupted(serve, 'a.bin')
    new = serve('moved.bin', size=2000 * K, seed=serve.path('a.bin'))
    edit_while_it_runs(queue, old, new, 'new')
    assert haul.read('a.bin') == serve.data('a.bin')
    assert serve.sent('moved.bin') >= 2000 * K
    assert [n for n in haul.names() if n.endswith('.part.old')]


def test_a_failed_item_is_edited_and_then_retried(queue, serve, haul):
    new = serve('b.bin')
    lines = queue(f'add {serve("a.bin", status=404)}', 'start',
                  'until 1 failed', f'edit 1 keep {new}', 'row 1',
                  'edit 1 keep gopher://x', 'edit 9 keep http://a.example/',
                  'retry 1', 'until 1 done', f'edit 1 keep {new}')
    assert of(lines, 'edit') == [['0'], ['1'], ['4'], ['5']]
    assert of(lines, 'row')[0][1] == 'failed'
    assert haul.read(haul.names()[0]) == serve.data('b.bin')


def test_a_queued_and_a_paused_item_stay_what_they_are(queue, serve, haul):
    first = serve('a.bin', size=600 * K, rate=1000 * K)
    new = serve('b.bin')
    lines = queue(f'add {first}', 'add http://127.0.0.1:9/x',
                  'add http://127.0.0.1:9/y paused', 'start',
                  'bytes 1 1000', f'edit 2 keep {new}', f'edit 3 new {new}',
                  'row 2', 'row 3', 'resume 3', 'end', 'totals',
                  options=['max-conn=1'])
    assert [r[1] for r in of(lines, 'row')] == ['queued', 'paused']
    assert totals(lines)['done'] == '3'


# ---- options --------------------------------------------------------------

def test_options_are_read_back(queue):
    lines = queue('add http://127.0.0.1:9/x max-splits=2', 'get 0 max-splits',
                  'get 1 max-splits', 'setitem 1 max-splits 7',
                  'get 1 max-splits', 'set max-conn 12', 'get 0 max-conn',
                  'get 1 max-conn', 'get 0 min-split-size', 'get 0 timeout',
                  'get 0 overwrite', 'get 0 insecure', 'get 0 retry-delay',
                  'get 0 user-agent', 'setitem 1 header A:1',
                  'setitem 1 header B:2', 'get 0 nothing', 'get 9 timeout',
                  'setitem 1 max-conn 3', 'setitem 1 max-splits x',
                  'setitem 9 max-splits 3', 'set limit-rate 1536K',
                  'get 0 limit-rate', 'get 0 quiet')
    assert [' '.join(g) for g in of(lines, 'get')] == [
        '1 5', '1 2', '1 7', '1 12', '1 12', '1 1M', '1 90', '1 never',
        '1 no', '1 100ms', '1 ', '0 ', '0 ', '1 1536K', '0 ']
    assert of(lines, 'setitem') == [['0'], ['0'], ['0'], ['1'], ['1'], ['4']]


def test_an_items_options_count_at_once(queue, serve, haul):
    url = serve('a.bin', size=8000 * K, rate=800 * K)
    lines = queue(f'add {url} max-splits=1', 'start', 'bytes 1 400000',
                  'row 1', 'setitem 1 max-splits 4', 'until 1 done',
                  options=['max-splits=5'])
    assert of(lines, 'setitem') == [['0']]
    assert haul.read('a.bin') == serve.data('a.bin')
    assert len(serve.requests('a.bin')) > 1


def test_a_wrong_checksum_and_a_missing_login_are_mended(queue, serve, haul):
    url = serve('a.bin', needs='me:secret')
    right = serve.server.content(serve.path('a.bin')).digest('sha256')
    lines = queue(f'add {url} checksum=sha256={"00" * 32}', 'start',
                  'until 1 failed', 'item 1', 'setitem 1 user me:secret',
                  'retry 1', 'until 1 failed', 'item 1',
                  f'setitem 1 checksum sha256={right.hexdigest()}',
                  'setitem 1 checksum',
                  f'setitem 1 checksum sha256={right.hexdigest()}',
                  'retry 1', 'until 1 done', 'setitem 1 user')
    # Another of the same kind is a contradiction, until the first is gone.
    assert of(lines, 'setitem') == [['0'], ['1'], ['0'], ['0'], ['5']]
    assert haul.read('a.bin') == serve.data('a.bin')


def test_an_empty_login_is_none(queue, serve):
    url = serve('a.bin')
    queue(f'add {url} user=me:secret', 'setitem 1 user', 'start',
          'until 1 done')
    assert 'authorization' not in serve.requests('a.bin')[0].headers


# ---- limits ---------------------------------------------------------------

@pytest.fixture
def servers():
    both = [misbehaving.Server(), misbehaving.Server()]
    yield both
    for server in both:
        server.stop()


LARGE = {'size': 3000 * K, 'rate': 2000 * K}


@pytest.mark.parametrize('option', ['max-host-conn', 'max-total-conn'])
@pytest.mark.parametrize('most', [1, 3])
def test_connections_keep_to_their_limit(queue, servers, haul, option, most):
    urls = [servers[0].add(f'/{i}.bin', **LARGE) for i in range(4)]
    lines = queue(*[f'add {url}' for url in urls], 'start', 'end', 'totals',
                  options=[f'{option}={most}', 'max-conn=4', 'max-splits=4'])
    assert totals(lines)['done'] == '4'
    assert servers[0].most_open == most
    for i in range(4):
        assert haul.read(f'{i}.bin') == servers[0].content(
            f'/{i}.bin').read()


def test_the_limit_is_each_hosts_own(queue, servers):
    urls = [server.add(f'/{i}.bin', **LARGE)
            for i, server in enumerate(servers)]
    queue(*[f'add {url}' for url in urls], 'start', 'bytes 1 1', 'bytes 2 1',
          'totals', 'end', options=['max-host-conn=1'])
    assert [server.most_open for server in servers] == [1, 1]


def test_a_redirect_keeps_to_its_targets_limit(queue, servers, haul):
    urls = []
    for i in range(4):
        target = servers[1].add(f'/{i}.bin', **LARGE)
        urls.append(servers[0].add(f'/to/{i}.bin', redirect=target))
    lines = queue(*[f'add {url}' for url in urls], 'start', 'end', 'totals',
                  options=['max-host-conn=2', 'max-conn=4', 'max-splits=4'])
    assert totals(lines)['done'] == '4'
    assert servers[1].most_open == 2
    for i in range(4):
        assert haul.read(f'{i}.bin') == servers[1].content(
            f'/{i}.bin').read()


@pytest.mark.parametrize('call', ['set max-host-conn 1', 'set max-total-conn '
                                  '1', 'setitem 1 max-splits 1'])
def test_a_limit_that_is_lowered_ends_connections(queue, servers, haul, call):
    url = servers[0].add('/a.bin', size=12000 * K, rate=800 * K)
    lines = queue(f'add {url}', 'start', 'bytes 1 2500000', 'connections 1',
                  call, 'sleep 400', 'connections 1', 'row 1',
                  call[:-1] + '5', 'until 1 done',
                  options=['max-splits=4'])
    before, after = of(lines, 'connections')
    assert int(before[0]) > 1 and after == ['1']
    assert haul.read('a.bin') == servers[0].content('/a.bin').read()


def seconds(lines, number):
    return [float(line[1]) for line in of(lines, 'time')
            if line[0] == str(number)][0]


def test_a_files_own_rate_is_kept_and_others_are_not_held(queue, servers):
    urls = [servers[0].add(f'/{i}.bin', size=3000 * K) for i in range(3)]
    lines = queue(f'add {urls[0]} limit-rate-file=1000000',
                  f'add {urls[1]} limit-rate-file=1500000', f'add {urls[2]}',
                  'start', 'end', 'time 1', 'time 2', 'time 3')
    # What takes longer is a busy machine's matter, within reason.
    assert 2.85 < seconds(lines, 1) < 5
    assert 1.9 < seconds(lines, 2) < 4
    assert seconds(lines, 3) < 1.5


def test_a_files_rate_changes_while_it_runs(queue, servers, haul):
    url = servers[0].add('/a.bin', size=3000 * K)
    lines = queue(f'add {url}', 'set limit-rate-file 500000', 'start',
                  'bytes 1 500000', 'set limit-rate 1000000',
                  'setitem 1 limit-rate-file 2000000', 'bytes 1 1500000',
                  'set limit-rate 0', 'setitem 1 limit-rate-file 0',
                  'until 1 done', 'time 1')
    assert 1.8 < seconds(lines, 1) < 4
    assert haul.read('a.bin') == servers[0].content('/a.bin').read()


# ---- facts ----------------------------------------------------------------

def facts(lines, at=-1):
    return dict(word.split('=', 1) for word in of(lines, 'item')[at])


def test_connections_and_facts_of_a_running_file(queue, servers):
    target = servers[1].add('/a.bin', size=9000 * K, rate=1000 * K)
    url = servers[0].add('/to', redirect=target)
    lines = queue(f'add {url}', 'item 1', 'start', 'bytes 1 3000000',
                  'connections 1', 'row 1', 'item 1', 'pause 1',
                  'until 1 paused', 'connections 1', 'item 1',
                  options=['max-splits=3'])
    host = '127.0.0.1:' + target.split(':')[2].split('/')[0]
    rows = of(lines, 'connection')
    assert 1 < len(rows) <= 3
    assert of(lines, 'connections') == [[str(len(rows))], ['0']]
    end = '0'
    for start, next_end, got, version, tls, receiving, address, _ in rows:
        assert int(end) <= int(start) < int(next_end) and int(got) >= 0
        assert (version, tls, receiving) == ('11', '0', '1')
        assert address == host
        end = next_end
    row = of(lines, 'row')[0]
    assert row[8] == '127.0.0.1' and row[6] == str(len(rows))
    assert int(row[7]) >= len(rows)
    assert facts(lines, 0)['began'] == '0'
    for at in (1, 2):
        now = facts(lines, at)
        assert now['http'] == '11' and now['address'] == host
        assert now['redirects'] == '1' and now['began'] == '1'
        assert 0 <= int(now['connect']) <= int(now['first']) < 5000
        assert now['tls'] == '-1' and now['server'] == 'misbehaving'


def test_a_connections_speed_can_be_read_though_bytes_come_in_bursts(
        queue, serve):
    url = serve('a.bin', size=4_000_000, rate=60_000, burst=60_000)
    lines = queue(f'add {url}', 'start', 'bytes 1 120000', 'sleep 1500',
                  *['connections 1', 'sleep 130'] * 12, 'cancel 1',
                  options=['max-splits=1'])
    speeds = [int(line[7]) for line in of(lines, 'connection')]
    assert len(speeds) == 12
    assert all(25_000 < speed < 150_000 for speed in speeds), speeds


def test_a_tls_connection_says_so(queue, serve_tls, authority):
    url = serve_tls('a.bin', size=3000 * K, rate=1000 * K)
    lines = queue(f'add {url}', 'start', 'bytes 1 500000', 'connections 1',
                  'item 1', options=['max-splits=1',
                                     f'cacert={authority.cert}'])
    assert of(lines, 'connection')[0][4] == '1'
    now = facts(lines)
    assert 0 <= int(now['connect']) <= int(now['tls']) <= int(now['first'])


def test_attempts_and_large_files_keep_their_times(queue, serve):
    large = serve('a.bin', size=1500 * K, turns=({'status': 503},))
    small = serve('b.bin')
    lines = queue(f'add {large}', f'add {small}', 'start', 'end', 'item 1',
                  'item 2')
    began, took, connect, _, first = of(lines, 'attempt')[0]
    assert began == '1' and 0 <= int(took) < 5000
    assert 0 <= int(connect) <= int(first)
    assert facts(lines, 0)['address'].startswith('127.0.0.1:')
    assert facts(lines, 0)['ended'] == '1'
    assert facts(lines, 1)['address'] == '-'


# ---- at random ------------------------------------------------------------

CALLS = int(os.environ.get('HAUL_QUEUE_CALLS', 2000))


@pytest.mark.parametrize('seed', [1, 2, 3])
def test_calls_at_random_lose_nothing(queue, serve, haul, seed):
    fields = [{'size': 40 * K}, {'size': 1500 * K, 'rate': 3000 * K},
              {'size': 400 * K, 'rate': 1000 * K, 'etag': 'weak'},
              {'size': 200 * K, 'turns': ({'status': 503},)},
              {'size': 300 * K, 'turns': ({'stop_after': 100 * K,
                                           'ending': 'reset'},)},
              {'size': 2500 * K, 'rate': 4000 * K}]
    urls = [serve(f'{i}.bin', **fields[i % len(fields)]) for i in range(17)]
    urls.append(serve('last.bin', size=700 * K, rate=3000 * K))
    lines = queue(*[f'add {url}' for url in urls], f'random {seed} {CALLS}',
                  options=['max-conn=4', 'max-splits=3',
                           'min-split-size=64K', 'retries=2'], timeout=150)
    files = of(lines, 'file')
    assert len(files) == 18
    for url, path in files:
        name = re.sub('.*/', '', url)
        assert haul.read(path) == serve.data(name), (url, path)
    assert len({path for _, path in files}) == 18
