# SPDX-License-Identifier: MIT
"""What must come of each name of the misbehaving server's CATALOGUE.

A case ends WHOLE (the object's bytes under the final name, exit 0), OTHER
(whole, but the object that replaced it), or in one of the causes named.
Several are given where the wire leaves a choice; nothing else is right.
"""

import dataclasses

WHOLE = 'whole'
OTHER = 'the changed object, whole'

# So that a case does not take longer than it must.
QUICK = ('--retries=2', '--retry-delay=50ms', '--timeout=1',
         '--min-split-size=64K')


@dataclasses.dataclass(frozen=True)
class Case:
    number: str                 # of FAILURES.md, or what else it is about
    name: str                   # in the catalogue
    ends: tuple
    arguments: tuple = ()
    status: int = None          # HTTP status of the failure
    requests: tuple = None      # how many GETs: (least, most)
    ranged: bool = False        # proves nothing unless a part was asked for
    takes: tuple = (0, 15)      # seconds: (least, most)
    length: int = None          # of the file, if not the object's
    gzip: bool = False          # the file is as it was sent, not decoded


def case(number, name, *ends, **more):
    return Case(number, name, ends, **more)


def parts(number, name, *ends, **more):
    """One that is about parts: at least one must have been asked for."""
    return case(number, name, *ends, ranged=True, **more)


ONCE = (1, 1)               # no further try: it could not help

