# SPDX-License-Identifier: MIT
"""Real peers for the tests: nginx, vsftpd, squid, sshd and a certificate
authority.

Each runs from a folder of its own below a temporary one, on free ports of the
loopback, in a process group of its own that stop() ends.
"""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time

START_LIMIT = 15        # seconds for a service to answer on its port


class Missing(Exception):
    """A service cannot run here; the text says why."""


def find_program(name):
    path = shutil.which(name, path='/usr/sbin:/usr/local/sbin:/sbin:' +
                        os.environ.get('PATH', '/usr/bin:/bin'))
    if not path:
        raise Missing(f'{name} is not installed')
    return path


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def free_span(count):
    """The first of so many ports in a row that are all free. Below those that
    the system gives to connections, of which one or another is always in use
    or was a minute ago."""
    first = os.getpid() * count % 10000
    for offset in range(0, 10000, count):
        start = 20000 + (first + offset) % 10000
        probes = []
        try:
            for port in range(start, start + count):
                probes.append(socket.socket())
                probes[-1].bind(('127.0.0.1', port))
            return start
        except OSError:
            continue
        finally:
            for probe in probes:
                probe.close()
    raise Missing(f'no {count} free ports in a row')


def end_with_parent():
    """Sends us SIGTERM when the tests die, however they die."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)      # PR_SET_PDEATHSIG


class Service:
    """A process that listens on a port, with its output in a file."""

    def __init__(self, name, command, port, folder):
        self.name, self.port, self.folder = name, port, folder
        self.output = os.path.join(folder, name + '.out')
        with open(self.output, 'wb') as output:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True, cwd=folder,
                preexec_fn=end_with_parent)
        try:
            self.wait_for_port()
        except Missing:
            self.stop()
            raise

    def wait_for_port(self):
        until = time.monotonic() + START_LIMIT
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(('127.0.0.1', self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        with open(self.output, errors='replace') as output:
            raise Missing(f'{self.name} did not start: {output.read()[-600:]}')

    def stop(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, number)
                self.process.wait(3)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass
            # Children of a leader that has gone may be left.
            time.sleep(0.05)


class Authority:
    """A certificate authority and a certificate for 127.0.0.1, localhost."""

    def __init__(self, folder):
        self.folder = folder
        self.openssl = find_program('openssl')
        self.cacert = os.path.join(folder, 'ca.pem')
        self.cert = os.path.join(folder, 'server.pem')
        self.key = os.path.join(folder, 'server.key')
        self.make()

    def run(self, *arguments):
        done = subprocess.run([self.openssl, *arguments], cwd=self.folder,
                              capture_output=True, timeout=60)
        if done.returncode:
            raise Missing(f'openssl {arguments[0]}: {done.stderr!r}')

    def make(self):
        key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
               '-nodes']
        self.run('req', '-x509', *key, '-keyout', 'ca.key', '-out', 'ca.pem',
                 '-days', '2', '-subj', '/CN=A test authority')
        self.run('req', *key, '-keyout', 'server.key', '-out', 'server.csr',
                 '-subj', '/CN=localhost')
        with open(os.path.join(self.folder, 'names'), 'w') as names:
            names.write('subjectAltName=IP:127.0.0.1,DNS:localhost\n')
        self.run('x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem',
                 '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2',
                 '-extfile', 'names', '-out', 'server.pem')


NGINX = '''
{user}
daemon off;
worker_processes 1;
error_log stderr;
pid {folder}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/t1;
    proxy_temp_path {folder}/t2;
    fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4;
    scgi_temp_path {folder}/t5;
    types {{ }}
    default_type application/octet-stream;
    sendfile on;
    tcp_nopush on;
    keepalive_timeout 20;
    keepalive_requests 100000;
    server {{
        listen 127.0.0.1:{http};
        listen 127.0.0.1:{https} ssl;
        ssl_certificate {cert};
        ssl_certificate_key {key};
        root {folder}/www;
        location /noranges/ {{ alias {folder}/www/; max_ranges 0; }}
        location /hidden/ {{
            alias {folder}/www/;
            auth_basic "here";
            auth_basic_user_file {folder}/users;
        }}
    }}
}}
'''


class Nginx(Service):
    """Files of folder/www over http and https; /noranges/ and /hidden/."""

    def __init__(self, folder, authority):
        program = find_program('nginx')
        self.http, self.https = free_port(), free_port()
        self.root = os.path.join(folder, 'www')
        os.makedirs(self.root)
        with open(os.path.join(folder, 'users'), 'w') as users:
            users.write('user:{PLAIN}secret\n')
        user = 'user root;' if os.geteuid() == 0 else ''
        config = os.path.join(folder, 'nginx.conf')
        with open(config, 'w') as text:
            text.write(NGINX.format(
                folder=folder, http=self.http, https=self.https, user=user,
                cert=authority.cert, key=authority.key))
        super().__init__('nginx', [program, '-p', folder, '-c', config,
                                   '-e', 'stderr'], self.http, folder)

    def url(self, path, scheme='http', host='127.0.0.1', user=''):
        port = self.https if scheme == 'https' else self.http
        at = user + '@' if user else ''
        return f'{scheme}://{at}{host}:{port}{path}'

    def log(self):
        with open(os.path.join(self.folder, 'access.log')) as text:
            return text.read().splitlines()


VSFTPD = '''
listen=YES
listen_address=127.0.0.1
listen_port={port}
background=NO
local_enable=NO
anonymous_enable=YES
anon_root={root}
anon_world_readable_only=NO
write_enable=NO
port_enable=YES
connect_from_port_20=NO
pasv_enable=YES
pasv_address=127.0.0.1
pasv_min_port={low}
pasv_max_port={high}
secure_chroot_dir={empty}
seccomp_sandbox=NO
vsftpd_log_file={folder}/vsftpd.log
xferlog_enable=YES
xferlog_std_format=NO
log_ftp_protocol=YES
tcp_wrappers=NO
max_clients=0
max_per_ip=0
{more}
'''


VSFTPD_TLS = '''
ssl_enable=YES
implicit_ssl=YES
allow_anon_ssl=YES
force_anon_data_ssl=YES
force_anon_logins_ssl=YES
rsa_cert_file={cert}
rsa_private_key_file={key}
'''


class Vsftpd(Service):
    """Files of folder/ftp for anonymous; with a password, only for who has
    it (user ftp); with an authority, by TLS from the first byte on."""

    def __init__(self, folder, password=None, authority=None):
        program = find_program('vsftpd')
        self.root = os.path.join(folder, 'ftp')
        empty = os.path.join(folder, 'empty')
        os.makedirs(self.root)
        os.makedirs(empty)
        more = self.identity() + self.secret(folder, password)
        self.scheme = 'ftps' if authority else 'ftp'
        if authority:
            more += VSFTPD_TLS.format(cert=authority.cert, key=authority.key)
        low, port = free_span(60), free_port()
        config = os.path.join(folder, 'vsftpd.conf')
        with open(config, 'w') as text:
            text.write(VSFTPD.format(
                folder=folder, root=self.root, empty=empty, port=port,
                low=low, high=low + 59, more=more).lstrip())
        super().__init__('vsftpd', [program, config], port, folder)

    @staticmethod
    def identity():
        if os.geteuid() != 0:
            return 'run_as_launching_user=YES\n'
        for name in ('ftp', 'nobody'):
            try:
                pwd.getpwnam(name)
                return f'ftp_username={name}\nnopriv_user={name}\n'
            except KeyError:
                continue
        raise Missing('vsftpd: neither a user ftp nor nobody')

    @staticmethod
    def secret(folder, password):
        if password is None:
            return 'no_anon_password=NO\n'
        path = os.path.join(folder, 'passwords')
        with open(path, 'w') as text:
            text.write(password + '\n')
        return ('secure_email_list_enable=YES\n'
                f'email_password_file={path}\n')

    def url(self, path, user=''):
        at = user + '@' if user else ''
        return f'{self.scheme}://{at}127.0.0.1:{self.port}{path}'

    def log(self):
        try:
            with open(os.path.join(self.folder, 'vsftpd.log')) as text:
                return text.read()
        except FileNotFoundError:
            return ''


SQUID = '''
http_port 127.0.0.1:{port}
pid_filename {folder}/squid.pid
access_log stdio:{folder}/access.log
cache_log {folder}/cache.log
cache_store_log none
coredump_dir {folder}
cache deny all
cache_mem 8 MB
memory_pools off
pinger_enable off
shutdown_lifetime 0 seconds
max_filedescriptors 1024
workers 1
acl here dst 127.0.0.0/8 ::1
http_access allow here
http_access deny all
forwarded_for delete
hosts_file {folder}/hosts
'''


class Squid(Service):
    """A proxy for the loopback that keeps nothing."""

    def __init__(self, folder):
        program = find_program('squid')
        port = free_port()
        config = os.path.join(folder, 'squid.conf')
        with open(config, 'w') as text:
            text.write(SQUID.format(port=port, folder=folder))
        # Where the system's file has ::1 for localhost as well, squid may try
        # that, and the test's servers are not there.
        with open(os.path.join(folder, 'hosts'), 'w') as text:
            text.write('127.0.0.1 localhost\n')
        if os.geteuid() == 0:
            owner = pwd.getpwnam('proxy')
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        super().__init__('squid', [program, '-N', '-f', config], port, folder)
        self.url = f'http://127.0.0.1:{port}'

    def log(self):
        """What it was asked; a line is written when a request ends."""
        time.sleep(0.1)
        try:
            with open(os.path.join(self.folder, 'access.log')) as text:
                return text.read().splitlines()
        except FileNotFoundError:
            return []


SSHD = '''
ListenAddress 127.0.0.1
Port {port}
PidFile {folder}/sshd.pid
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub {folder}/newer.pub
StrictModes no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
PubkeyAuthentication yes
PubkeyAcceptedAlgorithms +ssh-rsa
UsePAM no
LogLevel VERBOSE
Subsystem sftp internal-sftp
'''


class Sshd(Service):
    """Files of folder/files by sftp, for who runs the tests and has the
    key."""

    def __init__(self, folder):
        program = find_program('sshd')
        port = free_port()
        self.user = pwd.getpwuid(os.geteuid()).pw_name
        self.root = os.path.join(folder, 'files')
        os.makedirs(self.root)
        # Where it gives up its privileges; Debian makes it at boot.
        if os.geteuid() == 0:
            os.makedirs('/run/sshd', exist_ok=True)
        # libssh2 knows only the old signature of RSA.
        for name, kind in (('host', 'ecdsa'), ('other', 'ecdsa'),
                           ('user', 'rsa'), ('newer', 'ed25519')):
            self.make_key(os.path.join(folder, name), kind)
        config = os.path.join(folder, 'sshd.conf')
        with open(config, 'w') as text:
            text.write(SSHD.format(port=port, folder=folder))
        super().__init__('sshd', [program, '-D', '-e', '-f', config], port,
                         folder)

    @staticmethod
    def make_key(path, kind):
        done = subprocess.run(
            [find_program('ssh-keygen'), '-q', '-t', kind, '-m', 'PEM',
             '-N', '', '-f', path], capture_output=True, timeout=60)
        if done.returncode:
            raise Missing(f'ssh-keygen: {done.stderr!r}')

    def introduce(self, home, known='this key', key='user',
                  name='.ssh/id_rsa'):
        """Gives home one of the user's keys, and what it knows of the
        host."""
        folder = os.path.join(home, '.ssh')
        os.makedirs(folder, exist_ok=True)
        for suffix in ('', '.pub'):
            shutil.copy(os.path.join(self.folder, key + suffix),
                        os.path.join(home, name + suffix))
        path = os.path.join(folder, 'known_hosts')
        if known is None:
            return
        name = 'host' if known == 'this key' else 'other'
        with open(os.path.join(self.folder, name + '.pub')) as key, \
                open(path, 'w') as text:
            text.write(f'[127.0.0.1]:{self.port} ' +
                       ' '.join(key.read().split()[:2]) + '\n')

    def url(self, path):
        return f'sftp://{self.user}@127.0.0.1:{self.port}{self.root}{path}'

    def log(self):
        with open(self.output, errors='replace') as text:
            return text.read()


APACHE = '''
ServerRoot {folder}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/apache.pid
ErrorLog {folder}/apache.log
DocumentRoot {root}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
Mutex file:{folder}
<Directory {root}>
    Require all granted
</Directory>
'''


class Apache(Service):
    """Files of a folder over http; its ETag is of size and time."""

    modules = '/usr/lib/apache2/modules'

    def __init__(self, folder, root):
        program = find_program('apache2')
        if not os.path.isdir(self.modules):
            raise Missing(f'no {self.modules}')
        port = free_port()
        config = os.path.join(folder, 'apache.conf')
        with open(config, 'w') as text:
            text.write(APACHE.format(folder=folder, port=port, root=root,
                                     modules=self.modules))
        super().__init__('apache', [program, '-D', 'FOREGROUND', '-f',
                                    config], port, folder)


LIGHTTPD = '''
server.document-root = "{root}"
server.bind = "127.0.0.1"
server.port = {port}
mimetype.assign = ( "" => "application/octet-stream" )
'''


class Lighttpd(Service):
    """The same by lighttpd; its ETag is a hash of them."""

    def __init__(self, folder, root):
        program, port = find_program('lighttpd'), free_port()
        config = os.path.join(folder, 'lighttpd.conf')
        with open(config, 'w') as text:
            text.write(LIGHTTPD.format(root=root, port=port))
        super().__init__('lighttpd', [program, '-D', '-f', config], port,
                         folder)


HAPROXY = '''
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
frontend all
    bind 127.0.0.1:{port}
    default_backend both
backend both
    balance roundrobin
    server one 127.0.0.1:{one}
    server two 127.0.0.1:{two}
'''


class Balancer(Service):
    """haproxy over Apache and lighttpd, by turns, with the same files."""

    def __init__(self, folder):
        program, port = find_program('haproxy'), free_port()
        self.root = os.path.join(folder, 'www')
        os.makedirs(self.root)
        self.behind = []
        try:
            for kind in (Apache, Lighttpd):
                self.behind.append(kind(folder, self.root))
            config = os.path.join(folder, 'haproxy.conf')
            with open(config, 'w') as text:
                text.write(HAPROXY.format(port=port, one=self.behind[0].port,
                                          two=self.behind[1].port))
            super().__init__('haproxy', [program, '-db', '-f', config], port,
                             folder)
        except Missing:
            self.stop_behind()
            raise

    def stop_behind(self):
        for service in self.behind:
            service.stop()

    def stop(self):
        super().stop()
        self.stop_behind()

    def url(self, path):
        return f'http://127.0.0.1:{self.port}{path}'
