# SPDX-License-Identifier: MIT
"""Behaviour of parfive that haul keeps, and its defects that haul must not
have. The numbers are those of the checklist: 1a queue, interface and results;
1b names and overwriting; 1c splitting; 1d probing; 1e checksums; 1f session,
environment and proxies; 1g the command line; 1h defects 1 to 6.

What only a program can show goes through programs/api.c, which uses nothing
but haul.h.
"""

import hashlib
import os
import subprocess

import pytest

from cases import QUICK
from conftest import needs_name_server, of_kind


# ---- 1a. queue, interface, results ----------------------------------------

def test_1a_a_new_queue_is_empty_and_rises_by_one_for_each_file(api, serve):
    urls = [serve(f'{n}.bin') for n in range(4)]
    urls += ['ftp://127.0.0.1/a', 'ftp://127.0.0.1/b']
    queued = of_kind(api('counts', *urls), 'queued')
    assert queued == [[str(n), str(n)] for n in range(1, 7)]


def test_1a_five_files_are_fetched_at_once_by_default(haul, serve):
    urls = [serve(f'{n}.bin', size=1000, delay=0.6) for n in range(12)]
    assert haul('-q', *urls).rc == 0
    begun = sorted(r.time for r in serve.requests())
    assert len([t for t in begun if t < begun[0] + 0.4]) == 5


def test_1a_the_three_ways_of_fetching_give_the_same(api, haul, serve):
    url = serve('same.bin')
    lines = api('three-ways', '.', url)
    assert [line[0] for line in lines] == ['ok'] * 3
    for way in '123':
        assert haul.read(f'{way}/same.bin') == serve.data('same.bin')


def test_1a_max_conn_may_change_after_construction(api, haul, serve):
    urls = [serve(f'{n}.bin', size=1000, delay=0.4) for n in range(6)]
    lines = api('changed-max-conn', '.', *urls)
    assert of_kind(lines, 'run') == [['0']]
    assert len(of_kind(lines, 'ok')) == 6
    begun = sorted(r.time for r in serve.requests())
    assert len([t for t in begun if t < begun[0] + 0.3]) == 3


def test_1a_an_empty_queue_and_an_empty_retry_succeed(api):
    assert api('empty') == [['run', '0'], ['retry', '0'], ['run', '0']]


def test_1a_an_empty_list_file_succeeds(haul):
    result = haul('-q', '-i', '-', stdin='# nothing\n\n')
    assert (result.rc, result.out) == (0, ''), result


def test_1a_results_are_paths_and_urls_in_the_order_of_the_requests(
        api, serve):
    urls = [serve(f'{n}.bin', delay=0.3 - n / 20) for n in range(5)]
    done = of_kind(api('results', '.', *urls), 'ok')
    assert [url for url, _ in done] == urls
    assert [os.path.basename(path) for _, path in done] == \
        [f'{n}.bin' for n in range(5)]


def test_1a_results_keep_the_requested_url_through_redirects(api, serve):
    serve('there.bin')
    url = serve('here.bin', redirect=serve.path('there.bin'))
    (found, _), = of_kind(api('results', '.', url), 'ok')
    assert found == url


def test_1a_an_error_has_its_url_path_cause_status_and_attempts(api, serve):
    good, bad = serve('good.bin'), serve('bad.bin', status=404)
    lines = api('results', '.', good, bad)
    (url, _, cause, status, _, attempts), = of_kind(lines, 'error')
    assert (url, cause, status, attempts) == (bad, 'http', '404', '1')


def test_1a_one_failing_file_fails_no_other(haul, serve):
    urls = [serve(f'{n}.bin', status=404 if n == 2 else 0) for n in range(5)]
    result = haul.json(*QUICK, *urls)
    assert result.rc == 1
    assert len(result.events('done')) == 4
    assert result.failure['url'] == urls[2]
    assert haul.names() == ['0.bin', '1.bin', '3.bin', '4.bin']