CASES = [
    case('as it should be', 'good', WHOLE, requests=ONCE),
    parts('as it should be', 'good-large', WHOLE),
    case('empty file', 'empty', WHOLE, requests=ONCE),
    case('one byte', 'one-byte', WHOLE, requests=ONCE),
    parts('connection closed each time', 'connection-close', WHOLE),
    case('1xx before the answer', 'interim-answers', WHOLE, requests=ONCE),
    case('HTTP/1.0', 'http-1.0', WHOLE, requests=ONCE),
    case('HTTP/1.0', 'http-1.0-no-length', WHOLE, requests=ONCE),
    case('slow first byte', 'slow-first-byte', WHOLE, requests=ONCE),

    parts('1', 'range-ignored', WHOLE),
    case('1', 'range-not-offered', WHOLE),
    parts('1', 'range-intermittent', WHOLE),
    parts('2', 'range-starts-later', WHOLE, 'bad_range'),
    parts('2', 'range-starts-earlier', WHOLE, 'bad_range'),
    parts('2', 'range-ends-short', WHOLE),
    parts('2', 'range-ends-long', WHOLE, 'bad_range'),
    parts('2', 'range-wrong-total', WHOLE, 'bad_range', 'changed'),
    parts('2', 'range-no-content-range', WHOLE, 'bad_range'),
    parts('2', 'range-total-not-told', WHOLE, 'bad_range'),
    parts('2', 'range-multipart', WHOLE, 'bad_range'),
    parts('2', 'range-body-too-short', WHOLE),

    parts('3', 'changes-between-parts', WHOLE, OTHER, 'changed'),
    parts('3', 'changes-if-range-ignored', WHOLE, OTHER, 'changed'),
    parts('3', 'changes-size-no-validator', WHOLE, OTHER, 'changed',
          'bad_range'),
    case('3', 'changes-after-cut', OTHER, 'changed'),
    case('3', 'changes-after-cut-shorter', OTHER, 'changed'),
    case('4', 'if-range-always-200', WHOLE),
    case('5', 'weak-etag', WHOLE),
    parts('5', 'etag-each-request', WHOLE),
    parts('5', 'etag-of-two', WHOLE),
    parts('5', 'etag-of-two-cut', WHOLE),
    parts('5', 'etag-of-two-if-range-ignored', WHOLE),
    parts('5', 'etag-each-request-cut', WHOLE),
    parts('5', 'twins-by-turns', WHOLE),
    parts('5', 'twins-by-turns-cut', WHOLE, 'changed', arguments=(
        '--max-splits=1',)),
    parts('5', 'no-validator', WHOLE),

    parts('7', 'error-page-in-part', WHOLE),
    parts('7', 'error-page-in-part-gone', WHOLE),
    case('8', 'gzip-200', WHOLE, gzip=True),
    case('8', 'gzip-cut', 'size_mismatch', 'connect'),
    case('8', 'gzip-cut-once', WHOLE, gzip=True),
    case('8', 'gzip-chunked-cut', 'size_mismatch', 'connect'),
    parts('8', 'gzip-206', WHOLE),
    parts('8', 'gzip-206-chunked', WHOLE),

    case('9', 'cut-once', WHOLE),
    case('9', 'reset-once', WHOLE),
    case('9', 'cut-each-time', WHOLE),
    case('9', 'cut-no-ranges', 'size_mismatch', 'connect'),
    case('9', 'cut-once-no-ranges', WHOLE),
    case('9', 'chunked-cut', 'size_mismatch', 'connect'),
    case('9', 'chunked-cut-once', WHOLE),
    case('9', 'told-too-much', 'size_mismatch', 'connect'),
    case('10', 'told-too-little', WHOLE, length=90_000),
    case('9', 'two-lengths', 'size_mismatch', 'unsupported', 'http'),
    case('9', 'negative-length', WHOLE, 'http', 'unsupported'),
    case('9', 'huge-length', WHOLE, 'http', 'unsupported', 'size_mismatch'),

    case('44', 'modified-in-2100', WHOLE, requests=ONCE),
    case('44', 'modified-in-2100-cut', WHOLE),

    case('28', 'retry-after-429', WHOLE, takes=(1.9, 8), requests=(3, 3)),
    case('28', 'retry-after-503', WHOLE, takes=(0.95, 6), requests=(2, 2)),
    case('28', 'retry-after-date', WHOLE, takes=(0.8, 6), requests=(2, 2)),
    case('44', 'retry-after-date-clock-wrong', WHOLE, takes=(0.8, 6),
         requests=(2, 2)),
    case('28', 'retry-after-garbage', WHOLE, requests=(2, 2)),
    case('44', 'retry-after-negative', WHOLE, requests=(2, 2)),

    parts('29', 'crowd-403', WHOLE),
    parts('29', 'crowd-404', WHOLE),
    parts('29', 'crowd-429', WHOLE),
    parts('29', 'crowd-503', WHOLE),
    parts('29', 'crowd-reset', WHOLE),
    parts('29', 'crowd-closed', WHOLE),

    case('31', 'redirect-signed', WHOLE),
    parts('32', 'one-part-crawls', WHOLE, takes=(0, 8)),
    case('32', 'dead-at-99', WHOLE, takes=(0.9, 8)),
    case('32', 'dead-at-99', WHOLE, takes=(0.9, 8),
         arguments=('--max-splits=1',)),
    case('32', 'dead-at-99-twice', WHOLE, takes=(1.9, 10)),
    case('32', 'dead-at-99-twice', WHOLE, takes=(1.9, 10),
         arguments=('--max-splits=1',)),
    case('32', 'dead-at-last-byte', WHOLE, takes=(0.9, 8)),
    case('32', 'dead-at-last-byte', WHOLE, takes=(0.9, 8),
         arguments=('--max-splits=1',)),
    case('32', 'dead-at-99-no-ranges', WHOLE, takes=(0.9, 8)),
    case('33', 'stall-once', WHOLE, takes=(0.9, 8)),
    case('33', 'stall-each-time', WHOLE),
    case('33', 'stall-before-answer', 'stall', 'timeout',
         arguments=('--retries=1',), requests=(2, 2)),
    case('33', 'stall-after-head', 'stall', arguments=('--retries=1',),
         requests=(2, 2)),
    case('34', 'trickle', WHOLE, requests=ONCE),

    case('39', 'error-401', 'http', status=401, requests=ONCE),
    case('39', 'error-403', 'http', status=403, requests=ONCE),
    case('39', 'error-404', 'http', status=404, requests=ONCE),
    case('39', 'error-410', 'http', status=410, requests=ONCE),
    case('39', 'error-451', 'http', status=451, requests=ONCE),
    case('39', 'error-500', 'http', status=500, requests=(3, 3)),
    case('39', 'error-503', 'http', status=503, requests=(3, 3)),
    *[case('39', f'error-{status}', 'http', status=status, requests=ONCE)
      for status in (499, 501)],
    *[case('39', f'error-{status}', 'http', status=status, requests=(3, 3))
      for status in (408, 421, 425, 502, 504, 520, 521, 522, 523, 524)],
    *[case('39', f'error-{status}-once', WHOLE, requests=(2, 2))
      for status in (408, 421, 425, 502, 504, 520, 524)],
    case('42', 'error-416', 'http', 'bad_range', status=416,
         requests=(1, 3)),
    case('closed before the answer', 'closed-before-answer', 'connect'),
    case('closed before the answer', 'closed-before-answer-once', WHOLE),
    case('reset before the answer', 'reset-before-answer', 'connect'),
    case('not HTTP', 'garbage-status-line', 'http', 'unsupported',
         'connect'),
    case('not HTTP', 'offers-http-2', WHOLE, requests=ONCE),
    case('not HTTP', 'switches-protocols', 'http', 'unsupported', 'connect'),
    case('not HTTP', 'http-2-at-once', 'http', 'unsupported', 'connect'),
    case('not HTTP', 'status-line-999', 'http', status=999,
         requests=(1, 3)),
    case('header flood', 'endless-status-line', 'http', 'unsupported',
         'connect'),
    case('header flood', 'headers-10000', WHOLE, 'http', 'unsupported',
         'connect'),
    case('header flood', 'header-1-mib', WHOLE, 'http', 'unsupported',
         'connect'),

    case('40', 'redirect-301', WHOLE),
    case('40', 'redirect-303', WHOLE),
    case('40', 'redirect-307', WHOLE),
    parts('40', 'redirect-308', WHOLE),
    case('40', 'redirect-chain', WHOLE),
    case('40', 'redirect-loop', 'too_many_redirects', requests=(5, 31)),
    case('40', 'redirect-endless', 'too_many_redirects', requests=(5, 31)),
    case('40', 'redirect-to-file', 'unsupported', requests=ONCE),
    case('40', 'redirect-to-scp', 'unsupported', requests=ONCE),
    case('40', 'redirect-to-gopher', 'unsupported', requests=ONCE),
    case('40', 'redirect-to-nothing', 'http', status=302, requests=ONCE),
    case('40', 'redirect-to-garbage', 'bad_url', 'unsupported', 'http',
         requests=ONCE),

    case('41', 'range-capped', WHOLE),
    case('41', 'range-too-large-refused', WHOLE),
    case('43', 'no-length', WHOLE, requests=ONCE),
    case('43', 'chunked', WHOLE, requests=ONCE),

    case('14', 'digest-repr', WHOLE, arguments=('--checksum=server',)),
    case('14', 'digest-content', WHOLE, arguments=('--checksum=server',)),
    case('14', 'digest-legacy', WHOLE, arguments=('--checksum=server',)),
    parts('14', 'digest-large', WHOLE, arguments=('--checksum=server',)),
    case('14', 'digest-repr-wrong', 'checksum',
         arguments=('--checksum=server',)),
    case('14', 'digest-content-wrong', 'checksum',
         arguments=('--checksum=server',)),
    case('14', 'digest-legacy-wrong', 'checksum',
         arguments=('--checksum=server',)),
    case('14', 'digest-garbage', WHOLE, arguments=('--checksum=server',)),
    case('14', 'digest-repr-wrong', WHOLE),
]

