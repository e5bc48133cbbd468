# SPDX-License-Identifier: MIT
"""The configuration file.

- each place it may stand in, and which of them wins; --config, --no-config
- every mistake: a sentence with file and line, exit 2, and nothing fetched;
  --help and --no-config work all the same
- files that others can write, or of other users, are refused; directories, and
  what cannot be read, too
- values hold in a run; those of a run that is gone on with win over them
- [host] sections: what a request of that host has, and no other's; limits of
  connections; redirects take no secret along; --resume has them too
- secrets: told if others can read the file, and shown by nothing
"""

import os

import pytest

URL = 'http://127.0.0.1:1/a.bin'


def user_file(haul, text, mode=0o600):
    """The user's file, as the environment of the tests has it."""
    path = haul.home / '.config/haul/config'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def system_file(haul, text):
    path = haul.home / 'xdg/haul/config'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def shown(haul, *arguments, **more):
    """{name: (value, source)} of --show-config."""
    result = haul('--show-config', *arguments, **more)
    assert result.rc == 0 and result.err == '', result
    rows = [line.split(' = ', 1) for line in result.out.splitlines()
            if ' = ' in line]
    return {name: tuple(part.strip() for part in rest.rsplit('# ', 1))
            for name, rest in rows}


# ---- places ---------------------------------------------------------------

def test_each_source_wins_over_those_before_it(haul):
    system = system_file(haul, 'max-conn = 11\nretries = 11\nfps = 11\n'
                         'max-splits = 11\n')
    user = user_file(haul, '\nmax-conn = 12\nretries = 12\nmax-splits = 12\n')
    values = shown(haul, '--max-splits=14', env={
        'HAUL_RETRIES': '13', 'HAUL_MAX_SPLITS': '13'})
    assert values['timeout'] == ('90', 'default')
    assert values['fps'] == ('11', f'system file {system}:3')
    assert values['max-conn'] == ('12', f'user file {user}:2')
    assert values['retries'] == ('13', 'environment HAUL_RETRIES')
    assert values['max-splits'] == ('14', 'command line')


def test_the_user_file_is_where_xdg_says(haul, tmp_path):
    user_file(haul, 'max-conn = 12\n')
    other = tmp_path / 'other/haul/config'
    other.parent.mkdir(parents=True)
    other.write_text('max-conn = 13\n')
    where = str(tmp_path / 'other')
    assert shown(haul, env={'XDG_CONFIG_HOME': where})['max-conn'] == \
        ('13', f'user file {other}:1')
    # Relative ones are no directories, and "" is as good as none.
    for value in ('', 'other'):
        assert shown(haul, env={
            'XDG_CONFIG_HOME': value})['max-conn'][0] == '12'
    assert shown(haul, env={'HOME': ''})['max-conn'][0] == '5'


def test_the_first_system_directory_matters_most(haul, tmp_path):
    for n in (1, 2):
        path = tmp_path / f'd{n}/haul/config'
        path.parent.mkdir(parents=True)
        path.write_text(f'fps = {n}\n' + ('retries = 7\n' * (n == 2)))
    values = shown(haul, env={
        'XDG_CONFIG_DIRS': f'{tmp_path}/d1:{tmp_path}/none:x:{tmp_path}/d2'})
    assert values['fps'][0] == '1' and values['retries'][0] == '7'


def test_config_stands_for_the_users_file(haul):
    system_file(haul, 'fps = 11\nretries = 11\n')
    user_file(haul, 'max-conn = 12\nretries = 12\n')
    haul.write('own', 'max-conn = 13\n').chmod(0o600)
    values = shown(haul, '--config=own')
    assert values['max-conn'] == ('13', 'user file own:1')
    assert values['fps'][0] == '11' and values['retries'][0] == '11'
    assert shown(haul, env={'HAUL_CONFIG': 'own'})['max-conn'][0] == '13'
    result = haul('--config=missing', URL)
    assert result.rc == 2, result
    assert result.err == 'haul: missing: it cannot be read: No such file ' \
        'or directory.\n'


