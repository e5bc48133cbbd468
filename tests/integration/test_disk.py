# SPDX-License-Identifier: MIT
"""A disk that is full or refuses (FAILURES 23 to 25, 27).

- no space: the file waits, and goes on by itself when there is room, with
  what it has; so do those that have not begun, without a request
- a file that does not fit is not begun, and says what is missing; nor is one
  beside others that will need the room; one that never will fails, also if
  that is told later; one that only drips holds no room
- other file systems' files are not held back
- data that could not be synced do not count, though a later sync succeeds
- read-only, no permission, a file larger than the system holds, a directory
  or a part file that vanished, no locks: cause and words of their own

Needs to be root, for small file systems of its own.
"""

import os
import resource
import shlex
import shutil
import signal
import subprocess
import time

import pytest

import built
from cases import QUICK
from disks import small_disk

MIB = 1 << 20
PLAIN = (*QUICK, '--max-splits=1')


@pytest.fixture
def disk(haul):
    """A folder of the run's that holds 8 MiB."""
    with small_disk(haul, 'size=8m,mode=777') as path:
        yield path


def wait_until(condition, seconds=15):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False


def fill(disk, leave):
    free = os.statvfs(disk)
    size = free.f_bavail * free.f_frsize - leave
    (disk / 'filler').write_bytes(b'f' * size)


def test_a_full_disk_makes_it_wait_and_it_goes_on_when_there_is_room(
        haul, serve, disk):
    url = serve('f.bin', size=4 * MIB, rate=3 * MIB)
    process = haul.start('--json', *PLAIN, '--retries=0', '-d', disk, url)
    # There is room when it begins, and none later.
    part = disk / 'f.bin.part'
    assert wait_until(part.exists)
    fill(disk, MIB)
    assert wait_until(lambda: serve.requests('f.bin')[0].ended)
    time.sleep(4)
    assert process.poll() is None, haul.finish(process)
    assert len(serve.requests('f.bin')) == 1, 'asked without room'
    assert not (disk / 'f.bin').exists()
    (disk / 'filler').unlink()
    result = haul.finish(process)
    assert result.rc == 0, result
    assert (disk / 'f.bin').read_bytes() == serve.data('f.bin')
    assert [r['cause'] for r in result.events('retry')] == ['disk_full']


def test_a_file_that_does_not_fit_is_not_begun(haul, serve, disk):
    fill(disk, 3 * MIB)
    (disk / 'filler').rename(disk / 'other')
    url = serve('large.bin', size=6 * MIB)
    result = haul.json(*PLAIN, '--total-timeout=2', '-d', disk, url)
    assert result.rc == 1, result
    retry, = result.events('retry')
    assert retry['cause'] == 'disk_full'
    assert f'it needs {6 * MIB} bytes' in str(retry), retry
    assert os.listdir(disk) == ['other']


def test_what_fits_alone_does_not_take_anothers_room(haul, serve, disk):
    """Else both would fill the disk, and neither could go on."""
    urls = [serve(f'{n}.bin', size=5 * MIB, rate=3 * MIB) for n in range(2)]
    process = haul.start('--json', *PLAIN, '-d', disk, *urls)
    done = [disk / f'{n}.bin' for n in range(2)]
    assert wait_until(lambda: any(path.exists() for path in done), 10)
    first = 0 if done[0].exists() else 1
    assert done[first].read_bytes() == serve.data(f'{first}.bin')
    assert os.listdir(disk) == [f'{first}.bin']
    done[first].unlink()
    result = haul.finish(process)
    assert result.rc == 0, result
    second = 1 - first
    assert done[second].read_bytes() == serve.data(f'{second}.bin')
    assert [r['cause'] for r in result.events('retry')] == ['disk_full']
    assert len(serve.requests(f'{second}.bin')) == 2


