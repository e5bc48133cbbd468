# SPDX-License-Identifier: MIT
"""Without a network, and when it goes and comes (FAILURES 33, 35).

- hundreds of files begun without one wait and are all fetched once it is
  there, without one failure and with few tries; all faces are told
- one that goes in the middle, with its addresses or in silence: what runs
  keeps its bytes and goes on
- an address that goes takes its connections along, but not if it comes back
- after a sleep of the machine, silent connections are replaced at once and
  idle ones not used again
- one that wants a login first (511) is waited for; a login page with status
  200 never comes into a file that was begun, nor passes for data (38)
- what is wrong with one name is that file's failure: a name that does not
  exist, one whose own servers are out of order, in a network without a way out
- this machine's own servers are never held back
- --total-timeout ends the waiting, Ctrl-C too
- an address that comes, an item that is added or put back, is tried with at
  once
"""

import os
import signal
import subprocess
import threading
import time

import pytest

import lab as labs
from built import sanitizers
from conftest import SOURCE, peer, program

QUICK = ('--retry-delay=50ms', '--retries=1')


@pytest.fixture
def lab(tmp_path_factory):
    built = peer(labs.Lab, tmp_path_factory.mktemp('lab'))
    yield built
    built.stop()


class Inside:
    """haul in the lab."""

    def __init__(self, haul, lab):
        self.haul, self.under = haul, lab.under(haul.folder)

    def start(self, *arguments, **more):
        return self.haul.start('--json', '--interval=100ms', *arguments,
                               under=self.under, **more)

    def json(self, *arguments, timeout=30):
        return self.haul.finish(self.start(*arguments), timeout=timeout)


@pytest.fixture
def inside(haul, lab):
    return Inside(haul, lab)


def later(seconds, action):
    timer = threading.Timer(seconds, action)
    timer.daemon = True
    timer.start()


def list_of(haul, urls):
    haul.write('list', '\n'.join(urls))
    return ('-i', 'list')


def notes(result):
    return [r['cause'] for r in result.events('note')]


# ---- none at first --------------------------------------------------------

def test_500_files_begun_without_a_network_wait_and_all_come(haul, lab,
                                                             inside):
    names = [f'f{n}.bin' for n in range(500)]
    urls = []
    for n, name in enumerate(names):
        lab.server.add('/' + name, size=300)
        urls.append(f'http://files{n % 7}.example/{name}')
    later(3, lab.plug_in)
    result = inside.json(*list_of(haul, urls))
    assert result.rc == 0, result
    assert set(haul.names()) == {*names, 'list'}
    assert result.events('fail') == []
    assert 2.9 < result.seconds < 12
    # Each that was tried in vain is told once, as no try.
    retries = result.events('retry')
    assert 1 <= len(retries) <= 6, result
    assert {r.get('waits_for') for r in retries} == {'network'}
    assert len(result.events('start')) <= 506
    assert notes(result) == ['offline', 'online']
    told = [r['offline'] for r in result.events('totals')]
    assert any(told) and not told[-1] and not result.records[-1]['offline']
    assert sum(name.startswith('files') for name in lab.names.asked) < 100


def test_the_log_and_the_bar_tell_of_it(haul, lab, inside):
    lab.server.add('/a.bin')
    later(1.5, lab.plug_in)
    result = haul.finish(haul.start('--output=log', 'http://a.example/a.bin',
                                    under=inside.under))
    assert result.rc == 0, result
    lines = result.err.splitlines()
    assert [word for word in ('WARN note=offline', 'RTRY id=1 try=1 cause=dns',
                              'wait=network', 'WARN note=online')
            if word not in result.err] == [], result
    assert len(lines) < 8, result


def test_this_machines_own_servers_are_not_held_back(haul, lab, inside):
    near = labs.Server(lab.client, '127.0.0.1', 8000)
    try:
        urls = [f'http://far.example/{n}' for n in range(30)]
        for n in range(300):
            urls.append(near.add(f'/near{n}.bin', size=300))
        lab.server.add('/far.bin')
        process = inside.start(*list_of(haul, urls))
        assert lab.server.wait_until(
            lambda: sum('near' in name for name in haul.names()) == 300, 15)
        process.send_signal(signal.SIGINT)
        result = haul.finish(process)
    finally:
        near.stop()
    assert result.rc == 3, result
    assert result.events('fail') == []
    assert notes(result) == ['offline']
    assert result.seconds < 15


