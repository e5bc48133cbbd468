# SPDX-License-Identifier: MIT
"""parfive's Downloader.

Each download has an engine of its own (run.py), so that settings may change
between two of them. The blocking one waits by poll(), the other by asyncio
watching the engine's descriptor: no threads of Python's are needed, and a
loop that runs already is no hindrance.
"""

import asyncio
import logging
import signal
import threading
import warnings

from .config import DownloaderConfig
from .progress import progress_for
from .request import Request
from .results import Results
from .run import Run
from .utils import ParfiveUserWarning

__all__ = ['Downloader']

log = logging.getLogger('haul.parfive')


class Interruption:
    """While it lasts, Ctrl-C and SIGTERM stop the run instead of the program,
    once; handlers of the program's own stay, and what they raise ends it."""

    def __init__(self, stop):
        self.stop, self.before = stop, {}

    def __enter__(self):
        if threading.current_thread() is not threading.main_thread():
            warnings.warn('a download outside of the main thread cannot be '
                          'interrupted by Ctrl-C', ParfiveUserWarning,
                          stacklevel=4)
            return
        for number in (signal.SIGINT, signal.SIGTERM):
            handler = signal.getsignal(number)
            if handler in (signal.SIG_DFL, signal.default_int_handler):
                self.before[number] = handler
                signal.signal(number, self.interrupt)

    def interrupt(self, *_):
        self.restore()
        self.stop()

    def restore(self):
        while self.before:
            signal.signal(*self.before.popitem())

    def __exit__(self, *_):
        self.restore()


class Downloader:
    """Fetches files in parallel.

    max_conn     files at once
    max_splits   connections for one file, at most
    progress     show how far it is, on stderr
    overwrite    a file that is there already: keep it (False), replace it
                 (True), or number the new one ('unique')
    config       a SessionConfig
    headers      sent with each request, over those of config
    """

    def __init__(self, max_conn=5, max_splits=5, progress=True,
                 overwrite=False, config=None, *, headers=None):
        self.config = DownloaderConfig(
            max_conn=max_conn, max_splits=max_splits, progress=progress,
            overwrite=overwrite, config=config)
        if headers is not None:
            self.config.config.headers = {**(self.config.headers or {}),
                                          **headers}
        self._queue = []
        self._configure_logging()

    def _configure_logging(self):
        if self.config.log_level is None:
            return
        log.setLevel(self.config.log_level)
        if not log.handlers:
            handler = logging.StreamHandler()
            handler.setFormatter(logging.Formatter(
                '%(name)s - %(levelname)s - %(message)s'))
            log.addHandler(handler)

    # -- the queue

    @property
    def queued_downloads(self):
        """How many files wait for download()."""
        return len(self._queue)

    @property
    def http_queue(self):
        return [request for request in self._queue if request.is_http()]

    @property
    def ftp_queue(self):
        return [request for request in self._queue if not request.is_http()]

    def enqueue_file(self, url, path=None, filename=None, overwrite=None,
                     checksum=None, **kwargs):
        """Adds a file.

        path         its directory; made if missing
        filename     its name below it; or a function f(response, url) that
                     answers with a path (response is None for FTP); or None:
                     the server's name for it, else the URL's
        overwrite    as for the Downloader, for this file
        checksum     'sha256=...' that it must have, or True: the server's
        kwargs       as for aiohttp or aioftp: headers, auth, cookies, params,
                     timeout, proxy, proxy_auth, ssl (False), max_splits;
                     user, password

        ValueError for what cannot be right, TypeError for what haul cannot.
        """
        self._queue.append(Request(url, path, filename, overwrite, checksum,
                                   **kwargs))

    # -- downloading

    def _begin(self, requests, timeouts):
        return Run(self.config, requests,
                   progress_for(self.config, len(requests)), timeouts)

    def _take_queue(self):
        queue, self._queue = self._queue, []
        return queue

    def _download(self, requests, timeouts=None):
        if not requests:
            return Results()
        with self._begin(requests, timeouts) as run, Interruption(run.stop):
            while not run.take_events():
                run.wait(run.progress.interval)
            return run.results()

    def download(self, timeouts=None):
        """Fetches all that is queued, and waits. Interrupted, it ends with
        what it has; what is left is among the errors."""
        return self._download(self._take_queue(), timeouts)

    async def run_download(self, timeouts=None):
        """The same within asyncio. Cancelled, it ends like an interrupted
        one: with results, not with CancelledError."""
        requests = self._take_queue()
        if not requests:
            return Results()
        with self._begin(requests, timeouts) as run:
            await Watch(run).wait()
            return run.results()

    def retry(self, results):
        """Tries what failed once more, with all that was asked for it; the
        same results, with what came of it."""
        again = self._download([self._request_of(error)
                                for error in results.errors])
        failed = again.errors
        again._errors = []
        results += again
        results._errors = failed
        return results

    @staticmethod
    def _request_of(error):
        request = getattr(error, 'request', None)
        if request is not None:
            return request
        return Request(error.url, filename=error.filepath_partial)

    @classmethod
    def simple_download(cls, urls, *, path='./', overwrite=None):
        """Fetches the URLs into one directory."""
        downloader = cls()
        for url in urls:
            downloader.enqueue_file(url, path=path, overwrite=overwrite)
        return downloader.download()


class Watch:
    """A run's events in the loop that runs."""

    def __init__(self, run):
        self.run, self.loop = run, asyncio.get_running_loop()
        self.over, self.failure, self.timer = asyncio.Event(), None, None

    async def wait(self):
        descriptor = self.run.fileno()
        self.loop.add_reader(descriptor, self.take)
        self.tick()
        try:
            try:
                await self.over.wait()
            except asyncio.CancelledError:
                self.run.stop()
                await self.over.wait()
        finally:
            self.loop.remove_reader(descriptor)
            if self.timer is not None:
                self.timer.cancel()
        if self.failure is not None:
            raise self.failure

    def take(self):
        try:
            if self.run.take_events():
                self.over.set()
        except BaseException as error:
            self.failure = error
            self.over.set()

    def tick(self):
        interval = self.run.progress.interval
        if interval is not None:
            self.run.progress.tick(self.run.session)
            self.timer = self.loop.call_later(interval, self.tick)
