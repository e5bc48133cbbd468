# SPDX-License-Identifier: MIT
"""haul.parfive's results: order, URLs, errors with their causes, sums, text;
retry with all that was asked for; callbacks; copies, and what goes to another
process."""

import copy
import hashlib
import os
import pickle

from conftest import needs_name_server
from test_python_parfive import make, names, parfive, quick

__all__ = ['make', 'parfive']  # fixtures


def test_results_stand_in_the_order_of_the_queue(make, haul, serve):
    urls = [serve(f'{n}.bin', delay=0.3 - n / 20,
                  status=404 if n == 2 else 0) for n in range(6)]
    downloader = make()
    for url in urls:
        downloader.enqueue_file(url, path=haul.folder)
    results = downloader.download()
    assert names(results) == [f'{n}.bin' for n in (0, 1, 3, 4, 5)]
    assert results.urls == [urls[n] for n in (0, 1, 3, 4, 5)]
    assert results.data == list(results)
    assert downloader.queued_downloads == 0


def test_an_error_tells_url_target_and_cause(make, haul, serve, parfive):
    url = serve('gone.bin', status=404)
    downloader = make()
    downloader.enqueue_file(url, path=haul.folder)
    results = downloader.download()
    error, = results.errors
    target, error_url, exception = error
    assert (target, error_url, exception) == \
        (error.filepath_partial, error.url, error.exception)
    assert error.url == url
    assert (exception.status, exception.reason, exception.url) == \
        (404, 'Not Found', url)
    assert error.filepath_partial(None, url) == haul.folder / 'gone.bin'
    text = repr(results)
    assert text.startswith('<haul.parfive.results.Results object at 0x')
    for part in ('[]\nErrors:\n(', url, '404 Not Found'):
        assert part in text


def test_results_can_be_made_and_added_by_hand(parfive):
    first = parfive.Results(['a'], urls=['u'])
    first.add_error('b', 'v', 'out of cheese')
    second = parfive.Results()
    second.append('c', 'w')
    second.add_error('d', 'x', ValueError('no'))
    both = first + second
    assert (list(both), both.urls) == (['a', 'c'], ['u', 'w'])
    assert [e.url for e in both.errors] == ['v', 'x']
    assert [e.url for e in first.errors] == ['v'], 'the sum changed a part'
    assert 'b,\nv,\nout of cheese' in repr(both)
    assert str(parfive.Results(['a'])) == "['a']"
    first += second
    assert first.urls == both.urls and first == both


def test_an_error_counts_once_if_it_was_added_by_hand_before(parfive):
    """As sunpy's Fido puts the results of several clients together."""
    found, all_results = parfive.Results(['a']), parfive.Results()
    found.add_error('b', 'v', 'out of cheese')
    all_results._errors += found._errors
    all_results += found
    assert [e.url for e in all_results.errors] == ['v']
    assert [e.url for e in (found + found).errors] == ['v']


def test_results_with_errors_can_be_copied_and_sent(make, haul, serve,
                                                    parfive):
    """To another process: multiprocessing goes by pickle."""
    (haul.folder / 'file').write_text('no folder')
    again = serve('again.bin', turns=({'status': 404},))
    downloader = make(config=quick(parfive))
    downloader.enqueue_file(serve('good.bin'), path=haul.folder)
    downloader.enqueue_file(again, path=haul.folder, filename='mine')
    downloader.enqueue_file(serve('b.bin'), path=haul.folder / 'file')
    downloader.enqueue_file('http://no-such-host.invalid/a',
                            path=haul.folder)
    results = downloader.download()
    assert len(results.errors) == 3, results
    for twin in (pickle.loads(pickle.dumps(results)),
                 copy.deepcopy(results)):
        assert (list(twin), twin.urls) == (list(results), results.urls)
        for error, other in zip(results.errors, twin.errors):
            here, there = error.exception, other.exception
            assert type(here) is type(there) and str(here) == str(there)
            assert vars(here) == vars(there) and error.url == other.url
            assert getattr(here, 'errno', 0) == getattr(there, 'errno', 0)
    assert names(make(config=quick(parfive)).retry(twin)) == \
        ['good.bin', 'mine']


