# SPDX-License-Identifier: MIT
"""The command line as a user types it.

- every kind of wrong input: a sentence on stderr that names what is wrong,
  nothing on stdout, exit 2, and nothing fetched
- values with units, abbreviations, short options, --, options after URLs
- options reach the request: headers, user, agent, referer, directory, name
- list files: comments, BOM, CRLF, blank lines, mirrors, out= dir= checksum=
  header=, standard input, errors with line numbers, many lines; a line that
  comes while the last file ends; what an untrusted list
  may not say
- what is given again, by arguments or lists, is fetched once, and told; what
  differs in an option is not the same
- environment variables, and which of them win
- --limit-rate limits, --max-conn limits, --max-failures stops
- Ctrl-C once: under a second, exit 3, part and record kept, and the same
  command asks for nothing but what is missing; twice: at once
- kill -9 and go on; SIGTERM is 143; SIGHUP is 129
- a changed object is not spliced onto a kept part; a range ignored when going
  on starts the file anew; a second haul on the same target is refused
- what cannot be written: exit code and cause
- stdout holds nothing but what was asked for
"""

import email.utils
import fcntl
import os
import signal
import subprocess
import time

import pytest

from cases import QUICK

URL = 'http://127.0.0.1:1/a.bin'

# Arguments, and words that the sentence on stderr must have.
WRONG = [
    ([], ['URL']),
    (['--no-such-option', URL], ['--no-such-option']),
    (['-Z', URL], ['-Z']),
    (['--max', '5', URL], ['--max', '--max-conn', '--max-splits']),
    (['--max-conn', URL], [URL]),
    ([URL, '--max-conn'], ['--max-conn', 'value']),
    (['--max-conn=0', URL], ['--max-conn', '0', '1']),
    (['--max-conn=-3', URL], ['--max-conn', '-3']),
    (['--max-conn=10001', URL], ['--max-conn', '10001', '10000']),
    (['--max-conn=many', URL], ['--max-conn', 'many']),
    (['--max-conn=5x', URL], ['5x']),
    (['--max-conn=', URL], ['--max-conn']),
    (['--max-conn=99999999999999999999', URL], ['--max-conn']),
    (['-n', 'x', URL], ['-n', 'x']),
    (['--max-splits=257', URL], ['--max-splits', '256']),
    (['-s', '0', URL], ['-s', '0']),
    (['--timeout=soon', URL], ['--timeout', 'soon']),
    (['--timeout=-1', URL], ['--timeout', '-1']),
    (['--timeout=1y', URL], ['1y']),
    (['--retries=1.5', URL], ['--retries', '1.5']),
    (['--limit-rate=fast', URL], ['--limit-rate', 'fast']),
    (['--limit-rate=1Q', URL], ['1Q']),
    (['--min-split-size=1', URL], ['--min-split-size', '1']),
    (['--overwrite=maybe', URL], ['--overwrite', 'maybe', 'unique']),
    (['--output=loud', URL], ['--output', 'loud', 'json']),
    (['--events=some', URL], ['--events', 'some']),
    (['--no-progress=perhaps', URL], ['--no-progress', 'perhaps']),
    (['-H', 'no colon', URL], ['-H', 'no colon']),
    (['-H', ': empty', URL], ['-H']),
    (['-H', 'A: b\r\nEvil: c', URL], ['-H']),
    (['-H', 'A b: c', URL], ['-H']),
    (['--checksum=sha256', URL], ['--checksum', 'sha256']),
    (['--checksum=foo=00', URL], ['--checksum', 'foo']),
    (['--checksum=sha256=00', URL], ['--checksum', '64']),
    (['gopher://127.0.0.1/a'], ['gopher']),
    (['file:///etc/passwd'], ['file']),
    (['scp://127.0.0.1/a'], ['scp']),
    (['127.0.0.1/a'], ['127.0.0.1/a']),
    (['http://'], ['http://']),
    (['http:///a'], ['http:///a']),
    (['http://127.0.0.1:99999/a'], ['99999']),
    (['http://[::1/a'], ['[::1']),
    ([''], ['URL']),
    (['-o', 'x', URL, URL], ['--out']),
    (['-o', 'x/', URL], ['--out', 'x/']),
    (['-o', '..', URL], ['--out', '..']),
    (['-o', '-', URL], ['--out']),
    (['-i', '/no/such/list'], ['/no/such/list', 'No such file']),
    (['-i', '/'], ['/']),
    (['--json', '--print-filenames', URL], ['--print-filenames']),
    # What was meant by an option that is none.
    (['--max-con=3', URL, '--maxconn=3'], ["'--maxconn=3'", '--max-conn?']),
    (['--max-splts', '3', URL], ['--max-splits?']),
    (['--derectory', 'x', URL], ['--directory?']),
    (['--overwirte', URL], ['--overwrite?']),
    (['--limit-rates=5', URL], ['--limit-rate?']),
    (['-max-conn=3', URL], ["'-m'", '--max-conn?']),
    (['-insecure', URL], ['--input-file', 'nsecure']),
    (['--continue', URL], ["'--continue'."]),
    # Values.
    (['--max-conn', '-3', URL], ['--max-conn', "'-3'", '1 to 10000']),
    (['--limit-rate=-1', URL], ['--limit-rate', "'-1'", 'bytes']),
    (['--limit-rate=5 M', URL], ["'5 M'"]),
    (['--limit-rate=0x10', URL], ["'0x10'"]),
    (['--limit-rate=1,5M', URL], ["'1,5M'"]),
    (['--min-split-size=1000', URL], ["'1000'", '1.00K']),
    (['--timeout=2d', URL], ["'2d'", 'from 0s to 86400s']),
    (['--interval=1ms', URL], ["'1ms'", '50ms']),
    (['--retries=-1', URL], ["'-1'", 'from 0']),
    (['--overwrite=sometimes', URL], ['never, always, unique']),
    (['--quiet=2', URL], ["'2'", "'yes' nor 'no'"]),
    # Names and digests.
    (['-o', '', URL], ['--out', 'empty']),
    (['--out=', URL], ['--out', 'empty']),
    (['-o', 'x', '-i', '/dev/null', URL], ['--out', 'one URL']),
    ([f'--checksum=md5={"0" * 32}', URL, URL], ['--checksum', 'one URL',
                                                "'checksum='"]),
    ([f'--checksum=md5={"0" * 32}', '-i', '/dev/null'], ['--checksum']),
    ([f'--checksum=md5={"0" * 32}', f'--checksum=MD5={"1" * 32}', URL],
     ['--checksum', f'MD5={"1" * 32}', f'md5={"0" * 32}', 'contradicts']),
    # Proxies.
    (['--proxy=htp://p:1', URL], ['--proxy', 'htp://p:1', 'socks5h']),
    (['--proxy=ftp://p:1', URL], ['scheme']),
    (['-x', 'http://', URL], ['-x', 'no host']),
    (['-x', ':3128', URL], ['no host']),
    (['-x', 'http://a b:1', URL], ['no host']),
    (['-x', 'http://[::1', URL], ['no host']),
    (['-x', 'http://p:0', URL], ['port', '65535']),
    (['-x', 'http://p:65536', URL], ['port']),
    (['-x', 'p:http', URL], ['port']),
    (['-x', 'http://p:', URL], ['port']),
    (['-x', 'http://me:secret@p:99999', URL], ['port', '***']),
    # Files that must be there.
    (['--cacert=/no/such', URL], ['--cacert', '/no/such', 'No such file']),
    (['--cert=/no/such', URL], ['--cert', 'No such file']),
    (['-4', '-6', URL], ['--ipv4', '--ipv6']),
    (['-i', 'list', '-i', ''], ['-i', 'value']),
    (['-i', '-', '-i', '-'], ['--input-file', 'once']),
]