def test_1a_retry_fetches_only_the_failed_and_appends_it(api, haul, serve):
    urls = [serve(f'{n}.bin', turns=({'status': 404},) if n == 2 else ())
            for n in range(5)]
    lines = api('retry', '.', *urls)
    assert of_kind(lines, 'run') == [['6'], ['0']]
    assert of_kind(lines, 'retry') == [['1']]
    after = lines[lines.index(['retry', '1']):]
    assert [url for url, _ in of_kind(after, 'ok')] == \
        [urls[n] for n in (0, 1, 3, 4, 2)]
    assert of_kind(after, 'error') == []
    assert [len(serve.requests(f'{n}.bin')) for n in range(5)] == \
        [1, 1, 2, 1, 1]


def test_1a_a_naming_function_that_fails_is_its_files_error(api, serve):
    urls = [serve('good.bin'), serve('bad.bin')]
    lines = api('namefn-fails', '.', *urls)
    assert len(of_kind(lines, 'ok')) == 1
    assert of_kind(lines, 'error')[0][0] == urls[1]
    assert of_kind(lines, 'why') == [['the naming function is unhappy']]


@needs_name_server
def test_1a_an_unknown_host_is_one_error_of_cause_dns(api, serve):
    lines = api('results', '.', serve('good.bin'),
                'http://no-such-host.invalid/a')
    assert len(of_kind(lines, 'ok')) == 1
    assert of_kind(lines, 'error')[0][2] == 'dns'


@pytest.mark.parametrize('url,complaint', [
    ('gopher://x/y', '11'), ('file:///etc/passwd', '11'), ('', '10'),
    ('http://', '10'), ('not a url', '10'), ('http://a b/', '10')])
def test_1a_a_url_that_cannot_be_fetched_is_refused_when_added(
        url, complaint, api):
    lines = api('bad-url', url)
    assert of_kind(lines, 'add') == of_kind(lines, 'check') == [['1']]
    assert of_kind(lines, 'queued') == [['0']]
    assert of_kind(lines, 'checked') == of_kind(lines, 'complaint')
    seen, = of_kind(lines, 'complaint')[0]
    assert seen == complaint or (complaint == '10' and seen in ('11', '14'))


def test_1a_an_engine_works_off_the_main_thread(api, haul, serve):
    lines = api('thread', '.', serve('t.bin'))
    assert len(of_kind(lines, 'ok')) == 1
    assert haul.read('t.bin') == serve.data('t.bin')


def test_1a_a_pointer_of_the_caller_comes_back_with_its_item(api, serve):
    urls = [serve(f'{n}.bin', size=100 + n) for n in range(3)]
    states = of_kind(api('user-data', '.', *urls), 'state')
    assert [got for _, got in states] == ['100', '101', '102']


def test_1a_stopping_ends_the_run_and_says_so(api, serve):
    lines = api('stop', '.', serve('slow.bin', size=5_000_000, rate=500_000))
    assert of_kind(lines, 'event')[-1] == ['end', '0', 'none', '0', '1']


# ---- 1b. names and overwriting --------------------------------------------

def test_1b_the_name_is_the_servers_else_the_urls(haul, serve):
    urls = [serve('a.bin', disposition='attachment; filename="named.bin"'),
            serve('b.bin')]
    assert haul('-q', *urls).rc == 0
    assert haul.names() == ['b.bin', 'named.bin']


def test_1b_the_callers_name_wins(haul, serve):
    url = serve('a.bin', disposition='attachment; filename="named.bin"')
    assert haul('-q', '-o', 'mine.bin', url).rc == 0
    assert haul.names() == ['mine.bin']


def test_1b_a_function_may_name_the_file_from_its_answer(api, haul, serve):
    lines = api('namefn', '.', serve('a.bin', size=123))
    assert len(of_kind(lines, 'ok')) == 1
    assert haul.names() == ['named-123-1']


def test_1b_an_existing_file_is_kept_and_counts_as_success(haul, serve):
    haul.write('a.bin', 'old')
    result = haul('-q', '--print-filenames', serve('a.bin'))
    assert result.rc == 0
    assert haul.read('a.bin') == b'old'
    assert [os.path.basename(p) for p in result.out.split()] == ['a.bin']