def test_no_config_reads_none_but_what_is_named(haul):
    system_file(haul, 'wrong\n')
    user_file(haul, 'wrong\n')
    haul.write('own', 'max-conn = 13\n').chmod(0o600)
    assert shown(haul, '--no-config')['max-conn'] == ('5', 'default')
    assert shown(haul, env={'HAUL_NO_CONFIG': 'yes'})['max-conn'][0] == '5'
    values = shown(haul, '--no-config', '--config', 'own')
    assert values['max-conn'][0] == '13'


# ---- mistakes -------------------------------------------------------------

@pytest.mark.parametrize('text, line, words', [
    ('max-con = 3\n', 1, "there is no option 'max-con'; did you mean "
     "'max-conn'?"),
    ('# one\n\nwibble = 3\n', 3, "there is no option 'wibble'."),
    ('resume = 3\n', 1, "'resume' is for the command line alone."),
    ('max-conn = many\n', 1, "'many' is not a number;"),
    ('output = gui\n', 1, "'gui' is not possible; choose one of: auto, tui, "
     'bar, log, json, none.'),
    ('quiet = perhaps\n', 1, "'perhaps' is neither 'yes' nor 'no'."),
    ('proxy = gopher://x\n', 1, 'gopher'),
    ('cacert = /no/such\n', 1, '/no/such'),
    ('header = no colon\n', 1, 'no colon'),
    ('max-conn\n', 1, 'neither NAME = VALUE nor [SECTION]'),
    ('[wibble]\n', 1, 'there is no section [wibble].'),
])
def test_a_mistake_is_told_with_its_place(haul, serve, text, line, words):
    path = user_file(haul, text)
    result = haul(serve('a.bin'))
    assert result.rc == 2 and result.out == '', result
    assert len(result.err.splitlines()) == 1
    assert result.err.startswith(f'haul: {path}:{line}: '), result
    assert words in result.err, result
    assert not serve.requests() and not haul.names()
    assert haul('-q', '--no-config', serve.url('a.bin')).rc == 0
    assert haul('--help').rc == 0 and haul('--version').rc == 0


def test_a_mistake_of_the_command_line_comes_first(haul):
    user_file(haul, 'wibble = 3\nwobble = 3\n')
    result = haul('--max-conx=3', URL)
    assert result.rc == 2 and '--max-conx' in result.err, result
    result = haul(URL)
    assert result.rc == 2 and len(result.err.splitlines()) == 2, result


@pytest.mark.parametrize('mode', [0o602, 0o666, 0o777])
def test_a_file_that_others_can_write_is_refused(haul, mode):
    path = user_file(haul, 'max-conn = 3\n', mode)
    result = haul(URL)
    assert result.rc == 2, result
    assert result.err == (
        f'haul: {path}: others can write it (mode {mode:03o}), and it is not '
        'read; take that right from them (chmod go-w), or leave it out by '
        '--no-config.\n')
    assert shown(haul, '--no-config')['max-conn'][0] == '5'


@pytest.mark.skipif(os.geteuid() != 0, reason='needs root')
def test_a_file_of_another_user_is_refused(haul):
    path = user_file(haul, 'max-conn = 3\n')
    os.chown(path, 65534, -1)
    result = haul(URL)
    assert result.rc == 2 and 'belongs to another user' in result.err, result
    os.chown(path, 0, 65534)
    path.chmod(0o660)
    result = haul(URL)
    assert result.rc == 2 and 'others can write it' in result.err, result
    path.chmod(0o640)
    assert shown(haul)['max-conn'][0] == '3'


def test_a_directory_and_a_flood_are_no_configuration(haul):
    result = haul('--config=.', URL)
    assert result.rc == 2 and 'Is a directory' in result.err, result
    haul.write('long', '# ' + 'x' * 1048576)
    result = haul('--config=long', URL)
    assert result.rc == 2 and '1 MiB' in result.err, result
    result = haul('--config=/dev/zero', URL)
    assert result.rc == 2 and '1 MiB' in result.err, result


def test_a_pipe_will_do_where_it_is_named(haul):
    reading, writing = os.pipe()
    os.write(writing, b'max-conn = 9\n')
    os.close(writing)
    process = haul.start('--show-config', f'--config=/dev/fd/{reading}',
                         pass_fds=(reading,))
    os.close(reading)
    result = haul.finish(process)
    assert result.rc == 0 and 'max-conn = 9' in result.out, result


# ---- effect ---------------------------------------------------------------

