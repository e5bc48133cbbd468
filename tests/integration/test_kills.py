# SPDX-License-Identifier: MIT
"""SIGKILL at random times (promise 4): some files at once, in one to eight
parts, from nginx and vsftpd. Every file is bit-exact in the end, nothing else
is left; what record and note had claimed is not asked of the server again, and what was
fetched twice, as the server counted it, is bounded.

HAUL_TESTS=long makes 300 kills, HAUL_KILLS=N so many; above 50 the files have
up to 200 MiB, and there is a table. HAUL_SEED names the dice of a failure. What a kill cost is what the server had
sent, less what the next run has no need to fetch.
"""

import os
import random
import re
import statistics
import time

import pytest

from misbehaving import Content
from test_proof import believed

KILLS = int(os.environ.get('HAUL_KILLS') or
            (300 if os.environ.get('HAUL_TESTS') == 'long' else 6))
LONG = KILLS > 50
SEED = int(os.environ.get('HAUL_SEED', 1))
MIB = 1 << 20
SIZES = (1, 3, 10, 40, 200) if LONG else (1, 3, 8)
SECONDS = 3             # a run without a kill
IN_A_ROW = 5            # kills of the same files
SOCKETS = 7 * MIB       # what a server has sent and nobody has read
NOTES = 4 * MIB         # of a file, what may have come since its last note
COST = 8 * MIB          # of a kill, on the average of many
COMPARED = 64 << 10    # of a file that FTP goes on with, once more


class Http:
    def __init__(self, nginx):
        self.peer, self.url = nginx, nginx.url

    def sent(self, name):
        """Body bytes of all answers for that name."""
        time.sleep(0.2)         # a line is written when a request has ended
        pattern = re.compile(r'"GET /%s [^"]*" \d+ (\d+)' % re.escape(name))
        return sum(int(found[1]) for line in self.peer.log()
                   if (found := pattern.search(line)))


class Ftp:
    def __init__(self, vsftpd):
        self.peer, self.url = vsftpd, vsftpd.url

    def sent(self, name):
        time.sleep(0.2)
        pattern = re.compile(r'DOWNLOAD: .*"/%s", (\d+) bytes' %
                             re.escape(name))
        return sum(int(n) for n in pattern.findall(self.peer.log()))


@pytest.fixture(params=['http', 'ftp'])
def source(request):
    if request.param == 'http':
        return Http(request.getfixturevalue('nginx'))
    return Ftp(request.getfixturevalue('vsftpd'))


class Story:
    """Some files, fetched and killed until they are there."""

    def __init__(self, haul, source, dice, number):
        self.haul, self.source, self.dice = haul, source, dice
        self.parts = dice.randint(1, 8)
        self.files = {}
        for each in range(dice.randint(1, 5)):
            name = f'kill-{number}-{each}-{os.getpid()}.bin'
            self.files[name] = dice.choice(SIZES) * MIB + dice.randint(0, 9)
            with open(os.path.join(source.peer.root, name), 'wb') as out:
                out.write(Content(name, self.files[name]).read())
            # Old enough to prove something.
            os.utime(out.name, (1.7e9, 1.7e9))
        self.total = sum(self.files.values())
        self.rate = self.total // SECONDS
        self.command = [f'--limit-rate={self.rate}', '--retry-delay=50ms',
                        f'--max-splits={self.parts}', '--min-split-size=256K',
                        '--json', *(source.url('/' + n) for n in self.files)]
        self.kept = self.sent = 0
        self.costs = []         # of each kill, in bytes

    def run(self, most):
        while True:
            process = self.haul.start(*self.command)
            pause = self.dice.uniform(0.02, SECONDS * 1.1)
            until = time.monotonic() + pause
            while len(self.costs) < most and process.poll() is None and \
                    time.monotonic() < until:
                time.sleep(0.01)
            if len(self.costs) >= most or process.poll() is not None:
                return self.haul.finish(process)
            process.kill()
            self.haul.finish(process)
            self.look()

    def look(self):
        """What the next run has no need to fetch; never less than before."""
        kept, self.kept = self.kept, sum(
            size if name in self.haul.names() else believed(self.haul, name)
            for name, size in self.files.items())
        assert self.kept >= kept, 'lost what was here'
        sent, self.sent = self.sent, self.all_sent()
        self.costs.append(self.sent - sent - (self.kept - kept))

    def all_sent(self):
        return sum(self.source.sent(name) for name in self.files)

    def check(self, result, where):
        assert result.rc == 0, (where, result)
        assert self.haul.names() == sorted(self.files), where
        for name, size in self.files.items():
            assert self.haul.read(name) == Content(name, size).read(), \
                (where, name)

    def fetched_twice(self):
        """In all, and by the last run alone, which nobody killed."""
        sent = self.all_sent()
        return sent - self.total, sent - self.sent - (self.total - self.kept)

    def bound(self):
        """For one kill: what each file that ran had not noted, and what is in
        the sockets."""
        streams = len(self.files) * (1 if isinstance(self.source, Ftp)
                                     else self.parts)
        return min(self.total, self.rate // 2 +
                   len(self.files) * NOTES) + streams * SOCKETS

    def slack(self):
        """What the last run may have been sent beyond what it had to ask: by
        FTP, the end of what each file has, to compare it; by HTTP, of each
        part that was cut, what was in the socket."""
        if isinstance(self.source, Ftp):
            return len(self.files) * COMPARED
        return 0 if self.parts == 1 else self.total // 10 + self.parts * MIB

    def clear(self):
        for name in self.files:
            os.unlink(self.haul.folder / name)
            os.unlink(os.path.join(self.source.peer.root, name))


def test_killed_at_any_time_the_same_command_goes_on(source, haul, capsys):
    kind = type(source).__name__.lower()
    dice = random.Random(f'{SEED} {kind}')
    done, rows, number = 0, [], 0
    while done < (KILLS + 1) // 2:
        number += 1
        where = f'HAUL_SEED={SEED}, story {number}'
        story = Story(haul, source, dice, number)
        result = story.run(min(IN_A_ROW, (KILLS + 1) // 2 - done))
        story.check(result, where)
        twice, last = story.fetched_twice()
        assert all(cost <= story.bound() for cost in story.costs), \
            (where, story.costs)
        # A part that another connection took over is sent on for a while.
        assert last <= story.slack(), (where, last, story.kept)
        rows.append((story, twice))
        done += len(story.costs)
        story.clear()
    if LONG:
        with capsys.disabled():
            tell(kind, rows)
        assert sum(twice for story, twice in rows) <= done * COST


def tell(kind, rows):
    print('\nsource files parts   MiB kills  again/kill MiB')
    for story, twice in rows:
        kills = len(story.costs)
        print(f'{kind:6} {len(story.files):5} {story.parts:5} '
              f'{story.total / MIB:5.0f} {kills:5} '
              f'{twice / MIB / max(kills, 1):15.2f}')
    costs = [cost / MIB for story, twice in rows for cost in story.costs]
    print(f'{kind}: {len(costs)} kills of {len(rows)} runs, all '
          f'{sum(len(story.files) for story, twice in rows)} files right; '
          'MiB fetched again for a kill: '
          f'mean {statistics.mean(costs):.2f}, '
          f'median {statistics.median(costs):.2f}, most {max(costs):.2f}; '
          'with what was sent beyond the ends of parts '
          f'{sum(twice for story, twice in rows) / MIB / len(costs):.2f}')