# ---- ends of it -----------------------------------------------------------

def test_the_total_timeout_ends_the_wait_of_all(haul, lab, inside):
    urls = [f'http://files.example/{n}' for n in range(40)]
    result = inside.json('--total-timeout=2', *list_of(haul, urls))
    assert result.rc == 1, result
    assert [f['cause'] for f in result.events('fail')] == ['timeout'] * 40
    assert 1.9 < result.seconds < 6, result
    # Nobody waits for it any more, nor would learn that it is back.
    assert not result.records[-1]['offline'], result


def test_a_stop_while_it_waits_ends_at_once_and_goes_on_later(haul, lab,
                                                              inside):
    lab.server.add('/a.bin')
    process = inside.start('http://a.example/a.bin')
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    result = haul.finish(process)
    assert result.rc == 3 and result.events('fail') == [], result
    lab.plug_in()
    assert inside.json('--resume').rc == 0
    assert haul.names() == ['a.bin']


def test_an_address_that_comes_is_tried_with_at_once(haul, lab, inside):
    """Nothing but the kernel tells: the next try would be at 15 seconds."""
    lab.server.add('/a.bin')
    later(8, lab.plug_in)
    result = inside.json('http://a.example/a.bin')
    assert result.rc == 0, result
    assert 7.9 < result.seconds < 12, result


def test_a_machine_without_a_proper_address_is_tried_with_all_the_same(
        haul, lab, inside):
    """A proxy, or the server itself, may be a neighbour. Nothing tells of it
    when it comes."""
    lab.client.ip('addr', 'add', '169.254.7.1/16', 'dev', 'cable')
    lab.client.ip('link', 'set', 'cable', 'up')
    lab.world.ip('addr', 'add', '169.254.7.80/16', 'dev', 'plug')
    near = labs.Server(lab.world, '169.254.7.80')
    near.add('/a.bin')
    lab.world.ip('link', 'set', 'plug', 'down')
    later(3, lambda: lab.world.ip('link', 'set', 'plug', 'up'))
    result = inside.json(*QUICK, '--connect-timeout=1',
                         'http://169.254.7.80/a.bin')
    near.stop()
    assert result.rc == 0, result
    assert notes(result) == ['offline', 'online']


@pytest.mark.parametrize('call', ['add http://b.example/b',
                                  'pause 1\nresume 1'])
def test_what_a_user_wants_is_tried_with_at_once(haul, lab, call):
    """The pause between tries has become eight seconds by then, and nothing
    else tells that one might be worth it."""
    for name in 'ab':
        lab.server.add('/' + name)
    lab.plug_in()
    lab.fall_silent()
    queue = haul.start_program(
        program('HAUL_QUEUE', 'tests/integration/programs/queue'),
        'directory=.', under=lab.under(haul.folder), stdin=b'')
    queue.stdin.write(b'add http://a.example/a\nstart\n')
    queue.stdin.flush()
    time.sleep(14)
    lab.answer()
    began = time.monotonic()
    queue.stdin.write(call.encode() + b'\nend\n')
    queue.stdin.flush()
    assert lab.server.wait_until(lambda: 'a' in haul.names(), 10)
    assert time.monotonic() - began < 5
    assert haul.finish(queue, b'').rc == 0


# ---- it goes --------------------------------------------------------------

def several(lab, count=4, size=1_500_000, rate=400_000):
    return [f'http://files{n}.example' + str(lab.server.add(
        f'/{n}.bin', size=size, rate=rate) and f'/{n}.bin')
        for n in range(count)]


def check_all(haul, lab, count=4):
    for n in range(count):
        assert haul.read(f'{n}.bin') == lab.server.content(
            f'/{n}.bin').read(), n


def test_one_that_goes_in_the_middle_costs_no_try_and_no_bytes(haul, lab,
                                                               inside):
    lab.plug_in()
    urls = several(lab)
    process = inside.start('--timeout=60', '--retries=0', '--max-splits=1',
                           *urls)
    assert lab.server.wait_until(
        lambda: lab.server.bytes_sent('/3.bin') > 400_000)
    lab.pull_out()
    later(7, lambda: lab.plug_in(labs.OTHER_CLIENT))
    result = haul.finish(process)
    assert result.rc == 0, result
    assert result.seconds < 20
    check_all(haul, lab)
    assert result.events('fail') == []
    assert 'offline' in notes(result) and 'online' in notes(result)
    # Each went on where it was.
    assert all(r.range and r.range[0] > 100_000 for r in
               lab.server.requests() if r.number > 1)


