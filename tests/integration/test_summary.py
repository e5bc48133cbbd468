# SPDX-License-Identifier: MIT
"""Behaviours covered: the last words where a person reads them, on a terminal.

- all is there: one line; nothing was asked for: none
- a row each for what is done, was there, failed (by cause) and is left, with
  its bytes; the slowest host, if several have brought something
- ten failures at most, the others in haul-failed.tsv: whole, without secrets,
  in place of an older list of ours, never of another file; not written when
  all are shown, and told when it cannot be
- no row is wider than the terminal, nothing is coloured, hostile names and
  reasons do no harm
- the commands that it names work as they stand, also with a store of an odd
  name and for a run that is not the newest; without a store none is named
- after the full screen it stands on stdout if stderr is a file
- it leads to files and pages where the terminal takes links, its rows being
  what they are without; nowhere else, and without harm from names
"""

import os
import re
import select
import signal
import stat
import subprocess
import urllib.parse

import pytest

from test_outputs import Terminal, check_raw

K = 1000


def person(haul, *arguments, columns=80, after=None, **env):
    """The last words: lines that stay on a terminal, without the events and
    what is said at Ctrl-C, and the status."""
    shown = Terminal(haul, columns, 40, '--output=bar', *arguments, **env)
    if after:
        after(shown)
    result = shown.finish()
    check_raw(shown.raw)
    lines = [line for line in shown.scrolled() + shown.lines()
             if line and not line.startswith('haul: stopping;')]
    events = [n for n, line in enumerate(lines)
              if re.match(r'\d\d:\d\d:\d\d |\d+ more event', line)]
    return lines[events[-1] + 1 if events else 0:], result.rc, shown


def stopped(serve, name, count):
    """For after=: waits for so many bytes, and presses Ctrl-C."""
    def stop(shown):
        serve.wait_for_bytes(name, count)
        shown.process.send_signal(signal.SIGINT)
    return stop


def tsv(haul, name='haul-failed.tsv'):
    return [line.split('\t') for line in
            haul.read(name).decode().removesuffix('\n').split('\n')]


def test_a_success_is_one_line(haul, serve):
    lines, status, _ = person(haul, *(serve(f'{n}') for n in range(3)))
    assert status == 0 and len(lines) == 1
    assert re.fullmatch(r'haul: 3 files fetched, 293 KiB in .*', lines[0])


def test_done_failed_and_left_have_a_row_each(haul, serve):
    haul.write('kept.bin', 'old' * 100 * K)
    urls = [serve('kept.bin'), *(serve(f'g{n}.bin', status=404)
                                 for n in range(3)),
            serve('b.bin', status=503), serve('d.bin', size=200 * K),
            serve('left.bin', size=3000 * K, rate=500 * K),
            *(serve(f'queued{n}.bin') for n in range(4))]
    lines, status, _ = person(haul, '-n', '1', '--retries=0', *urls,
                              after=stopped(serve, 'left.bin', 200 * K))
    assert status == 3
    assert re.fullmatch(r'haul: stopped by user after [\d.]+s, .* at .*/s '
                        r'average', lines[0]), lines
    assert re.fullmatch(r'  done     +1   195 KiB', lines[1]), lines
    assert re.fullmatch(r'  skipped  +1   were there already', lines[2])
    assert re.fullmatch(r'  failed   +4   3 HTTP 404 Not Found, 1 HTTP 503 '
                        r'Service Unavailable', lines[3]), lines
    assert re.fullmatch(r'  left     +5   1 partial \(\d+ KiB kept\)',
                        lines[4]), lines
    assert lines[5] == 'Failed files:'
    assert lines[6].startswith('  g0.bin  HTTP 404 Not Found  http://127.')
    assert [line.split()[0] for line in lines[6:10]] == \
        ['g0.bin', 'g1.bin', 'g2.bin', 'b.bin']
    assert lines[10].startswith('HTTP 404 Not Found. The file is not there')
    assert lines[11:] == ['Resume:  haul --resume',
                          'Retry:   haul --retry-failed']
    assert 'haul-failed.tsv' not in haul.names()


