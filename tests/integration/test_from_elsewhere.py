# SPDX-License-Identifier: MIT
"""The tables of doc/from-*.md: what was typed, and what is typed now.

- each row that is a whole command on both sides is run on both sides, with
  nginx for a server: the same files come of it, whole
- what the pages say differs on purpose does: a half file under its name, going
  on with another file, headers for other hosts, names with a query, statuses

What a program that is not installed would do is left out; so is, of what
differs, one of another version than the page names.
"""

import os
import re
import shlex
import shutil
import subprocess

import pytest

from conftest import SOURCE

PEERS = {'aria2': ['aria2c'], 'wget': ['wget', 'wget2'], 'curl': ['curl'],
         'parfive': ['parfive']}

# What is no download of these files, or needs more than a server of them.
NOT_ALIKE = ('-b ', 'https_proxy', '--config', '--no-config', '--version',
             '=F', ' < ')


def rows(page):
    """(what was typed, what is typed now), if both are whole commands."""
    text = (SOURCE / f'doc/from-{page}.md').read_text()
    for old, new in re.findall(r'^\| (`.*) \| (`.*) \|$', text, re.M):
        left, right = (re.findall(r'`([^`]+)`', cell) for cell in (old, new))
        if left[0].split()[0] in PEERS[page] and \
                right[0].startswith('haul ') and 'there (' not in old and \
                'is there' not in old and 'FILE' not in left[0] and \
                not any(word in left[0] for word in NOT_ALIKE):
            yield left[0], right[0]


ROWS = [(page, old, new) for page in PEERS for old, new in rows(page)]


@pytest.fixture
def served(nginx, tmp_path):
    folder = os.path.join(nginx.root, tmp_path.name)
    os.makedirs(folder)
    for name in ('a.dat', 'b.dat'):
        with open(os.path.join(folder, name), 'wb') as file:
            file.write(os.urandom(30_000))
    return folder, nginx.url(f'/{tmp_path.name}')


def typed(command, url):
    """The command with what stands for something filled in."""
    a, b = f'{url}/a.dat', f'{url}/b.dat'
    command = re.sub(r'(?<!=)\bURL1\b', a, command)
    command = re.sub(r'(?<!=)\bURL2\b', b, command)
    command = re.sub(r'(?<!=)\bURL\.\.\.', f'{a} {b}', command)
    # A command that was shortened to what matters has no URL.
    if '://' not in command and 'URL' not in re.sub('=URL', '', command) and \
            'urls.txt' not in command:
        command += ' URL'
    command = re.sub(r'(?<![=\w])URL\b(?!\.)', a, command)
    return command.replace('=URL', f'={a}').replace('ME:PW', 'me:pw')


def run(command, folder, home, url, program):
    """The result, and the files that are there then."""
    folder.mkdir(exist_ok=True)
    (folder / 'urls.txt').write_text(f'{url}/a.dat\n{url}/b.dat\n')
    words = shlex.split(command)
    if words[0] == 'haul':
        words[0] = program
    result = subprocess.run(
        words, cwd=folder, capture_output=True, text=True, timeout=60,
        stdin=subprocess.DEVNULL, env={
            'HOME': str(home), 'PATH': '/usr/bin:/bin', 'LC_ALL': 'C.UTF-8',
            'XDG_STATE_HOME': str(home), 'XDG_CONFIG_HOME': str(home)})
    files = {str(path.relative_to(folder)): path.read_bytes()
             for path in folder.rglob('*')
             if path.is_file() and path.name != 'urls.txt'}
    return result, files


def test_there_are_rows_of_each_page():
    counts = {page: sum(row[0] == page for row in ROWS) for page in PEERS}
    assert counts['aria2'] >= 3 and counts['wget'] >= 8 and \
        counts['curl'] >= 5 and counts['parfive'] >= 6, counts


@pytest.mark.parametrize('page, old, new', ROWS,
                         ids=lambda text: re.sub(r'\W+', '-', text)[:40])
def test_the_same_files_come_of_both(page, old, new, haul, served, tmp_path):
    if shutil.which(old.split()[0]) is None:
        pytest.skip(f'{old.split()[0]} is not installed')
    theirs, before = run(typed(old, served[1]), tmp_path / 'theirs',
                         haul.home, served[1], haul.program)
    ours, now = run(typed(new, served[1]), tmp_path / 'ours', haul.home,
                    served[1], haul.program)
    assert (theirs.returncode, ours.returncode) == (0, 0), (theirs, ours)
    assert before == now and before, (theirs, ours)
    for name, data in now.items():
        if os.path.basename(name) in ('a.dat', 'b.dat'):
            with open(os.path.join(served[0], os.path.basename(name)),
                      'rb') as file:
                assert data == file.read()


# ---- what differs on purpose ----------------------------------------------

