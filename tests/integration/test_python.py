# SPDX-License-Identifier: MIT
"""The Python package: what it has of haul.h, how it finds the library, and
the engine's own interface (haul.Session).

Each structure, constant and call of abi.py is that of the header, asked of
the compiler; the version is the header's; a library that is missing, of
another version or no libhaul is told in a sentence. A session fetches, tells
events, fails in exceptions that Python knows, and leaves nothing behind.
"""

import ctypes
import os
import re
import shlex
import subprocess
import sys

import pytest

import conftest
import python

HEADER = conftest.SOURCE / 'src' / 'haul.h'


@pytest.fixture(scope='module')
def haul_package():
    python.set_up()
    import haul
    return haul


@pytest.fixture
def program(haul):
    return python.Program(haul)


# ---- the header -----------------------------------------------------------

def header_text():
    return re.sub(r'/\*.*?\*/', '', HEADER.read_text(), flags=re.S)


def header_members(kind, name):
    """Names between the braces of a structure or enumeration."""
    body = re.search(rf'\b{kind} {name} {{(.*?)\n}};', header_text(),
                     re.S)[1]
    if kind == 'enum':
        return re.findall(r'\b(HAUL_\w+)', body)
    return re.findall(r'\**(\w+)(?:\[\w+\])?\s*[,;]', body)


def compiled(tmp_path, lines):
    """What a C program with those statements prints."""
    source, program = tmp_path / 'abi.c', tmp_path / 'abi'
    source.write_text('#include <stddef.h>\n#include <stdio.h>\n'
                      '#include "haul.h"\nint\nmain(void)\n{\n' +
                      '\n'.join(lines) + '\nreturn 0;\n}\n')
    compiler = shlex.split(os.environ.get('CC') or 'cc')
    subprocess.run([*compiler, '-I', HEADER.parent, '-o', program, source],
                   check=True, timeout=60)
    return python.run(program).splitlines()


def test_each_structure_has_the_headers_layout(haul_package, tmp_path):
    from haul import abi
    lines, ours = [], []
    for name, structure in abi.STRUCTURES.items():
        lines.append(f'printf("{name} %zu\\n", sizeof(struct {name}));')
        ours.append(f'{name} {ctypes.sizeof(structure)}')
        assert [field for field, _ in structure._fields_] == \
            header_members('struct', name)
        for field, _ in structure._fields_:
            lines.append(
                f'printf("{name}.{field} %zu %zu\\n", offsetof(struct {name},'
                f' {field}), sizeof(((struct {name} *)0)->{field}));')
            at = getattr(structure, field)
            ours.append(f'{name}.{field} {at.offset} {at.size}')
    assert compiled(tmp_path, lines) == ours


def test_each_constant_has_the_headers_value(haul_package, tmp_path):
    from haul import abi
    names = [(f'{prefix}{member.name}', int(member)) for prefix, kind in
             abi.PREFIXES.items() for member in kind]
    lines = [f'printf("{name} %d\\n", {name});' for name, _ in names]
    assert compiled(tmp_path, lines) == [f'{n} {v}' for n, v in names]


@pytest.mark.parametrize('tag,prefix', [
    ('haul_result', 'HAUL_'), ('haul_complaint', 'HAUL_COMPLAINT_'),
    ('haul_cause', 'HAUL_CAUSE_'), ('haul_state', 'HAUL_STATE_'),
    ('haul_event_kind', 'HAUL_EVENT_'), ('haul_note', 'HAUL_NOTE_')])
def test_no_constant_of_the_header_is_missing(tag, prefix, haul_package):
    from haul import abi
    ours = [prefix + member.name for member in abi.PREFIXES[prefix]]
    assert ours == header_members('enum', tag)


def c_type(kind):
    """How haul.h writes what abi.py says."""
    from haul import abi
    for name, structure in abi.STRUCTURES.items():
        if kind == ctypes.POINTER(structure):
            return rf'(?:const )?struct {name} \*(?:\w+)?'
    return {
        None: 'void', ctypes.c_int: r'(?:enum haul_\w+|int)(?: \w+)?',
        ctypes.c_char_p: r'(?:const )?char \*(?:\w+)?',
        ctypes.c_void_p: r'(?:(?:const )?struct haul(?:_options)? \*\w*'
                         r'|void \*\w*)',
        ctypes.c_bool: 'bool',
        # To ctypes they are one.
        ctypes.c_size_t: r'(?:size_t|haul_id)(?: \w+)?',
        ctypes.POINTER(ctypes.c_void_p): r'struct haul \*\*\w*',
        ctypes.POINTER(ctypes.c_uint64): r'haul_id \*\w*',
        abi.NameFunction: 'haul_name_fn(?: \\w+)?',
    }[kind]