@pytest.mark.parametrize('arguments,words', WRONG,
                         ids=[' '.join(a)[:60] or '(none)' for a, _ in WRONG])
def test_wrong_input_gets_a_sentence_and_exit_2(arguments, words, haul):
    result = haul(*arguments, timeout=5)
    assert (result.rc, result.out) == (2, ''), result
    assert result.err.startswith('haul: '), result
    for word in words:
        assert word in result.err, result
    assert '\x1b' not in result.err and '\r' not in result.err
    assert 1 <= len(result.err.splitlines()) <= 4, result
    assert haul.names() == []


def test_one_wrong_url_among_good_ones_starts_nothing(haul, serve):
    url = serve('a.bin')
    result = haul(url, 'nonsense://x')
    assert (result.rc, result.out) == (2, '')
    assert serve.requests('a.bin') == [] and haul.names() == []


def test_a_control_byte_in_an_argument_is_shown_escaped(haul):
    for argument in ('--\x1b[31mred', 'http://\x1b[31m/', 'x\u202e://y'):
        result = haul(argument)
        assert result.rc == 2
        assert b'\x1b' not in result.err_bytes
        assert '\u202e' not in result.err


def test_a_list_that_stands_where_a_url_should_is_told_from_a_url(haul):
    haul.write('urls.txt', b'https://example.org/a\n')
    result = haul('urls.txt')
    assert result.rc == 2, result
    assert "'urls.txt' is a file here" in result.err, result
    assert '--input-file (-i)' in result.err and 'https' not in result.err
    result = haul('others.txt')
    assert "did you mean 'https://others.txt'?" in result.err, result


def test_help_lists_every_option_within_80_columns(haul):
    result = haul('--help')
    assert (result.rc, result.err) == (0, ''), result
    import conftest
    import re
    table = (conftest.SOURCE / 'src' / 'options.def').read_text()
    names = re.findall(r'HAUL_OPTION\(\w+, "([a-z0-9-]+)"', table)
    assert len(names) > 30
    for name in names:
        assert '--' + name in result.out
    assert all(len(line) <= 80 for line in result.out.splitlines())
    assert haul('-h').out == result.out


# ---- right input, in all its spellings ------------------------------------

@pytest.mark.parametrize('arguments', [
    ['--max-c', '2'], ['--max-c=2'], ['-n2'], ['-n', '2'], ['--retri=1'],
    ['--min-sp', '2m'], ['--retry-d', '1.5'], ['--timeout', '1m'],
    ['--timeout=500ms'], ['--timeout=0'], ['--timeout=1.5'], ['-q', '-v'],
    ['--quiet=yes'], ['--no-progress=no'], ['--overwrite'], ['-4'],
    ['--insecure'], ['-k'], ['--headless'], ['--ascii', '--si'], ['-qv0'],
    ['--limit-rate=0'], ['--output=none'], ['--overwrite=no'],
    ['--overwrite=YES'], ['--overwrite=Never'], ['--proxy='],
    ['-x', 'http://127.0.0.1:1', '--noproxy=*'],
    ['-x', 'socks5h://me:p@[::1]:99/', '--noproxy=*'],
    ['-x', 'p', '--noproxy=*'], ['-4', '-6', '--ipv6=no'], ['--retries=1000000'], ['--']])
def test_right_input_is_taken(arguments, haul, serve):
    result = haul(*arguments, serve('a.bin'))
    assert result.rc == 0, result
    assert haul.names() == ['a.bin']


def test_options_may_stand_after_urls(haul, serve):
    assert haul(serve('a.bin'), '-q', '-o', 'b.bin').rc == 0
    assert haul.names() == ['b.bin']