def test_a_size_that_is_told_later_takes_no_room_either(haul, serve, disk):
    """A file that fits is begun; at the next request it is said to have
    another size. It ends, and holds no room that others would wait for."""
    evil = serve('evil.bin', size=3 * MIB, changes=('requests', 1),
                 changed_size=1 << 51, turns=(
                     {'stop_after': 700_000, 'ending': 'close'},
                     {'rate': 1000, 'seed': 'another'}))
    process = haul.start('--json', *PLAIN, '-d', disk, evil)
    assert wait_until(lambda: len(serve.requests('evil.bin')) >= 2)
    result = haul.finish(process)
    assert result.failure['cause'] == 'disk_full', result
    assert f'it needs {1 << 51} bytes' in str(result.failure), result
    assert result.seconds < 10


def test_a_file_that_only_drips_does_not_keep_its_room_for_ever(
        haul, serve, disk):
    """A server can tell any size; others would wait as long as it likes."""
    drip = serve('drip.bin', size=6 * MIB, rate=10)
    url = serve('f.bin', size=4 * MIB, delay=0.9)
    process = haul.start('--json', *PLAIN, '-d', disk, drip, url)
    assert wait_until((disk / 'drip.bin.part').exists)
    assert not (disk / 'f.bin.part').exists(), 'this proves nothing'
    begun = time.monotonic()
    assert wait_until((disk / 'f.bin').exists, 30)
    assert time.monotonic() - begun > 10, 'it had room from the first'
    assert (disk / 'f.bin').read_bytes() == serve.data('f.bin')
    process.send_signal(signal.SIGINT)
    result = haul.finish(process)
    assert [r['cause'] for r in result.events('retry')] == ['disk_full']


def test_a_file_that_never_fits_is_not_waited_for(haul, serve, disk):
    url = serve('large.bin', size=20 * MIB)
    result = haul.json(*PLAIN, '-d', disk, url)
    assert result.events('retry') == [], result
    assert result.failure['cause'] == 'disk_full'
    assert f'it needs {20 * MIB} bytes' in str(result.failure), result
    assert result.seconds < 5
    assert os.listdir(disk) == []


@pytest.mark.parametrize('apart', [False, True], ids=['', 'directories'])
def test_what_has_not_begun_waits_without_a_request(haul, serve, disk, apart):
    """In whatever directory of that file system."""
    fill(disk, 0)
    for n in range(40):
        serve(f'{n}.bin', size=100_000)
    where = [f'disk/{n}' if apart else 'disk' for n in range(40)]
    haul.write('list', ''.join(
        f'{serve.url(f"{n}.bin")}\n  dir={where[n]}\n' for n in range(40)))
    process = haul.start('--json', *PLAIN, '-i', 'list')
    time.sleep(4)
    assert process.poll() is None
    assert 1 <= len(serve.requests()) <= 10
    (disk / 'filler').unlink()
    result = haul.finish(process)
    assert result.rc == 0, result
    assert result.seconds < 12, result
    for n in range(40):
        assert haul.read(f'{where[n]}/{n}.bin') == serve.data(f'{n}.bin')


def test_what_waits_without_a_name_tells_no_password(haul, serve, disk):
    fill(disk, 700_000)
    url = serve('large.bin', size=3 * MIB)
    secret = (url.replace('http://', 'http://u:password@')
              .rpartition('/')[0] + '/?token=password')
    result = haul.json(*PLAIN, '-n1', '--total-timeout=1', '-d', disk, url,
                       secret)
    assert [r['cause'] for r in result.events('retry')] == ['disk_full'] * 2
    assert 'disk: No space left' in result.out, result
    assert 'password' not in result.out + result.err, result


def test_a_full_disk_holds_back_nothing_elsewhere(haul, serve, disk):
    fill(disk, 0)
    serve('here.bin', size=3 * MIB)
    serve('there.bin', size=3 * MIB)
    haul.write('list', f'{serve.url("there.bin")}\n  dir=disk\n'
               f'{serve.url("here.bin")}\n')
    process = haul.start('--json', *PLAIN, '-n', '1', '-i', 'list')
    assert wait_until(lambda: (haul.folder / 'here.bin').exists())
    assert process.poll() is None
    (disk / 'filler').unlink()
    assert haul.finish(process).rc == 0
    assert (disk / 'there.bin').read_bytes() == serve.data('there.bin')


