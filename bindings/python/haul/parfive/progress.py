# SPDX-License-Identifier: MIT
"""How far it is: bars of tqdm if that is installed, else a line on a
terminal, else nothing."""

import logging
import shutil
import sys
import time

log = logging.getLogger('haul.parfive')
INTERVAL = 0.2              # seconds between two looks


class Silent:
    """For progress=False, and where nobody would see it."""

    interval = None             # tick() need not be called

    def file_ended(self, good):
        pass

    def tick(self, session):
        pass

    def say(self, text):
        log.info('%s', text)

    def close(self):
        pass


class Paced:
    interval = INTERVAL
    drawn = 0

    def tick(self, session):
        now = time.monotonic()
        if now >= self.drawn + INTERVAL:
            self.drawn = now
            self.draw(session)


def amount(number):
    for unit in ('', 'K', 'M', 'G'):
        if number < 1000:
            return f'{number:.3g}{unit}'
        number /= 1024
    return f'{number:.3g}T'


class Line(Paced):
    """Files Downloaded: 3/12 (1 failed), 5 running, 84.2M, 12M/s"""

    def __init__(self, total):
        self.total, self.good, self.bad = total, 0, 0
        self.shown = False

    def file_ended(self, good):
        self.good, self.bad = self.good + good, self.bad + (not good)

    def draw(self, session):
        totals = session.totals()
        failed = f' ({self.bad} failed)' if self.bad else ''
        self.write(f'Files Downloaded: {self.good}/{self.total}{failed}, '
                   f'{totals.active} running, {amount(totals.got_bytes)}, '
                   f'{amount(totals.speed_bps)}/s')

    def write(self, text):
        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write(f'\r{text[:width]}\x1b[K')
        sys.stderr.flush()
        self.shown = True

    def say(self, text):
        print(f'\r{text}\x1b[K', file=sys.stderr)
        self.shown = False

    def close(self):
        if self.shown:
            self.write(f'Files Downloaded: {self.good}/{self.total}')
            sys.stderr.write('\n')
            sys.stderr.flush()
        self.shown = False


class Bars(Paced):
    """tqdm's: one for all files, and one for each that runs."""

    def __init__(self, tqdm, total, with_files):
        self.tqdm, self.with_files = tqdm, with_files
        self.main = tqdm(total=total, unit='file', desc='Files Downloaded',
                         position=0)
        self.files = {}             # number -> bar

    def file_ended(self, good):
        if good:
            self.main.update(1)

    def draw(self, session):
        rows = session.active(20) if self.with_files else []
        running = {row.id for row in rows}
        for number in list(self.files):
            if number not in running:
                self.files.pop(number).close()
        for row in rows:
            if row.id not in self.files:
                self.open(row)
            bar = self.files[row.id]
            bar.total = row.size_bytes if row.size_bytes >= 0 else None
            if row.got_bytes > bar.n:       # else it would draw for nothing
                bar.update(row.got_bytes - bar.n)

    def open(self, row):
        self.files[row.id] = self.tqdm(unit='B', unit_scale=True,
                                       desc=row.name, leave=False)

    def say(self, text):
        self.main.write(text, file=sys.stderr)

    def close(self):
        for bar in [*self.files.values(), self.main]:
            bar.close()
        self.files = {}


def find_tqdm(notebook):
    try:
        if notebook is None:
            from tqdm.auto import tqdm
        elif notebook:
            from tqdm.notebook import tqdm
        else:
            from tqdm import tqdm
    except ImportError:
        return None
    return tqdm


def progress_for(config, total):
    if not config.progress or total == 0:
        return Silent()
    tqdm = find_tqdm(config.notebook)
    if tqdm is not None:
        return Bars(tqdm, total, config.file_progress)
    if sys.stderr is not None and sys.stderr.isatty():
        return Line(total)
    return Silent()
