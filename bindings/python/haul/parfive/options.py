# SPDX-License-Identifier: MIT
"""What the arguments of parfive, and those it hands on to aiohttp and aioftp,
are called by haul."""

import urllib.parse

OVERWRITE = {False: 'never', True: 'always', 'unique': 'unique'}
DAY = 86400                     # longest timeout that haul takes, seconds
YEAR = 365 * DAY

# Arguments of aiohttp's that change nothing in a download by haul.
NEUTRAL = {'chunksize', 'raise_for_status', 'read_until_eof', 'compress',
           'chunked', 'expect100', 'trace_request_ctx', 'read_bufsize',
           'auto_decompress', 'max_line_size', 'max_field_size',
           'server_hostname', 'path_timeout'}


class Impossible(TypeError):
    """An argument that haul has nothing for."""


SCHEMES = ('http', 'https', 'ftp', 'ftps', 'sftp')


def scheme(url):
    found = urllib.parse.urlsplit(url).scheme
    if found not in SCHEMES:
        raise ValueError("URL must start with 'http' or 'ftp' (or https, "
                         f'ftps, sftp): {url!r}')
    return found


def overwrite_option(value):
    try:
        return OVERWRITE[value]
    except (KeyError, TypeError):
        raise ValueError('overwrite must be True, False or "unique", not '
                         f'{value!r}') from None


def milliseconds(seconds, most):
    return f'{round(min(max(float(seconds or 0), 0), most) * 1000)}ms'


def timeout_options(timeouts):
    """For aiohttp's class, a mapping with its names, or a number (total)."""
    if timeouts is None:
        return {}
    if isinstance(timeouts, (int, float)):
        timeouts = {'total': timeouts}
    if isinstance(timeouts, dict):
        read = timeouts.get
    else:
        def read(name):
            return getattr(timeouts, name, None)
    options = {'total-timeout': milliseconds(read('total'), YEAR),
               'timeout': milliseconds(read('sock_read'), DAY)}
    connect = read('sock_connect') or read('connect')
    if connect:
        options['connect-timeout'] = milliseconds(connect, DAY)
    return options


def login(auth):
    """aiohttp's BasicAuth, or a pair."""
    user, password = auth[0], auth[1]
    return f'{user}:{password}'


def with_login(proxy, auth):
    parts = urllib.parse.urlsplit(proxy)
    user, password = (urllib.parse.quote(part, safe='')
                      for part in (auth[0], auth[1]))
    host = parts.netloc.rpartition('@')[2]
    return urllib.parse.urlunsplit(
        parts._replace(netloc=f'{user}:{password}@{host}'))


def header_lines(*mappings):
    """Those of later mappings replace those of earlier ones."""
    lines = {}
    for mapping in mappings:
        pairs = mapping.items() if hasattr(mapping, 'items') else mapping
        for name, value in pairs or ():
            lines[str(name).lower()] = f'{name}: {value}'
    return list(lines.values())


def checksum_option(checksum):
    if checksum is True:
        return 'server'
    if not isinstance(checksum, str) or '=' not in checksum:
        raise ValueError('checksum must be "<algorithm>=<digest in '
                         f'hexadecimal>", or True, not {checksum!r}')
    return checksum


def with_params(url, params):
    pairs = params if isinstance(params, str) else \
        urllib.parse.urlencode(params, doseq=True)
    parts = urllib.parse.urlsplit(url)
    query = '&'.join(part for part in (parts.query, pairs) if part)
    return urllib.parse.urlunsplit(parts._replace(query=query))


def with_port(url, port):
    """aioftp is told the port beside the host; the URL's own stays."""
    parts = urllib.parse.urlsplit(url)
    if parts.port is not None:
        return url
    return urllib.parse.urlunsplit(
        parts._replace(netloc=f'{parts.netloc}:{int(port)}'))


def take_tls(arguments, options):
    for name in ('ssl', 'verify_ssl'):
        value = arguments.pop(name, None)
        if value is False:
            options['insecure'] = True
        elif value not in (None, True):
            raise Impossible(f'{name}={value!r} is not possible with haul: '
                             'name files in PEM by haul_options ("cacert", '
                             '"cert", "key")')


def http_options(arguments):
    """Takes aiohttp's arguments out of the dictionary. (cookies is none of
    haul's options, but a header.)"""
    options = {}
    take_tls(arguments, options)
    auth = arguments.pop('auth', None)
    if auth is not None:
        options['user'] = login(auth)
    cookies = arguments.pop('cookies', None)
    if cookies:
        options['cookies'] = {'Cookie': '; '.join(
            f'{name}={value}' for name, value in dict(cookies).items())}
    if arguments.pop('allow_redirects', True) is not True:
        raise Impossible('allow_redirects=False is not possible with haul')
    arguments.pop('max_redirects', None)
    return options


def ftp_options(arguments):
    """The same for aioftp's."""
    options = {}
    take_tls(arguments, options)
    user = arguments.pop('user', None)
    password = arguments.pop('password', None)
    if user is not None:
        options['user'] = f'{user}:{password or ""}'
    for name, option in (('socket_timeout', 'timeout'),
                         ('connection_timeout', 'connect-timeout')):
        value = arguments.pop(name, None)
        if value is not None:
            options[option] = milliseconds(value, DAY)
    return options


def refuse_rest(arguments):
    rest = sorted(set(arguments) - NEUTRAL)
    if rest:
        raise Impossible(f'enqueue_file() does not know {", ".join(rest)}: '
                         'haul has nothing for it')
