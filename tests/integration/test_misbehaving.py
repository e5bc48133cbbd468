# SPDX-License-Identifier: MIT
"""The misbehaving server does what its table says: seen by Python's client.

- content follows from seed and position; parts agree with the whole
- ranges: honoured, ignored, skewed, capped, unsatisfiable, If-Range
- bodies cut short, chunked, without a length
- turns, then, crowd and ranged rules; the log of requests
- a whole port that refuses one connection more
"""

import http.client
import socket
import urllib.request

import pytest

from misbehaving import CATALOGUE, Behaviour, Content, Server


@pytest.fixture
def server():
    server = Server(CATALOGUE)
    yield server
    server.stop()


def get(server, path, method='GET', **headers):
    client = http.client.HTTPConnection('127.0.0.1', server.port, timeout=10)
    client.request(method, path, headers={
        name.replace('_', '-'): value for name, value in headers.items()})
    answer = client.getresponse()
    try:
        return answer, answer.read()
    finally:
        client.close()


def test_a_part_of_the_content_is_the_part_of_the_whole():
    content = Content('x', 1003)
    whole = content.read()
    assert len(whole) == 1003
    for start, end in ((0, 1), (1, 2), (3, 9), (500, 1003), (1002, 2000)):
        assert content.read(start, end) == whole[start:end]
    words = [whole[at:at + 4] for at in range(0, 1000, 4)]
    assert len(set(words)) == len(words)
    assert Content('y', 1003).read() != whole


def test_a_range_is_answered_with_just_that_range(server):
    answer, body = get(server, '/good', Range='bytes=10-19')
    assert answer.status == 206
    assert answer.headers['Content-Range'] == 'bytes 10-19/100000'
    assert body == server.content('/good').read(10, 20)
    assert get(server, '/good', Range='bytes=100000-')[0].status == 416


def test_if_range_decides_between_part_and_whole(server):
    etag = get(server, '/good')[0].headers['ETag']
    part = {'Range': 'bytes=5-', 'If_Range': etag}
    assert get(server, '/good', **part)[0].status == 206
    part['If_Range'] = '"other"'
    assert get(server, '/good', **part)[0].status == 200


def test_a_skewed_range_says_and_sends_another_part(server):
    server.add('/skewed', size=5000, ranged={'skew': (100, 50, 1)})
    answer, body = get(server, '/skewed', Range='bytes=1000-1999')
    assert answer.headers['Content-Range'] == 'bytes 1100-2049/5001'
    assert body == server.content('/skewed').read(1100, 2050)


def test_a_cut_body_is_shorter_than_told(server):
    with pytest.raises(http.client.IncompleteRead):
        get(server, '/cut-no-ranges')
    with pytest.raises(http.client.IncompleteRead):
        get(server, '/chunked-cut')
    assert get(server, '/chunked')[1] == server.content('/chunked').read()
    assert get(server, '/no-length')[1] == server.content('/no-length').read()


def test_turns_are_taken_before_the_rest(server):
    server.add('/turns', turns=({'status': 503}, {'status': 429}),
               then={'status': 404})
    seen = [get(server, '/turns')[0].status for _ in range(3)]
    assert seen == [503, 429, 404]


def test_the_object_changes_with_its_etag_and_size(server):
    server.add('/changes', changes=('requests', 1), changed_size=7)
    before, first = get(server, '/changes')
    after, second = get(server, '/changes')
    assert before.headers['ETag'] != after.headers['ETag']
    assert first == server.content('/changes').read()
    assert second == server.changed_content('/changes').read()


def test_one_request_too_many_at_a_time_is_refused(server):
    server.add('/crowd', size=200_000, rate=400_000,
               crowd=(1, {'status': 403}))
    first = urllib.request.urlopen(server.url('/crowd'))
    assert get(server, '/crowd')[0].status == 403
    assert first.read() == server.content('/crowd').read()
    assert get(server, '/crowd', 'HEAD')[0].status == 200
    assert server.most_at_once('/crowd') == 2


def test_the_log_holds_what_was_asked(server):
    get(server, '/good', Range='bytes=3-', X_Mark='a b')
    request, = server.requests('/good')
    assert request.range == (3, None)
    assert request.headers['x-mark'] == 'a b'
    assert (request.status, request.sent) == (206, 99_997)


def test_a_full_port_refuses_and_opens_again():
    server = Server({'f': Behaviour(size=10)}, most_connections=1)
    try:
        first = socket.create_connection(('127.0.0.1', server.port))
        assert server.wait_until(lambda: server.listener is None)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(('127.0.0.1', server.port))
        first.close()
        assert server.wait_until(lambda: server.listener is not None)
        assert len(get(server, '/f')[1]) == 10
    finally:
        server.stop()