def test_another_address_is_gone_on_with_soon(haul, lab, inside):
    """The network is there all the time; the old connections have no end."""
    lab.plug_in()
    urls = several(lab, 2)
    process = inside.start('--timeout=60', '--retries=0', '--max-splits=1',
                           *urls)
    assert lab.server.wait_until(
        lambda: lab.server.bytes_sent('/1.bin') > 400_000)
    lab.client.ip('addr', 'flush', 'dev', 'cable')
    lab.plug_in(labs.OTHER_CLIENT)
    result = haul.finish(process)
    assert result.rc == 0, result
    check_all(haul, lab, 2)
    assert result.seconds < 15
    assert notes(result) == [] and len(result.events('retry')) == 2


def test_an_address_that_comes_back_costs_nothing(haul, lab, inside):
    lab.plug_in()
    urls = several(lab, 2)
    process = inside.start('--timeout=60', '--retries=0', '--max-splits=1',
                           *urls)
    assert lab.server.wait_until(
        lambda: lab.server.bytes_sent('/1.bin') > 400_000)
    lab.client.ip('addr', 'flush', 'dev', 'cable')
    time.sleep(1)
    lab.plug_in()
    result = haul.finish(process)
    assert result.rc == 0, result
    check_all(haul, lab, 2)
    assert result.events('retry') == []
    assert len(lab.server.requests()) == 2


def test_one_that_falls_silent_in_the_middle_costs_no_try(haul, lab, inside,
                                                          tmp_path):
    lab.plug_in()
    urls = several(lab)
    urls += [f'http://more{n}.example/0.bin' for n in range(20)]
    told = tmp_path / 'told'
    with told.open('wb') as stdout:
        # Long enough that no slow answer passes for silence.
        process = inside.start('--timeout=4', '--connect-timeout=4',
                               '--retries=0', '--max-splits=1', *urls,
                               stdout=stdout)
    assert lab.server.wait_until(
        lambda: lab.server.bytes_sent('/3.bin') > 400_000)
    lab.fall_silent()
    assert lab.server.wait_until(lambda: b':"offline"' in told.read_bytes(),
                                 30), told.read_text()
    time.sleep(3)
    lab.answer()
    result = haul.finish(process, timeout=60)
    assert result.rc == 0, (result, told.read_text())
    check_all(haul, lab)
    result.out = told.read_text()
    assert notes(result)[:2] == ['offline', 'online'], result


@pytest.mark.parametrize('how', [
    {'stop_after': 9000, 'ending': 'stall', 'etag': 'none', 'modified': ''},
    {'no_answer': 'stall'}])
def test_a_host_that_is_there_and_silent_is_not_waited_for_for_ever(
        haul, lab, inside, how):
    lab.plug_in()
    lab.names.silent = True         # nothing speaks for the network but it
    lab.server.add('/a.bin')
    lab.server.add('/b.bin', size=1_500_000, **how)
    result = inside.json('--timeout=2500ms', '--retries=0',
                         '--max-splits=1', *(f'http://{labs.WORLD}/{name}'
                                             for name in ('a.bin', 'b.bin')),
                         timeout=45)
    assert result.rc == 1, result
    assert result.failure['cause'] == 'stall'
    # Once it may have been the network's silence.
    assert notes(result) == ['offline', 'online']
    assert len(lab.server.requests('/b.bin')) < 5


# ---- the machine sleeps ---------------------------------------------------

@pytest.fixture(scope='session')
def shim(tmp_path_factory):
    if 'asan' in sanitizers(program('HAUL', 'haul')):
        pytest.skip('the sanitizer must be loaded first')
    path = tmp_path_factory.mktemp('shim') / 'shim.so'
    subprocess.run([*os.environ.get('CC', 'cc').split(), '-shared', '-fPIC',
                    '-O2', '-o', str(path), str(SOURCE / 'tests' / 'sleep' /
                                                'shim.c')],
                   check=True, timeout=60)
    return path


@pytest.fixture
def sleeper(inside, shim, tmp_path):
    """Runs haul; sleep() puts its machine to sleep and wakes it."""
    inside.sleep = (tmp_path / 'sleep').touch
    inside.sleeping = {'LD_PRELOAD': str(shim),
                       'SLEEP_FILE': str(tmp_path / 'sleep')}
    return inside


