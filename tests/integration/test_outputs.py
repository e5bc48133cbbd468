# SPDX-License-Identifier: MIT
"""What haul prints while it works, and when it is done.

- log: one event a line, time first, words and key=value, no control bytes
- NDJSON: every line by the schema, seq gap-free, the events in order, ids,
  sizes, causes, attempts, totals that add up; --events chooses
- --print-filenames, and -0 for names with line feeds in mind
- the bar in a terminal of several sizes: never taller than the screen, no
  line wraps, nothing is left behind, hostile names do no harm, resizing
- --no-file-progress, --no-progress, TERM=dumb, --ascii
- the summary: counts, kinds of failure, a line for each (parfive's)
- a reader that does not read stalls nothing
"""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

import pytest
import pyte

from cases import QUICK

TIME = r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z'
PAIR = r'[a-z_]+=(?:"(?:[^"\\]|\\.)*"|[^\s"]*)'
LINE = re.compile(rf'{TIME} (START|META|DONE|FAIL|RTRY|SKIP|PAUSE|SET|WARN|'
                  rf'TOTAL|GAP|END)(?: {PAIR})*')


# ---- log ------------------------------------------------------------------

def log_lines(text):
    """The lines of events; the summary that follows is for people."""
    lines = [line for line in text.splitlines() if re.match(TIME, line)]
    for line in lines:
        assert LINE.fullmatch(line), line
    return lines


def of_word(lines, word):
    return [line for line in lines if line.split()[1] == word]


def test_the_log_has_one_line_for_each_event(haul, serve):
    haul.write('kept.bin', 'old')
    good, bad = serve('good.bin'), serve('bad.bin', status=404)
    result = haul('--output=log', *QUICK, good, bad, serve('kept.bin'))
    assert result.rc == 1
    lines = log_lines(result.err)
    assert len(of_word(lines, 'DONE')) == 1
    assert len(of_word(lines, 'SKIP')) == 1
    fail, = of_word(lines, 'FAIL')
    assert 'cause=http_404' in fail and f'url={bad}' in fail, fail
    assert of_word(lines, 'START') == []


def test_the_verbose_log_tells_starts_and_retries(haul, serve):
    url = serve('a.bin', turns=({'status': 503},))
    lines = log_lines(haul('-v', *QUICK, url).err)
    words = [line.split()[1] for line in lines]
    assert 'START' in words and 'RTRY' in words
    assert words.index('START') < words.index('RTRY') < words.index('DONE')


def test_the_log_is_chosen_without_a_terminal_and_has_no_control_bytes(
        haul, serve):
    result = haul(serve('a.bin'))
    assert log_lines(result.err)
    assert not re.search(rb'[\x00-\x09\x0b-\x1f\x7f]', result.err_bytes)


def test_the_log_quotes_names_that_need_it(haul, serve):
    url = serve('a.bin', disposition='attachment; filename="a b\\"c.bin"')
    done, = of_word(log_lines(haul('--output=log', url).err), 'DONE')
    assert r'a b\"c.bin"' in done


# ---- NDJSON ---------------------------------------------------------------

def check_sequence(records):
    """seq counts on without a gap; hello is first, end is last and once."""
    assert [r['seq'] for r in records] == list(
        range(records[0]['seq'], records[0]['seq'] + len(records)))
    assert records[0]['ev'] in ('hello', 'end')
    assert records[-1]['ev'] == 'end'
    assert [r['ev'] for r in records].count('end') == 1
    assert all(r['v'] == 1 for r in records)
    times = [r['t'] for r in records]
    assert abs(times[0] / 1000 - time.time()) < 60
    assert times == sorted(times)