def peer(name, page):
    """Skips unless it is the version that the page tells of."""
    if shutil.which(name) is None:
        pytest.skip(f'{name} is not installed')
    told = subprocess.run([name, '--version'], capture_output=True,
                          text=True, timeout=60).stdout
    version = re.search(r'\d+(?:\.\d+)+', told).group()
    if version not in (SOURCE / f'doc/from-{page}.md').read_text():
        pytest.skip(f'{name} is {version} here')


@pytest.mark.parametrize('page, command', [
    ('aria2', 'aria2c -q --no-conf -c URL'), ('wget', 'wget -q -c URL'),
    ('wget', 'wget2 -q -c URL'), ('curl', 'curl -sS -C - -fLO URL')])
def test_others_append_to_what_haul_leaves_alone(page, command, haul, served,
                                                 tmp_path):
    peer(command.split()[0], page)
    folder = tmp_path / 'here'
    folder.mkdir()
    # aria2c goes on by whole pieces, of 1 MiB.
    half, whole = 2 << 20, os.urandom(3 << 20)
    with open(os.path.join(served[0], 'a.dat'), 'wb') as file:
        file.write(whole)
    for data in (whole[:half], b'x' * half):
        (folder / 'a.dat').write_bytes(data)
        for ours, there in (('haul -q URL', data),
                            ('haul -q --overwrite URL', whole)):
            result, files = run(typed(ours, served[1]), folder, haul.home,
                                served[1], haul.program)
            assert result.returncode == 0 and files == {'a.dat': there}
        (folder / 'a.dat').write_bytes(data)
        result, files = run(typed(command, served[1]), folder, haul.home,
                            served[1], haul.program)
        assert result.returncode == 0, result
        assert files['a.dat'] == data + whole[half:]


@pytest.mark.parametrize('page, command, secret', [
    (None, 'haul -q -H "X-Token: 1" -u me:pw URL', None),
    ('aria2', 'aria2c -q --no-conf --header="X-Token: 1" --http-user=me '
     '--http-passwd=pw URL', 'both'),
    ('wget', 'wget -q --header="X-Token: 1" --user=me --password=pw '
     '--auth-no-challenge URL', 'both'),
    ('wget', 'wget2 -q --header="X-Token: 1" --user=me --password=pw '
     '--auth-no-challenge URL', 'both'),
    ('curl', 'curl -sS -H "X-Token: 1" -u me:pw -fLO URL', 'header')])
def test_what_another_host_gets(page, command, secret, haul, serve, tmp_path):
    if page:
        peer(command.split()[0], page)
    serve('there.dat', size=100)
    url = serve('a.dat', redirect=serve.url('there.dat', host='localhost'))
    result, files = run(command.replace('URL', url), tmp_path / 'here',
                        haul.home, url, haul.program)
    assert result.returncode == 0 and len(files) == 1, result
    asked = serve.requests('there.dat')[-1].headers
    assert ('x-token' in asked) == (secret is not None)
    assert ('authorization' in asked) == (secret == 'both')


@pytest.mark.parametrize('page, command, name', [
    (None, 'haul -q URL', 'a.dat'), ('wget', 'wget -q URL', 'a.dat?x=1'),
    ('wget', 'wget2 -q URL', 'a.dat?x=1'), ('curl', 'curl -sSO URL', 'a.dat'),
    ('parfive', 'parfive --no-progress URL', 'a.dat?x=1')])
def test_names_of_urls_with_a_query(page, command, name, haul, served,
                                    tmp_path):
    if page == 'parfive' and shutil.which('parfive') is None:
        pytest.skip('parfive is not installed')
    if page not in (None, 'parfive'):
        peer(command.split()[0], page)
    _, files = run(command.replace('URL', f"'{served[1]}/a.dat?x=1'"),
                   tmp_path / 'here', haul.home, served[1], haul.program)
    assert list(files) == [name]


@pytest.mark.parametrize('page, command, gone, busy, nobody', [
    (None, 'haul -q -r 0 URL', 1, 1, 1),
    ('aria2', 'aria2c -q --no-conf -m 1 URL', 3, 29, 1),
    ('wget', 'wget -q -t 1 URL', 8, 8, 4),
    ('wget', 'wget2 -q -t 1 URL', 8, 0, 0),
    ('curl', 'curl -sSfO URL', 22, 22, 7), ('curl', 'curl -sSO URL', 0, 0, 7)])
def test_what_the_exit_status_tells(page, command, gone, busy, nobody, haul,
                                    serve, tmp_path):
    if page:
        peer(command.split()[0], page)
    urls = (serve('a.dat', status=404), serve('b.dat', status=503),
            'http://127.0.0.1:1/c.dat')
    for number, (url, status) in enumerate(zip(urls, (gone, busy, nobody))):
        result, _ = run(command.replace('URL', url),
                        tmp_path / str(number), haul.home, url, haul.program)
        assert result.returncode == status, result
