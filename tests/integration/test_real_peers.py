# SPDX-License-Identifier: MIT
"""haul against servers that the world uses.

- nginx: http, https by a certificate authority of our own (trusted, unknown,
  --insecure), wrong host name, parts, no ranges, basic authentication, going
  on after Ctrl-C, many small files over few connections
- vsftpd: passive and active, user and password in the URL, in netrc and by
  --user, wrong password, missing file, empty file, folders, odd names, going
  on by REST; by TLS
- a run of all three schemes
- squid: --proxy, the environment, --noproxy, no_proxy, https through CONNECT,
  a proxy that refuses, two hosts behind it
- OpenSSH: sftp from a known host, an unknown one, one with another key; anew
  if the file has another size by now;
  --insecure; going on after Ctrl-C; redirected to it
"""

import os
import re
import signal
import time
import zlib

import pytest

import services
from cases import QUICK
from conftest import needs_name_server
from misbehaving import Content

LARGE = 6_000_000


@pytest.fixture
def put(request):
    """Puts deterministic files into a peer's folder under names that are
    this test's own."""
    def put(peer, name, size):
        seed = f'{zlib.crc32(request.node.nodeid.encode())}-{name}'
        folder, base = os.path.split(name)
        own = os.path.join(folder, seed.split('-')[0] + '-' + base)
        path = os.path.join(peer.root, own)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        data = Content(seed, size).read()
        with open(path, 'wb') as file:
            file.write(data)
        return own, data
    return put


# ---- nginx ----------------------------------------------------------------

@pytest.mark.parametrize('size', [0, 1, 1000, LARGE])
def test_nginx_over_http(size, haul, nginx, put):
    name, data = put(nginx, 'a.bin', size)
    result = haul.json('--min-split-size=256K', nginx.url('/' + name))
    assert result.rc == 0, result
    assert haul.names() == [name] and haul.read(name) == data


def test_nginx_in_parts(haul, nginx, put):
    name, data = put(nginx, 'a.bin', 12_000_000)
    result = haul.json('--min-split-size=256K', '--limit-rate=6M',
                       nginx.url('/' + name))
    assert result.rc == 0, result
    assert haul.read(name) == data


def test_nginx_without_ranges(haul, nginx, put):
    name, data = put(nginx, 'a.bin', LARGE)
    result = haul.json('--min-split-size=256K',
                       nginx.url('/noranges/' + name))
    assert result.rc == 0, result
    assert haul.read(name) == data


def test_https_with_the_authority_trusted(haul, nginx, authority, put):
    name, data = put(nginx, 'a.bin', LARGE)
    result = haul.json(f'--cacert={authority.cacert}',
                       nginx.url('/' + name, 'https'))
    assert result.rc == 0, result
    assert haul.read(name) == data


def test_https_with_the_authority_from_the_environment(
        haul, nginx, authority, put):
    name, _ = put(nginx, 'a.bin', 1000)
    assert haul('-q', nginx.url('/' + name, 'https'),
                env={'HAUL_CACERT': authority.cacert}).rc == 0


def test_https_with_an_unknown_authority_is_cause_tls(haul, nginx, put):
    name, _ = put(nginx, 'a.bin', 1000)
    result = haul.json(nginx.url('/' + name, 'https'))
    assert (result.rc, result.failure['cause']) == (1, 'tls'), result
    assert result.failure['tries'] == 1
    assert haul.names() == []


def test_https_of_another_name_is_cause_tls(haul, nginx, authority, put):
    name, _ = put(nginx, 'a.bin', 1000)
    result = haul.json(f'--cacert={authority.cacert}', '--retries=0',
                       nginx.url('/' + name, 'https', host='127.0.0.2'))
    # 127.0.0.2 is not listened on by every system; then nothing answers.
    assert result.rc == 1
    assert result.failure['cause'] in ('tls', 'connect'), result


@pytest.mark.parametrize('option', ['--insecure', '-k'])
def test_insecure_trusts_anybody(option, haul, nginx, put):
    name, data = put(nginx, 'a.bin', 1000)
    result = haul('-q', option, nginx.url('/' + name, 'https'))
    assert result.rc == 0, result
    assert haul.read(name) == data


def test_a_missing_cacert_file_is_a_failure_not_a_trust(haul, nginx, put):
    name, _ = put(nginx, 'a.bin', 1000)
    result = haul('-q', '--cacert=/no/such.pem',
                  nginx.url('/' + name, 'https'))
    assert result.rc in (1, 2), result
    assert haul.names() == []