def test_each_call_is_declared_as_in_the_header(haul_package):
    from haul import abi
    text = re.sub(r'\s+', ' ', header_text())
    for name, (answer, *arguments) in abi.CALLS.items():
        wanted = ', '.join(c_type(a) for a in arguments) or 'void'
        pattern = rf'{c_type(answer)} ?\b{name}\({wanted}\)'
        assert re.search(pattern, text), pattern


def test_the_version_is_the_headers(haul_package):
    numbers = re.findall(r'#define HAUL_VERSION_\w+ (\d+)',
                         HEADER.read_text())
    assert haul_package.__version__ == '.'.join(numbers)
    project = (python.PACKAGE / 'pyproject.toml').read_text()
    assert f'\nversion = "{haul_package.__version__}"\n' in project


def test_the_soname_is_the_librarys(haul_package):
    from haul import library
    dump = python.run('readelf', '-d', python.library())
    assert f'[{library.SONAME}]' in dump


# ---- finding the library --------------------------------------------------

def fake_library(haul, text):
    source = haul.write('fake.c', text)
    path = haul.folder / 'fake.so'
    subprocess.run([*shlex.split(os.environ.get('CC') or 'cc'), '-shared',
                    '-fPIC', '-o', path, source], check=True, timeout=60)
    return {'HAUL_LIBRARY': os.fspath(path)}


IMPORT = '''
    try:
        import haul
    except ImportError as error:
        print(error)
'''


def test_a_missing_library_is_told(program):
    result = program(IMPORT, env={'HAUL_LIBRARY': '/nowhere/libhaul.so.0'})
    assert 'libhaul.so.0, which cannot be loaded' in result.out, result
    assert '/nowhere/libhaul.so.0' in result.out and 'HAUL_LIBRARY' in \
        result.out


@pytest.mark.parametrize('text,words', [
    ('const char *haul_version(void) { return "0.9.0"; }',
     'is libhaul 0.9.0, but this Python package is for 0.1.0'),
    ('const char *haul_version(void) { return "0.1.7"; }',
     'is libhaul 0.1.7, but lacks what this Python package'),
    ('int nothing;', 'is no libhaul')])
def test_another_library_is_told(text, words, program, haul):
    result = program(IMPORT, env=fake_library(haul, text))
    assert words in result.out, result


# ---- sessions -------------------------------------------------------------

def test_a_session_fetches_and_tells(haul_package, haul, serve):
    good, bad = serve('a.bin'), serve('b.bin', status=404)
    kinds = haul_package.EventKind
    with haul_package.Session({'directory': haul.folder}) as session:
        numbers = [session.add(good), session.add(bad)]
        seen = [(event.kind, event.id) for event in session.run()]
        assert {(kinds.DONE, 1), (kinds.FAIL, 2)} <= set(seen)
        assert seen[-1] == (kinds.END, 0) and numbers == [1, 2]
        item = session.item(1)
        assert (item.state, item.url) == (haul_package.State.DONE, good)
        assert item.path == os.fspath(haul.folder / 'a.bin')
        assert session.error(1) is None and session.item(3) is None
        assert (session.totals().done, session.totals().failed) == (1, 1)
        assert session.active() == []
    assert haul.read('a.bin') == serve.data('a.bin')
    with pytest.raises(haul_package.HaulError, match='is closed'):
        session.totals()


def test_a_session_retries(haul_package, haul, serve):
    url = serve('a.bin', turns=({'status': 404},))
    with haul_package.Session({'directory': haul.folder}) as session:
        session.add(url)
        list(session.run())
        error = session.error(1)
        assert (error.cause.name, error.status) == ('HTTP', 404)
        assert not error.can_retry and session.retry_failed() == 1
        list(session.run())
        assert session.error(1) is None
    assert haul.read('a.bin') == serve.data('a.bin')