def test_a_connection_that_is_silent_after_a_sleep_is_replaced(haul, lab,
                                                               sleeper):
    lab.plug_in()
    url = several(lab, 1)[0]
    lab.server.add('/0.bin', size=1_500_000, turns=(
        {'stop_after': 600_000, 'ending': 'stall'},))
    process = sleeper.start('--timeout=60', '--retries=0', '--max-splits=1',
                            url, env=sleeper.sleeping)
    assert lab.server.wait_until(
        lambda: lab.server.bytes_sent('/0.bin') >= 600_000)
    time.sleep(0.5)
    sleeper.sleep()
    result = haul.finish(process)
    assert result.rc == 0, result
    check_all(haul, lab, 1)
    assert 4 < result.seconds < 15
    first, second = lab.server.requests()
    assert second.range[0] > 500_000


@pytest.mark.parametrize('slept', [True, False])
def test_a_connection_that_was_idle_in_a_sleep_is_not_used_again(
        haul, lab, sleeper, slept):
    lab.plug_in()
    slow = several(lab, 1, rate=300_000)
    lab.server.add('/again.bin', turns=({'status': 503},))
    process = sleeper.start('--retries=1', '--retry-delay=3', *slow,
                            'http://files0.example/again.bin',
                            env=sleeper.sleeping)
    assert lab.server.wait_until(
        lambda: lab.server.requests('/again.bin'))
    time.sleep(0.5)
    if slept:
        sleeper.sleep()
    result = haul.finish(process)
    assert result.rc == 0, result
    one, other = lab.server.requests('/again.bin')
    assert (one.connection == other.connection) == (not slept)
    # What ran brought bytes, and goes on.
    assert len(lab.server.requests('/0.bin')) == 1


# ---- it wants a login -----------------------------------------------------

PAGE = {'content_type': 'text/html; charset=utf-8', 'etag': 'none',
        'modified': '', 'body': b'<!doctype html><title>Log in</title>' * 40}


def test_a_network_that_wants_a_login_first_is_waited_for(haul, lab, inside):
    lab.plug_in()
    urls = []
    for n in range(20):
        lab.server.add(f'/{n}.bin', status=511, **PAGE)
        urls.append(f'http://files{n % 3}.example/{n}.bin')
    later(3, lambda: [lab.server.add(f'/{n}.bin', size=300)
                      for n in range(20)])
    result = inside.json('--retries=0', *urls)
    assert result.rc == 0, result
    check_all(haul, lab, 20)
    assert notes(result) == ['login', 'online']
    assert {(r['code'], r['waits_for']) for r in result.events('retry')} == {
        (511, 'network')}
    assert sum(r.status == 511 for r in lab.server.requests()) < 12


def test_one_host_that_says_so_while_others_answer_is_at_fault(haul, lab,
                                                               inside):
    lab.plug_in()
    lab.server.add('/odd.bin', status=511)
    urls = several(lab, 1, size=1_000_000)
    result = inside.json(*QUICK, *urls, 'http://odd.example/odd.bin')
    assert result.rc == 1, result
    assert result.failure['code'] == 511
    # Whichever was answered first.
    assert notes(result) in ([], ['login', 'online'])
    check_all(haul, lab, 1)


def test_no_network_speaks_in_a_server_s_name(haul, lab, inside, tls_server):
    lab.plug_in()
    server = labs.Server(lab.world, labs.WORLD, 443)
    server.tls = tls_server.tls
    server.add('/a.bin', status=511)
    result = inside.json(*QUICK, '--insecure', 'https://a.example/a.bin')
    server.stop()
    assert result.rc == 1, result
    assert result.failure['code'] == 511
    assert notes(result) == []


def test_this_machine_has_no_network_to_log_in_to(haul, serve):
    url = serve('a.bin', status=511)
    result = haul.json(*QUICK, url)
    assert result.rc == 1, result
    assert result.failure['code'] == 511
    assert len(serve.requests()) == 2


@pytest.mark.parametrize('redirected', [False, True])
@pytest.mark.parametrize('more', [(), ('--max-splits=4',
                                       '--min-split-size=64K')])