@pytest.mark.parametrize('how', ['url', 'option', 'netrc'])
def test_nginx_with_user_and_password(how, haul, nginx, put):
    name, data = put(nginx, 'a.bin', 1000)
    path, arguments, user = '/hidden/' + name, [], ''
    if how == 'url':
        user = 'user:secret'
    elif how == 'option':
        arguments = ['--user=user:secret']
    else:
        netrc = haul.home / '.netrc'
        netrc.write_text('machine 127.0.0.1 login user password secret\n')
        netrc.chmod(0o600)
    result = haul('-q', *arguments, nginx.url(path, user=user))
    assert result.rc == 0, result
    assert haul.read(name) == data


def test_nginx_with_a_wrong_password_is_401(haul, nginx, put):
    name, _ = put(nginx, 'a.bin', 1000)
    result = haul.json(nginx.url('/hidden/' + name, user='user:wrong'))
    assert (result.rc, result.failure['code']) == (1, 401), result


@pytest.mark.parametrize('scheme', ['http', 'https'])
def test_nginx_goes_on_after_ctrl_c(scheme, haul, nginx, put):
    name, data = put(nginx, 'a.bin', 8_000_000)
    url = nginx.url('/' + name, scheme)
    process = haul.start('-q', '-k', '--limit-rate=2M', '--max-splits=2', url)
    part = haul.folder / (name + '.part')
    until = time.monotonic() + 10
    while time.monotonic() < until and not (
            part.exists() and part.stat().st_blocks * 512 > 3_000_000):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    assert haul.finish(process).rc == 3
    before = len(nginx.log())
    result = haul('-q', '-k', url)
    assert result.rc == 0, result
    assert haul.names() == [name] and haul.read(name) == data
    lines = [line for line in nginx.log()[before:] if name in line]
    assert lines and all(' 206 ' in line for line in lines), lines
    sent = sum(int(re.search(r'" 206 (\d+)', line)[1]) for line in lines)
    assert sent < 6_500_000


def test_many_small_files_over_few_connections(haul, nginx, put):
    files = dict(put(nginx, f'many/{n:03}.bin', 1000 + n)
                 for n in range(200))
    haul.write('list', ''.join(nginx.url('/' + name) + '\n'
                               for name in files))
    result = haul('-q', '-d', 'out', '-i', 'list')
    assert result.rc == 0, result
    for name, data in files.items():
        assert haul.read('out/' + os.path.basename(name)) == data


# ---- vsftpd ---------------------------------------------------------------

@pytest.mark.parametrize('size', [0, 1, 1000, LARGE])
@pytest.mark.parametrize('mode', ['passive', 'active'])
def test_ftp(mode, size, haul, vsftpd, put):
    name, data = put(vsftpd, 'a.bin', size)
    arguments = ['--ftp-active'] if mode == 'active' else []
    result = haul.json(*arguments, *QUICK, vsftpd.url('/' + name))
    assert result.rc == 0, result
    assert haul.names() == [name] and haul.read(name) == data


def test_ftp_active_asks_the_server_to_connect(haul, vsftpd, put):
    name, _ = put(vsftpd, 'only-active.bin', 1000)
    assert haul('-q', '--ftp-active', vsftpd.url('/' + name)).rc == 0
    log = vsftpd.log()
    at = log.rindex(f'RETR {name}')
    assert re.search(r'E?P(RT|ORT) ', log[:at][-2000:])


def test_ftp_missing_file_is_an_ordinary_failure(haul, vsftpd, put):
    name, data = put(vsftpd, 'a.bin', 1000)
    result = haul.json(*QUICK, vsftpd.url('/no-such.bin'),
                       vsftpd.url('/' + name))
    assert result.rc == 1, result
    assert result.failure['cause'] == 'http'
    assert result.failure['tries'] == 1
    assert haul.names() == [name] and haul.read(name) == data


@needs_name_server
def test_ftp_unknown_host_is_cause_dns(haul):
    result = haul.json('--retries=0', 'ftp://no-such-host.invalid/a.bin')
    assert (result.rc, result.failure['cause']) == (1, 'dns'), result


@pytest.mark.parametrize('how', ['url', 'option', 'netrc'])
def test_ftp_with_user_and_password(how, haul, vsftpd_secret, put):
    name, data = put(vsftpd_secret, 'a.bin', 1000)
    arguments, user = [], ''
    if how == 'url':
        user = 'ftp:open%20sesame'
    elif how == 'option':
        arguments = ['--user=ftp:open sesame']
    else:
        netrc = haul.home / '.netrc'
        netrc.write_text('machine 127.0.0.1 login ftp '
                         'password "open sesame"\n')
        netrc.chmod(0o600)
    result = haul.json(*arguments, *QUICK,
                       vsftpd_secret.url('/' + name, user=user))
    assert result.rc == 0, result
    assert haul.read(name) == data
    assert 'sesame' not in result.out + result.err