def test_ndjson_tells_the_life_of_each_file_in_order(haul, serve):
    haul.write('kept.bin', 'old')
    urls = [serve('good.bin', size=150_000), serve('bad.bin', status=500),
            serve('kept.bin'), serve('late.bin', turns=({'status': 503},))]
    result = haul.json(*QUICK, *urls)
    assert result.rc == 1, result
    records = result.records
    check_sequence(records)
    ways = {}
    for r in records:
        if 'id' in r:
            ways.setdefault(r['id'], []).append(r['ev'])
    assert [e for e in ways[1] if e != 'progress'] == ['start', 'meta',
                                                       'done']
    assert ways[2][-1] == 'fail' and ways[2].count('retry') == 2
    assert ways[3][-1] == 'skip'
    assert 'retry' in ways[4] and ways[4][-1] == 'done'
    done = [r for r in result.events('done') if r['id'] == 1][0]
    assert done['size'] == done['got'] == 150_000
    meta = [r for r in result.events('meta') if r['id'] == 1][0]
    assert meta['size'] == 150_000 and meta['name'] == 'good.bin'
    assert meta['status'] == 200 and meta['etag']
    failure = result.failure
    assert failure['tries'] == 3 and len(failure['attempts']) == 3
    assert all(a['cause'] == 'http' and a['code'] == 500
               for a in failure['attempts'])
    end = records[-1]
    assert (end['done'], end['failed'], end['skipped']) == (2, 1, 1)
    assert (end['reason'], end['exit']) == ('failed', 1)


def test_ndjson_hello_names_the_program_and_its_settings(haul, serve):
    hello = haul.json('--max-conn=3', serve('a.bin')).records[0]
    assert hello['program'] == 'haul' and hello['version']
    assert hello['pid'] > 0 and hello['settings']['files'] == 3


@pytest.mark.parametrize('choice,present,absent', [
    ('all', {'queued', 'start', 'done', 'totals'}, set()),
    ('items', {'start', 'done'}, set()),
    ('totals', {'totals'}, {'start', 'progress', 'meta'}),
    ('end', set(), {'start', 'meta', 'progress', 'totals'})])
def test_ndjson_events_can_be_chosen(choice, present, absent, haul, serve):
    url = serve('a.bin', size=600_000, rate=1_000_000)
    result = haul.json(f'--events={choice}', '--interval=100ms', url)
    kinds = {r['ev'] for r in result.records}
    assert present <= kinds and not absent & kinds, kinds
    check_sequence(result.records)


def test_ndjson_progress_comes_at_the_interval(haul, serve):
    url = serve('a.bin', size=2_000_000, rate=500_000)
    result = haul.json('--interval=200ms', '--max-splits=2',
                       '--min-split-size=64K', url)
    seen = result.events('progress')
    assert len(seen) >= 4
    assert [r['got'] for r in seen] == sorted(r['got'] for r in seen)
    for r in seen:
        assert r['size'] == 2_000_000 and len(r['segs']) <= 64
        assert sum(b - a for a, b in r['segs']) <= r['got'] + 500_000
        assert all(0 <= a < b <= 2_000_000 for a, b in r['segs'])
    gaps = [b['t'] - a['t'] for a, b in zip(seen, seen[1:])]
    assert min(gaps) > 120


def test_ndjson_of_a_name_that_is_no_utf8_has_its_bytes(haul, serve):
    url = serve('a.bin', disposition="attachment; filename*=UTF-8''x%FFy")
    serve('%FFz.bin')
    result = haul.json(url, serve.url('%FFz.bin'))
    assert result.rc == 0, result
    assert b'\xff' not in result.out_bytes


def test_ndjson_stays_valid_with_hostile_text(haul, serve):
    evil = 'x\x1b[31m\u2028\u202e\x9b"\\'
    urls = [serve('a.bin', status=500, reason=evil),
            serve('b.bin', redirect='http://127.0.0.1:1/' + evil),
            serve('c.bin', disposition=f'attachment; filename="{evil}"',
                  headers=(('Content-Type', evil),))]
    result = haul.json('--retries=0', *urls)
    check_sequence(result.records)
    assert result.out.isprintable() or all(
        c.isprintable() or c == '\n' for c in result.out)


