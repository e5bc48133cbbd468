# SPDX-License-Identifier: MIT
"""The recipes of doc/recipes.md, run as they stand there.

Only the names of servers are changed, and what belongs to a batch system is a
program of the test.

- by night, from cron: silent when all is there, a line for what is not, never
  two at once
- what is written to a FIFO is fetched, with its options
- a job goes on where it was when it is queued again; an array takes a list
  apart
- make fetches what is wanted, once
- a file of checksums becomes a list; what is not as it says has no name
- archives are unpacked as they come
- jq reads what --json writes
- of an FTP server all of a directory
- all runs are verified
- the lists of aria2 that doc/from-aria2.md tells of
"""

import hashlib
import os
import re
import shutil
import signal
import tarfile
import time

import pytest

from conftest import SOURCE

ELSEWHERE = re.compile(r'\bhttps://example\.org(?:/\w+\b(?!\.))?')


def recipe(*words, page='recipes.md'):
    """The block of the page that has all of these words."""
    text = (SOURCE / 'doc' / page).read_text()
    found = [block for block in
             re.findall(r'^```\w*\n(.*?)^```$', text, re.M | re.S)
             if all(word in block for word in words)]
    assert len(found) == 1, (words, found)
    return found[0]


class Shell:
    """Runs blocks with haul, and what stands in for others, in its path."""

    def __init__(self, haul):
        self.haul = haul
        self.bin = haul.home / 'bin'
        self.bin.mkdir()
        (self.bin / 'haul').symlink_to(haul.program)
        self.environment = {'PATH': f'{self.bin}:/usr/bin:/bin'}

    def program(self, name, text):
        path = self.bin / name
        path.write_text(text)
        path.chmod(0o755)

    def start(self, block, *arguments, shell='sh', **more):
        return self.haul.start_program(
            shell, '-c', block, shell, *arguments,
            env={**self.environment, **more})

    def __call__(self, block, *arguments, **more):
        return self.haul.finish(self.start(block, *arguments, **more))


@pytest.fixture
def shell(haul):
    for tool in ('awk', 'sed', 'timeout', 'flock'):
        if shutil.which(tool) is None:
            pytest.skip(f'{tool} is not installed')
    return Shell(haul)


@pytest.fixture
def served(nginx, tmp_path):
    """A directory that nginx has, and its URL."""
    folder = os.path.join(nginx.root, tmp_path.name)
    os.makedirs(folder)
    return folder, nginx.url(f'/{tmp_path.name}')