def test_ftp_with_a_wrong_password_fails(haul, vsftpd_secret, put):
    name, _ = put(vsftpd_secret, 'a.bin', 1000)
    result = haul.json('--retries=0',
                       vsftpd_secret.url('/' + name, user='ftp:wrong'))
    assert (result.rc, result.failure['cause']) == (1, 'http'), result
    assert 'wrong' not in result.out + result.err
    assert haul.names() == []


def test_ftp_folders_and_odd_names(haul, vsftpd, put):
    name, data = put(vsftpd, 'folder/with blank#1.bin', 1000)
    path = '/' + name.replace(' ', '%20').replace('#', '%23')
    result = haul.json(*QUICK, vsftpd.url(path))
    assert result.rc == 0, result
    assert haul.read(os.path.basename(name)) == data


def interrupt_at(haul, part, *arguments):
    """Stops a run once the part is 3 MB."""
    process = haul.start('-q', '--limit-rate=2M', *arguments)
    until = time.monotonic() + 10
    while time.monotonic() < until and not (
            part.exists() and part.stat().st_blocks * 512 > 3_000_000):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    assert haul.finish(process).rc == 3


def test_ftp_goes_on_by_rest_after_ctrl_c(haul, vsftpd, put):
    name, data = put(vsftpd, 'a.bin', 8_000_000)
    url = vsftpd.url('/' + name)
    interrupt_at(haul, haul.folder / (name + '.part'), url)
    mark = len(vsftpd.log())
    result = haul('-q', url)
    assert result.rc == 0, result
    assert haul.names() == [name] and haul.read(name) == data
    assert re.search(r'REST [1-9]', vsftpd.log()[mark:])


@pytest.mark.parametrize('size', [0, 1, 100_000, 8_000_000])
def test_ftps_with_the_authority_trusted(size, haul, vsftpd_tls, authority,
                                         put):
    name, data = put(vsftpd_tls, 'a.bin', size)
    result = haul.json('--retries=0', f'--cacert={authority.cacert}',
                       vsftpd_tls.url('/' + name))
    assert result.rc == 0, result
    assert haul.read(name) == data
    assert not result.events('warn'), result


def test_ftps_with_an_unknown_authority_is_cause_tls(haul, vsftpd_tls, put):
    name, _ = put(vsftpd_tls, 'a.bin', 1000)
    result = haul.json(*QUICK, vsftpd_tls.url('/' + name))
    assert (result.rc, result.failure['cause']) == (1, 'tls'), result
    assert haul.names() == []


def test_ftps_goes_on_by_rest_after_ctrl_c(haul, vsftpd_tls, authority, put):
    name, data = put(vsftpd_tls, 'a.bin', 8_000_000)
    trust = f'--cacert={authority.cacert}'
    interrupt_at(haul, haul.folder / (name + '.part'), trust,
                 vsftpd_tls.url('/' + name))
    mark = len(vsftpd_tls.log())
    result = haul.json(trust, vsftpd_tls.url('/' + name))
    assert result.rc == 0, result
    assert haul.names() == [name] and haul.read(name) == data
    assert re.search(r'REST [1-9]', vsftpd_tls.log()[mark:])


def test_many_files_over_ftps(haul, vsftpd_tls, authority, put):
    files = dict(put(vsftpd_tls, f'{n}.bin', n * 1000) for n in range(20))
    result = haul.json('--retries=0', '--max-conn=4',
                       f'--cacert={authority.cacert}',
                       *[vsftpd_tls.url('/' + name) for name in files])
    assert result.rc == 0, result
    assert result.seconds < 10, result
    assert {name: haul.read(name) for name in haul.names()} == files


def test_a_run_of_all_schemes(haul, nginx, vsftpd, authority, put):
    a, data_a = put(nginx, 'a.bin', 70_000)
    b, data_b = put(nginx, 'b.bin', 3_000_000)
    c, data_c = put(vsftpd, 'c.bin', 80_000)
    result = haul.json(
        f'--cacert={authority.cacert}', *QUICK, nginx.url('/' + a),
        nginx.url('/' + b, 'https'), vsftpd.url('/' + c),
        nginx.url('/missing'), vsftpd.url('/missing'))
    assert result.rc == 1, result
    assert {f['cause'] for f in result.events('fail')} == {'http'}
    assert [haul.read(n) for n in (a, b, c)] == [data_a, data_b, data_c]
    assert haul.names() == sorted([a, b, c])