def test_a_read_only_file_system_is_cause_disk_perm(haul, serve, disk):
    subprocess.run(['mount', '-o', 'remount,ro', disk], check=True)
    result = haul.json(*PLAIN, '-d', disk, serve('f.bin', size=3 * MIB))
    assert (result.rc, result.failure['cause']) == (4, 'disk_perm'), result
    assert 'Read-only' in result.failure['message'] + str(result.failure)


def test_a_file_larger_than_the_system_holds_is_cause_write(haul, serve):
    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (2 * MIB, 2 * MIB))
    url = serve('f.bin', size=3 * MIB)
    process = haul.start('--json', *PLAIN, url, preexec_fn=small_files)
    result = haul.finish(process)
    assert (result.rc, result.failure['cause']) == (4, 'write'), result
    assert len(serve.requests('f.bin')) == 1


def test_a_limit_that_lets_nothing_be_recorded_ends_nothing(haul, serve):
    """The command's own thread writes too: SIGXFSZ is for all of it."""
    def no_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    process = haul.start('--json', *PLAIN, serve('s.bin', size=1000),
                         preexec_fn=no_files)
    result = haul.finish(process)
    assert (result.rc, result.failure['cause']) == (4, 'write'), result


def test_where_nothing_can_be_locked_nothing_is_left(haul, serve):
    """As on a Lustre that is mounted without flock."""
    process = haul.traced(
        ['-f', '-qq', '-e', 'trace=flock', '-e', 'inject=flock:error=ENOSYS',
         '-o', '/dev/null'], '--json', *PLAIN, '--no-store',
        serve('f.bin', size=3 * MIB))
    result = haul.finish(process)
    assert (result.rc, result.failure['cause']) == (4, 'write'), result
    assert haul.names() == []


# The first sync of a part fails, and later ones succeed: so does the kernel.
FAILING_SYNC = r'''
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int fdatasync(int fd)
{
	char link[64], path[4096] = "";
	static int failed;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	if (readlink(link, path, sizeof path - 1) > 0 && !failed &&
	    strstr(path, ".part") != NULL) {
		failed = 1;
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_fdatasync, fd);
}
'''


def test_what_could_not_be_synced_is_not_gone_on_with(haul, serve, tmp_path):
    if built.sanitizers(haul.program):
        pytest.skip('a sanitizer must be the first library')
    source, shim = tmp_path / 'shim.c', tmp_path / 'shim.so'
    source.write_text(FAILING_SYNC)
    subprocess.run([*shlex.split(os.environ.get('CC') or 'cc'), '-shared',
                    '-fPIC', '-o', str(shim), str(source)], check=True)
    url = serve('f.bin', size=6 * MIB, rate=2 * MIB)
    result = haul.json(*PLAIN, url, env={'LD_PRELOAD': str(shim)})
    assert (result.rc, result.failure['cause']) == (4, 'write'), result
    assert haul.names() == ['f.bin.part', 'f.bin.part.haul']
    assert b'range' not in haul.read('f.bin.part.haul')
    assert haul.json(*PLAIN, url).rc == 0
    assert [r.range for r in serve.requests('f.bin')] == [None, None]
    assert haul.read('f.bin') == serve.data('f.bin')


@pytest.mark.parametrize('what', ['directory', 'part'])
def test_what_vanishes_under_it_is_a_failure_with_words(what, haul, serve):
    url = serve('f.bin', size=2 * MIB, rate=2 * MIB)
    process = haul.start('--json', *PLAIN, '-d', 'there', url)
    part = haul.folder / 'there' / 'f.bin.part'
    assert wait_until(part.exists)
    if what == 'part':
        part.unlink()
    else:
        shutil.rmtree(haul.folder / 'there')
    result = haul.finish(process)
    assert result.rc == 4, result
    assert result.failure['cause'] == 'write', result
    if what == 'part':
        assert 'removed while it was being fetched' in str(result.failure)