def test_values_hold_in_a_run(haul, serve):
    user_file(haul, 'directory = ~/here\nuser-agent = test/1\nquiet\n'
              'header = X-One: 1\n')
    system_file(haul, 'header = X-Two: 2\n')
    result = haul('-H', 'X-Three: 3', serve('a.bin'))
    assert result.rc == 0 and result.err == '', result
    assert (haul.home / 'here/a.bin').read_bytes() == serve.data('a.bin')
    headers = serve.requests('a.bin')[0].headers
    assert headers['user-agent'] == 'test/1'
    assert (headers['x-one'], headers['x-two'], headers['x-three']) == \
        ('1', '2', '3')
    assert haul('-d', '.', '--header=', serve('b.bin')).rc == 0
    assert 'x-one' not in serve.requests('b.bin')[0].headers


def test_the_command_line_takes_back_what_excludes_it(haul, serve):
    user_file(haul, 'ipv6\nquiet\n')
    assert haul('-4', serve('a.bin')).rc == 0
    user_file(haul, 'ipv6\nipv4\n')
    assert haul(serve.url('a.bin')).rc == 2
    path = user_file(haul, 'no-store\nascii\n')
    assert haul('--history').rc == 0
    values = shown(haul, '--store=x', env={'HAUL_UTF8': 'yes'})
    assert values['no-store'] == ('no', 'command line')
    assert values['ascii'] == ('no', 'environment HAUL_UTF8')
    # Nearer the command line is not further on.
    system_file(haul, 'store = /x\n')
    assert shown(haul)['no-store'] == ('yes', f'user file {path}:1')


def test_a_run_keeps_its_own_values_when_it_goes_on(haul, serve):
    """What the file says is a default, of this run or the next one."""
    user_file(haul, 'user-agent = first\nreferer = http://one/\n')
    url = serve('a.bin', turns=({'status': 503},))
    assert haul('-q', '--retries=0', '-A', 'given', url).rc == 1
    user_file(haul, 'user-agent = second\nreferer = http://two/\n')
    assert haul('-q', '--retry-failed').rc == 0
    requests = serve.requests('a.bin')
    assert [r.headers['user-agent'] for r in requests] == ['given', 'given']
    assert [r.headers['referer'] for r in requests] == \
        ['http://one/', 'http://two/']


# ---- hosts ----------------------------------------------------------------

def test_a_host_has_its_own_requests(haul, serve):
    """In turn, over connections and handles that are used again."""
    user_file(haul, 'user-agent = all\nquiet\nheader = X-All: 1\n'
              '[host "localhost"]\nuser-agent = one\nuser = me:wonder\n'
              'header = X-One: 1\ndirectory = ~/one\n')
    urls = []
    for n in range(8):
        serve(f'{n}.bin', size=1000)
        urls.append(serve.url(f'{n}.bin',
                              host=('127.0.0.1', 'localhost')[n % 2]))
    assert haul('-n1', '-4', *urls).rc == 0
    for n in range(8):
        headers = serve.requests(f'{n}.bin')[0].headers
        own = n % 2 == 1
        assert headers['user-agent'] == ('one' if own else 'all')
        assert ('authorization' in headers) == own
        assert headers.get('x-one') == ('1' if own else None)
        assert headers['x-all'] == '1'
        folder = haul.home / 'one' if own else haul.folder
        assert (folder / f'{n}.bin').read_bytes() == serve.data(f'{n}.bin')


def test_the_command_line_wins_over_a_host(haul, serve):
    user_file(haul, '[host "127.0.0.1"]\nuser-agent = one\n'
              'referer = http://one/\nheader = X-A: 1\nheader = X-B: 1\n')
    assert haul('-q', '-A', 'given', '-H', 'x-a: 2', serve('a.bin'),
                env={'HAUL_QUIET': 'yes'}).rc == 0
    headers = serve.requests('a.bin')[0].headers
    assert headers['user-agent'] == 'given'
    assert headers['referer'] == 'http://one/'
    assert (headers['x-a'], headers['x-b']) == ('2', '1')
    haul.write('list', serve('b.bin') + '\n user-agent=listed\n')
    assert haul('-q', '-i', 'list').rc == 0
    assert serve.requests('b.bin')[0].headers['user-agent'] == 'listed'