# ---- squid ----------------------------------------------------------------

def asked_of(proxy, name):
    return [line for line in proxy.log() if name in line]


def test_a_proxy_by_option(haul, nginx, squid, put):
    name, data = put(nginx, 'by-option.bin', 1000)
    result = haul.json(f'--proxy={squid.url}', nginx.url('/' + name))
    assert result.rc == 0, result
    assert haul.read(name) == data and asked_of(squid, name)


@pytest.mark.parametrize('variable', ['http_proxy', 'all_proxy'])
def test_a_proxy_by_environment(variable, haul, nginx, squid, put):
    name, data = put(nginx, f'by-{variable}.bin', 1000)
    result = haul.json(nginx.url('/' + name), env={variable: squid.url})
    assert result.rc == 0, result
    assert haul.read(name) == data and asked_of(squid, name)


def test_noproxy_wins_over_the_proxy(haul, nginx, squid, put):
    name, _ = put(nginx, 'noproxy.bin', 1000)
    url = nginx.url('/' + name)
    for arguments, env in (
            ([f'--proxy={squid.url}', '--noproxy=127.0.0.1'], {}),
            (['--noproxy=*'], {'http_proxy': squid.url}),
            ([], {'http_proxy': squid.url, 'no_proxy': '127.0.0.1'})):
        assert haul('-q', '--overwrite', *arguments, url, env=env).rc == 0
    assert asked_of(squid, name) == []


@pytest.mark.parametrize('how', ['option', 'https_proxy'])
def test_https_goes_through_the_proxy_by_connect(
        how, haul, nginx, squid, authority, put):
    name, data = put(nginx, 'a.bin', 3_000_000)
    before = len(squid.log())
    arguments, env = [f'--proxy={squid.url}'], {}
    if how != 'option':
        arguments, env = [], {'https_proxy': squid.url}
    result = haul.json(*arguments, f'--cacert={authority.cacert}',
                       nginx.url('/' + name, 'https'), env=env)
    assert result.rc == 0, result
    assert haul.read(name) == data
    assert any('CONNECT' in line for line in squid.log()[before:])


def test_parts_go_through_the_proxy(haul, squid, serve):
    url = serve('big.bin', size=3_000_000, rate=1_500_000)
    result = haul.json(f'--proxy={squid.url}', *QUICK, url)
    assert result.rc == 0, result
    assert haul.read('big.bin') == serve.data('big.bin')


def test_two_hosts_behind_one_proxy_do_not_hold_each_other_up(
        haul, squid, serve):
    # The second host's first request finds the proxy's connection open: no
    # name is resolved and no socket opened, and its others must not wait.
    urls = [serve('first.bin'), serve('hold.bin', size=60_000, rate=60_000),
            serve('slow.bin', size=400_000, rate=100_000),
            serve('quick.bin')]
    urls[2:] = [url.replace('127.0.0.1', 'localhost') for url in urls[2:]]
    result = haul.json(f'--proxy={squid.url}', *QUICK, '--max-conn=2',
                       '--max-splits=1', *urls)
    assert result.rc == 0, result
    for name in ('first', 'hold', 'slow', 'quick'):
        assert haul.read(f'{name}.bin') == serve.data(f'{name}.bin')
    assert [r['id'] for r in result.events('done')] == [1, 2, 4, 3], result


def test_a_proxy_that_refuses_is_a_failure_with_its_status(haul, squid):
    result = haul.json(f'--proxy={squid.url}', '--retries=0',
                       'http://192.0.2.1/a.bin')
    assert (result.rc, result.failure['code']) == (1, 403), result


def test_a_proxy_that_is_not_there_is_cause_connect(haul, nginx, put):
    name, _ = put(nginx, 'a.bin', 1000)
    result = haul.json(f'--proxy=http://127.0.0.1:{services.free_port()}',
                       '--retries=0', nginx.url('/' + name))
    assert (result.rc, result.failure['cause']) == (1, 'connect'), result


# ---- OpenSSH ---------------------------------------------------------------

@pytest.mark.parametrize('size', [0, 1000, LARGE])
def test_sftp_from_a_known_host(size, haul, sshd, put):
    name, data = put(sshd, 'a.bin', size)
    sshd.introduce(haul.home)
    result = haul.json(*QUICK, sshd.url('/' + name))
    assert result.rc == 0, result
    assert haul.names() == [name] and haul.read(name) == data


