# SPDX-License-Identifier: MIT
"""What is said of haul elsewhere than in the program.

- options: the help, the manual and the completions of each shell have the same
- configuration: what --show-config shows is in haul.conf(5)
- environment: what the table names is in the manual
- records: each of the schema has its place in haul-json(5)
- section 3: every call, structure and constant of haul.h, and what is said of
  it there
- the pages have no fault that mandoc or groff knows of
- bash, zsh and fish complete options, choices, files and directories, each as
  its users do: at its prompt, with Tab
- make install puts pages and completions where man and the shells look
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import time

import pexpect
import pytest

from conftest import SOURCE, program

BUILD = pathlib.Path(os.environ.get('HAUL_BUILDDIR') or SOURCE / 'build')
MANUAL = BUILD / 'doc/manual'
LIBRARY = ('libhaul.3', 'haul_cause_name.3', 'haul_item.3',
           'haul_libraries.3', 'haul_new.3', 'haul_next_event.3', 'haul_options.3', 'haul_pause.3',
           'haul_results.3', 'haul_store.3')
PAGES = ('haul.1', 'haul.conf.5', 'haul-json.5', 'haul-keys.7', 'haul-list.5',
         *LIBRARY)


def page(name):
    """A page as text, as man shows it."""
    tool = shutil.which('mandoc')
    command = [tool, '-Tascii'] if tool else ['man', '--nh', '-l']
    text = subprocess.run([*command, str(MANUAL / name)],
                          capture_output=True, check=True, timeout=60,
                          env={**os.environ, 'MANPAGER': 'cat',
                               'MANWIDTH': '200', 'LC_ALL': 'C'}).stdout
    return re.sub(r'.\x08', '', text.decode())


def options_of_help():
    text = subprocess.run([program('HAUL', 'haul'), '--help'], capture_output=True, check=True,
                          text=True, timeout=60).stdout
    long = set(re.findall(r'^  (?:-., |    )--([a-z0-9-]+)', text, re.M))
    short = set(re.findall(r'^  -(.), --', text, re.M))
    assert len(long) > 50 and len(short) > 10
    return long, short


def test_the_manual_has_the_options_of_the_help():
    long, short = options_of_help()
    text = page('haul.1')
    options = text[text.index('\nOPTIONS'):text.index('\nENVIRONMENT')]
    rows = re.findall(r'^     (-.*)', options, re.M)
    assert set(re.findall(r'--([a-z0-9-]+)', '\n'.join(rows))) == long
    assert set(re.findall(r'^-(.), ', '\n'.join(rows), re.M)) == short


@pytest.mark.parametrize('shell, pattern', [
    ('bash', r'^--([a-z0-9-]+)=?$'), ('zsh', r'--([a-z0-9-]+)=?-?[\[}]'),
    ('fish', r' -l ([a-z0-9-]+)')])
def test_completions_have_the_options_of_the_help(shell, pattern):
    text = (MANUAL / f'haul.{shell}').read_text()
    assert set(re.findall(pattern, text, re.M)) == options_of_help()[0]


def test_the_manual_has_the_environment_of_the_table():
    table = (SOURCE / 'src/options.def').read_text()
    wanted = set(re.findall(r'"((?:HAUL|PARFIVE)_[A-Z_0-9]+)"', table))
    text = page('haul.1')
    section = text[text.index('\nENVIRONMENT'):text.index('\nFILES')]
    assert len(wanted) > 20
    assert wanted == set(re.findall(r'(?:HAUL|PARFIVE)_[A-Z_0-9]+', section))


def test_the_manual_has_what_a_configuration_can_have():
    shown = subprocess.run([program('HAUL', 'haul'), '--show-config'],
                           capture_output=True, check=True, text=True,
                           timeout=60).stdout
    wanted = set(re.findall(r'^([a-z0-9-]+) =', shown, re.M))
    text = page('haul.conf.5')
    section = text[text.index('\nOPTIONS'):text.index('\nFILES')]
    assert len(wanted) > 40
    told = set(re.findall(r'^     ([a-z0-9-]+) = ', section, re.M))
    assert told == wanted | {'json', 'colour'}


def test_the_manual_has_what_can_be_coloured():
    table = (SOURCE / 'ui/screen/look.def').read_text()
    wanted = re.findall(r'^UI_LOOK\([A-Z_]+, "([a-z-]+)"', table, re.M)
    text = page('haul.conf.5')
    section = text[text.index('\nCOLOURS'):text.index('\nFILES')]
    assert len(wanted) > 20
    assert set(re.findall(r'^     ([a-z-]+)  ', section, re.M)) | \
        set(re.findall(r'^     ([a-z-]+)$', section, re.M)) >= set(wanted)


def test_the_manual_has_the_records_of_the_schema():
    schema = json.loads(
        (SOURCE / 'src/cmd/output/haul-json.schema.json').read_text())
    text = page('haul-json.5')
    section = text[text.index('\nRECORDS'):text.index('\nFILES')]
    told = set(re.findall(r'^   ([a-z_]+)$', section, re.M))
    assert told == set(schema['properties']['ev']['enum'])


def words_of(schema):
    """All words that a field of a record may have."""
    if isinstance(schema, list):
        return set().union(*map(words_of, schema))
    if not isinstance(schema, dict):
        return set()
    return set(schema['enum'] if isinstance(schema.get('enum'), list) else ()
               ) | words_of(list(schema.values()))


def test_the_manual_has_the_words_of_the_schema():
    schema = json.loads(
        (SOURCE / 'src/cmd/output/haul-json.schema.json').read_text())
    text = page('haul-json.5')
    told = set(re.findall(r'[a-z_0-9]+', text[text.index('\nRECORDS'):]))
    wanted = words_of(schema['allOf'])
    assert {'page', 'unreadable', 'length_unverified'} <= wanted <= told


def test_an_example_of_jq_can_be_copied():
    assert 'haul --json -i urls.txt | jq .\n' in page('haul.1')


def test_the_manual_has_the_keys_of_the_table():
    table = (SOURCE / 'ui/action.def').read_text()
    wanted = re.findall(r'^UI_ACTION\([A-Z_]+, "([a-z-]+)"', table, re.M)
    text = page('haul-keys.7')
    assert len(wanted) > 50
    assert re.findall(r'\(([a-z-]+)\) ', text) and all(
        f'({name})' in text for name in wanted)


# ---- section 3 ------------------------------------------------------------

HEADER = SOURCE / 'src' / 'haul.h'


def library_calls():
    """name -> its types, as haul.h declares it."""
    text = re.sub(r'/\*.*?\*/', '', HEADER.read_text(), flags=re.S)
    text = re.sub(r'^#.*', '', text.replace('HAUL_MUST_CHECK', ''), flags=re.M)
    text = re.sub(r'\s+', ' ', text)
    found = re.findall(r'(?<=[;}{] )((?:[a-z_0-9]+ )+\**)(haul_\w+)'
                       r'\(((?:[^()]|\([^()]*\))*)\) ?;', text)
    assert {name for _, name, _ in found} == \
        set(re.findall(r'[ *](haul_\w+)\((?!\*)', text))
    return {name: f'{answer.strip()} {name}({arguments});'
            for answer, name, arguments in found}


def test_every_call_has_its_prototype_in_one_page():
    pages = {name: re.sub(r'\s+', ' ', page(name)) for name in LIBRARY}
    for name, prototype in library_calls().items():
        has = [p for p, text in pages.items() if prototype in text]
        assert len(has) == 1, (prototype, has)
        source = (MANUAL / has[0]).read_text()
        assert re.search(rf'^\.Nm {name}(?: ,)?$', source, re.M)
        assert source.count(f'\n.It Fn {name}\n') == 1


def test_all_that_the_header_says_is_in_section_3():
    """Each word of its comments, each field and each constant."""
    text = HEADER.read_text()
    text = text[text.index('libhaul:'):text.rindex('#ifdef')]
    text = re.sub(r'/\* ---- .*? -{4,}', '', text)
    pages = ' '.join(page(name) for name in LIBRARY)

    def words(string):
        return set(re.findall(r'\w+', string))

    # What is for the compiler alone.
    left = words(text) - words(pages) - words(re.sub(
        r'^(?!#| *struct haul).*', '', text, flags=re.M)) - {'extern', 'C'}
    assert not left


def test_the_librarys_page_has_a_program_as_it_stands():
    text = (SOURCE / 'doc' / 'examples' / 'fetch.c').read_text()
    words = text.split(' */\n', 1)[1].split()
    assert len(words) > 100
    assert ' '.join(words) in ' '.join(page('libhaul.3').split())


# ---- the pages' form ------------------------------------------------------

# What is right here: pages that are not installed yet, the calls of the
# library named without markup by the schema, and a section of our own.
ALLOWED = ('referenced manual not found', 'mandoc.db lacks',
           'function name without markup', 'possible typo in section name')


@pytest.mark.parametrize('name', PAGES)
def test_mandoc_finds_no_fault(name):
    if not shutil.which('mandoc'):
        pytest.skip('mandoc is not installed')
    result = subprocess.run(['mandoc', '-Tlint', '-Wstyle', MANUAL / name],
                            capture_output=True, text=True, timeout=60)
    told = [line for line in (result.stdout + result.stderr).splitlines()
            if not any(words in line for words in ALLOWED)]
    assert not told


@pytest.mark.parametrize('name', PAGES)
def test_groff_finds_no_fault(name):
    if not shutil.which('man') or not shutil.which('groff'):
        pytest.skip('man or groff is not installed')
    result = subprocess.run(
        ['man', '--warnings', '-E', 'UTF-8', '-l', '-Tutf8', '-Z',
         MANUAL / name], capture_output=True, timeout=60,
        env={**os.environ, 'LC_ALL': 'C.UTF-8', 'MANWIDTH': '80'})
    assert result.returncode == 0 and result.stderr == b''


# ---- shells ---------------------------------------------------------------

START = {
    'bash': ('bash', ['--norc', '--noprofile', '-i'],
             'source {site}/_haul'),
    'zsh': ('zsh', ['-f', '-i'],
            'fpath=({site} $fpath); autoload -U compinit; '
            'compinit -u -d {site}/dump'),
    'fish': ('fish', ['--no-config', '-i'], 'source {site}/_haul'),
}


HAUL_THAT_TELLS = """#!/bin/sh
printf '%s\\n' "$@" > "$HOME/told.new"
mv "$HOME/told.new" "$HOME/told"
"""


class Shell:
    """A shell at its prompt, with haul's completion, and a haul that tells
    which arguments it was given."""

    def __init__(self, name, folder):
        program, arguments, setup = START[name]
        if not shutil.which(program):
            pytest.skip(f'{program} is not installed')
        for part in ('work', 'work/data', 'bin', 'site'):
            (folder / part).mkdir()
        (folder / 'work/datalist.txt').write_text('')
        (folder / 'bin/haul').write_text(HAUL_THAT_TELLS)
        (folder / 'bin/haul').chmod(0o755)
        shutil.copy(MANUAL / f'haul.{name}', folder / 'site/_haul')
        self.told = folder / 'told'
        self.shell = pexpect.spawn(
            program, arguments, cwd=str(folder / 'work'), timeout=20,
            dimensions=(50, 200), encoding='utf-8', env={
                'HOME': str(folder), 'TERM': 'dumb', 'LC_ALL': 'C.UTF-8',
                'PATH': f'{folder}/bin:/usr/bin:/bin'})
        self.shell.sendline(setup.format(site=folder / 'site'))
        # What it says then is none of the line that is typed.
        self.shell.sendline('echo set"-"up')
        self.shell.expect_exact('set-up')

    def complete(self, typed):
        """The arguments, once Tab and then Return have been pressed."""
        self.told.unlink(missing_ok=True)
        self.shell.send(f'haul {typed}\t')
        time.sleep(0.5)
        self.shell.send('\r')
        until = time.monotonic() + 20
        while not self.told.exists():
            assert time.monotonic() < until, self.shell.before
            try:
                self.shell.read_nonblocking(4096, 0.05)
            except pexpect.TIMEOUT:
                pass
        return self.told.read_text().split('\n')[:-1]


@pytest.fixture(params=START)
def shell(request, tmp_path):
    opened = Shell(request.param, tmp_path)
    yield opened
    opened.shell.close(force=True)


def test_a_shell_completes_what_is_typed(shell):
    assert shell.complete('--max-spl')[0].rstrip('=') == '--max-splits'
    assert shell.complete('--accessi') == ['--accessible']
    assert shell.complete('--overwrite=al') == ['--overwrite=always']
    assert shell.complete('--output js') == ['--output', 'json']
    # zsh takes the slash back when the line ends with it.
    assert [word.rstrip('/') for word in shell.complete('-d da')] == \
        ['-d', 'data']
    assert shell.complete('-i datal') == ['-i', 'datalist.txt']
    # After an option whose argument is part of its word comes a word.
    assert shell.complete('--resume datal')[0] == '--resume'


# ---- installed ------------------------------------------------------------

def test_installed_they_are_where_others_look(tmp_path):
    subprocess.run(['make', '-s', f'DESTDIR={tmp_path}', 'prefix=/usr',
                    'install-data-local', 'install-man'], cwd=BUILD,
                   check=True, capture_output=True, timeout=120)
    found = {str(path.relative_to(tmp_path))
             for path in tmp_path.rglob('*') if path.is_file()}
    assert {'usr/share/bash-completion/completions/haul',
            'usr/share/zsh/site-functions/_haul',
            'usr/share/fish/vendor_completions.d/haul.fish'} <= found
    assert {f'usr/share/man/man{name[-1]}/{name}' for name in PAGES} <= found