def test_failures_without_a_stop(haul, serve):
    lines, status, _ = person(haul, '--retries=0', serve('a', status=503))
    assert status == 1 and lines[0].startswith('haul: ended after ')
    assert lines[-1] == 'Retry:   haul --retry-failed'
    assert not any('Resume' in line or 'done' in line for line in lines)


def test_more_than_ten_are_in_a_file(haul, serve):
    urls = [serve(f'{n:02}.bin', status=404) for n in range(14)]
    lines, status, _ = person(haul, '-n', '1', '--retries=0', *urls)
    start = lines.index('Failed files:')
    assert [line.split()[0] for line in lines[start + 1:start + 11]] == \
        [f'{n:02}.bin' for n in range(10)]
    assert lines[start + 11] == '  ... 4 more; all of them in ' \
        './haul-failed.tsv'
    assert tsv(haul) == [['http', '404', '1', url, ''] for url in urls]
    mode = (haul.folder / 'haul-failed.tsv').stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert haul.names() == ['haul-failed.tsv']


def test_a_name_in_the_file_is_no_formula(haul, serve):
    names = ["=cmd|'calc'!A0", '+1', '@SUM(1)', '-2', 'a=b']
    urls = [serve(f'{n}', size=500_000, stop_after=1000, ending='close',
                  disposition=f'attachment; filename="{name}"')
            for n, name in enumerate(names)]
    urls += [serve(f'more{n}', status=404) for n in range(9)]
    person(haul, '-n', '1', '--retries=0', *urls)
    assert [row[4] for row in tsv(haul)][:5] == [
        "\\x3dcmd|'calc'!A0", '\\x2b1', '\\x40SUM(1)', '2', 'a=b']


def test_ten_need_no_file(haul, serve):
    lines, _, _ = person(haul, '--retries=0', *(
        serve(f'{n}', status=404) for n in range(10)))
    assert not any('more' in line for line in lines), lines
    assert haul.names() == []


def test_an_older_list_is_replaced_another_file_is_not(haul, serve):
    urls = [serve(f'{n}', status=404) for n in range(11)]
    haul.write('haul-failed.tsv', 'dns\t6\t3\thttp://x/\t\n' * 20)
    person(haul, '--retries=0', *urls)
    assert len(tsv(haul)) == 11 and haul.names() == ['haul-failed.tsv']
    for text in ('my own\tnotes', '', 'http\tx\t1\tno number', 'dnsx\t1\t1\t'):
        haul.write('haul-failed.tsv', text)
        lines, _, _ = person(haul, '--retries=0', *urls)
        assert haul.read('haul-failed.tsv') == text.encode()
        assert any('./haul-failed-2.tsv' in line for line in lines), lines
        assert len(tsv(haul, 'haul-failed-2.tsv')) == 11
    # A link is somebody's, too, and so is what it leads to.
    haul.write('other', 'dns\t6\t3\thttp://x/\t\n')
    os.unlink(haul.folder / 'haul-failed.tsv')
    os.symlink('other', haul.folder / 'haul-failed.tsv')
    person(haul, '--retries=0', *urls)
    assert haul.read('other') == b'dns\t6\t3\thttp://x/\t\n'
    assert (haul.folder / 'haul-failed.tsv').is_symlink()
    assert haul.names() == ['haul-failed-2.tsv', 'haul-failed.tsv', 'other']


def test_secrets_stand_nowhere(haul, serve):
    secret = 'hunter2hunter2'
    urls = [serve(f'{n}.bin', status=403).replace('//', f'//me:{secret}@') +
            f'?X-Amz-Signature={secret}' for n in range(12)]
    lines, _, shown = person(haul, '--retries=0', *urls, columns=190)
    assert secret not in '\n'.join(lines)
    assert secret not in haul.read('haul-failed.tsv').decode()
    assert tsv(haul)[0][3].startswith('http://***@127.0.0.1')