@pytest.mark.parametrize('known', [None, 'another key'])
def test_sftp_from_a_host_that_is_not_known_is_refused(
        known, haul, sshd, put):
    name, data = put(sshd, 'a.bin', 1000)
    sshd.introduce(haul.home, known)
    before = len(sshd.log())
    result = haul.json('--retries=0', sshd.url('/' + name))
    assert result.rc == 1, result
    assert haul.names() == []
    assert 'Accepted' not in sshd.log()[before:], 'it was logged in to'
    result = haul.json('--insecure', sshd.url('/' + name))
    assert result.rc == (0 if known is None else result.rc), result
    assert known is not None or haul.read(name) == data


def test_sftp_that_is_not_there_fails(haul, sshd):
    sshd.introduce(haul.home)
    result = haul.json('--retries=0', sshd.url('/missing.bin'))
    assert (result.rc, result.failure['cause']) == (1, 'http'), result
    result = haul('--retries=0', sshd.url('/missing.bin'))
    assert 'The file is not there.' in result.err, result


@pytest.mark.parametrize('name, option', [
    ('.ssh/id_ed25519', []), ('elsewhere', ['--key=~/elsewhere']),
    ('elsewhere', [])])
def test_sftp_with_a_key_of_today(name, option, haul, sshd, put):
    file, data = put(sshd, 'a.bin', 1000)
    sshd.introduce(haul.home, key='newer', name=name)
    option = [word.replace('~', str(haul.home)) for word in option]
    result = haul('--retries=0', *option, sshd.url('/' + file))
    if name == 'elsewhere' and not option:
        assert result.rc == 1, result
        assert 'Log in with a key (--key)' in result.err, result
    else:
        assert result.rc == 0, result
        assert haul.read(file) == data


def test_what_helps_where_there_is_no_secure_connection(haul, sshd, nginx):
    sshd.introduce(haul.home, None)
    result = haul('--retries=0', sshd.url('/a.bin'))
    assert 'so that the host is in ~/.ssh/known_hosts' in result.err, result
    assert '--cacert' not in result.err, result
    plain = nginx.url('/a.bin').replace('http:', 'https:')
    result = haul('--retries=0', plain)
    assert 'Perhaps no TLS is spoken' in result.err, result
    assert '--cacert' not in result.err, result
    result = haul('--retries=0', plain, sshd.url('/a.bin'))
    assert '--cacert' in result.err, 'what holds for both'


def stop_with_three_millions(haul, url, name):
    process = haul.start('-q', '--limit-rate=2M', url)
    part = haul.folder / (name + '.part')
    until = time.monotonic() + 10
    while time.monotonic() < until and not (
            part.exists() and part.stat().st_size > 3_000_000):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    assert haul.finish(process).rc == 3


def test_sftp_goes_on_after_ctrl_c(haul, sshd, put):
    name, data = put(sshd, 'a.bin', 8_000_000)
    sshd.introduce(haul.home)
    url = sshd.url('/' + name)
    stop_with_three_millions(haul, url, name)
    result = haul.json(url)
    assert result.rc == 0, result
    assert haul.names() == [name] and haul.read(name) == data
    assert result.events('done')[0]['resumed_from'] > 2_000_000


@pytest.mark.parametrize('size', [1_000_000, 9_000_000])
def test_sftp_begins_anew_where_the_file_has_another_size(
        size, haul, sshd, put):
    name, _ = put(sshd, 'a.bin', 8_000_000)
    sshd.introduce(haul.home)
    url = sshd.url('/' + name)
    stop_with_three_millions(haul, url, name)
    _, data = put(sshd, 'a.bin', size)
    result = haul.json('--retries=1', url)
    assert result.rc == 0, result
    assert haul.names() == [name] and haul.read(name) == data
    assert [w['cause'] for w in result.events('warn')] == ['restarted']


def test_a_redirect_to_sftp_takes_no_password_along(haul, sshd, put, serve):
    name, _ = put(sshd, 'a.bin', 1000)
    sshd.introduce(haul.home)
    url = serve('away.bin', status=302, redirect=sshd.url('/' + name))
    before = len(sshd.log())
    result = haul.json('--retries=0', '--user=root:secret',
                       url.replace('//', '//root:secret@'))
    assert result.rc == 1, result
    assert haul.names() == []
    assert 'Accepted' not in sshd.log()[before:]