@needs_name_server
def test_one_failing_file_fails_no_other(make, parfive, haul, serve):
    downloader = make(config=quick(parfive))
    downloader.enqueue_file('http://no-such-host.invalid/a',
                            path=haul.folder)
    downloader.enqueue_file('http://a b/', path=haul.folder)
    downloader.enqueue_file(serve('a.bin'), path=haul.folder)
    results = downloader.download()
    assert names(results) == ['a.bin']
    unknown, unreadable = results.errors
    assert isinstance(unknown.exception, ConnectionError)
    assert isinstance(unreadable.exception, ValueError)


def test_retry_fetches_only_what_failed_and_appends_it(make, haul, serve):
    urls = [serve(f'{n}.bin', turns=({'status': 404},) if n == 2 else ())
            for n in range(5)]
    downloader = make()
    for url in urls:
        downloader.enqueue_file(url, path=haul.folder)
    results = downloader.download()
    assert (len(results), len(results.errors)) == (4, 1)
    again = downloader.retry(results)
    assert again is results and results.errors == []
    assert results.urls == [urls[n] for n in (0, 1, 3, 4, 2)]
    assert names(results) == [f'{n}.bin' for n in (0, 1, 3, 4, 2)]
    assert [len(serve.requests(f'{n}.bin')) for n in range(5)] == \
        [1, 1, 2, 1, 1]


def test_retry_keeps_what_was_asked_for(make, haul, serve):
    """parfive forgets all but URL and name."""
    haul.write('mine.bin', 'old')
    url = serve('a.bin', turns=({'status': 404},))
    digest = hashlib.sha256(serve.data('a.bin')).hexdigest()
    downloader = make()
    downloader.enqueue_file(url, path=haul.folder, filename='mine.bin',
                            overwrite=True, headers={'X-Token': 'abc'},
                            checksum=f'sha-256={digest}')
    results = downloader.download()
    assert len(results.errors) == 1
    # Another downloader may do it.
    assert names(make().retry(results)) == ['mine.bin']
    assert haul.read('mine.bin') == serve.data('a.bin')
    assert [r.headers['x-token'] for r in serve.requests('a.bin')] == \
        ['abc'] * 2


def test_retry_counts_what_fails_again_once(make, haul, serve):
    downloader = make()
    downloader.enqueue_file(serve('a.bin', status=404), path=haul.folder)
    results = downloader.retry(downloader.download())
    assert (len(results), len(results.errors)) == (0, 1)


def test_an_errors_target_can_be_queued_again(make, haul, serve):
    """As programs do that keep errors for later."""
    url = serve('a.bin', turns=({'status': 404},),
                disposition='attachment; filename="named.bin"')
    downloader = make()
    downloader.enqueue_file(url, path=haul.folder)
    error, = downloader.download().errors
    downloader.enqueue_file(error.url, filename=error.filepath_partial)
    assert names(downloader.download()) == ['named.bin']


def test_simple_download(parfive, haul, serve, monkeypatch):
    monkeypatch.setenv('PARFIVE_HIDE_PROGRESS', '1')
    urls = [serve(f'{n}.bin') for n in range(3)]
    haul.write('1.bin', 'old')
    results = parfive.Downloader.simple_download(
        urls, path=haul.folder, overwrite='unique')
    assert names(results) == ['0.bin', '1.1.bin', '2.bin']


def test_done_callbacks_are_called_once_for_each_file(
        make, parfive, haul, serve):
    calls = []

    def bad(path, url, error):
        raise RuntimeError('the callback is unhappy')

    config = parfive.SessionConfig(
        done_callbacks=[bad, lambda *call: calls.append(call)])
    good, gone = serve('a.bin'), serve('b.bin', status=404)
    downloader = make(config=config)
    for url in (good, gone):
        downloader.enqueue_file(url, path=haul.folder)
    results = downloader.download()
    assert sorted(calls, key=lambda call: call[1]) == [
        (os.fspath(haul.folder / 'a.bin'), good, None),
        (calls[-1][0] if calls[-1][1] == gone else calls[0][0], gone,
         results.errors[0].exception)]