def test_a_folder_that_cannot_be_written_is_told(haul, serve):
    if os.geteuid() == 0:
        folder = '/proc'
    else:
        haul.folder.chmod(0o500)
        folder = haul.folder
    urls = [serve(f'{n}', status=404) for n in range(12)]
    haul.folder, kept = folder, haul.folder
    lines, status, _ = person(haul, '--retries=0', '-d', '/tmp', *urls,
                              columns=120)
    haul.folder = kept
    kept.chmod(0o700)
    assert status == 1
    assert any(re.match(r'  \.\.\. 2 more \(haul-failed\.tsv cannot be '
                        'written: ', line) for line in lines), lines


@pytest.mark.parametrize('columns', (200, 80, 40, 25, 12))
def test_no_row_is_wider_than_the_terminal(columns, haul, serve):
    names = ['世界地図_2024_高解像度.tif', 'a' * 120 + '.bin', 'plain.bin']
    urls = [serve(name, status=404) for name in names]
    urls += [serve(f'{n}', status=500 + n) for n in range(9)]
    urls += [serve('left.bin', size=3000 * K, rate=400 * K)]
    lines, _, shown = person(
        haul, '--retries=0', '-n', '20', *urls, columns=columns,
        after=stopped(serve, 'left.bin', 200 * K))
    text = shown.raw.decode().replace('\r', '')
    rows = text[text.rindex('haul:'):].split('\n')
    assert len(rows) > 15
    for row in rows:
        cells = sum(2 if c > '\u2e80' else 1 for c in row)
        assert cells < columns or row.startswith(
            ('Resume:', 'Retry:')), row
        assert '\x1b' not in row
    assert 'Resume:  haul --resume\n' in '\n'.join(rows)


def test_hostile_reasons_and_names(haul, serve):
    evil = 'x\x1b[31m\u2028\u202e\x9b'
    lines, _, shown = person(
        haul, '--retries=0', serve('a.bin', status=500, reason=evil),
        serve('b%1b%5b31m.bin', status=404))
    assert any(line.startswith('  a.bin  HTTP 500') for line in lines), lines


def test_the_slowest_host(haul, serve):
    fast = serve('fast.bin', size=2500 * K)
    slow = [serve(f'slow{n}.bin', size=1500 * K, rate=1500 * K)
            for n in range(2)]
    slow = [url.replace('127.0.0.1', 'localhost') for url in slow]
    gone = serve('gone.bin', status=404)
    lines, _, _ = person(haul, '--retries=0', fast, *slow, gone)
    told = [line for line in lines if 'slowest' in line]
    assert len(told) == 1, lines
    assert re.fullmatch(r'  slowest host: localhost, [\d.]+ [KM]iB/s a file '
                        r'\(2 files\)', told[0])
    # One alone is neither slow nor fast, and little says nothing of a host.
    lines, _, _ = person(haul, '--overwrite=always', '--retries=0', fast, gone,
                         serve('tiny').replace('127.0.0.1', 'localhost'))
    assert not any('slowest' in line for line in lines), lines


# ---- what it says to do next ----------------------------------------------

def do(haul, line, **more):
    """A line of the summary, as a shell takes it."""
    path = os.path.dirname(os.path.abspath(haul.program))
    return subprocess.run(
        ['bash', '-c', line.split(': ', 1)[1].strip() + ' --quiet'], cwd='/',
        env={**haul.environment, 'PATH': f'{path}:/usr/bin:/bin'}, timeout=30,
        capture_output=True, **more)


def line_of(lines, word):
    return next(line for line in lines if line.startswith(word))


@pytest.mark.parametrize('store', (None, "a 'store' $(touch x) \"of\"/q.db"))
def test_the_commands_work(store, haul, serve):
    more = [f'--store={haul.home}/{store}'] if store else []
    urls = [serve('bad.bin', turns=({'status': 503},) * 2),
            serve('left.bin', size=3000 * K, rate=900 * K), serve('c.bin')]
    lines, status, _ = person(haul, '-n', '1', '--retries=0', '-d', 'got',
                              *more, *urls, columns=200,
                              after=stopped(serve, 'left.bin', 200 * K))
    assert status == 3
    resume, retry = line_of(lines, 'Resume:'), line_of(lines, 'Retry:')
    result = do(haul, resume)
    assert result.returncode == 1, result       # bad.bin has failed, still
    for name in ('left.bin', 'c.bin'):
        assert haul.read(f'got/{name}') == serve.data(name)
    assert serve.sent('left.bin') < 4000 * K
    for _ in range(3):
        if do(haul, retry).returncode == 0:
            break
    assert haul.read('got/bad.bin') == serve.data('bad.bin')
    assert not os.path.exists('/x')


