# SPDX-License-Identifier: MIT
"""The engine of haul.h, as it is: a queue, events on a descriptor, looks.

    with Session({'max-conn': 8}) as session:
        number = session.add('https://example.org/a', directory='data')
        for event in session.run():
            ...
        print(session.item(number).path)

A session has a thread of its own; no call here waits for the network or the
disk but run(), and close() for a moment. Calls may come from any thread.
"""

import asyncio
import ctypes
import itertools
import os
import select
import types
import weakref

from . import abi, errors
from .library import libc, libhaul

# ---- options ---------------------------------------------------------------

namers = {}                     # number -> function, see Options.on_name()
next_namer = itertools.count(1)


def encode(text):
    return os.fsencode(text)


def value_text(value):
    if isinstance(value, bool):
        return b'yes' if value else b'no'
    return encode(value if isinstance(value, (str, bytes, os.PathLike))
                  else str(value))


def decode(raw):
    return None if raw is None else os.fsdecode(raw)


@abi.NameFunction
def call_namer(answer, why, why_size, number):
    """For libhaul: on the engine's thread."""
    try:
        name = namers[number](answer.contents)
        return libc.strdup(encode(name))
    except BaseException as error:
        text = f'{type(error).__name__}: {error}'.encode(
            'utf-8', 'replace')[:why_size - 1] + b'\0'
        ctypes.memmove(why, text, len(text))
        return None


class Options:
    """Values by the names of the command line ("max-splits"): a mapping, and
    what is set() later. Lists (header, checksum) append."""

    def __init__(self, values=()):
        self.handle = libhaul.haul_options_new()
        weakref.finalize(self, libhaul.haul_options_free, self.handle)
        for name, value in dict(values).items():
            self.set(name, value)

    def set(self, name, value):
        for one in value if isinstance(value, (list, tuple)) else [value]:
            error = abi.Error()
            errors.check(libhaul.haul_options_set(
                self.handle, encode(name), value_text(one),
                ctypes.byref(error)), error)

    def on_name(self, function):
        """function(answer) is asked for a file's name, relative to its
        directory, on the engine's thread: it must not call the session, and
        what it raises is the file's failure."""
        number = next(next_namer)
        namers[number] = function
        libhaul.haul_options_on_name(self.handle, call_namer, number)
        weakref.finalize(self, namers.pop, number, None)


# ---- what is seen ----------------------------------------------------------

def copy_fields(structure):
    """A plain object, for the structure's memory does not stay."""
    copy = types.SimpleNamespace()
    for name, kind in structure._fields_:
        value = getattr(structure, name)
        setattr(copy, name,
                decode(value) if isinstance(value, bytes) else value)
    return copy


def event_of(raw):
    event = copy_fields(raw)
    event.kind = abi.EventKind(event.kind)
    event.note = abi.Note(event.note)
    event.cause = abi.Cause(event.cause)
    return event


# ---- the engine ------------------------------------------------------------

class Session:
    def __init__(self, options=None):
        if not isinstance(options, Options):
            options = Options(options or {})
        handle, error = ctypes.c_void_p(), abi.Error()
        errors.check(libhaul.haul_new(options.handle, ctypes.byref(handle),
                                      ctypes.byref(error)), error)
        self.handle = handle.value
        self.kept = {options}       # their functions may be called
        self.free = weakref.finalize(self, libhaul.haul_free, self.handle)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Stops what runs and frees all; again does nothing."""
        self.free()
        self.kept.clear()           # functions may refer to us

    def checked_handle(self):
        if not self.free.alive:
            raise errors.HaulError('the session is closed')
        return self.handle

    # -- the queue

    def add(self, url, *, directory=None, name=None, options=None,
            mirrors=()):
        """Queues a file; its number. UsageError for what cannot be right."""
        if options is not None and not isinstance(options, Options):
            options = Options(options)
        urls = [encode(mirror) for mirror in mirrors]
        request = abi.Request(
            url=encode(url), mirrors=(ctypes.c_char_p * len(urls))(*urls),
            mirror_count=len(urls), name=None if name is None else
            encode(name), dir=None if directory is None else
            encode(directory), options=options and options.handle)
        number, error = ctypes.c_uint64(), abi.Error()
        errors.check(libhaul.haul_add(
            self.checked_handle(), ctypes.byref(request),
            ctypes.byref(number), ctypes.byref(error)), error)
        if options is not None:
            self.kept.add(options)
        return number.value

    def set(self, name, value):
        """Changes an option of the session, also while it runs."""
        error = abi.Error()
        errors.check(libhaul.haul_set(
            self.checked_handle(), encode(name), value_text(value),
            ctypes.byref(error)), error)

    def start(self):
        errors.check(libhaul.haul_start(self.checked_handle()))

    def stop(self):
        """Ends all transfers, and keeps what has arrived; END follows."""
        libhaul.haul_stop(self.checked_handle())

    def cancel(self, number):
        errors.check(libhaul.haul_cancel(self.checked_handle(), number))

    def retry(self, number):
        errors.check(libhaul.haul_retry(self.checked_handle(), number))

    def retry_failed(self):
        """Queues all that failed again; how many there were."""
        return libhaul.haul_retry_failed(self.checked_handle())

    # -- events

    def fileno(self):
        """Readable while events wait: for select, asyncio and the like."""
        return libhaul.haul_fd(self.checked_handle())

    def events(self):
        """Those that wait now, each with the fields of struct haul_event."""
        raw = abi.Event()
        while libhaul.haul_next_event(self.checked_handle(),
                                      ctypes.byref(raw)):
            yield event_of(raw)

    def wait(self, seconds=None):
        """Until events wait, or that long."""
        ready = select.poll()
        ready.register(self.fileno(), select.POLLIN)
        ready.poll(None if seconds is None else seconds * 1000)

    def is_over(self, event):
        """Whether it is the last event: files may have been added since END
        was told."""
        if event.kind != abi.EventKind.END:
            return False
        totals = self.totals()
        return event.stopped or not (totals.queued or totals.active or
                                     totals.waiting)

    def run(self):
        """Runs the queue: its events, up to END. Left early, or by an
        exception such as Ctrl-C's, it goes on until stop() or close()."""
        self.start()
        while True:
            for event in self.events():
                yield event
                if self.is_over(event):
                    return
            self.wait()

    async def run_async(self):
        """The same within asyncio."""
        loop, ready = asyncio.get_running_loop(), asyncio.Event()
        self.start()
        loop.add_reader(self.fileno(), ready.set)
        try:
            while True:
                ready.clear()
                for event in self.events():
                    yield event
                    if self.is_over(event):
                        return
                await ready.wait()
        finally:
            loop.remove_reader(self.fileno())

    # -- looking

    def item(self, number):
        """All that struct haul_item says of it; None if there is none."""
        found = libhaul.haul_item(self.checked_handle(), number)
        if not found:
            return None
        try:
            item = copy_fields(found.contents)
        finally:
            libhaul.haul_item_free(found)
        item.state, item.cause = abi.State(item.state), abi.Cause(item.cause)
        return item

    def error(self, number):
        """The exception for an item that failed, else None."""
        item = self.item(number)
        if item is None or item.state != abi.State.FAILED:
            return None
        return errors.of_item(item)

    def active(self, most=64):
        """Rows (struct haul_row) of what runs."""
        rows = (abi.Row * most)()
        count = libhaul.haul_active(self.checked_handle(), rows, most)
        return [copy_fields(row) for row in rows[:min(count, most)]]

    def totals(self):
        totals = abi.Totals()
        libhaul.haul_totals(self.checked_handle(), ctypes.byref(totals))
        return copy_fields(totals)