def test_a_page_never_comes_into_a_file_that_was_begun(haul, serve,
                                                       redirected, more):
    login = serve('login', **PAGE)
    page = {'redirect': login.replace('127.0.0.1', 'localhost')} \
        if redirected else PAGE
    url = serve('a.bin', size=3_000_000, turns=(
        {'stop_after': 1_500_000, 'ending': 'close'}, page, page, page))
    options = ('--retry-delay=50ms', *(more or ('--max-splits=1',)))
    result = haul.json('--retries=1', *options, url)
    assert result.rc == 1, result
    assert result.failure['cause'] == 'page', result
    assert haul.names() == ['a.bin.part', 'a.bin.part.haul']
    kept = haul.read('a.bin.part')[:1_400_000]
    assert kept == serve.data('a.bin')[:1_400_000]
    result = haul.json('--retries=3', *options, url)
    assert result.rc == 0, result
    assert haul.names() == ['a.bin']
    assert haul.read('a.bin') == serve.data('a.bin')
    # What connections that were cut short had on the way comes to this.
    assert serve.sent('a.bin') < 4_300_000


def test_a_page_in_the_middle_leaves_the_other_connections_alone(haul, serve):
    url = serve('a.bin', size=4_000_000, rate=1_500_000, turns=(
        {}, PAGE, PAGE))
    result = haul.json('--retries=1', '--retry-delay=50ms', '--max-splits=4',
                       '--min-split-size=64K', url)
    assert result.rc == 0, result
    assert haul.read('a.bin') == serve.data('a.bin')
    assert len(serve.requests('a.bin')) > 2, 'it was not split'
    assert result.events('retry') == []


@pytest.mark.parametrize('name, fields, other, kept', [
    ('data.fits', PAGE, True, False),
    ('data.fits', PAGE, False, True),
    ('data.php', PAGE, True, True),
    ('data.fits', {'size': 900}, True, True),
    ('data.fits', {**PAGE, 'disposition': 'attachment; filename=a.html'},
     True, True),
])
def test_a_page_of_where_another_host_led_is_no_data(haul, serve, name,
                                                     fields, other, kept):
    to = serve('login', **fields)
    url = serve(name, redirect=to.replace('127.0.0.1', 'localhost') if other
                else to)
    result = haul.json(*QUICK, url)
    if kept:
        assert result.rc == 0 and len(haul.names()) == 1, result
        return
    assert result.rc == 1, result
    assert result.failure['cause'] == 'page'
    assert 'a web page came instead' in result.failure['message']
    assert haul.names() == []


# ---- one name's own fault -------------------------------------------------

def test_a_name_that_does_not_exist_fails_while_others_come(haul, lab,
                                                            inside):
    lab.plug_in()
    urls = several(lab, 2) + ['http://nobody.has.it/a.bin']
    result = inside.json(*QUICK, *urls)
    assert result.rc == 1, result
    assert result.failure['cause'] == 'dns'
    assert result.failure['tries'] == 2
    assert notes(result) == []
    check_all(haul, lab, 2)


@pytest.mark.parametrize('host', ['nobody.has.it', 'www.broken.example'])
@pytest.mark.parametrize('route', [True, False])
def test_a_name_alone_that_cannot_be_found_fails(haul, lab, inside, host,
                                                 route):
    lab.plug_in(route=route)
    result = inside.json(*QUICK, f'http://{host}/a.bin')
    assert result.rc == 1, result
    assert result.failure['cause'] == 'dns'
    assert result.failure['tries'] == 2
    assert notes(result) == []
    assert result.seconds < 10


def test_a_name_that_can_never_exist_fails_without_a_name_service(
        haul, lab, inside):
    lab.plug_in()
    lab.names.silent = True
    result = inside.json(*QUICK, 'http://no-such-host.invalid/a.bin')
    assert result.rc == 1, result
    assert result.failure['cause'] == 'dns'


def test_an_address_of_another_network_waits_for_a_way_out(haul, lab, inside):
    lab.plug_in(route=False)
    lab.server.add('/a.bin')
    later(1.5, lambda: lab.client.ip('route', 'add', 'default', 'via',
                                     labs.WORLD))
    lab.world.ip('addr', 'add', '198.51.100.9/32', 'dev', 'plug')
    there = labs.Server(lab.world, '198.51.100.9')
    there.add('/a.bin')
    result = inside.json(*QUICK, 'http://198.51.100.9/a.bin')
    there.stop()
    assert result.rc == 0, result
    assert notes(result) == ['offline', 'online']