def test_a_run_that_is_not_the_newest_is_named(haul, serve):
    for name in ('one', 'two'):
        url = serve(f'{name}.bin', size=3000 * K, rate=400 * K)
        person(haul, '-d', name, url,
               after=stopped(serve, f'{name}.bin', 100 * K))
    lines, status, _ = person(haul, '--resume=1',
                              after=stopped(serve, 'one.bin', 300 * K))
    assert status == 3
    assert lines[-1] == 'Resume:  haul --resume=1'
    result = subprocess.Popen(
        [haul.program, *lines[-1].split()[2:], '--quiet'], cwd='/',
        env=haul.environment)
    assert serve.server.wait_until(
        lambda: serve.sent('one.bin') > 1000 * K)
    result.kill()
    result.wait()
    assert serve.sent('two.bin') < 1000 * K


def test_without_a_store_no_command_of_it_is_named(haul, serve):
    lines, _, _ = person(
        haul, '--no-store', '--retries=0', serve('a', status=503),
        serve('b', size=3000 * K, rate=400 * K),
        after=stopped(serve, 'b', 100 * K))
    assert not any('--resume' in line or '--retry' in line for line in lines)
    assert 'the same command goes on' in ' '.join(lines)


def test_what_the_store_does_not_keep_is_named(haul, serve):
    lines, _, _ = person(haul, '-u', 'me:secret', serve('a', size=3000 * K,
                                                        rate=400 * K),
                         after=stopped(serve, 'a', 100 * K))
    assert lines[-2:] == ['Resume:  haul --resume',
                          '(and --user, which is not recorded)']


def test_after_the_screen_it_is_where_the_screen_was(haul, serve):
    master, slave = os.openpty()
    url = serve('a', size=9000 * K, rate=400 * K)
    process = haul.start('--output=tui', url, env={'TERM': 'xterm'},
                         stdin_fd=slave, stdout=slave)
    raw = b''
    while b'Help' not in raw:
        assert select.select([master], [], [], 10)[0], raw
        raw += os.read(master, 65536)
        if b'built without' in raw:
            pytest.skip('built without the full screen')
    os.write(master, b'Q')
    while process.poll() is None or select.select([master], [], [], 0.1)[0]:
        if select.select([master], [], [], 0.1)[0]:
            raw += os.read(master, 65536)
    last = raw.split(b'\x1b[?1049l')[-1].decode()
    assert 'haul: stopped by user' in last
    assert 'Resume:  haul --resume' in last
    assert b'stopped' not in process.stderr.read()
    os.close(master)
    os.close(slave)


# ---- links ----------------------------------------------------------------

LINK = re.compile(rb'\x1b\]8;;([^\x1b\x07]*)\x1b\\(.*?)\x1b\]8;;\x1b\\')


def linked(haul, *arguments, columns=80, term='foot', after=None, **env):
    """The last words as text, and [(address, words that lead there)]."""
    shown = Terminal(haul, columns, 40, '--output=bar', *arguments,
                     TERM=term, **env)
    if after:
        after(shown)
    shown.finish()
    plain = LINK.sub(rb'\2', shown.raw)
    assert b'\x1b]' not in plain
    check_raw(plain)
    links = [(where.decode('ascii'), words.decode())
             for where, words in LINK.findall(shown.raw)]
    for where, words in links:
        assert all('!' <= c <= '~' for c in where) and '\n' not in words
    return plain.decode().replace('\r', ''), links


def address(path):
    return f'file://{os.uname().nodename}{urllib.parse.quote(str(path))}'