# Names of the object that the redirecting names lead to.
LEADS_TO = {
    'redirect-301': 'good', 'redirect-303': 'good', 'redirect-307': 'good',
    'redirect-308': 'good-large', 'redirect-chain': 'good',
    'redirect-signed': 'signed',
}

# FAILURES 45 to 48: Content-Disposition, and the name that must come of it;
# None where only safety is asked. The URL's own name is "fallback.bin".
DISPOSITIONS = [
    ('attachment; filename=plain.bin', 'plain.bin'),
    ('attachment; filename="quoted name.bin"', 'quoted name.bin'),
    ('attachment; filename="with \\"quotes\\".bin"', 'with "quotes".bin'),
    ('attachment; filename="trailing.bin";', 'trailing.bin'),
    ('ATTACHMENT;FILENAME="case.bin"', 'case.bin'),
    ('inline; filename="inline.bin"', 'inline.bin'),
    ('filename=bare.bin', None),
    ("attachment; filename*=UTF-8''na%C3%AFve.bin", 'naïve.bin'),
    ("attachment; filename=\"b.bin\"; filename*=UTF-8''star.bin", 'star.bin'),
    ("attachment; filename*=UTF-8''star.bin; filename=\"b.bin\"", 'star.bin'),
    ("attachment; filename*=ISO-8859-1''na%EFve.bin", 'naïve.bin'),
    ("attachment; filename=\"good.bin\"; filename*=UTF-8''bad%ZZ.bin", None),
    ('attachment; filename="raw ütf-8.bin"', 'raw ütf-8.bin'),
    ('attachment; filename="na%C3%AFve.bin"', 'naïve.bin'),
    ('attachment; filename=""', 'fallback.bin'),
    ('attachment; filename', 'fallback.bin'),
    ('attachment', 'fallback.bin'),
    ('', 'fallback.bin'),
    (';;;===;"', 'fallback.bin'),
    ('attachment; filename="../../escape.bin"', 'escape.bin'),
    ('attachment; filename="/etc/cron.d/escape.bin"', 'escape.bin'),
    ('attachment; filename="..\\\\..\\\\escape.bin"', 'escape.bin'),
    ('attachment; filename="C:\\\\dir\\\\escape.bin"', 'escape.bin'),
    ('attachment; filename="..%2F..%2Fescape.bin"', 'escape.bin'),
    ("attachment; filename*=UTF-8''..%2F..%2Fescape.bin", 'escape.bin'),
    ("attachment; filename*=UTF-8''%2Fetc%2Fpasswd", 'passwd'),
    ('attachment; filename=".."', 'fallback.bin'),
    ('attachment; filename="."', 'fallback.bin'),
    ('attachment; filename=".bashrc"', None),
    ('attachment; filename="-rf"', None),
    ('attachment; filename="~root"', None),
    ("attachment; filename*=UTF-8''nul%00cut.bin", None),
    ("attachment; filename*=UTF-8''esc%1B%5B31m.bin", None),
    ("attachment; filename*=UTF-8''csi%C2%9B31m.bin", None),
    ("attachment; filename*=UTF-8''line%0Abreak.bin", None),
    ("attachment; filename*=UTF-8''gpj%E2%80%AEbin.exe", None),
    ("attachment; filename*=UTF-8''%FF%FE.bin", None),
    ('attachment; filename="' + 'x' * 300 + '.tar.gz"', None),
    ("attachment; filename*=UTF-8''" + '%E2%82%AC' * 100 + '.bin', None),
    ('attachment; filename="' + 'y' * 20_000 + '"', None),
    ('attachment; filename="sub/dir/name.bin"', 'name.bin'),
    ('attachment; filename="name.part"', None),
    ('attachment; filename="name.part.haul"', None),
]

# Paths of URLs, and the name each must give.
URL_PATHS = [
    ('/n/plain.bin', 'plain.bin'),
    ('/n/with%20blank.bin', 'with blank.bin'),
    ('/n/query.bin?a=b/../../c.bin', 'query.bin'),
    ('/n/fragment.bin#part', 'fragment.bin'),
    ('/n/%2e%2e%2fescape.bin', 'escape.bin'),
    ('/n/..%2f..%2fescape2.bin', 'escape2.bin'),
    ('/n/%2Fetc%2Fpasswd', 'passwd'),
    ('/n/%2e%2e', None),
    ('/n/', None),
    ('/', None),
    ('/n/%252e%252e%252ftwice.bin', '%2e%2e%2ftwice.bin'),
    ('/n/na%C3%AFve.bin', 'naïve.bin'),
    ('/n/%1b%5b31mred.bin', None),
    ('/n/-rf', None),
    ('/n/%7eroot', None),
    ('/n/.hidden', None),
    ('/n/' + 'l' * 400 + '.fits.gz', None),
]
