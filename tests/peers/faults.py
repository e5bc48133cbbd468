# SPDX-License-Identifier: MIT
"""The cases: what a server does, and which bytes would be right.

A case names a path of the misbehaving server's catalogue, or brings its own
server. Those that go on are stopped in the middle and called a second time.
"""

import dataclasses

import misbehaving
import misspoken
from misbehaving import Content

SIZE = 3_000_000
SLOW = 400_000          # bytes a second and connection: to be stopped in time


@dataclasses.dataclass(frozen=True)
class Fault:
    words: str
    name: str = ''              # in the catalogue
    gzip: bool = False          # what was sent is right as well
    leads_to: str = ''          # the name whose object is right
    others: tuple = ()          # so are these in its place
    none: bool = False          # nothing is right: it must fail
    proxy: bool = False         # asked for ftp:// by way of a proxy
    ftp: dict = None            # another server: arguments of misspoken.Ftp
    before: dict = None         # fields until it is stopped,
    after: dict = None          # and from then on


class Http:
    """The catalogue, or a path of the fault's own."""

    def __init__(self, fault):
        self.fault = fault
        self.server = misbehaving.Server(misbehaving.CATALOGUE)
        self.name = fault.name or 'a.bin'
        if fault.before is not None:
            self.server.add('/a.bin', **fault.before)
        self.url = self.server.url('/' + self.name)
        self.environment = {}
        if fault.proxy:
            self.environment['ftp_proxy'] = self.server.url('/')
            self.url = 'ftp://ftp.invalid/' + self.name

    def change(self):
        if self.fault.after is not None:
            self.server.add('/a.bin', **self.fault.after)

    def right(self):
        fault, server = self.fault, self.server
        path = '/' + (fault.leads_to or self.name)
        if fault.none:
            return []
        if fault.before is not None:
            fields = fault.after or fault.before
            return [Content(fields.get('seed', path),
                            fields['size']).read()]
        body = server.content(path).read()
        bodies = [body, misbehaving.zip_up(body)] if fault.gzip else [body]
        return bodies + [Content(path + other, self.size(path, other)).read()
                         for other in fault.others]

    def size(self, path, other):
        changed = self.server.states[path].behaviour.changed_size
        size = self.server.content(path).size
        return changed if other == '#changed' and changed >= 0 else size

    def stop(self):
        self.server.stop()


class Ftp:
    def __init__(self, fault):
        self.fault = fault
        self.content = Content('ftp', SIZE).read()
        self.server = misspoken.Ftp(self.content, **fault.ftp)
        self.name = 'a.bin'
        self.url = self.server.url + self.name
        self.environment = {}

    def change(self):
        pass

    def right(self):
        return [self.content]

    def stop(self):
        self.server.stop()


def serve(fault):
    return (Http if fault.ftp is None else Ftp)(fault)


def goes_on(words, after=None, none=False, **before):
    """Stopped in the middle; with other fields afterwards."""
    fields = {'size': SIZE, 'rate': SLOW, 'seed': 'one', **before}
    return Fault(words, before=fields, none=none,
                 after={**fields, 'rate': 0, **(after or {})})