def test_ndjson_ends_properly_when_stopped(haul, serve):
    url = serve('a.bin', size=3_000_000, rate=500_000)
    process = haul.start('--json', url)
    serve.wait_for_bytes('a.bin', 200_000)
    process.send_signal(signal.SIGTERM)
    result = haul.finish(process)
    assert result.rc == 143, result
    check_sequence(result.records)
    assert result.records[-1]['reason'] == 'signal'


# ---- --print-filenames ----------------------------------------------------

def test_filenames_may_end_with_nul(haul, serve):
    urls = [serve('with%20blank.bin'), serve('b.bin')]
    result = haul('-q', '--print-filenames', '-0', *urls)
    assert result.rc == 0
    assert result.out.endswith('\0') and '\n' not in result.out
    names = result.out.split('\0')[:-1]
    assert sorted(os.path.basename(n) for n in names) == \
        ['b.bin', 'with blank.bin']


def test_filenames_are_of_finished_files_only(haul, serve):
    result = haul('-q', '--print-filenames', *QUICK, serve('a.bin'),
                  serve('b.bin', status=404))
    assert [os.path.basename(n) for n in result.out.splitlines()] == ['a.bin']


# ---- the bar --------------------------------------------------------------

class Terminal:
    """haul with its stderr on a terminal of a given size, as pyte sees it."""

    def __init__(self, haul, columns, rows, *arguments, **env):
        self.screen = pyte.HistoryScreen(columns, rows, history=10_000)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b''
        self.master, slave = pty.openpty()
        self.resize(columns, rows)
        env = {'TERM': 'xterm-256color', **env}
        self.haul = haul
        self.process = haul.start(*arguments, env=env, stderr=slave)
        os.close(slave)

    def resize(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ,
                    struct.pack('HHHH', rows, columns, 0, 0))
        if (columns, rows) != (self.screen.columns, self.screen.lines):
            self.screen.resize(rows, columns)
            os.killpg(self.process.pid, signal.SIGWINCH)

    def read(self, seconds):
        """Shows what comes for so long; whether there may be more."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not select.select([self.master], [], [], 0.02)[0]:
                continue
            try:
                data = os.read(self.master, 65536)
            except OSError:
                data = b''
            if not data:
                return False
            self.raw += data
            self.stream.feed(data)
        return True

    def read_frame(self):
        """Reads to the end of the next frame: the following one is not
        under way then."""
        size = len(self.raw)
        while len(self.raw) == size:
            assert self.read(0.02), 'ended'
        self.read(0.02)

    def finish(self, seconds=20):
        until = time.monotonic() + seconds
        while self.read(0.2):
            assert time.monotonic() < until, 'still running'
        os.close(self.master)
        self.process.stderr = None
        return self.haul.finish(self.process)

    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    def scrolled(self):
        """Lines that went off the top."""
        return [''.join(line[c].data for c in range(self.screen.columns)
                        ).rstrip() for line in self.screen.history.top]


ALLOWED = re.compile(rb'\x1b\[[0-9;?]*[A-Za-z]')


def check_raw(raw):
    """Nothing but plain control sequences, and no bidi or C1 byte."""
    rest = ALLOWED.sub(b'', raw)
    assert not re.search(rb'[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]', rest), rest
    text = rest.decode('utf-8')
    assert not re.search('[\x80-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]',
                         text)


@pytest.mark.parametrize('columns,rows', [
    (80, 24), (60, 15), (40, 10), (30, 8), (120, 6), (20, 4), (20, 3),
    (200, 50)])
def test_the_bar_fits_the_screen_and_leaves_only_the_summary(
        columns, rows, haul, serve):
    urls = [serve(f'some-longish-name-of-a-file-{n}.bin', size=400_000,
                  rate=300_000) for n in range(16)]
    terminal = Terminal(haul, columns, rows, '--max-conn=16', *urls)
    terminal.read(0.9)
    shown = [line for line in terminal.lines() if line]
    assert any('Total' in line for line in shown), terminal.lines()
    assert len([line for line in shown if '%' in line]) <= max(
        1, min(16, rows - 3)) + 1
    assert all(len(line) <= columns - 1 for line in shown
               if 'Total' in line)
    assert terminal.scrolled() == [], 'the bar scrolled the screen'
    result = terminal.finish()
    assert result.rc == 0, result
    check_raw(terminal.raw)
    left = [line for line in terminal.lines() + terminal.scrolled() if line]
    assert not any('Total' in line for line in left), left
    assert any('16' in line for line in left), left
    assert len(left) <= 3 + (columns < 60) * 3, left


def test_the_bar_shows_each_active_file_and_moves(haul, serve):
    urls = [serve(f'{name}.bin', size=500_000, rate=250_000)
            for name in ('alpha', 'beta')]
    terminal = Terminal(haul, 80, 24, '--max-splits=1', *urls)
    terminal.read(0.8)
    first = terminal.lines()
    assert any('alpha.bin' in line and '%' in line for line in first), first
    assert any('beta.bin' in line for line in first), first
    terminal.read(0.6)
    assert terminal.lines() != first
    assert terminal.finish().rc == 0


def test_events_scroll_above_the_bar(haul, serve):
    urls = [serve(f'bad-{n}.bin', status=404) for n in range(3)]
    urls += [serve('slow.bin', size=500_000, rate=400_000)]
    terminal = Terminal(haul, 80, 24, '--max-splits=1', *urls)
    terminal.read(0.9)
    lines = terminal.lines()
    fails = [n for n, line in enumerate(lines) if 'FAIL' in line]
    total, = [n for n, line in enumerate(lines) if line.startswith('Total')]
    assert len(fails) == 3 and max(fails) < total, lines
    assert terminal.finish().rc == 1


def test_the_bar_survives_resizing(haul, serve):
    urls = [serve(f'{n}.bin', size=700_000, rate=350_000) for n in range(8)]
    terminal = Terminal(haul, 100, 30, '--max-conn=8', '--max-splits=1',
                        *urls)
    for columns, rows in ((60, 12), (1, 1), (30, 5), (120, 40), (80, 24)):
        terminal.read(0.25)
        terminal.resize(columns, rows)
    terminal.read(0.5)
    assert len([line for line in terminal.lines()
                if line.startswith('Total')]) == 1, terminal.lines()
    result = terminal.finish()
    assert result.rc == 0, result
    check_raw(terminal.raw)


def test_64_active_files_leave_the_screen_whole_while_it_is_resized(
        haul, serve):
    urls = [serve(f'{n}-' + 'long' * 10 + '.bin', size=300_000,
                  rate=100_000) for n in range(64)]
    terminal = Terminal(haul, 80, 24, '--max-conn=64', '--max-splits=1',
                        *urls)
    terminal.read(0.7)
    assert len([line for line in terminal.lines() if line]) == 17
    # Growing alone: pyte drops lines of its own when it gets smaller.
    for columns, rows in ((81, 24), (100, 30), (131, 31), (200, 50)):
        terminal.resize(columns, rows)
        terminal.read(0.5)
        shown = [line for line in terminal.lines() if line]
        assert len(shown) == 17, shown
        assert shown[-1].startswith('Total'), shown
        assert shown[-2].startswith('... 49 more active'), shown
        assert all(len(line) < columns for line in shown), shown
    assert terminal.scrolled() == []
    assert terminal.finish().rc == 0


def test_64_active_on_ten_rows_scroll_nothing(haul, serve):
    """Seven files and the total; each frame goes up as many lines as it came
    down, so that in the end just the summary has moved the screen."""
    urls = [serve(f'{n}-' + 'long' * 10 + '.bin', size=200_000,
                  rate=100_000) for n in range(64)]
    terminal = Terminal(haul, 80, 10, '--max-conn=64', '--max-splits=1',
                        *urls)
    terminal.read(1.2)
    shown = [line for line in terminal.lines() if line]
    assert len(shown) == 8, shown
    assert shown[-2].startswith('... 58 more active'), shown
    assert terminal.scrolled() == []
    raw = bytes(terminal.raw)
    ways = [(sum(map(int, re.findall(rb'\x1b\[(\d+)A', frame))),
             frame.count(b'\n')) for frame in raw.split(b'Total')[:-1]]
    assert all(up <= down <= 7 for up, down in ways), ways
    assert ways.count((7, 7)) >= 3 and ways[-1] == (7, 7), ways
    assert terminal.finish().rc == 0
    assert terminal.scrolled() == []
    left = [line for line in terminal.lines() if line]
    assert len(left) == 1 and '64 files' in left[0], left


def test_a_terminal_that_breaks_its_lines_is_wiped_to_the_top(haul, serve):
    url = serve('long' * 12 + '.bin', size=900_000, rate=300_000)
    for env, rows in (({}, 1), ({'VTE_VERSION': '7000'}, 2)):
        terminal = Terminal(haul, 100, 24, '--max-splits=1', '--overwrite',
                            url, **env)
        terminal.read(0.7)
        before = len(terminal.raw)
        terminal.resize(50, 24)
        terminal.read(0.4)
        assert re.search(rb'\x1b\[(\d)A', terminal.raw[before:])[1] == \
            str(rows).encode()
        assert terminal.finish().rc == 0


def test_a_waiting_file_says_why_and_warnings_stand_above(haul, serve):
    urls = [serve('busy.bin', status=503),
            serve('stream.bin', size=30_000, framing='close'),
            serve('slow.bin', size=400_000, rate=200_000)]
    terminal = Terminal(haul, 80, 24, '--retries=1', '--retry-delay=3',
                        '--max-splits=1', *urls)
    terminal.read(0.9)
    lines = terminal.lines()
    assert any(re.match(r'busy.bin.*HTTP 503, try 2 of 2 in \d s$', line)
               for line in lines), lines
    warned, = [n for n, line in enumerate(lines)
               if 'WARN stream.bin  the server told no length' in line]
    total, = [n for n, line in enumerate(lines) if line.startswith('Total')]
    assert warned < total and ' of files ' in lines[total], lines
    assert terminal.finish().rc == 1


def test_files_that_wait_do_not_hide_those_at_work(haul, serve):
    urls = [serve(f'busy-{n}.bin', status=503) for n in range(30)]
    urls += [serve('slow.bin', size=600_000, rate=200_000)]
    terminal = Terminal(haul, 80, 10, '--max-conn=40', '--max-splits=1',
                        '--retries=1', '--retry-delay=4', *urls)
    terminal.read(1.2)
    shown = [line for line in terminal.lines() if line]
    assert len(shown) == 8, shown
    assert shown[5].startswith('slow.bin'), shown
    assert shown[6] == '... 25 more waiting', shown
    assert all('HTTP 503' in line for line in shown[:5]), shown
    assert terminal.finish().rc == 1


def test_no_file_progress_keeps_the_total_only(haul, serve):
    url = serve('alpha.bin', size=400_000, rate=300_000)
    terminal = Terminal(haul, 80, 24, '--no-file-progress', '--max-splits=1',
                        url)
    terminal.read(0.8)
    lines = [line for line in terminal.lines() if line]
    assert len(lines) == 1 and lines[0].startswith('Total'), lines
    assert terminal.finish().rc == 0


def test_no_progress_on_a_terminal_shows_none(haul, serve):
    url = serve('alpha.bin', size=200_000, rate=300_000)
    terminal = Terminal(haul, 80, 24, '--no-progress', url)
    terminal.read(0.4)
    assert not any('%' in line for line in terminal.lines())
    assert terminal.finish().rc == 0
    assert b'Total' not in terminal.raw


def test_a_dumb_terminal_gets_the_log(haul, serve):
    terminal = Terminal(haul, 80, 24, serve('a.bin'), TERM='dumb')
    assert terminal.finish().rc == 0
    assert b'\x1b' not in terminal.raw and b'DONE' in terminal.raw


@pytest.mark.parametrize('arguments,env', [(['--ascii'], {}),
                                           ([], {'LC_ALL': 'C'})])
def test_an_ascii_bar_has_only_ascii(arguments, env, haul, serve):
    url = serve('n%C3%A4me.bin', size=400_000, rate=400_000)
    terminal = Terminal(haul, 80, 24, *arguments, url, **env)
    terminal.read(0.6)
    assert any('Total' in line for line in terminal.lines())
    assert terminal.finish().rc == 0
    if env:
        assert terminal.raw.isascii()
    else:
        assert not re.search('[\u2500-\u25ff]', terminal.raw.decode())


def test_hostile_names_reach_the_terminal_tamed(haul, serve):
    names = ["%1B%5D0%3Bowned%07", "%1B%5B2J%1B%5BH", "%E2%80%AEfdp.exe",
             "%C2%9B31m", "%E4%B8%96%E7%95%8C%E5%9C%B0%E5%9B%B3", "%FF%FE",
             "a%0Ab%0Dc", "e%CC%81%CC%81%CC%81%CC%81", "%EF%BB%BF"]
    urls = [serve(f'{n}.bin', size=400_000, rate=400_000,
                  disposition=f"attachment; filename*=UTF-8''{name}.x{n}")
            for n, name in enumerate(names)]
    urls += [serve('bad.bin', status=500, reason='\x1b]0;owned\x07')]
    terminal = Terminal(haul, 60, 24, '--max-conn=10', '--max-splits=1',
                        '--retries=0', *urls)
    terminal.read(0.9)
    assert terminal.screen.title == ''
    assert len([line for line in terminal.lines()
                if line.startswith('Total')]) == 1, terminal.lines()
    assert terminal.finish().rc == 1
    check_raw(terminal.raw)


@pytest.mark.parametrize('columns', [80, 60, 46, 40, 30])
def test_ctrl_c_on_a_terminal_leaves_a_clean_screen(columns, haul, serve):
    url = serve('a.bin', size=3_000_000, rate=500_000)
    terminal = Terminal(haul, columns, 24, url)
    terminal.read(0.7)
    # A terminal's echo of the key, and of some more, goes to the cursor. No
    # frame may come between it and the signal: for a terminal they are one.
    terminal.read_frame()
    terminal.stream.feed(b'^C' * 9)
    terminal.process.send_signal(signal.SIGINT)
    result = terminal.finish()
    assert result.rc == 3
    assert terminal.lines()[0].startswith('haul: stopping'), terminal.lines()
    lines = [line for line in terminal.lines() if line]
    assert not any(line.startswith('Total') for line in lines), lines
    assert any('haul' in line for line in lines), lines
    assert not terminal.screen.cursor.hidden


# ---- the summary ----------------------------------------------------------

def test_the_summary_of_a_success_is_one_line(haul, serve):
    urls = [serve(f'{n}.bin') for n in range(3)]
    result = haul(*urls)
    lines = [line for line in result.err.splitlines()
             if not re.match(TIME, line)]
    assert len(lines) == 1, result
    assert re.fullmatch(r'haul: 3 files fetched, 293 KiB in [\d.]+s '
                        r'\([\d.]+ [KM]iB/s\)', lines[0])


def test_the_summary_counts_failures_by_kind_and_lists_all(haul, serve):
    urls = [serve(f'{n}.bin', status=404 if n % 2 else 503)
            for n in range(24)]
    result = haul('--retries=0', '--output=bar', *urls)
    assert result.rc == 1
    assert '24 files failed' in result.err
    assert re.search(r'^ +12 +HTTP 404', result.err, re.M), result
    assert re.search(r'^ +12 +HTTP 503', result.err, re.M), result
    listed = [line.split('\t') for line in result.err.splitlines()
              if line.startswith('http://')]
    assert sorted(line[0] for line in listed) == sorted(urls)
    assert all(line[1].startswith('HTTP ') for line in listed)


AGAIN = 'run the same command again'
RETRY = 'Retry:  haul --retry-failed'


@pytest.mark.parametrize('faults,words,absent', [
    # What trying again cannot help is told what can.
    ([{'status': 404}], ['haul: HTTP 404 Not Found. The file is not there'],
     [AGAIN, RETRY]),
    ([{'status': 404}] * 12, ['12  HTTP 404 Not Found. The file is not'],
     [AGAIN, RETRY, 'haul: HTTP 404']),
    ([{'status': 401}], ['haul: HTTP 401 Unauthorized. Log in'], [RETRY]),
    # What it can help gets that alone.
    ([{'status': 503}], [RETRY],
     [AGAIN, 'haul: HTTP 503']),
    ([{'no_answer': 'close'}], [RETRY], []),
    # Both.
    ([{'status': 503}, {'status': 404}, {'status': 404}],
     ['haul: for 1 of them it may help to try again', RETRY,
      'haul: HTTP 404 Not Found. The file'], ['haul: HTTP 503']),
])
def test_the_summary_says_what_helps(faults, words, absent, haul, serve):
    urls = [serve(f'{n}.bin', **fault) for n, fault in enumerate(faults)]
    result = haul('--retries=0', *urls)
    assert result.rc == 1
    said = [line for line in result.err.splitlines()
            if not re.match(TIME, line)]
    for word in words:
        assert any(word in line for line in said), result
    for word in absent:
        assert not any(word in line for line in said), result


def test_without_a_store_the_summary_names_the_same_command(haul, serve):
    result = haul('--no-store', '--retries=0', serve('a', status=503))
    assert f'haul: {AGAIN} to try the rest' in result.err
    assert RETRY not in result.err
    result = haul('--no-store', '--retries=0', serve('b', status=503),
                  serve('c', status=404))
    assert f'haul: for 1 of them it may help to {AGAIN}' in result.err


def test_a_stop_tells_failures_and_what_is_left_apart(haul, serve):
    process = haul.start(serve('gone.bin', status=404),
                         serve('big.bin', size=3_000_000, rate=500_000))
    serve.wait_for_bytes('big.bin', 200_000)
    process.send_signal(signal.SIGINT)
    result = haul.finish(process)
    assert result.rc == 3
    assert 'haul: 1 file failed:\n' in result.err, result
    assert result.err.endswith('haul: stopped; 1 file is left.\n'
                               'Resume: haul --resume\n'), result


# ---- readers that do not read ---------------------------------------------

def start_with_small_pipe(haul, stream, *arguments, **more):
    """haul with one stream on a pipe of one page, and the end to read."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, 1031, 4096)     # F_SETPIPE_SZ
    process = haul.start(*arguments, **{stream: writer, **more})
    os.close(writer)
    return process, reader