def test_the_directory_is_made_and_used(haul, serve):
    result = haul('-q', '-d', 'new/deep', '--print-filenames',
                  serve('a.bin'))
    assert result.rc == 0, result
    assert haul.names() == ['new/deep/a.bin']
    assert os.path.normpath(result.out.strip()) == 'new/deep/a.bin'


def test_a_name_with_folders_goes_below_the_directory(haul, serve):
    assert haul('-q', '-d', 'd', '-o', 'x/y.bin', serve('a.bin')).rc == 0
    assert haul.names() == ['d/x/y.bin']


def test_an_absolute_name_is_the_users_right(haul, serve, tmp_path):
    target = tmp_path / 'elsewhere' / 'y.bin'
    assert haul('-q', '-o', target, serve('a.bin')).rc == 0
    assert target.read_bytes() == serve.data('a.bin')


def test_headers_agent_referer_and_user_reach_the_request(haul, serve):
    url = serve('a.bin', needs='me:se:cret')
    result = haul('-q', '-H', 'X-One: 1', '-H', 'X-Two: 2', '-A', 'agent',
                  '-e', 'http://from/', '-u', 'me:se:cret', url)
    assert result.rc == 0, result
    headers = serve.requests('a.bin')[-1].headers
    assert (headers['x-one'], headers['x-two']) == ('1', '2')
    assert headers['user-agent'] == 'agent'
    assert headers['referer'] == 'http://from/'


def test_a_user_in_the_url_is_sent_and_never_shown(haul, serve):
    serve('a.bin', needs='me:geheim')
    serve('b.bin', needs='me:other')
    for mode in ('--output=log', '-v', '--json'):
        result = haul(mode, '--overwrite', '--retries=0',
                      serve.url('a.bin', user='me:geheim'),
                      serve.url('b.bin', user='me:geheim'))
        assert result.rc == 1, result
        assert 'geheim' not in result.out + result.err


def test_netrc_gives_user_and_password(haul, serve):
    url = serve('a.bin', needs='me:secret')
    (haul.home / '.netrc').write_text(
        'machine 127.0.0.1 login me password secret\n')
    (haul.home / '.netrc').chmod(0o600)
    assert haul('-q', '--retries=0', url).rc == 0


@pytest.mark.parametrize('host', ['localhost', '127.0.0.1'])
def test_a_redirect_gets_no_password_of_netrc_sent_in_the_clear(
        host, haul, serve):
    (haul.home / '.netrc').write_text(
        'machine localhost login me password secret\n'
        'machine 127.0.0.1 login me password secret\n')
    (haul.home / '.netrc').chmod(0o600)
    target = serve('b.bin').replace('127.0.0.1', host)
    assert haul('-q', '--retries=0',
                serve('a.bin', status=302, redirect=target)).rc == 0
    headers = serve.requests('b.bin')[0].headers
    # To its own host, the one that was asked for, it goes.
    assert ('authorization' in headers) == (host == '127.0.0.1')


def test_urls_with_odd_bytes_are_asked_for_escaped(haul, serve):
    serve('with%20blank%C3%A4%22.bin')
    result = haul('-q', serve.url('with blankä".bin'))
    assert result.rc == 0, result
    assert haul.names() == ['with blankä".bin']


# ---- list files -----------------------------------------------------------

def test_a_list_has_comments_blank_lines_crlf_and_a_bom(haul, serve):
    urls = [serve(f'{n}.bin') for n in range(4)]
    haul.write('list', '\ufeff# a comment\r\n\r\n' + urls[0] + '\r\n  \r\n' +
               '#' + urls[1] + '\r\n' + urls[2] + '  \r\n' + urls[3])
    result = haul('-q', '-i', 'list')
    assert result.rc == 0, result
    assert haul.names() == ['0.bin', '2.bin', '3.bin', 'list']


def test_a_list_has_options_for_each_file(haul, serve):
    import hashlib
    a, b, c = (serve(f'{n}.bin') for n in 'abc')
    right = hashlib.sha256(serve.data('b.bin')).hexdigest()
    haul.write('list', f'{a}\n  out=other.bin\n  dir=sub\n'
               f'{b}\n\tchecksum=sha256={right}\n\theader=X-Mark: yes\n'
               f' header=X-More: too\n{c}\n')
    result = haul('-q', '-i', 'list')
    assert result.rc == 0, result
    assert haul.names() == ['b.bin', 'c.bin', 'list', 'sub/other.bin']
    headers = serve.requests('b.bin')[0].headers
    assert (headers['x-mark'], headers['x-more']) == ('yes', 'too')
    assert 'x-mark' not in serve.requests('c.bin')[0].headers


@pytest.mark.parametrize('option,new', [
    ('dir={}/out', 'out/a.bin'), ('dir=../out', '../out/a.bin'),
    ('dir=sub', 'sub/a.bin'), ('out={}/out/a.bin', 'out/a.bin'),
    ('out=.profile', 'in/.profile'), ('out=.a/b', 'in/.a/b'),
    ('overwrite=always', None), ('insecure=yes', None)])
def test_an_untrusted_list_stays_in_the_directory(option, new, haul, serve):
    option = option.format(haul.folder)
    (haul.folder / 'in').mkdir()
    haul.write('in/a.bin', 'old')
    haul.write('list', f'{serve("b.bin")}\n{serve("a.bin")}\n  {option}\n')
    before = haul.names()
    result = haul('-q', '-i', 'list', '-d', 'in', '--untrusted-lists')
    assert result.rc == 2, result
    assert 'list:3: ' in result.err and 'untrusted list' in result.err
    assert haul.names() == before and not serve.requests('b.bin')
    result = haul('-q', '-i', 'list', '-d', 'in')
    assert result.rc == 0, result
    assert (haul.folder / 'in/b.bin').exists()
    assert new is None or (haul.folder / new).exists()
    assert (haul.read('in/a.bin') == b'old') == \
        (option != 'overwrite=always')