def test_1b_a_kept_file_is_among_the_results(api, haul, serve):
    haul.write('a.bin', 'old')
    (_, path), = of_kind(api('results', '.', serve('a.bin')), 'ok')
    assert os.path.basename(path) == 'a.bin'
    assert haul.read('a.bin') == b'old'


def test_1b_an_existing_file_of_the_servers_name_is_kept(haul, serve):
    haul.write('named.bin', 'old')
    url = serve('a.bin', disposition='attachment; filename="named.bin"')
    result = haul('-q', '--print-filenames', url)
    assert result.rc == 0, result
    assert haul.names() == ['named.bin']
    assert haul.read('named.bin') == b'old'


@pytest.mark.parametrize('option', ['--overwrite', '--overwrite=always'])
def test_1b_overwrite_replaces(option, haul, serve):
    haul.write('a.bin', 'old')
    assert haul('-q', option, serve('a.bin')).rc == 0
    assert haul.read('a.bin') == serve.data('a.bin')
    assert haul.names() == ['a.bin']


@pytest.mark.parametrize('name,numbered', [
    ('testing123', 'testing123.1'),
    ('testing123.fits', 'testing123.1.fits'),
    ('testing123.fits.gz', 'testing123.1.fits.gz')])
def test_1b_unique_puts_the_number_before_all_suffixes(
        name, numbered, haul, serve):
    url = serve(name)
    haul.write(name, 'old')
    result = haul('-q', '--overwrite=unique', '--print-filenames', url)
    assert result.rc == 0, result
    assert haul.names() == sorted([name, numbered])
    assert haul.read(name) == b'old'
    assert haul.read(numbered) == serve.data(name)
    assert haul('-q', '--overwrite=unique', url).rc == 0
    assert numbered.replace('.1', '.2', 1) in haul.names()


# ---- 1c. splitting --------------------------------------------------------

def test_1c_a_file_is_split_over_max_splits_and_joined_exactly(haul, serve):
    url = serve('big.bin', size=4_000_000, rate=500_000)
    result = haul.json('--max-splits=5', '--min-split-size=64K',
                       '--interval=50ms', url)
    assert result.rc == 0, result
    assert haul.read('big.bin') == serve.data('big.bin')
    assert 2 <= max(r['conns'] for r in result.events('progress')) <= 5
    # One that was just closed may not have been seen to be gone.
    assert serve.server.most_at_once(serve.path('big.bin')) <= 5 + 1


def test_1c_max_splits_1_is_one_request(haul, serve):
    url = serve('one.bin', size=1_500_000, rate=1_500_000)
    assert haul('-q', '-s', '1', '--min-split-size=64K', url).rc == 0
    assert len(serve.requests('one.bin')) == 1


def test_1c_a_part_that_cannot_be_had_leaves_nothing_at_the_target(
        haul, serve):
    url = serve('part.bin', size=3_000_000, rate=1_000_000, turns=(
        {'stop_after': 1_000_000, 'ending': 'reset'},), then={'status': 404})
    result = haul.json(*QUICK, url)
    assert result.rc == 1, result
    assert 'part.bin' not in haul.names()


def test_1c_without_accept_ranges_there_is_one_stream(haul, serve):
    url = serve('none.bin', size=2_000_000, rate=1_500_000, advertise=False,
                ranges='ignored')
    assert haul('-q', '--min-split-size=64K', url).rc == 0
    assert haul.read('none.bin') == serve.data('none.bin')


def test_1c_a_file_of_one_byte_works_with_five_splits(haul, serve):
    url = serve('byte.bin', size=1)
    assert haul('-q', '--max-splits=5', url).rc == 0
    assert haul.read('byte.bin') == serve.data('byte.bin')
    assert len(serve.requests('byte.bin')) == 1