def put(served, name, data):
    path = os.path.join(served[0], name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as file:
        file.write(data)
    return data


# ---- by night -------------------------------------------------------------

@pytest.fixture
def night(shell, haul):
    haul.folder = haul.home / 'archive'
    haul.folder.mkdir()
    return recipe('flock -n')


def test_by_night_only_a_failure_is_told(shell, haul, serve, night):
    good = serve('a.bin')
    haul.write('urls.txt', f'{good}\n{good}\n')
    for _ in range(2):
        result = shell(night)
        assert (result.rc, result.out, result.err) == (0, '', ''), result
    assert haul.read('data/a.bin') == serve.data('a.bin')
    gone = serve('b.bin', turns=({'status': 404}, {'status': 404}, {}))
    haul.write('urls.txt', f'{good}\n{gone}\n')
    result = shell(night)
    assert result.rc == 1
    assert result.err == f'{gone}\tHTTP 404 Not Found\n'

    again = recipe('--retry-failed\n', 'archive').split('*  ')[-1]
    assert shell(again).rc == 1
    result = shell(again)
    assert (result.rc, result.err) == (0, ''), result
    assert haul.read('data/b.bin') == serve.data('b.bin')


def test_by_night_a_second_one_leaves_the_first_alone(shell, haul, serve,
                                                      night):
    haul.write('urls.txt', serve('a.bin', size=600_000, rate=300_000) + '\n')
    first = shell.start(night)
    serve.wait_for_bytes('a.bin', 100_000)
    result = shell(night)
    assert (result.rc, result.out, result.err) == (0, '', ''), result
    assert haul.finish(first).rc == 0
    assert haul.read('data/a.bin') == serve.data('a.bin')


def test_what_the_day_began_the_night_ends(shell, haul, serve):
    haul.folder = haul.home / 'archive'
    haul.folder.mkdir()
    more = recipe('flock -w')
    url = serve('a.bin', size=600_000, rate=300_000)
    process = haul.start('--store', 'queue.db', '-d', 'data', url)
    serve.wait_for_bytes('a.bin', 100_000)
    process.send_signal(signal.SIGINT)
    assert haul.finish(process).rc == 3
    assert shell(more, '1s', '20K').rc == 124
    assert haul.names()[-1].startswith('queue.db') and \
        'data/a.bin' not in haul.names()
    assert shell(more, '1m', '0').rc == 0
    result = shell(more, '1m', '0')
    assert (result.rc, result.out, result.err) == (0, '', ''), result
    assert haul.read('data/a.bin') == serve.data('a.bin')


def test_a_queue_that_is_left_running(shell, haul, served):
    data = [put(served, name, os.urandom(2000)) for name in ('a.iso', 'b')]
    block = recipe('mkfifo').replace('https://example.org', served[1])
    ours = block + 'until [ -e ~/Downloads/b.iso ]; do sleep 0.1; done\n' \
        'kill $!; wait $!\n'
    result = shell(ours)
    assert result.rc == 143, result
    assert (haul.home / 'Downloads/a.iso').read_bytes() == data[0]
    assert (haul.home / 'Downloads/b.iso').read_bytes() == data[1]


# ---- jobs -----------------------------------------------------------------

def test_a_job_that_is_queued_again_goes_on(shell, haul, serve):
    job = recipe('#SBATCH --requeue')
    shell.program('scontrol', '#!/bin/sh\necho "$@" >> queued\n')
    shell.program('srun', '#!/bin/sh\necho "$@" >> computed\n')
    haul.write('urls.txt', serve('a.bin', size=4_000_000,
                                 rate=1_000_000) + '\n')
    given = {'SCRATCH': str(haul.folder), 'SLURM_JOB_ID': '17'}
    process = shell.start(job, shell='bash', **given)
    serve.wait_for_bytes('a.bin', 2_000_000)
    process.send_signal(signal.SIGUSR1)
    assert haul.finish(process).rc == 0
    assert haul.read('queued') == b'requeue 17\n'
    assert 'data/a.bin.part' in haul.names() and \
        'computed' not in haul.names()
    before = len(serve.requests('a.bin', 'GET'))
    result = shell(job, shell='bash', **given)
    assert result.rc == 0, result
    assert haul.read('data/a.bin') == serve.data('a.bin')
    assert haul.read('computed').decode() == \
        f'./compute {haul.folder}/data\n'
    assert all(request.range and request.range[0] > 0 for request in
               serve.requests('a.bin', 'GET')[before:])


def test_an_array_takes_a_list_apart(shell, haul, serve):
    task = recipe('#SBATCH --array')
    haul.write('urls.txt', ''.join(serve(f'{i}.bin') + '\n'
                                   for i in range(7)))
    for number in range(3):
        result = shell(task, shell='bash', SCRATCH=str(haul.folder),
                       SLURM_ARRAY_TASK_COUNT='3',
                       SLURM_ARRAY_TASK_ID=str(number))
        assert result.rc == 0, result
        assert len(list((haul.folder / 'data').iterdir())) == \
            (2, 5, 7)[number]
    assert all(len(serve.requests(f'{i}.bin')) == 1 for i in range(7))


def test_make_fetches_what_is_wanted_once(shell, haul, served):
    if shutil.which('make') is None:
        pytest.skip('make is not installed')
    data = [put(served, name, os.urandom(3000))
            for name in ('a.fits', 'b.fits')]
    haul.write('Makefile', ELSEWHERE.sub(served[1], recipe('BASE = ')))
    assert shell('make -s').rc == 0
    assert [haul.read(f'data/{n}.fits') for n in 'ab'] == data
    assert 'Nothing' in shell('make').out
    haul.write('Makefile', recipe('.fetched'))
    haul.write('urls.txt', f'{served[1]}/a.fits\n')
    assert shell('make -s').rc == 0
    assert 'up to date' in shell('make').out


# ---- what is fetched ------------------------------------------------------

def test_a_file_of_checksums_becomes_a_list(shell, haul, served):
    names = ('a.dat', 'sub/b.dat', 'a name#100%41.txt')
    data = {name: put(served, name, os.urandom(2000)) for name in names}
    put(served, 'SHA256SUMS', ''.join(
        f'{hashlib.sha256(data[name]).hexdigest()}  {name}\n'
        for name in names).encode())
    put(served, 'sub/b.dat', b'another one')
    block = ELSEWHERE.sub(served[1], recipe('SHA256SUMS > urls.txt'))
    result = shell(block)
    assert result.rc == 1 and result.err.count('wrong checksum') >= 1, result
    assert haul.read('data/a.dat') == data['a.dat']
    assert haul.read('data/a name#100%41.txt') == data['a name#100%41.txt']
    assert 'data/sub/b.dat' not in haul.names()


def test_archives_are_unpacked_as_they_come(shell, haul, served):
    for name in 'ab':
        haul.write(name, name * 5000)
        with tarfile.open(os.path.join(served[0], f'{name}.tgz'),
                          'w:gz') as archive:
            archive.add(haul.folder / name, name)
        os.unlink(haul.folder / name)
    haul.write('urls.txt', f'{served[1]}/a.tgz\n{served[1]}/b.tgz\n')
    result = shell(recipe('tar xzf'))
    assert result.rc == 0, result
    assert haul.read('a') == b'a' * 5000 and haul.read('b') == b'b' * 5000


def test_all_of_an_ftp_directory(shell, haul, vsftpd):
    if shutil.which('curl') is None:
        pytest.skip('curl is not installed')
    folder = os.path.join(vsftpd.root, 'recipes')
    os.makedirs(folder, exist_ok=True)
    for name in ('a.fits', 'b.fits'):
        with open(os.path.join(folder, name), 'wb') as file:
            file.write(name.encode() * 100)
    block = re.sub(r'base=\S+', f'base={vsftpd.url("/recipes/")}',
                   recipe('curl -s -l'))
    result = shell(block)
    assert result.rc == 0, result
    assert haul.names() == ['data/a.fits', 'data/b.fits']
    assert haul.read('data/b.fits') == b'b.fits' * 100


def test_what_runs_fetched_is_verified(shell, haul, serve):
    for name in 'ab':
        assert haul('-q', serve(f'{name}.bin')).rc == 0
    block = recipe('--history=all')
    assert shell(block).err == ''
    time.sleep(0.1)
    with open(haul.folder / 'a.bin', 'r+b') as file:
        file.write(b'x')
    result = shell(block)
    assert 'a.bin' in result.out + result.err, result
    assert 'b.bin' not in result.out + result.err, result


# ---- for programs ---------------------------------------------------------

def test_jq_reads_what_haul_tells(shell, haul, serve):
    if shutil.which('jq') is None:
        pytest.skip('jq is not installed')
    blocks = re.split(r'\n\n', recipe('# how far it is'))
    assert len(blocks) == 4
    gone = serve('b.bin', status=404)
    haul.write('urls.txt', serve('a.bin', size=900_000, rate=600_000) +
               f'\n{gone}\n')
    result = shell(blocks[0])
    assert re.search(r'^\d of 2 files, \d+ bytes, \d+ B/s$', result.out,
                     re.M), result
    assert shell(blocks[1]).out == f'http\t404\t{gone}\n'
    (haul.folder / 'haul.json').write_text(
        haul('--json', '-i', 'urls.txt').out)
    assert shell(blocks[2]).out == '1 http\n'
    assert shell(blocks[3]).rc == 1


# ---- from elsewhere -------------------------------------------------------

def test_a_session_of_aria2_is_gone_on_with(shell, haul, served):
    if shutil.which('aria2c') is None:
        pytest.skip('aria2c is not installed')
    haul.write('urls.txt', f'{served[1]}/a.dat\t{served[1]}/c.dat\n'
               f'  out=one.dat\n{served[1]}/b.dat\n')
    shell('aria2c -q --no-conf -i urls.txt --save-session=aria2.session')
    data = [put(served, name, os.urandom(2000)) for name in
            ('c.dat', 'b.dat')]
    assert b' gid=' in haul.read('aria2.session')
    result = shell(recipe('aria2.session', page='from-aria2.md'))
    assert result.rc == 0, result
    assert [haul.read('one.dat'), haul.read('b.dat')] == data