def read_all(reader, seconds=10):
    text, data = bytearray(), None
    while data != b'':
        assert select.select([reader], [], [], seconds)[0], 'no end'
        data = os.read(reader, 65536)
        text += data
    os.close(reader)
    return bytes(text)


@pytest.mark.parametrize('mode,stream', [
    (['--json', '--events=all', '--interval=50ms'], 'stdout'),
    (['--output=log', '-v'], 'stderr'),
    (['-q', '--print-filenames'], 'stdout')])
def test_a_reader_that_does_not_read_stalls_no_download(
        mode, stream, haul, serve):
    urls = [serve(f'{n:03}-' + 'long' * 40 + '.bin', size=1000)
            for n in range(600)]
    haul.write('list', '\n'.join(urls))
    process, reader = start_with_small_pipe(haul, stream, *mode,
                                            '--max-conn=10', '-i', 'list')
    assert serve.server.wait_until(
        lambda: len(haul.names()) == 601, 20), 'the files did not come'
    text = read_all(reader)
    assert haul.finish(process).rc == 0
    if mode[0] == '--json':
        records = [json.loads(line) for line in text.splitlines()]
        check_sequence(records)
        assert len([r for r in records if r['ev'] == 'done']) == 600
    elif stream == 'stdout':
        assert len(text.splitlines()) == 600
    else:
        assert text.count(b' DONE ') == 600