def test_1c_without_a_length_nothing_is_split(haul, serve):
    url = serve('chunks.bin', size=1_000_000, rate=1_000_000,
                framing='chunked')
    assert haul('-q', '--min-split-size=64K', url).rc == 0
    assert len(serve.requests('chunks.bin')) == 1


@pytest.mark.parametrize('status', [200, 201, 203, 226, 299])
def test_1c_any_2xx_is_a_success(status, haul, serve):
    url = serve('a.bin', status=status, body=b'hello')
    assert haul('-q', url).rc == 0
    assert haul.read('a.bin') == b'hello'


@pytest.mark.parametrize('status', [300, 304, 400, 404, 418, 501, 505])
def test_1c_any_other_status_is_an_error(status, haul, serve):
    url = serve('a.bin', status=status)
    result = haul.json(*QUICK, url)
    assert result.rc == 1, result
    assert result.failure['cause'] == 'http'
    assert result.failure['code'] == status
    assert haul.names() == []


# ---- 1d. probing ----------------------------------------------------------

def test_1d_the_first_request_is_a_get_and_nothing_is_probed(haul, serve):
    url = serve('a.bin')
    assert haul('-q', url).rc == 0
    assert [r.method for r in serve.requests('a.bin')] == ['GET']


@pytest.mark.parametrize('head', [{'status': 405}, {'status': 302},
                                  {'no_answer': 'close'}])
def test_1d_a_server_that_refuses_head_is_asked_by_get(head, haul, serve):
    haul.write('a.bin', 'old')
    url = serve('a.bin', on_head=head)
    result = haul('-q', '--overwrite=always', *QUICK, url)
    assert result.rc == 0, result
    assert haul.read('a.bin') == serve.data('a.bin')


def test_1d_a_redirect_is_followed_without_quoting_it_again(haul, serve):
    serve('there%20%2B.bin')
    url = serve('a.bin', redirect=serve.path('there%20%2B.bin?x=%41+b'))
    assert haul('-q', url).rc == 0
    assert serve.requests('there%20%2B.bin')[-1].target.endswith(
        '/there%20%2B.bin?x=%41+b')


# ---- 1e. checksums --------------------------------------------------------

def digest(data, name='sha256'):
    return hashlib.new(name, data).hexdigest()


@pytest.mark.parametrize('checksum,words', [
    ('wibble', 'wibble'), ('nope=wibble', 'nope'), ('sha256=12zz', '12zz'),
    ('sha256=1234', '64'), ('=', '='), ('sha256=', 'sha256=')])
def test_1e_a_wrong_checksum_is_refused_before_anything_starts(
        checksum, words, haul, serve):
    url = serve('a.bin')
    result = haul(f'--checksum={checksum}', url)
    assert (result.rc, result.out) == (2, ''), result
    assert words in result.err
    assert serve.requests('a.bin') == []


@pytest.mark.parametrize('name', ['md5', 'sha1', 'sha256', 'sha512',
                                  'sha3-256', 'blake2b512'])
def test_1e_any_digest_of_libcrypto_can_be_asked_for(name, haul, serve):
    url = serve('a.bin')
    data = serve.data('a.bin')
    python_name = {'blake2b512': 'blake2b', 'sha3-256': 'sha3_256'}.get(name,
                                                                        name)
    right = digest(data, python_name)
    assert haul('-q', f'--checksum={name}={right}', url).rc == 0
    wrong = ('0' if right[0] != '0' else '1') + right[1:]
    result = haul.json('--overwrite', f'--checksum={name}={wrong}', url)
    assert (result.rc, result.failure['cause']) == (1, 'checksum'), result


def test_1e_with_checksum_the_first_request_wants_both_digests(haul, serve):
    url = serve('a.bin')
    assert haul('-q', '--checksum=server', url).rc == 0
    headers = serve.requests('a.bin')[0].headers
    for name in ('want-repr-digest', 'want-content-digest'):
        assert 'sha-256=' in headers[name]