def test_a_list_has_mirrors_that_step_in(haul, serve):
    gone, good = serve('gone.bin', status=404), serve('good.bin')
    haul.write('list', f'{gone}\t{good}\n')
    result = haul('-q', *QUICK, '-i', 'list')
    assert result.rc == 0, result
    name, = [n for n in haul.names() if n != 'list']
    assert haul.read(name) == serve.data('good.bin')


def test_a_list_comes_from_standard_input_and_mixes_with_urls(haul, serve):
    urls = [serve(f'{n}.bin') for n in range(3)]
    result = haul('-q', '-i', '-', urls[0],
                  stdin=f'{urls[1]}\n{urls[2]}\n')
    assert result.rc == 0, result
    assert haul.names() == ['0.bin', '1.bin', '2.bin']


@pytest.mark.parametrize('output', ('log', 'bar', 'json'))
def test_what_is_given_again_is_fetched_once(haul, serve, output):
    a, b, c = (serve(f'{n}.bin') for n in 'abc')
    haul.write('list', f'{a}\n{b}\n out=x.bin\n{c}\n')
    haul.write('more', f'{c}\n{b}\n out=x.bin\n{a}\n')
    result = haul(f'--output={output}', '-i', 'list', '-i', 'more', '-i', '-',
                  a, c, a, stdin=f'{c}\n')
    assert result.rc == 0, result
    assert haul.names() == ['a.bin', 'c.bin', 'list', 'more', 'x.bin']
    assert [len(serve.requests(f'{n}.bin')) for n in 'abc'] == [1, 1, 1]
    assert result.err.count('7 URLs were given before') == 1, result


def test_what_differs_in_an_option_is_not_given_again(haul, serve):
    url = serve('a.bin')
    haul.write('list', f'{url}\n{url}\n out=b.bin\n{url}\n dir=sub\n'
               f'{url}\n header=X-Mark: yes\n{url}\n')
    result = haul('--output=log', '-i', 'list')
    assert result.rc == 0, result
    assert haul.names() == ['a.1.bin', 'a.bin', 'b.bin', 'list', 'sub/a.bin']
    assert 'haul: 1 URL was given before; it is fetched once.\n' in \
        result.err, result


def test_urls_that_are_given_once_are_not_spoken_of(haul, serve):
    result = haul('--output=log', serve('a.bin'), serve('b.bin'))
    assert result.rc == 0 and 'given before' not in result.err, result


@pytest.mark.parametrize('text,line,word', [
    ('http://127.0.0.1:1/a\nnonsense\n', 2, 'nonsense'),
    ('# x\n\ngopher://x/\n', 3, 'gopher'),
    ('http://127.0.0.1:1/a\n  nope=1\n', 2, 'nope'),
    ('http://127.0.0.1:1/a\n  out\n', 2, 'out'),
    ('http://127.0.0.1:1/a\n  checksum=md5=0\n', 2, '32'),
    ('http://127.0.0.1:1/a\n  max-conn=2\n', 2, 'max-conn'),
    ('http://127.0.0.1:1/a\n  out=../x\n', 2, '../x'),
    ('http://127.0.0.1:1/a\n  header=no colon\n', 2, 'no colon'),
    ('  out=x\n', 1, 'out'),
    ('http://127.0.0.1:1/a\x00b\n', 1, ''),
    ('http://127.0.0.1:1/a out=x\n', 1, 'out=x'),
    ('http://127.0.0.1:1/a\nout=x', 2, 'indented'),
    ('# x\n' + 'http://127.0.0.1:1/' + 'a' * (1 << 20) + '\n', 2, 'longer'),
    ('http://127.0.0.1:1/a\n  out=x\n\n  out=y', 4, 'before'),
])
def test_an_error_in_a_list_has_its_line_number(text, line, word, haul):
    haul.write('list', text)
    result = haul('-i', 'list', timeout=10)
    assert (result.rc, result.out) == (2, ''), result
    assert f'list:{line}' in result.err or f'line {line}' in result.err, \
        result
    assert word in result.err


def test_a_line_read_while_the_last_file_ends_is_not_left_behind(haul, serve):
    first = serve('first.bin', size=50_000, rate=100_000)
    second = serve('second.bin', size=50_000, rate=100_000)
    pipe = haul.folder.parent / 'list'
    os.mkfifo(pipe)
    # The list's end is read when the first file has ended, and the engine has
    # begun the second one before that END is looked at.
    process = haul.traced(
        ('-P', pipe, '-o', os.devnull, '-e', 'trace=read,close',
         '-e', 'inject=read:delay_enter=1500000:when=2',
         '-e', 'inject=close:delay_enter=200000'),
        '-q', '-i', pipe, first)
    serve.wait_for_bytes('first.bin', 1)
    pipe.write_text(second + '\n')
    result = haul.finish(process)
    assert result.rc == 0, result
    assert haul.names() == ['first.bin', 'second.bin']


@pytest.mark.parametrize('text', ['', '\n', '# a\n\t# b', '\ufeff', ' \r\n'])
def test_a_list_of_comments_alone_is_no_mistake(text, haul):
    haul.write('list', text)
    result = haul('-i', 'list')
    assert result.rc == 0 and haul.names() == ['list'], result