def wait_until_it_rests(process, seconds=30):
    """Until the program has used no processor time for a while."""
    used, since, until = None, 0, time.monotonic() + seconds
    while time.monotonic() < until:
        with open(f'/proc/{process.pid}/stat') as file:
            now = file.read().rsplit(')', 1)[1].split()[11:13]
        if now != used:
            used, since = now, time.monotonic()
        elif time.monotonic() - since > 1.5:
            return
        time.sleep(0.1)
    pytest.fail('it does not come to rest')


# Failures with long URLs, more than the buffer of 16 MiB holds.
def write_a_list_of_many_failures(haul):
    haul.write('list', ''.join(f'http://127.0.0.1:1/{n:05}{"x" * 6000}\n'
                               for n in range(3000)))
    return ['--retries=0', '--max-conn=20', '-i', 'list']


def test_what_a_blocked_reader_loses_is_told_by_a_gap_record(haul):
    process, reader = start_with_small_pipe(
        haul, 'stdout', '--json', *write_a_list_of_many_failures(haul),
        stderr=subprocess.DEVNULL)
    wait_until_it_rests(process)
    text = read_all(reader).decode()
    assert haul.finish(process).rc == 1
    import conftest
    records = conftest.read_records(text)
    gaps = [r for r in records if r['ev'] == 'gap']
    assert gaps and records[-1]['ev'] == 'end'
    assert records[-1]['failed'] == 3000
    lost, seq = 0, 0
    for record in records:
        if record['ev'] == 'gap':
            assert record['from_seq'] == seq, record
            assert record['to_seq'] - record['from_seq'] + 1 == \
                record['lost'], record
            lost += record['lost']
            seq = record['to_seq'] + 1
        assert record['seq'] == seq, record
        seq += 1
    assert lost > 100
    told = len([r for r in records if r['ev'] == 'fail'])
    assert 500 < told < 3000


