# SPDX-License-Identifier: MIT
"""How each program is told to fetch a file and to go on with one.

Each gets what makes it patient and careful, and about the same of it: four
tries with a second between them, five seconds without a byte, up to five
connections of a mebibyte or more. Where a program has no such option, it has
its own way.
"""

import dataclasses
import os
import re
import shutil
import subprocess


@dataclasses.dataclass(frozen=True)
class Program:
    name: str                   # of the column
    binary: str
    fetch: object               # (url, folder, name) -> arguments
    schemes: tuple = ('http', 'https', 'ftp')
    version: tuple = ('--version',)
    environment: tuple = ()
    # What it leaves beside a file that is not whole, and is no file.
    litter: str = r'$^'

    def path(self):
        return shutil.which(self.binary)

    def version_text(self):
        done = subprocess.run([self.path(), *self.version], text=True,
                              capture_output=True, timeout=20)
        found = re.search(r'\d+\.\d+(\.\d+)?', done.stdout + done.stderr)
        return found[0] if found else '?'


def haul(url, folder, name):
    return ['-q', '--output=none', '--no-store', '--retries=3',
            '--retry-delay=1s', '--timeout=5', '--connect-timeout=5',
            '--max-splits=5', '--insecure', '-d', folder, url]


def aria2c(url, folder, name):
    return ['-q', '--no-conf', '--file-allocation=none', '--max-tries=4',
            '--retry-wait=1', '--timeout=5', '--connect-timeout=5', '-x5',
            '-s5', '-k1M', '--continue', '--always-resume=false',
            '--check-certificate=false', '-d', folder, '-o', name, url]


def wget2(url, folder, name):
    return ['-q', '--progress=none', '--tries=4', '--waitretry=1',
            '--timeout=5', '--retry-connrefused', '--continue',
            '--compression=none', '--check-certificate=off', '-P', folder,
            url]


def wget2_chunks(url, folder, name):
    return ['--chunk-size=1M', '--max-threads=5', *wget2(url, folder, name)]


def curl(url, folder, name):
    return ['-q', '-s', '-S', '-f', '-L', '-k', '--retry', '3',
            '--retry-delay', '1', '--retry-all-errors', '--connect-timeout',
            '5', '--speed-time', '5', '--speed-limit', '1',
            '--remove-on-error', '-o', os.path.join(folder, name), url]


def curl_going_on(url, folder, name):
    arguments = curl(url, folder, name)
    arguments.remove('--remove-on-error')
    return [*arguments, '-C', '-']


def axel(url, folder, name):
    return ['-q', '-k', '-n', '5', '-T', '5', '-o',
            os.path.join(folder, name), url]


def parfive(url, folder, name):
    return ['--no-progress', '--max-splits', '5', '--directory', folder, url]


PROGRAMS = (
    Program('haul', os.environ.get('HAUL') or 'haul', haul,
            litter=r'.*\.part(\.haul)?$'),
    Program('aria2c', 'aria2c', aria2c, litter=r'.*\.aria2$'),
    Program('wget2', 'wget2', wget2, schemes=('http', 'https')),
    Program('wget2 chunks', 'wget2', wget2_chunks, schemes=('http', 'https')),
    Program('curl', 'curl', curl),
    Program('curl -C -', 'curl', curl_going_on),
    Program('axel', 'axel', axel, litter=r'.*\.st$'),
    # Debian's has no aioftp.
    Program('parfive', 'parfive', parfive, schemes=('http', 'https'),
            environment=(('PARFIVE_SOCK_READ_TIMEOUT', '5'),)),
)
