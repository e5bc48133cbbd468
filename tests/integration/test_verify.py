# SPDX-License-Identifier: MIT
"""Behaviours covered: sums of what was fetched.

- each finished file has the sums of its blocks in the store: in one piece, in
  parts, gone on with after a kill, of unknown size, small
"""
import pytest

from test_resume import items

K = 1000
MIB = 1 << 20


def crc(data, table=[]):
    """CRC-32C from 0, not inverted."""
    if not table:
        for i in range(256):
            for _ in range(8):
                i = i >> 1 ^ (0x82f63b78 if i & 1 else 0)
            table.append(i)
    value = 0
    for byte in data:
        value = value >> 8 ^ table[(value ^ byte) & 255]
    return value


def sums(data):
    return b'\x01\x14' + b''.join(
        crc(data[at:at + MIB]).to_bytes(4, 'little')
        for at in range(0, len(data), MIB))


@pytest.fixture
def store(haul):
    return haul.home / 'state' / 'haul' / 'queue.db'


def recorded(store):
    return {item['path'].rsplit('/', 1)[-1]: item['sums']
            for item in items(store)}


# ---- what is recorded -----------------------------------------------------

def test_each_finished_file_has_its_sums(haul, serve, store):
    urls = [serve('small.bin', size=70 * K),
            serve('large.bin', size=2500 * K),
            serve('parts.bin', size=2500 * K, rate=4000 * K),
            serve('unknown.bin', size=90 * K, framing='chunked'),
            serve('long.bin', size=1200 * K, framing='chunked'),
            serve('empty.bin', size=0)]
    result = haul('--min-split-size=64K', *urls)
    assert result.rc == 0, result
    found = recorded(store)
    for name in ('small.bin', 'large.bin', 'parts.bin', 'unknown.bin',
                 'long.bin'):
        assert found[name] == sums(serve.data(name)), name
    assert found['empty.bin'] is None


def test_what_was_gone_on_with_has_its_sums(haul, serve, store):
    url = serve('a.bin', size=3000 * K, rate=1500 * K)
    process = haul.start('--headless', '-s1', url)
    serve.wait_for_bytes('a.bin', 1800 * K)
    process.kill()
    haul.finish(process)
    result = haul('--resume')
    assert result.rc == 0, result
    assert serve.sent('a.bin') < 4000 * K
    assert recorded(store)['a.bin'] == sums(serve.data('a.bin'))