FAULTS = {
    'as it should be': (
        Fault('small file', 'good'),
        Fault('large file', 'good-large'),
        Fault('empty file', 'empty'),
        Fault('chunked', 'chunked'),
        Fault('no length', 'no-length'),
        Fault('sent encoded, unasked: as sent or decoded', 'gzip-200',
              gzip=True),
    ),
    'ranges': (
        Fault('ignored: 200 with all', 'range-ignored'),
        Fault('ignored each second time', 'range-intermittent'),
        Fault('starts later', 'range-starts-later'),
        Fault('starts earlier', 'range-starts-earlier'),
        Fault('ends short', 'range-ends-short'),
        Fault('ends long', 'range-ends-long'),
        Fault('wrong total', 'range-wrong-total'),
        Fault('no Content-Range', 'range-no-content-range'),
        Fault('multipart', 'range-multipart'),
        Fault('body shorter than told', 'range-body-too-short'),
        Fault('at most 200 KB each', 'range-capped'),
        Fault('long ones refused (403)', 'range-too-large-refused'),
        Fault('an error page (500)', 'error-page-in-part'),
        Fault('an error page (404)', 'error-page-in-part-gone'),
        Fault('parts come encoded', 'gzip-206'),
    ),
    'the object changes': (
        Fault('between parts', 'changes-between-parts', others=('#changed',)),
        Fault('the same, If-Range ignored', 'changes-if-range-ignored',
              others=('#changed',)),
        Fault('size too, without ETag and date', 'changes-size-no-validator',
              others=('#changed',)),
        Fault('after the connection was lost', 'changes-after-cut',
              others=('#changed',)),
        Fault('becomes shorter', 'changes-after-cut-shorter',
              others=('#changed',)),
        Fault('two objects by turns, same date and size', 'twins-by-turns',
              others=('#twin',)),
        Fault('another ETag each time, same bytes', 'etag-each-request'),
    ),
    'bodies': (
        Fault('cut once', 'cut-once'),
        Fault('reset once', 'reset-once'),
        Fault('cut each time, ranges', 'cut-each-time'),
        Fault('cut each time, no ranges', 'cut-no-ranges', none=True),
        Fault('cut once, no ranges', 'cut-once-no-ranges'),
        Fault('chunked, cut', 'chunked-cut', none=True),
        Fault('chunked, cut once', 'chunked-cut-once'),
        Fault('encoded, cut', 'gzip-cut', none=True),
        Fault('stops once', 'stall-once'),
        Fault('stops each time', 'stall-each-time'),
        Fault('stops at 99 %', 'dead-at-99'),
        Fault('stops at 99 %, no ranges', 'dead-at-99-no-ranges'),
        Fault('one connection crawls', 'one-part-crawls'),
    ),
    'no answer, a strange one, errors': (
        Fault('never answers', 'stall-before-answer', none=True),
        Fault('closed once before the answer', 'closed-before-answer-once'),
        Fault('garbage for an answer', 'garbage-status-line', none=True),
        Fault('two lengths', 'two-lengths'),
        Fault('404', 'error-404', none=True),
        Fault('500 each time', 'error-500', none=True),
        Fault('502 once', 'error-502-once'),
        Fault('503 once, Retry-After', 'retry-after-503'),
        Fault('429 twice, Retry-After', 'retry-after-429'),
        Fault('redirect to good', 'redirect-301', leads_to='good'),
        Fault('redirects for ever', 'redirect-endless', none=True),
        Fault('redirect to file:', 'redirect-to-file', none=True),
        Fault('a redirect that expires', 'redirect-signed',
              leads_to='signed'),
    ),
    'one connection too many': (
        Fault('403', 'crowd-403'),
        Fault('429', 'crowd-429'),
        Fault('503', 'crowd-503'),
        Fault('reset', 'crowd-reset'),
    ),
    'stopped (SIGINT) and called again': (
        goes_on('nothing changed'),
        goes_on('changed: ETag, date, bytes', {
            'seed': 'two', 'modified': 'Thu, 09 May 2024 00:12:00 GMT'}),
        goes_on('changed, If-Range ignored', {
            'seed': 'two', 'modified': 'Thu, 09 May 2024 00:12:00 GMT',
            'if_range': 'ignored'}),
        goes_on('changed and shorter', {
            'seed': 'two', 'size': 200_000,
            'modified': 'Thu, 09 May 2024 00:12:00 GMT'}),
        goes_on('changed and longer', {
            'seed': 'two', 'size': SIZE + 5000,
            'modified': 'Thu, 09 May 2024 00:12:00 GMT'}),
        goes_on('changed, without ETag and date', {'seed': 'two'},
                etag='none', modified=''),
        goes_on('ranges are gone', {'ranges': 'ignored', 'advertise': False}),
        goes_on('the file is gone (404)', {'status': 404}, none=True),
    ),
    'FTP': (
        Fault('as it should be', ftp={}),
        Fault('sends half at first', ftp={'halves': True}),
        Fault('the same, REST ignored', ftp={'halves': True,
                                             'rests': False}),
        Fault('SIZE is less than what comes', ftp={'size': SIZE - 5000}),
        Fault('SIZE is more than what comes', ftp={'size': SIZE + 5000}),
        Fault('SIZE is not known', ftp={'says': {b'SIZE': b'500 What?'}}),
        Fault('the last reply does not come', ftp={'last': None}),
        Fault('by way of an HTTP proxy', 'good', proxy=True),
        Fault('the same, whose answer is 404', 'error-404', proxy=True,
              none=True),
    ),
}
