# SPDX-License-Identifier: MIT
"""What goes wrong, as exceptions.

Each is also what Python itself calls such a thing (ValueError, TimeoutError,
ConnectionError, OSError), so that programs need not know haul to catch it.
"""

import asyncio
import http.client
import os

from .abi import Cause, Complaint, Result
from .library import libhaul


class HaulError(Exception):
    """All of haul's."""


class UsageError(HaulError, ValueError):
    """An argument that cannot be right."""

    def __init__(self, message, complaint=Complaint.NONE, option='',
                 value=''):
        super().__init__(message)
        self.complaint, self.option, self.value = complaint, option, value


SENTENCES = {
    Complaint.UNKNOWN_OPTION: 'there is no option {option!r}',
    Complaint.NOT_A_NUMBER: '{option}: {value!r} is not a number',
    Complaint.OUT_OF_RANGE: '{option}: {value!r} is not between {min} and '
                            '{max}',
    Complaint.NOT_A_CHOICE: '{option}: {value!r} is none of {expected}',
    Complaint.NOT_A_SWITCH: '{option}: {value!r} is neither yes nor no',
    Complaint.BAD_HEADER: 'header: {value!r} is not "Name: value" on one '
                          'line',
    Complaint.BAD_CHECKSUM: 'checksum: {value!r} is not "algorithm=hex"',
    Complaint.UNKNOWN_DIGEST: 'checksum: there is no algorithm for '
                              '{value!r}',
    Complaint.CHECKSUM_LENGTH: 'checksum: {value!r} does not have {expected} '
                               'hexadecimal digits',
    Complaint.BAD_URL: 'URL {value!r} cannot be read',
    Complaint.BAD_SCHEME: 'URL {value!r} does not start with http, https, '
                          'ftp, ftps or sftp',
    Complaint.BAD_NAME: 'name {value!r} leaves its directory',
    Complaint.WRONG_SCOPE: '{option} is not an option of a single file',
    Complaint.EMPTY: '{option} needs a value',
    Complaint.CONFLICT: 'checksum: {value!r} and {expected!r} are two of one '
                        'algorithm',
}


def check(result, error=None):
    """Raises what a call of the library complains of."""
    if result == Result.OK:
        return
    if error is not None and result == Result.EIO:
        raise HaulError(os.strerror(error.sys_errno))
    if error is None or result != Result.EUSAGE:
        raise HaulError(f'libhaul says {Result(result).name}')
    texts = {name: getattr(error, name).decode('utf-8', 'replace')
             for name in ('option', 'value', 'expected')}
    complaint = Complaint(error.complaint)
    sentence = SENTENCES.get(complaint, '{option}: {value!r} is not right')
    raise UsageError(sentence.format(min=error.min, max=error.max, **texts),
                     complaint, texts['option'], texts['value'])


def rebuild(kind, state, number):
    """For copies, and for other processes: there is no item there."""
    error = kind.__new__(kind)
    error.__dict__.update(state)
    if number is not None:
        error.errno = number
    return error


class DownloadError(HaulError):
    """A file that was not fetched: .cause, .url, .status (HTTP's, or 0),
    .message (the system's words), .attempts."""

    def __init__(self, item):
        self.cause, self.url = Cause(item.cause), item.url
        self.status, self.message = item.http_status, item.message or ''
        self.attempts, self.can_retry = item.attempts, bool(
            libhaul.haul_cause_can_retry(item.cause, item.http_status))
        super().__init__(self.sentence())

    def __reduce__(self):
        return rebuild, (type(self), dict(self.__dict__),
                         getattr(self, 'errno', None))

    def sentence(self):
        name = libhaul.haul_cause_name(self.cause).decode()
        return f'{name}: {self.message}' if self.message else name

    def __str__(self):
        return self.sentence()

    def __repr__(self):
        return f'{type(self).__name__}({self.sentence()!r})'


class ConnectionFailed(DownloadError, ConnectionError):
    """No address, no connection, or none that can be trusted."""


# One and the same since Python 3.11.
TIMEOUTS = tuple(dict.fromkeys((TimeoutError, asyncio.TimeoutError)))


class TimedOut(DownloadError, *TIMEOUTS):
    """A limit of time passed."""


class HTTPError(DownloadError):
    """An answer that is no success. It has .status, .reason and .url, as the
    aiohttp response that parfive has in its place."""

    @property
    def reason(self):
        return http.client.responses.get(self.status, '')

    def sentence(self):
        if not self.status:         # of FTP
            return super().sentence()
        return f'{self.url} [{self.status} {self.reason}]'


class ChecksumError(DownloadError):
    """The bytes are not those of the checksum."""


class DiskError(DownloadError, OSError):
    """The file cannot be written; .errno may tell why."""

    def __init__(self, item):
        super().__init__(item)
        self.errno = item.sys_errno or None


KINDS = {
    Cause.DNS: ConnectionFailed, Cause.CONNECT: ConnectionFailed,
    Cause.TLS: ConnectionFailed, Cause.TIMEOUT: TimedOut,
    Cause.STALL: TimedOut, Cause.HTTP: HTTPError,
    Cause.CHECKSUM: ChecksumError, Cause.DISK_FULL: DiskError,
    Cause.DISK_PERM: DiskError, Cause.WRITE: DiskError,
}


def of_item(item):
    """The exception for a failed item."""
    return KINDS.get(item.cause, DownloadError)(item)