def test_a_list_may_be_a_fifo_whose_writer_comes_late(haul, serve):
    os.mkfifo(haul.folder / 'list')
    process = haul.start('-q', '-i', 'list')
    time.sleep(0.3)
    with open(haul.folder / 'list', 'w') as fifo:
        fifo.write(serve('a.bin') + '\n  out=b.bin\n' + serve('c.bin'))
        fifo.flush()
        time.sleep(0.2)
    assert haul.finish(process).rc == 0
    os.unlink(haul.folder / 'list')
    assert haul.names() == ['b.bin', 'c.bin']


def test_a_list_of_many_lines_is_read_quickly(haul):
    haul.write('list', ''.join(f'http://127.0.0.1:1/{n}\n'
                               for n in range(100_000)))
    result = haul('-q', '-i', 'list', '--retries=0', '--max-failures=3')
    assert result.rc == 6, result
    assert result.seconds < 10


# ---- environment ----------------------------------------------------------

def test_an_option_wins_over_haul_over_parfive(haul, serve):
    url = serve('a.bin', no_answer='stall')
    result = haul('-q', '--retries=0', '--timeout=0.3', url,
                  env={'HAUL_SOCK_READ_TIMEOUT': '20'})
    assert result.rc == 1 and result.seconds < 5
    result = haul('-q', '--retries=0', url,
                  env={'HAUL_SOCK_READ_TIMEOUT': '0.3',
                       'PARFIVE_SOCK_READ_TIMEOUT': '20'})
    assert result.rc == 1 and result.seconds < 5


@pytest.mark.parametrize('variable,value', [
    ('HAUL_MAX_CONN', 'lots'), ('HAUL_OVERWRITE', 'perhaps'),
    ('PARFIVE_TOTAL_TIMEOUT', 'x'), ('HAUL_MAX_SPLITS', '0'),
    ('HAUL_SI', 'maybe'), ('HAUL_LIMIT_RATE', '-5'),
    ('HAUL_CACERT', '/no/such')])
def test_a_bad_variable_is_named_and_exit_is_2(variable, value, haul, serve):
    result = haul(serve('a.bin'), env={variable: value})
    assert (result.rc, result.out) == (2, ''), result
    assert variable in result.err and value in result.err


@pytest.mark.parametrize('variable', ['HAUL_MAX_CONN', 'HAUL_OVERWRITE',
                                      'PARFIVE_TOTAL_TIMEOUT'])
def test_an_empty_variable_is_as_none(variable, haul, serve):
    assert haul('-q', serve('a.bin'), env={variable: ''}).rc == 0


def test_the_directory_may_come_from_the_environment(haul, serve):
    assert haul('-q', serve('a.bin'), env={'HAUL_DIRECTORY': 'env'}).rc == 0
    assert haul.names() == ['env/a.bin']


# ---- limits ---------------------------------------------------------------