def test_a_session_within_asyncio(haul_package, haul, serve):
    import asyncio

    async def main():
        with haul_package.Session({'directory': haul.folder}) as session:
            session.add(serve('a.bin'))
            return [event.kind.name async for event in session.run_async()]

    assert asyncio.run(main())[-2:] == ['DONE', 'END']


@pytest.mark.parametrize('fields,options,kinds', [
    ({'status': 404}, {}, ('HTTPError',)),
    ({'no_answer': 'reset'}, {}, ('ConnectionFailed', ConnectionError)),
    ({'no_answer': 'stall'}, {'timeout': '300ms'},
     ('TimedOut', TimeoutError)),
    ({}, {'checksum': 'sha256=' + 64 * '0'}, ('ChecksumError',)),
    ({}, {'directory': '/dev/null'}, ('DownloadError',))])
def test_failures_are_exceptions_that_python_knows(
        fields, options, kinds, haul_package, haul, serve):
    with haul_package.Session({'directory': haul.folder, 'retries': 0,
                               **options}) as session:
        session.add(serve('a.bin', **fields))
        list(session.run())
        error = session.error(1)
    assert isinstance(error, getattr(haul_package, kinds[0])), repr(error)
    assert all(isinstance(error, kind) for kind in kinds[1:])
    assert error.cause.name.lower().split('_')[0] in str(error) or \
        error.status == 404


@pytest.mark.parametrize('options,words', [
    ({'max-conn': 'x'}, "max-conn: 'x' is not a number"),
    ({'max-conn': 0}, "max-conn: '0' is not between 1 and 10000"),
    ({'overwrite': 'so'}, "'so' is none of never|always|unique"),
    ({'wibble': 1}, "no option 'wibble'"),
    ({'insecure': 'perhaps'}, 'neither yes nor no'),
    ({'header': 'x'}, 'Name: value'),
    ({'checksum': 'nope=wibble'}, 'no algorithm'),
    ({'checksum': 'sha256=12'}, '64')])
def test_what_cannot_be_right_is_a_value_error(options, words, haul_package):
    with pytest.raises(ValueError) as caught:
        haul_package.Session(options)
    assert words in str(caught.value)


@pytest.mark.parametrize('more,words', [
    ({'url': 'gopher://x/y'}, 'does not start with'),
    ({'url': 'http://'}, 'URL'), ({'name': '../x'}, 'leaves'),
    ({'options': {'max-conn': 1}}, 'max-conn is not an option of a single')])
def test_a_wrong_file_is_refused_when_added(more, words, haul_package):
    with haul_package.Session() as session:
        with pytest.raises(haul_package.UsageError, match=words):
            session.add(**{'url': 'http://127.0.0.1/', **more})
        assert session.totals().files == 0


def test_closed_sessions_leave_no_descriptors(haul_package):
    haul_package.Session().close()
    before = python.open_descriptors()
    for _ in range(20):
        with haul_package.Session() as session:
            list(session.run())
    haul_package.Session()                  # nobody keeps it
    assert python.open_descriptors() <= before


def test_an_open_session_does_not_hold_python_up(program, serve):
    url = serve('slow.bin', size=5_000_000, rate=100_000)
    result = program('''
        import haul, sys
        session = haul.Session()
        session.add(sys.argv[1])
        session.start()
        session.wait(5)
        print(len(session.active()))
    ''', url)
    assert (result.rc, result.out, result.err) == (0, '1\n', ''), result
    assert result.seconds < 5


def test_the_package_needs_python_alone(program):
    """Whatever modules there are beside it."""
    result = program('''
        import sys
        sys.modules.update(dict.fromkeys(('tqdm', 'aiohttp', 'parfive')))
        import haul, haul.parfive
        print(haul.__version__)
    ''')
    assert result.rc == 0 and result.out.strip(), result


def test_every_module_is_installed():
    listed = (python.PACKAGE / 'Makefile.am').read_text()
    for path in sorted((python.PACKAGE / 'haul').rglob('*.py')):
        name = path.relative_to(conftest.SOURCE)
        assert str(name) in listed, name
    assert sys.version_info >= (3, 8)