def test_1e_without_checksum_no_digest_is_wanted(haul, serve):
    url = serve('a.bin')
    assert haul('-q', url).rc == 0
    assert not [name for name in serve.requests('a.bin')[0].headers
                if name.startswith('want-')]


def test_1e_the_users_algorithm_is_wanted_most(haul, serve):
    url = serve('a.bin')
    right = digest(serve.data('a.bin'), 'sha512')
    assert haul('-q', f'--checksum=sha512={right}', '--checksum=server',
                url).rc == 0
    wanted = dict(part.strip().split('=') for part in serve.requests(
        'a.bin')[0].headers['want-repr-digest'].split(','))
    assert wanted['sha-512'] == '10'
    assert all(int(value) < 10 for name, value in wanted.items()
               if name != 'sha-512')


def test_1e_data_that_does_not_match_fails_only_its_file(haul, serve):
    right = digest(serve('x') and serve.data('x'))
    haul.write('list', f'{serve("good.bin")}\n{serve("bad.bin")}\n'
               f'\tchecksum=sha256={right}\n')
    result = haul.json('-i', 'list')
    assert result.rc == 1, result
    assert result.failure['cause'] == 'checksum'
    assert haul.names() == ['good.bin', 'list'] or \
        haul.names() == ['bad.bin.part', 'good.bin', 'list']


def test_1e_users_and_servers_digest_disagree_before_the_transfer(
        haul, serve):
    url = serve('a.bin', size=20_000_000, rate=4_000_000,
                digests=(('Repr-Digest', 'sha-256', 'wrong'),))
    right = digest(serve.data('a.bin'))
    result = haul.json(f'--checksum=sha256={right}', '--checksum=server',
                       *QUICK, url)
    assert (result.rc, result.failure['cause']) == (1, 'checksum'), result
    assert serve.sent('a.bin') < 8_000_000
    assert haul.names() == []


def test_1e_digests_of_other_algorithms_are_not_compared(haul, serve):
    url = serve('a.bin', digests=(('Repr-Digest', 'sha-512', 'right'),))
    right = digest(serve.data('a.bin'))
    result = haul.json(f'--checksum=sha256={right}', '--checksum=server', url)
    assert result.rc == 0, result


def test_1e_a_server_without_a_digest_is_told_and_no_failure(haul, serve):
    result = haul.json('--checksum=server', serve('a.bin'))
    assert result.rc == 0, result
    assert result.events('warn'), result


def test_1e_a_server_digest_that_cannot_be_read_is_told_and_no_failure(
        haul, serve):
    url = serve('a.bin', digests=(('Repr-Digest', 'sha-256', 'garbage'),))
    result = haul.json('--checksum=server', url)
    assert result.rc == 0, result
    assert result.events('warn'), result


def test_1e_an_existing_file_with_the_servers_digest_is_not_fetched(
        haul, serve):
    url = serve('a.bin', size=3_000_000,
                digests=(('Repr-Digest', 'sha-256', 'right'),))
    haul.write('a.bin', serve.data('a.bin'))
    result = haul.json('--overwrite', '--checksum=server', url)
    assert result.rc == 0, result
    assert len(serve.requests('a.bin')) == 1
    assert serve.sent('a.bin') < 1_000_000
    assert result.events('skip'), result


def test_1e_an_existing_file_with_the_users_digest_is_not_fetched(
        haul, serve):
    url = serve('a.bin', size=3_000_000, rate=3_000_000)
    haul.write('a.bin', serve.data('a.bin'))
    right = digest(serve.data('a.bin'))
    result = haul.json('--overwrite', f'--checksum=sha256={right}', url)
    assert result.rc == 0, result
    assert result.events('skip'), result
    assert serve.sent('a.bin') < 1_000_000


def test_1e_an_existing_file_with_another_digest_is_replaced(haul, serve):
    url = serve('a.bin')
    haul.write('a.bin', b'x' * len(serve.data('a.bin')))
    right = digest(serve.data('a.bin'))
    result = haul.json('--overwrite', f'--checksum=sha256={right}', url)
    assert result.rc == 0, result
    assert haul.read('a.bin') == serve.data('a.bin')


