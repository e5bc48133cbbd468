# SPDX-License-Identifier: MIT
"""2,000 files in one run: http, https and ftp; small and large; chunked,
without ranges, without a length, redirected, cut and sent again; and some
that cannot be had.

- every good file is there, bit-exact, and nothing else is
- every failure is listed once, with its URL and the right cause
- exit 1, and the totals add up
"""

import os
import random

from misbehaving import Content

MANY = 2000

# What the misbehaving server does with the n-th file of a kind, and the cause
# it must end in; None for a good one.
KINDS = {
    'plain': ({}, None),
    'chunked': ({'framing': 'chunked'}, None),
    'no-ranges': ({'ranges': 'ignored', 'advertise': False}, None),
    'no-length': ({'framing': 'close'}, None),
    'empty': ({'size': 0}, None),
    'closing': ({'close': True}, None),
    'busy-once': ({'turns': ({'status': 503},)}, None),
    'cut-once': ({'turns': ({'stop_after': 700, 'ending': 'reset'},)}, None),
    'crowd': ({'size': 2_500_000, 'crowd': (1, {'status': 403})}, None),
    'large': ({'size': 3_000_000, 'rate': 6_000_000}, None),
    'large-no-ranges': ({'size': 3_000_000, 'ranges': 'ignored'}, None),
    'not-found': ({'status': 404}, 'http'),
    'broken': ({'status': 500}, 'http'),
    'forbidden': ({'status': 403}, 'http'),
    'loop': ({'redirect': '{self}'}, 'too_many_redirects'),
    'to-file': ({'redirect': 'file:///etc/passwd'}, 'unsupported'),
    'short': ({'told': 50, 'ranges': 'ignored'}, 'size_mismatch'),
    'dropped': ({'no_answer': 'close'}, 'connect'),
}
RARE = {'crowd': 8, 'large': 8, 'large-no-ranges': 8, 'not-found': 20,
        'broken': 20, 'forbidden': 20, 'loop': 15, 'to-file': 15, 'short': 15,
        'dropped': 15, 'cut-once': 40, 'busy-once': 40}


def put(folder, names, seed):
    for name in names:
        size = 100 + len(name) * 331 % 5000
        with open(os.path.join(folder, name), 'wb') as file:
            file.write(Content(seed + name, size).read())


def batch_of_server(serve, count, prefix):
    """(url, name, bytes or None, cause or None) of so many files."""
    names = [kind for kind, number in RARE.items() for _ in range(number)]
    common = [kind for kind in KINDS if kind not in RARE]
    names += [common[n % len(common)] for n in range(count - len(names))]
    for n, kind in enumerate(names):
        fields, cause = KINDS[kind]
        name = f'{prefix}{kind}-{n}.bin'
        fields = dict({'size': 1000 + n}, **fields)
        if fields.get('redirect') == '{self}':
            fields['redirect'] = serve.path(name)
        url = serve(name, **fields)
        yield url, name, None if cause else serve.data(name), cause


def batch_of_folder(peer, count, prefix, urls):
    names = [f'{prefix}{n}.bin' for n in range(count)]
    put(peer.root, names, prefix)
    for n, name in enumerate(names):
        with open(os.path.join(peer.root, name), 'rb') as file:
            yield urls[n % len(urls)]('/' + name), name, file.read(), None
    for n in range(10):
        name = f'{prefix}missing-{n}.bin'
        yield urls[n % len(urls)]('/' + name), name, None, 'http'


def test_two_thousand_mixed_files_end_right_or_with_their_cause(
        haul, serve, serve_tls, nginx, vsftpd, authority):
    files = list(batch_of_server(serve, 800, 'h-'))
    files += batch_of_server(serve_tls, 400, 's-')
    files += batch_of_folder(nginx, 640, 'n-', [
        nginx.url, lambda path: nginx.url(path, 'https')])
    files += batch_of_folder(vsftpd, 140, 'f-', [vsftpd.url])
    assert len(files) == MANY
    random.Random(7).shuffle(files)
    haul.write('list', ''.join(url + '\n' for url, *_ in files))

    result = haul.json('-d', 'out', '-i', 'list', '--max-conn=16',
                       '--retries=2', '--retry-delay=100ms', '--timeout=10',
                       '--min-split-size=256K',
                       f'--cacert={authority.cacert}', timeout=90)

    assert result.rc == 1, result
    good = {name: data for _, name, data, cause in files if cause is None}
    bad = {url: cause for url, _, _, cause in files if cause is not None}
    failed = {r['url']: r['cause'] for r in result.events('fail')}
    assert failed == bad
    found = {n for n in haul.names() if n.startswith('out/') and
             '.part' not in n}
    assert found == {'out/' + name for name in good}
    wrong = [name for name, data in good.items()
             if haul.read('out/' + name) != data]
    assert wrong == []
    assert len(result.events('fail')) == len(bad)
    assert len(result.events('done')) == len(good)
    end = result.records[-1]
    assert (end['files'], end['done'], end['failed']) == (
        MANY, len(good), len(bad))
    assert end['got'] >= sum(map(len, good.values()))