def test_a_hosts_connections_are_limited(haul, serve, plain_server):
    user_file(haul, 'quiet\n[host "localhost"]\nmax-host-conn = 1\n'
              'max-splits = 1\n')
    for n in range(4):
        serve(f'{n}.bin', size=20_000, rate=60_000)
    result = haul('-4', *[serve.url(f'{n}.bin', host='localhost')
                          for n in range(4)])
    assert result.rc == 0, result
    spans = sorted((r.time, r.ended) for r in serve.requests())
    assert all(end <= start + 0.01 for (_, end), (start, _) in
               zip(spans, spans[1:])), spans
    assert haul(*[serve.url(f'{n}.bin') for n in range(4)], '-d', 'x').rc == 0
    spans = sorted((r.time, r.ended) for r in serve.requests())[4:]
    assert any(start < end for (_, end), (start, _) in zip(spans, spans[1:]))


def test_a_redirect_takes_no_secret_of_a_host_along(haul, serve):
    user_file(haul, 'quiet\n[host "127.0.0.1"]\nuser = me:wonder\n'
              'header = X-Key: wonder\nuser-agent = one\n'
              '[host "localhost"]\nuser-agent = two\nuser = you:wonder\n')
    serve('b.bin')
    url = serve('a.bin', redirect=serve.url('b.bin', host='localhost'))
    assert haul('-4', url).rc == 0
    first, second = serve.requests('a.bin')[0], serve.requests('b.bin')[0]
    assert 'authorization' in first.headers and 'x-key' in first.headers
    assert first.headers['user-agent'] == 'one'
    # It has what is its own, but nobody's secrets.
    assert second.headers['user-agent'] == 'two'
    assert not {'authorization', 'x-key'} & set(second.headers)


def test_a_scheme_keeps_a_password_off_the_clear(haul, serve):
    user_file(haul, 'quiet\n[host "https://127.0.0.1"]\n'
              'user = me:wonder\n')
    assert haul(serve('a.bin')).rc == 0
    assert 'authorization' not in serve.requests('a.bin')[0].headers


def test_a_hosts_certificate_is_its_own(haul, serve_tls, authority):
    serve_tls('a.bin')
    url = serve_tls.url('a.bin', host='localhost')
    assert haul('-q', '--retries=0', url).rc == 1
    user_file(haul, f'quiet\n[host "localhost"]\ncacert = {authority.cacert}\n')
    assert haul(url).rc == 0
    user_file(haul, 'quiet\n[host "elsewhere"]\ninsecure\n')
    assert haul('--retries=0', '-d', 'x', url).rc == 1


def test_a_run_that_goes_on_has_its_hosts_secrets(haul, serve):
    """They are in the file, and so need not be given again."""
    text = 'quiet\n[host "127.0.0.1"]\nuser = me:wonder\ndirectory = d\n'
    user_file(haul, text)
    url = serve('a.bin', turns=({'status': 503},))
    assert haul('--retries=0', url).rc == 1
    elsewhere = haul.home / 'elsewhere'
    elsewhere.mkdir()
    assert haul('--retry-failed',
                under=('env', f'--chdir={elsewhere}')).rc == 0
    assert 'authorization' in serve.requests('a.bin')[1].headers
    assert haul.names() == ['d/a.bin']
    store = b''.join(path.read_bytes() for path in
                     (haul.home / 'state/haul').iterdir())
    assert b'wonder' not in store


# ---- secrets --------------------------------------------------------------

def test_a_secret_is_shown_by_nothing(haul, serve):
    path = user_file(haul, 'user = alice:wonder\nheader = X-Token: wonder\n'
                     'proxy = u:wonder@127.0.0.1:1\n', 0o644)
    result = haul('--show-config')
    assert result.rc == 0 and 'wonder' not in result.out + result.err, result
    assert 'user = alice:***' in result.out, result
    assert result.err == (
        f"haul: {path}:1: 'user' has a secret, and others can read this "
        'file; make it yours alone (chmod 600).\n')
    path.chmod(0o600)
    assert haul('--show-config').err == ''
    path.write_text('user = alice:wonder\nproxy = x://u:wonder@h:1\n')
    result = haul(URL)
    assert result.rc == 2 and 'wonder' not in result.err, result