# ---- 1f. session, environment, proxies ------------------------------------

def test_1f_the_user_agent_is_ours_and_can_be_another(haul, serve):
    url = serve('a.bin')
    haul('-q', url)
    haul('-q', '--overwrite', '-A', 'mine/1', url)
    haul('-q', '--overwrite', '-H', 'User-Agent: header/2', url)
    haul('-q', '--overwrite', url, env={'HAUL_USER_AGENT': 'env/3'})
    agents = [r.headers['user-agent'] for r in serve.requests('a.bin', 'GET')]
    assert agents[0].startswith('haul/')
    assert agents[1:] == ['mine/1', 'header/2', 'env/3']


@pytest.mark.parametrize('variable', ['PARFIVE_SINGLE_DOWNLOAD',
                                      'HAUL_SINGLE_DOWNLOAD'])
def test_1f_single_download_is_one_connection_at_a_time(
        variable, haul, serve):
    urls = [serve(f'{n}.bin', size=400_000, rate=1_000_000) for n in range(3)]
    result = haul('-q', '-n3', '-s3', '--min-split-size=64K', *urls,
                  env={variable: '1'})
    assert result.rc == 0, result
    log = sorted(serve.requests(), key=lambda r: r.time)
    assert len(log) == 3
    assert all(a.ended <= b.time + 0.1 for a, b in zip(log, log[1:]))


@pytest.mark.parametrize('variable', ['PARFIVE_DISABLE_RANGE',
                                      'HAUL_DISABLE_RANGE'])
def test_1f_disable_range_is_one_request(variable, haul, serve):
    url = serve('a.bin', size=1_500_000, rate=1_500_000)
    result = haul('-q', '--min-split-size=64K', url, env={variable: 'yes'})
    assert result.rc == 0, result
    assert len(serve.requests('a.bin')) == 1


@pytest.mark.parametrize('variable', ['PARFIVE_SOCK_READ_TIMEOUT',
                                      'HAUL_SOCK_READ_TIMEOUT'])
def test_1f_the_read_timeout_comes_from_the_environment(
        variable, haul, serve):
    url = serve('a.bin', no_answer='stall')
    result = haul.json('--retries=0', url, env={variable: '0.5'})
    assert (result.rc, result.failure['cause']) == (1, 'stall'), result
    assert result.seconds < 5


@pytest.mark.parametrize('variable', ['PARFIVE_TOTAL_TIMEOUT',
                                      'HAUL_TOTAL_TIMEOUT'])
def test_1f_the_total_timeout_comes_from_the_environment(
        variable, haul, serve):
    url = serve('a.bin', size=1_000_000, rate=50_000)
    result = haul.json(url, env={variable: '1'})
    assert (result.rc, result.failure['cause']) == (1, 'timeout'), result
    assert result.seconds < 5


def test_1f_a_slow_file_has_no_total_timeout_by_default(haul, serve):
    url = serve('slow.bin', size=100_000, rate=40_000)
    assert haul('-q', '--timeout=1', url).rc == 0


@pytest.mark.parametrize('variable', ['PARFIVE_DEBUG', 'HAUL_DEBUG'])
def test_1f_debug_tells_more(variable, haul, serve):
    url = serve('a.bin')
    plain = haul('--output=log', url)
    more = haul('--output=log', '--overwrite', url, env={variable: '1'})
    assert len(more.err) > len(plain.err)


@pytest.mark.parametrize('variable', [
    'PARFIVE_HIDE_PROGRESS', 'HAUL_HIDE_PROGRESS', 'PARFIVE_HIDE_PROGESS',
    'HAUL_HIDE_PROGESS'])
def test_1f_progress_is_hidden_by_both_spellings(variable, haul, serve):
    url = serve('a.bin')
    assert haul(url).err != ''
    assert haul('--overwrite', url, env={variable: '1'}).err == \
        haul('--overwrite', '--no-progress', url).err