def test_what_a_blocked_reader_loses_of_the_log_is_counted(haul):
    arguments = write_a_list_of_many_failures(haul)
    process, reader = start_with_small_pipe(haul, 'stderr', '--output=log',
                                            '-v', *arguments)
    wait_until_it_rests(process)
    lines = log_lines(read_all(reader).decode())
    assert haul.finish(process).rc == 1
    lost = sum(int(re.search(r'lost=(\d+)$', line)[1])
               for line in of_word(lines, 'GAP'))
    assert lost > 0
    told = sum(len(of_word(lines, word)) for word in ('START', 'FAIL'))
    assert told + lost >= 6000
    assert lines[-1].split()[1] == 'END'


@pytest.mark.parametrize('mode,stream', [
    (['--json', '--events=all', '--interval=50ms'], 'stdout'),
    (['--output=log', '-v'], 'stderr')])
def test_ctrl_c_works_although_the_reader_does_not_read(
        mode, stream, haul, serve):
    urls = [serve(f'{n:03}-' + 'long' * 40 + '.bin', size=1000)
            for n in range(100)]
    urls.append(serve('slow.bin', size=3_000_000, rate=300_000))
    process, reader = start_with_small_pipe(haul, stream, *mode, *urls)
    serve.wait_for_bytes('slow.bin', 300_000)
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    try:
        assert haul.finish(process, timeout=5).rc in (3, 130)
    finally:
        os.close(reader)