def test_what_is_done_leads_to_where_it_is(haul, serve):
    text, links = linked(haul, serve('a.bin'))
    assert links == [(address(haul.folder / 'a.bin'), text.strip().split(
        '\n')[-1].split('\x1b[J')[-1])], text
    # Several: their directory.
    text, links = linked(haul, '-d', 'd e', serve('b.bin'), serve('c.bin'))
    assert [where for where, _ in links] == [address(haul.folder / 'd e')]
    # In two directories: nowhere.
    haul.write('list', serve('d.bin') + '\n  out=x/d.bin\n' +
               serve('e.bin') + '\n')
    assert linked(haul, '-i', 'list')[1] == []
    # Nothing is done.
    assert linked(haul, serve('a.bin'))[1] == []


def test_what_failed_leads_to_its_page(haul, serve):
    urls = [serve('good.bin'), *(serve(f'{n:02}.bin', status=404)
                                 for n in range(12))]
    secret = urls[1].replace('//', '//me:secret@')
    text, links = linked(haul, '-n', '1', '--retries=0', secret, *urls)
    assert links[0][0] == address(haul.folder / 'good.bin')
    assert re.fullmatch(r'done +1   97\.7 KiB', links[0][1]), links[0]
    # The first has a password.
    assert [where for where, _ in links[1:10]] == urls[1:10]
    for where, words in links[1:10]:
        assert where.startswith(words.rstrip('\u2026'))
    assert links[10] == (address(haul.folder / 'haul-failed.tsv'),
                         '... 3 more; all of them in ./haul-failed.tsv')
    assert 'secret' not in str(links) and len(links) == 11
    # Where there is no room for the URL the name leads there.
    text, links = linked(haul, '--retries=0', urls[1], columns=38)
    assert links == [(urls[1], '00.bin')]


def test_rows_are_what_they_are_without(haul, serve):
    urls = [serve(f'{n}.bin', status=404 + n) for n in range(3)]
    for columns in (120, 80, 64, 40, 12):
        with_links, links = linked(haul, '-n', '1', '--retries=0', *urls,
                                   columns=columns)
        without, none = linked(haul, '-n', '1', '--retries=0', *urls,
                               columns=columns, term='xterm')
        assert links and not none
        rows = [re.sub(r'[\d.,]+(ms|s|m)\b', '', text[text.rindex(
            'Failed'):]) for text in (with_links, without)]
        assert rows[0] == rows[1]


def test_links_are_on_terminals_that_take_them(haul, serve):
    url = serve('gone', status=404)
    quick = ('--retries=0', '--no-store', url)
    assert not linked(haul, *quick, term='xterm-256color')[1]
    assert linked(haul, *quick, term='xterm-256color', VTE_VERSION='7003')[1]
    assert not linked(haul, '--hyperlinks=never', *quick)[1]
    assert not linked(haul, *quick, HAUL_HYPERLINKS='never')[1]
    assert linked(haul, '--hyperlinks=always', *quick, term='xterm')[1]
    for output in ('log', 'json', 'none', 'bar'):
        result = haul('--hyperlinks=always', f'--output={output}', *quick,
                      env={'TERM': 'foot'})
        assert b'\x1b]' not in result.out_bytes + result.err_bytes


def test_names_in_links_do_no_harm(haul, serve):
    evil = 'x\u001b]8;;http:\u0007;#% ?\u00e9\u202e.bin'
    haul.environment['LC_ALL'] = 'C.UTF-8'
    (haul.folder / 'a\x1b]8;;\x07b').mkdir()
    _, links = linked(haul, '-d', 'a\x1b]8;;\x07b', serve('a.bin'))
    assert links[0][0].endswith('/a%1B%5D8%3B%3B%07b/a.bin')
    _, links = linked(haul, '--retries=0', serve('ok'), serve(
        'n', disposition=f'attachment; filename*=UTF-8\'\'' +
        urllib.parse.quote(evil)), '-d', 'e')
    assert [where for where, _ in links] == [address(haul.folder / 'e')]
