# SPDX-License-Identifier: MIT
"""What README.md and the pages of doc/ say to type, typed.

- each command line of haul in them, in blocks and in backquotes, is one that
  haul takes: its options are there, by their whole names, with values that
  they can have
- an option alone in backquotes is haul's, or known to be another program's
- blocks that begin with [host "..."], or that are marked as a list or as a
  configuration, are ones that haul reads

haul reads its arguments and, with --show-config, does nothing else. What
stands for something (HEX, $LIST) is filled in.
"""

import os
import pathlib
import re
import shlex
import subprocess

import pytest

from conftest import SOURCE, program

PAGES = [SOURCE / 'README.md', SOURCE / 'CONTRIBUTING.md',
         *sorted((SOURCE / 'doc').glob('*.md'))]

# haul, where a command stands, and what can only be its first argument.
COMMAND = re.compile(r'(?:^|(?<=[\s(=/`]))haul (?=-|[A-Z$"\']|\w+://)')
ENDS = {'|', '||', '&', '&&', ';', '>', '>>', '<', '(', ')', '2>', '>&'}

# What belongs to others: pkg-config, systemctl, the peers of a
# comparison, and haul-replay. The pages for those who come from elsewhere have theirs in
# tables whose last column is haul's.
OTHERS = {'cflags', 'libs', 'static', 'chunk-size', 'ui-replay', 'wrap',
          'user', 'now'}


def blocks(text):
    """(language, text) of what is fenced or indented by four."""
    fence = re.compile(r'^ *```(\w*)\n(.*?)^ *```$', re.M | re.S)
    found = fence.findall(text)
    rest = fence.sub('\n', text)
    found += [('', match) for match in
              re.findall(r'(?:(?<=\n\n)|^)((?:    [^\n]*\n+)+)', rest)]
    return found, rest


def spans(text):
    """What stands in backquotes; a cell has `|` as it is."""
    return re.findall(r'`([^`]+)`', text)


def shell_lines(text):
    return re.sub(r'\\\n\s*', ' ', text).split('\n')


def words_of(line):
    """The words of the command that the line begins with."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words = []
    for word in lexer:
        if word in ENDS:
            # The number before > is none of the words.
            if word.startswith('>') and words[-1:] == ['2']:
                words.pop()
            break
        words.append(word)
    return words


def filled(word):
    word = re.sub(r'\b(sha256|sha-256)=(?:HEX|[0-9a-f]*\.\.\.)',
                  rf'\1={"0" * 64}', word)
    return re.sub(r'\$(?:\w+|\{\w+\}|\([^)]*\))', '1', word)


def commands(text):
    """The arguments of each command line of haul."""
    found, rest = blocks(text)
    lines = [line for language, block in found if language not in ('c', 'text')
             for line in shell_lines(block)]
    for line in lines + [re.sub(r'\s*\n\s*', ' ', span)
                         for span in spans(rest)]:
        for match in COMMAND.finditer(line):
            if '#' not in line[:match.start()]:
                yield [filled(word) for word in words_of(line[match.end():])]


@pytest.fixture(scope='module')
def options():
    text = subprocess.run([program('HAUL', 'haul'), '--help'], text=True,
                          capture_output=True, check=True, timeout=60).stdout
    found = set(re.findall(r'--([a-z0-9-]+)', text))
    assert len(found) > 50
    return found


def switch(name):
    """A switch of configure has a second form: --enable-X, --disable-X."""
    for one, other in (('enable', 'disable'), ('with', 'without')):
        for form in (one, other):
            if name.startswith(form + '-'):
                rest = name.removeprefix(form)
                return {one + rest, other + rest}
    return {name}


@pytest.fixture(scope='module')
def switches():
    text = subprocess.run([f'{SOURCE}/configure', '--help'], text=True,
                          capture_output=True, check=True, timeout=60).stdout
    return set().union(*(switch(name) for name in re.findall(
        r'^  --([a-z0-9-]+)', text, re.M)))


def clean(folder):
    """Nothing of this machine's."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(('HAUL_', 'PARFIVE_', 'XDG_'))}
    return {**kept, 'XDG_CONFIG_HOME': str(folder), 'LC_ALL': 'C.UTF-8',
            'XDG_CONFIG_DIRS': str(folder), 'XDG_STATE_HOME': str(folder)}


def taken(folder, arguments):
    """None, or what haul says against them."""
    for option, name in zip(arguments, arguments[1:]):
        if option in ('--cacert', '--cert', '--key'):
            (folder / name).touch()
    # --config names a file that is not here, and one of these would win.
    told = [word for word in arguments
            if word not in ('--help', '-h', '--version', '-V')]
    told = [re.sub(r'^(--config(?:=.*)?)$', '--no-config', word)
            for word in told]
    result = subprocess.run(
        [program('HAUL', 'haul'), *told, '--show-config'], text=True,
        capture_output=True, timeout=60, cwd=folder, env=clean(folder))
    if result.returncode == 0 and 'max-conn = ' in result.stdout:
        return None
    return f'{shlex.join(arguments)}: {result.stderr or result.stdout}'


def test_there_are_command_lines_to_try():
    assert sum(len(list(commands(page.read_text()))) for page in PAGES) > 60


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.name)
def test_each_command_line_is_one_that_haul_takes(page, options, tmp_path):
    problems = []
    for arguments in commands(page.read_text()):
        for word in arguments:
            name = re.match(r'--([a-z][a-z0-9-]*)', word)
            if name and name.group(1) not in options:
                problems.append(f'{shlex.join(arguments)}: {word}')
        problems += filter(None, [taken(tmp_path, arguments)])
    assert not problems


def tables_for_those_from_elsewhere(text):
    """Their last column, and nothing else."""
    rows = re.findall(r'^\|.*\|([^|]*)\|$', text, re.M)
    return '\n'.join(rows)


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.name)
def test_an_option_alone_is_one_of_haul(page, options, switches):
    _, text = blocks(page.read_text())
    if page.name.startswith('from-'):
        text = tables_for_those_from_elsewhere(text)
    told = {name for span in spans(text)
            for name in re.findall(r'(?:^|\s)--([a-z][a-z0-9-]*)', span)}
    assert told - options - switches - OTHERS == set()


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.name)
def test_lists_and_configurations_can_be_read(page, tmp_path):
    for language, block in blocks(page.read_text())[0]:
        text = re.sub(r'^    ', '', block, flags=re.M) if not language \
            else block
        if language == 'conf' or re.search(r'^\[host "', text, re.M):
            # A file that is named is to be there.
            (tmp_path / 'config').write_text(re.sub(
                r'^( *(?:cacert|cert|key) = ).*', rf'\1{tmp_path}/config',
                text, flags=re.M))
            result = subprocess.run(
                [program('HAUL', 'haul'), '--config', tmp_path / 'config',
                 '--show-config'], text=True, capture_output=True, timeout=60,
                env=clean(tmp_path))
            assert result.returncode == 0, text + result.stderr
        elif language == 'list':
            # A wrong last line is told after all that is right.
            (tmp_path / 'list').write_text(text + '\nwrong\n')
            result = subprocess.run(
                [program('HAUL', 'haul'), '-q', '--headless', '-i',
                 tmp_path / 'list'], text=True, capture_output=True,
                timeout=60, cwd=tmp_path, env=clean(tmp_path))
            line = text.count('\n') + 2
            assert f'list:{line}:' in result.stderr, result.stderr
