# SPDX-License-Identifier: MIT
"""One download: an engine of its own, the files given to it, and what became
of each. It does not wait: its descriptor says when take_events() is due."""

import asyncio
import logging

from .. import errors
from ..abi import EventKind, State
from ..session import Options, Session
from . import options as parfive_options
from .results import Results

log = logging.getLogger('haul.parfive')
ENDS = {EventKind.DONE, EventKind.SKIP, EventKind.FAIL}


class Run:
    def __init__(self, config, requests, progress, timeouts=None):
        self.config, self.requests = config, requests
        self.progress = progress
        self.outcomes = {}          # request's place -> path or exception
        self.raised = {}            # place -> what its naming function raised
        self.shared = {}            # options' values -> Options
        self.places = {}            # item's number -> request's place
        self.session = Session({
            'max-conn': max(1, config.max_conn),
            **parfive_options.timeout_options(timeouts or config.timeouts),
            **config.haul_options})
        try:
            for place in range(len(requests)):
                self.add(place)
            self.session.start()
        except BaseException:
            self.session.close()
            raise
        self.fileno, self.wait = self.session.fileno, self.session.wait

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.session.close()
        self.progress.close()

    # -- the queue

    def add(self, place):
        """What cannot even be queued fails alone."""
        request = self.requests[place]
        directory, name = request.place()
        try:
            number = self.session.add(
                request.asked, directory=directory, name=name,
                options=self.options(place, request))
        except errors.UsageError as error:
            self.settle(place, None, error)
        else:
            self.places[number] = place

    def options(self, place, request):
        """Many files have the same ones."""
        values = request.options(self.config)
        if request.namer is not None:
            options = Options(values)
            options.on_name(lambda answer: self.name(place, answer))
            return options
        key = repr(sorted(values.items()))
        if key not in self.shared:
            self.shared[key] = Options(values)
        return self.shared[key]

    def name(self, place, answer):
        """On the engine's thread."""
        try:
            return self.requests[place].call_namer(answer)
        except BaseException as error:
            self.raised[place] = error
            raise

    def stop(self):
        self.session.stop()

    # -- what comes of it

    def take_events(self):
        """True when all has ended."""
        over = False
        for event in self.session.events():
            if event.kind in ENDS:
                self.take_end(event.id)
            elif event.kind == EventKind.RETRY:
                log.debug('%s: try %d failed (%s), another follows',
                          self.request_of(event.id).url, event.attempt,
                          event.cause.name)
            over = over or event.kind == EventKind.END
        self.progress.tick(self.session)
        return over

    def request_of(self, number):
        return self.requests[self.places[number]]

    def take_end(self, number):
        item = self.session.item(number)
        place = self.places[number]
        request, error = self.requests[place], None
        path = item.path and request.result_path(item.path)
        if item.state == State.FAILED:
            error = self.raised.get(place) or errors.of_item(item)
        self.settle(place, path, error)

    def settle(self, place, path, error):
        request = self.requests[place]
        self.outcomes[place] = path if error is None else error
        if error is None:
            log.debug('%s is %s', request.url, path)
        else:
            log.info('%s failed: %s', request.url, error)
        self.progress.file_ended(error is None)
        for callback in self.config.done_callbacks:
            try:
                callback(path, request.url, error)
            except Exception:
                log.exception('done callback %r', callback)

    def results(self):
        """In the order of the queue; what had not ended is an error."""
        results = Results()
        for place, request in enumerate(self.requests):
            outcome = self.outcomes.get(place)
            if outcome is None:
                outcome = asyncio.CancelledError('stopped before its end')
            if isinstance(outcome, BaseException):
                results.add_error(request.filepath_partial, request.url,
                                  outcome, request)
            else:
                results.append(outcome, request.url)
        if results.errors:
            self.progress.say(f'{len(results.errors)}/{len(self.requests)} '
                              'files failed; .errors has why')
        return results