@pytest.mark.parametrize('value', ['', '0', 'false', 'no'])
def test_1f_four_values_switch_off(value, haul, serve):
    url = serve('a.bin', size=1_500_000, rate=750_000)
    result = haul('-q', '--min-split-size=64K', url,
                  env={'PARFIVE_DISABLE_RANGE': value})
    assert result.rc == 0 and len(serve.requests('a.bin')) > 1


@needs_name_server
def test_1f_the_done_callback_is_called_once_for_each_file(api, haul, serve):
    haul.write('kept.bin', 'old')
    urls = [serve('good.bin'), serve('bad.bin', status=404),
            serve('kept.bin'), 'http://no-such-host.invalid/a']
    lines = api('callback', '.', *urls)
    calls = {url: (path, cause) for url, path, cause
             in of_kind(lines, 'callback')}
    assert of_kind(lines, 'calls') == [['4']] and set(calls) == set(urls)
    assert calls[urls[0]][1] == 'none'
    assert os.path.basename(calls[urls[0]][0]) == 'good.bin'
    assert calls[urls[1]][1] == 'http'
    assert calls[urls[2]][1] == 'none'
    assert calls[urls[3]] == ('-', 'dns')


def test_1f_a_hook_may_adjust_the_easy_handle(api, serve):
    lines = api('easy', '.', serve('a.bin'))
    assert of_kind(lines, 'calls') == [['1']]
    assert serve.requests('a.bin')[0].headers['user-agent'] == \
        'adjusted by a hook'


# ---- 1g. the command line -------------------------------------------------

def test_1g_without_a_url_there_is_a_usage_error(haul):
    result = haul()
    assert result.rc == 2 and result.out == '' and result.err != ''


def test_1g_defaults_put_the_file_here_and_print_nothing_to_stdout(
        haul, serve):
    result = haul(serve('a.bin'))
    assert (result.rc, result.out) == (0, '')
    assert haul.names() == ['a.bin']


def test_1g_a_failure_gives_exit_1_and_a_line_with_url_and_cause(
        haul, serve):
    good, bad = serve('good.bin'), serve('bad.bin', status=404)
    result = haul(good, bad)
    assert (result.rc, result.out) == (1, ''), result
    assert any(bad in line and '404' in line
               for line in result.err.splitlines()), result


def test_1g_print_filenames_is_one_path_a_line(haul, serve):
    urls = [serve(f'{n}.bin') for n in range(3)]
    result = haul('--print-filenames', '--no-progress', *urls)
    assert sorted(os.path.basename(p) for p in result.out.splitlines()) == \
        ['0.bin', '1.bin', '2.bin']
    assert all((haul.folder / p).exists() for p in result.out.splitlines())


def test_1g_no_progress_shows_none(haul, serve):
    shown = haul(serve('a.bin')).err
    hidden = haul('--no-progress', serve('b.bin')).err
    assert 'DONE' in shown and 'DONE' not in hidden


def test_1g_verbose_tells_more_on_stderr_only(haul, serve):
    result = haul('--verbose', serve('a.bin'))
    assert result.out == '' and 'START' in result.err
    assert 'START' not in haul(serve('b.bin')).err


def test_1g_version_prints_one_and_ends(haul):
    result = haul('--version')
    assert result.rc == 0 and result.err == ''
    assert 'haul' in result.out and 'libcurl' in result.out


# ---- 1h. defects that must be absent --------------------------------------

def test_1h_1_parts_neither_overlap_nor_leave_gaps(haul, serve):
    url = serve('a.bin', size=3_000_003, rate=600_000)
    result = haul('-q', '--max-splits=4', '--min-split-size=64K', url)
    assert result.rc == 0, result
    assert haul.read('a.bin') == serve.data('a.bin')
    firsts = [r.range[0] for r in serve.requests('a.bin') if r.range]
    assert len(firsts) == len(set(firsts)), 'a part was asked for twice'
    # What a stream had under way when its end was cut is all that may come
    # twice.
    assert serve.sent('a.bin') < 3_000_003 * 1.2