@pytest.mark.parametrize('files', [1, 4])
def test_the_rate_limit_holds_for_all_together(files, haul, serve):
    urls = [serve(f'{n}.bin', size=2_000_000 // files) for n in range(files)]
    result = haul('-q', '--limit-rate=1000000', *urls)
    assert result.rc == 0, result
    assert 1.7 < result.seconds < 3.5
    for n in range(files):
        assert haul.read(f'{n}.bin') == serve.data(f'{n}.bin')


@pytest.mark.parametrize('most', [1, 3])
def test_max_conn_is_how_many_files_run_at_once(most, haul, serve):
    urls = [serve(f'{n}.bin', size=1000, delay=0.15) for n in range(7)]
    assert haul('-q', f'--max-conn={most}', *urls).rc == 0
    marks = sorted([(r.time, 1) for r in serve.requests()] +
                   [(r.ended, -1) for r in serve.requests()])
    depth = peak = 0
    for _, step in marks:
        depth += step
        peak = max(peak, depth)
    assert peak == most


def test_max_failures_stops_with_exit_6(haul, serve):
    urls = [serve(f'{n}.bin', status=404, delay=0.1) for n in range(30)]
    result = haul('-q', '--max-failures=3', '--max-conn=1', *urls)
    assert result.rc == 6, result
    assert 3 <= len(serve.requests()) <= 6


# ---- stopping and going on ------------------------------------------------

SIZE = 6_000_000


def interrupt(haul, serve, number, *arguments, after=2_000_000, **fields):
    """Starts a slow file, sends a signal once some bytes went out; the
    arguments for the same command, and its result."""
    url = serve('big.bin', **{'size': SIZE, 'rate': 1_000_000, **fields})
    command = ['--output=log', '--min-split-size=256K', '--max-splits=3',
               *arguments, url]
    process = haul.start(*command)
    serve.wait_for_bytes('big.bin', after)
    before = time.monotonic()
    process.send_signal(number)
    result = haul.finish(process, timeout=10)
    result.stopping = time.monotonic() - before
    return command, result


def go_on(haul, serve, command, **fields):
    """The same command on a server that is quick now, over one connection:
    of further ones the server sends more than is taken. How many bytes of the
    file it was sent, and the requests it made."""
    before, asked = serve.sent('big.bin'), len(serve.requests('big.bin'))
    state = serve.server.states[serve.path('big.bin')]
    import dataclasses
    state.behaviour = dataclasses.replace(state.behaviour,
                                          **{'rate': 0, **fields})
    result = haul(*command, '--max-splits=1')
    return (result, serve.sent('big.bin') - before,
            serve.requests('big.bin')[asked:])


def test_ctrl_c_stops_in_a_second_keeps_the_part_and_goes_on(haul, serve):
    command, result = interrupt(haul, serve, signal.SIGINT)
    assert result.rc == 3, result
    assert result.stopping < 1.0
    assert haul.names() == ['big.bin.part', 'big.bin.part.haul']
    assert result.err.strip(), 'nothing says how to go on'
    record = haul.read('big.bin.part.haul').decode()
    kept = sum(int(b) - int(a) for a, b in (
        line.split()[1].split('-') for line in record.splitlines()
        if line.startswith('range ')))
    assert kept >= 1_500_000

    result, sent, asked = go_on(haul, serve, command)
    assert result.rc == 0, result
    assert haul.names() == ['big.bin']
    assert haul.read('big.bin') == serve.data('big.bin')
    assert all(r.range for r in asked), 'the whole file was asked for'
    assert sent <= (SIZE - kept) * 1.1 + 300_000


def test_ctrl_c_says_how_to_go_on_and_json_ends_with_stopped(haul, serve):
    url = serve('big.bin', size=SIZE, rate=1_000_000)
    process = haul.start('--json', url)
    serve.wait_for_bytes('big.bin', 500_000)
    process.send_signal(signal.SIGINT)
    result = haul.finish(process, timeout=10)
    assert result.rc == 3, result
    assert result.records[-1]['ev'] == 'end'
    assert result.records[-1]['reason'] == 'stopped'
    assert result.records[-1]['exit'] == 3


def test_ctrl_c_is_quick_while_a_name_is_resolved_or_nothing_answers(
        haul, serve):
    url = serve('a.bin', no_answer='stall')
    process = haul.start('-q', url, 'http://no-such-host.invalid/')
    assert serve.server.wait_until(lambda: serve.requests('a.bin'))
    before = time.monotonic()
    process.send_signal(signal.SIGINT)
    result = haul.finish(process, timeout=10)
    assert result.rc == 3, result
    assert time.monotonic() - before < 1.0


def test_time_spent_stopped_does_not_count_as_silence(haul, serve):
    url = serve('a.bin', no_answer='stall')
    process = haul.start('-q', '--timeout=3', '--retries=0', url)
    assert serve.server.wait_until(lambda: serve.requests('a.bin'))
    process.send_signal(signal.SIGSTOP)
    time.sleep(4)
    process.send_signal(signal.SIGCONT)
    before = time.monotonic()
    result = haul.finish(process, timeout=10)
    assert result.rc == 1 and 'no more bytes' in result.err, result
    assert 2 < time.monotonic() - before < 5


def test_ctrl_c_twice_ends_at_once(haul, serve):
    url = serve('big.bin', size=SIZE, rate=1_000_000)
    process = haul.start('-q', url)
    serve.wait_for_bytes('big.bin', 500_000)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    result = haul.finish(process, timeout=5)
    assert result.rc in (3, 130), result
    assert haul.names() != ['big.bin']


def test_kill_9_loses_little_and_the_same_command_goes_on(haul, serve):
    # Later than the first checkpoint, whatever its rhythm.
    command, result = interrupt(haul, serve, signal.SIGKILL, size=24_000_000,
                                after=18_000_000)
    assert result.rc == -signal.SIGKILL
    assert haul.names() == ['big.bin.part', 'big.bin.part.haul',
                            'big.bin.part.haul+']
    result, sent, asked = go_on(haul, serve, command)
    assert result.rc == 0, result
    assert haul.names() == ['big.bin']
    assert haul.read('big.bin') == serve.data('big.bin')
    assert sent < 8_000_000, 'little that was fetched was used'
    assert all(r.range for r in asked)


def test_kill_9_before_the_first_checkpoint_loses_little(haul, serve):
    command, result = interrupt(haul, serve, signal.SIGKILL, after=1_500_000)
    assert result.rc == -signal.SIGKILL
    record = haul.read('big.bin.part.haul').decode()
    assert '\nrange ' not in record, 'too late: this proves nothing'
    result, sent, asked = go_on(haul, serve, command)
    assert result.rc == 0, result
    assert haul.names() == ['big.bin']
    assert haul.read('big.bin') == serve.data('big.bin')
    assert sent < SIZE - 500_000, 'nothing that was fetched was used'
    assert all(r.range for r in asked)


@pytest.mark.parametrize('resume', [False, True])
def test_kill_9_right_after_the_rename_leaves_nothing(resume, haul, serve):
    command, result = interrupt(haul, serve, signal.SIGKILL, after=1_500_000)
    assert result.rc == -signal.SIGKILL
    # The rest of it, up to the last system calls.
    haul.write('big.bin', serve.data('big.bin'))
    (haul.folder / 'big.bin.part').unlink()
    assert len(haul.names()) == 3
    result = haul('-q', '--resume') if resume else haul(*command)
    assert result.rc == 0, result
    assert haul.names() == ['big.bin']
    assert haul.read('big.bin') == serve.data('big.bin')


def lose_note(haul):
    """As if it had been killed before its first tenth of a second."""
    (haul.folder / 'big.bin.part.haul+').unlink(missing_ok=True)


@pytest.mark.parametrize('fields', [{}, {'framing': 'chunked'},
                                    {'etag': 'none', 'modified': ''}],
                         ids=['plain', 'size-unknown', 'no-validator'])
def test_what_kill_9_leaves_before_anything_is_saved_is_used_again(
        fields, haul, serve):
    command, result = interrupt(haul, serve, signal.SIGKILL, after=200_000,
                                **fields)
    assert result.rc == -signal.SIGKILL
    lose_note(haul)
    assert haul.names() == ['big.bin.part', 'big.bin.part.haul']
    record = haul.read('big.bin.part.haul').decode()
    assert f'url {serve.url("big.bin")}\n' in record
    assert '\nrange ' not in record, 'too late: this proves nothing'
    # No more is left by a second one.
    _, result = interrupt(haul, serve, signal.SIGKILL, after=200_000,
                          **fields)
    assert result.rc == -signal.SIGKILL
    lose_note(haul)
    assert haul.names() == ['big.bin.part', 'big.bin.part.haul']
    result, _, _ = go_on(haul, serve, command)
    assert result.rc == 0, result
    assert haul.names() == ['big.bin']
    assert haul.read('big.bin') == serve.data('big.bin')


def test_a_left_over_goes_even_if_the_file_is_small_by_now(haul, serve):
    command, result = interrupt(haul, serve, signal.SIGKILL, after=200_000,
                                framing='chunked')
    assert result.rc == -signal.SIGKILL
    serve('big.bin', size=10_000)
    assert haul(*command).rc == 0
    assert haul.names() == ['big.bin']
    assert haul.read('big.bin') == serve.data('big.bin')


@pytest.mark.parametrize('age,strong', [(0, False), (40, False), (90, True)])
def test_a_file_changed_a_moment_ago_is_not_gone_on_with_by_its_date(
        age, strong, haul, serve):
    # It may change again within the date's second, or by another clock.
    stamp = email.utils.formatdate(time.time() - age, usegmt=True)
    command, result = interrupt(haul, serve, signal.SIGINT, etag='none',
                                modified=stamp)
    assert result.rc == 3, result
    assert haul.names() == (['big.bin.part', 'big.bin.part.haul'] if strong
                            else [])
    result, sent, asked = go_on(haul, serve, command)
    assert result.rc == 0, result
    assert haul.read('big.bin') == serve.data('big.bin')
    conditions = {r.headers.get('if-range') for r in
                  serve.requests('big.bin') if r.range}
    assert len(conditions) == 1, 'no part was asked for'
    assert conditions == {stamp if strong else None}
    assert (sent < SIZE - 1_000_000) is strong


@pytest.mark.parametrize('number,rc', [(signal.SIGTERM, 143),
                                       (signal.SIGHUP, 129)])
def test_other_signals_save_and_end_with_128_and_the_number(
        number, rc, haul, serve):
    command, result = interrupt(haul, serve, number)
    assert result.rc == rc, result
    assert haul.names() == ['big.bin.part', 'big.bin.part.haul']
    result, sent, _ = go_on(haul, serve, command)
    assert result.rc == 0, result
    assert haul.read('big.bin') == serve.data('big.bin')
    assert sent < SIZE - 1_000_000


def test_a_broken_pipe_does_not_stop_the_download(haul, serve):
    url = serve('a.bin', size=1_000_000, rate=1_000_000)
    process = haul.start('--output=log', '-v', '--print-filenames', url)
    process.stderr.close()
    process.stdout.close()
    process.stdout = process.stderr = None
    assert haul.finish(process).rc in (0, 141)
    assert haul.read('a.bin') == serve.data('a.bin')


def test_a_changed_object_is_not_spliced_onto_the_kept_part(haul, serve):
    command, result = interrupt(haul, serve, signal.SIGINT)
    assert result.rc == 3
    result, _, _ = go_on(haul, serve, command, seed='another')
    assert result.rc == 0, result
    assert haul.read('big.bin') == serve.data('big.bin')
    assert serve.data('big.bin') != b''


def test_a_changed_size_without_validators_is_not_spliced(haul, serve):
    command, result = interrupt(haul, serve, signal.SIGINT, etag='none',
                                modified='')
    assert result.rc == 3
    result, _, _ = go_on(haul, serve, command, seed='another',
                         size=SIZE - 4096)
    assert result.rc == 0, result
    assert haul.read('big.bin') == serve.data('big.bin')


@pytest.mark.parametrize('now', [
    {'ranges': 'ignored', 'advertise': False}, {'if_range': 'always-200'},
    {'ranges': 'intermittent'}, {'ranged': {'skew': (4096, 0, 0)}},
    {'content_range': 'none'}, {'ranged': {'status': 416}},
    {'ranged': {'encoding': 'gzip'}}])
def test_a_range_answered_wrongly_when_going_on_never_spoils_the_file(
        now, haul, serve):
    command, result = interrupt(haul, serve, signal.SIGINT, *QUICK[:2])
    assert result.rc == 3
    result, _, _ = go_on(haul, serve, command, **now)
    assert result.rc == 0, result
    assert haul.names() == ['big.bin']
    assert haul.read('big.bin') == serve.data('big.bin')


def test_a_part_of_another_url_is_not_gone_on_from(haul, serve):
    _, result = interrupt(haul, serve, signal.SIGINT)
    assert result.rc == 3
    other = serve('other/big.bin', size=SIZE)
    result = haul('-q', other)
    assert result.rc == 0, result
    assert haul.read('big.bin') == serve.data('other/big.bin')


def test_a_part_that_is_whole_needs_no_more_bytes(haul, serve):
    """All is there but the last rename: 416 territory (FAILURES 42)."""
    command, _ = interrupt(haul, serve, signal.SIGINT)
    import zlib
    data = serve.data('big.bin')
    haul.write('big.bin.part', data)
    record = haul.read('big.bin.part.haul').decode()
    lines = [line for line in record.splitlines()
             if not line.startswith(('range ', 'crc '))]
    text = '\n'.join(lines + [f'range 0-{SIZE}']) + '\n'
    haul.write('big.bin.part.haul',
               text + f'crc {zlib.crc32(text.encode()):08x}\n')
    result, sent, _ = go_on(haul, serve, command)
    assert result.rc == 0, result
    assert haul.read('big.bin') == data
    assert sent < 1_000_000


def test_a_second_haul_on_the_same_target_does_not_corrupt_it(haul, serve):
    url = serve('big.bin', size=3_000_000, rate=1_000_000)
    first = haul.start('-q', '--max-splits=2', url)
    serve.wait_for_bytes('big.bin', 500_000)
    second = haul.json('--max-splits=2', url)
    assert second.rc == 5, second
    assert second.failure['cause'] == 'name_conflict'
    assert f'process {first.pid} is fetching' in second.failure['message']
    assert haul.finish(first).rc == 0
    assert haul.read('big.bin') == serve.data('big.bin')


def test_small_files_leave_nothing_behind_when_killed(haul, serve):
    url = serve('small.bin', size=50_000, rate=50_000)
    process = haul.start('-q', url)
    serve.wait_for_bytes('small.bin', 20_000)
    process.kill()
    haul.finish(process)
    assert 'small.bin' not in haul.names()


# ---- where to write -------------------------------------------------------

def test_a_directory_that_cannot_be_made_is_a_storage_failure(haul, serve):
    haul.write('file', 'in the way')
    result = haul.json('-d', 'file/sub', serve('a.bin'))
    assert result.rc in (1, 4), result
    assert result.failure['cause'] in ('disk_perm', 'name_conflict', 'write')


@pytest.mark.parametrize('suffix', ['', '.part'])
@pytest.mark.parametrize('make', [
    os.mkfifo, lambda path: os.symlink('/dev/zero', path),
    lambda path: os.symlink('nowhere', path)], ids=['fifo', 'device', 'link'])
def test_what_is_no_file_is_neither_waited_for_nor_replaced(
        make, suffix, haul, serve):
    make(haul.folder / f'a.bin{suffix}')
    before = os.lstat(haul.folder / f'a.bin{suffix}').st_ino
    result = haul.json('--timeout=5', serve('a.bin', size=3_000_000))
    assert (result.rc, result.failure['cause']) == (1, 'name_conflict')
    assert 'Is a directory' not in result.failure['message']
    assert os.lstat(haul.folder / f'a.bin{suffix}').st_ino == before
    assert len(os.listdir(haul.folder)) == 1


def test_a_folder_of_the_files_name_is_a_name_conflict(haul, serve):
    (haul.folder / 'a.bin').mkdir()
    result = haul.json('--overwrite', serve('a.bin'))
    assert result.rc == 1, result
    assert result.failure['cause'] == 'name_conflict'


def test_a_link_at_the_part_files_name_is_not_followed(
        haul, serve, tmp_path):
    victim = tmp_path / 'victim'
    victim.write_text('precious')
    url = serve('big.bin', size=3_000_000)
    os.symlink(victim, haul.folder / 'big.bin.part')
    os.symlink(victim, haul.folder / 'big.bin.part.haul')
    result = haul('-q', *QUICK, url)
    assert victim.read_bytes() == b'precious'
    assert 'big.bin.part: it is a symbolic link' in result.err


def test_a_link_at_the_final_name_is_replaced_not_followed(
        haul, serve, tmp_path):
    victim = tmp_path / 'victim'
    victim.write_text('precious')
    os.symlink(victim, haul.folder / 'a.bin')
    haul('-q', '--overwrite', *QUICK, serve('a.bin'))
    assert victim.read_bytes() == b'precious'


def test_a_file_larger_than_allowed_is_a_failure_and_no_crash(haul, serve):
    import resource
    url = serve('big.bin', size=3_000_000)
    process = haul.start('--json', url, preexec_fn=lambda: resource.setrlimit(
        resource.RLIMIT_FSIZE, (1_000_000, 1_000_000)))
    result = haul.finish(process)
    assert result.rc in (1, 4), result
    assert result.failure['cause'] == 'write'
    assert 'big.bin' not in haul.names()


# ---- streams --------------------------------------------------------------

@pytest.mark.parametrize('mode', [[], ['-v'], ['-q'], ['--output=log'],
                                  ['--output=bar'], ['--output=none']])
def test_stdout_is_empty_unless_data_was_asked_for(mode, haul, serve):
    result = haul(*mode, serve('a.bin'), serve('b.bin', status=404))
    assert (result.rc, result.out) == (1, ''), result


def test_quiet_prints_nothing_but_failures(haul, serve):
    result = haul('-q', serve('a.bin'))
    assert (result.rc, result.out, result.err) == (0, '', ''), result
    result = haul('-q', serve('b.bin', status=404))
    assert result.rc == 1 and '404' in result.err
    result = haul('-q', serve('c.bin'), serve('c.bin'))
    assert (result.rc, result.out, result.err) == (0, '', ''), result


def test_quiet_is_silent_about_which_run_it_goes_on_with(haul, serve):
    """What cron mails is a failure."""
    haul.environment.pop('HAUL_NO_STORE', None)
    for option in ('--resume', '--retry-failed'):
        result = haul('-q', option)
        assert (result.rc, result.out, result.err) == (0, '', ''), result
    url = serve('a.bin', turns=({'status': 404}, {}))
    assert haul('-q', url).rc == 1
    result = haul('-q', '--retry-failed')
    assert (result.rc, result.out, result.err) == (0, '', ''), result
    assert haul.read('a.bin') == serve.data('a.bin')


def test_closed_standard_streams_do_no_harm(haul, serve):
    url = serve('a.bin')
    process = subprocess.run(
        ['sh', '-c', 'exec "$0" "$@" <&- >&- 2>&-', haul.program, url],
        cwd=haul.folder, env=haul.environment, timeout=20)
    assert process.returncode == 0
    assert haul.read('a.bin') == serve.data('a.bin')


def test_a_lock_held_on_a_part_file_is_respected(haul, serve):
    """As another haul would hold it."""
    path = haul.write('big.bin.part', b'')
    with open(path, 'rb') as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        result = haul.json('--retries=0', serve('big.bin', size=3_000_000))
    assert result.rc in (1, 5), result
    assert 'big.bin' not in haul.names()
    assert result.failure['message'].endswith('is fetching this file')