def test_1h_2_a_200_to_a_range_never_lands_at_its_offset(haul, serve):
    url = serve('a.bin', size=2_000_000, rate=1_000_000, ranges='ignored')
    result = haul('-q', '--min-split-size=64K', url)
    assert result.rc == 0, result
    assert any(r.range and r.range[0] for r in serve.requests('a.bin'))
    assert haul.read('a.bin') == serve.data('a.bin')


def test_1h_3_the_old_file_stays_until_the_new_one_is_whole(haul, serve):
    url = serve('a.bin', size=1_000_000, rate=1_000_000)
    haul.write('a.bin', 'old')
    process = haul.start('-q', '--overwrite', url)
    serve.wait_for_bytes('a.bin', 300_000)
    assert haul.read('a.bin') == b'old'
    assert haul.finish(process).rc == 0
    assert haul.read('a.bin') == serve.data('a.bin')


def test_1h_3_the_old_file_survives_a_failure(haul, serve):
    url = serve('a.bin', stop_after=5000, ending='reset', ranges='ignored')
    haul.write('a.bin', 'old')
    assert haul('-q', '--overwrite', *QUICK, url).rc == 1
    assert haul.read('a.bin') == b'old'


@pytest.mark.parametrize('header,algorithm', [
    ('Repr-Digest', 'sha-256'), ('Repr-Digest', 'sha-512'),
    ('Content-Digest', 'sha-256'), ('Digest', 'sha-256'),
    ('Digest', 'sha-512')])
def test_1h_4_digests_in_base64_are_really_verified(
        header, algorithm, haul, serve):
    good = serve('good.bin', digests=((header, algorithm, 'right'),))
    bad = serve('bad.bin', digests=((header, algorithm, 'wrong'),))
    result = haul.json('--checksum=server', *QUICK, good, bad)
    assert result.rc == 1, result
    assert haul.read('good.bin') == serve.data('good.bin')
    assert 'bad.bin' not in haul.names()
    assert (result.failure['url'], result.failure['cause']) == (bad,
                                                                'checksum')
    assert not [w for w in result.events('warn')], result


def test_1h_5_a_retry_keeps_all_options_of_its_item(api, haul, serve):
    url = serve('a.bin', turns=({'status': 500},))
    haul.write('a.bin', 'old')
    right = digest(serve.data('a.bin'))
    lines = api('retry-options', '.', right, url)
    assert of_kind(lines, 'run')[-1] == ['0']
    assert haul.read('a.bin') == serve.data('a.bin')
    gets = serve.requests('a.bin', 'GET')
    assert [r.headers.get('x-mark') for r in gets] == ['kept'] * len(gets)


def test_1h_5_a_retry_with_a_wrong_checksum_still_fails(api, haul, serve):
    url = serve('a.bin', turns=({'status': 500},))
    lines = api('retry-options', '.', '0' * 64, url)
    assert of_kind(lines, 'error')[-1][2] == 'checksum'
    assert 'a.bin' not in haul.names()


def test_1h_5_a_servers_name_cannot_leave_the_directory(
        haul, serve, tmp_path):
    url = serve('a.bin', disposition='attachment; filename="../x"')
    assert haul('-q', url).rc == 0
    assert haul.names() == ['x'] and not (tmp_path / 'x').exists()


def test_1h_6_a_file_much_larger_than_the_memory_used_is_fetched(
        haul, serve):
    url = serve('a.bin', size=64_000_000)
    process = haul.start('-q', url)
    assert haul.finish(process).rc == 0
    import resource
    assert haul.read('a.bin') == serve.data('a.bin')
    peak_kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert peak_kib < 400_000


def test_1h_6_gzip_on_a_part_does_not_break_the_file(haul, serve):
    url = serve('a.bin', size=2_000_000, rate=1_000_000,
                ranged={'encoding': 'gzip'})
    assert haul('-q', *QUICK, url).rc == 0
    assert haul.read('a.bin') == serve.data('a.bin')
