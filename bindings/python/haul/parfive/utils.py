# SPDX-License-Identifier: MIT
"""Warnings, and how a file is named when nobody says how."""

import collections
import email.message
import http.client
import os
import pathlib
import urllib.parse

__all__ = ['ParfiveUserWarning', 'ParfiveFutureWarning', 'FailedDownload',
           'Response', 'default_name']


class ParfiveUserWarning(UserWarning):
    """Something was asked for that has no effect here."""


class ParfiveFutureWarning(FutureWarning):
    """For programs that filter it; haul has nothing to warn of."""


class FailedDownload(Exception):
    """For programs that name it; here .errors has the cause itself."""

    def __init__(self, filepath_partial, url, exception):
        self.filepath_partial, self.url = filepath_partial, url
        self.exception = exception
        super().__init__(f'{url}: {exception}')


class URL(str):
    """A URL's text, with the parts that yarl's URL, which aiohttp has in its
    place, is asked for."""

    def __new__(cls, url):
        self = super().__new__(cls, url)
        parts = urllib.parse.urlsplit(url)
        self.scheme, self.host, self.port = \
            parts.scheme, parts.hostname, parts.port
        self.raw_path, self.path = parts.path, \
            urllib.parse.unquote(parts.path)
        self.name = self.path.rsplit('/', 1)[-1]
        self.query_string = urllib.parse.unquote(parts.query)
        self.query = dict(urllib.parse.parse_qsl(parts.query, True))
        return self


class Headers(email.message.Message):
    """Names in any case; what is not there is a KeyError."""

    def __getitem__(self, name):
        if name not in self:
            raise KeyError(name)
        return super().__getitem__(name)


ContentDisposition = collections.namedtuple(
    'ContentDisposition', 'type parameters filename')
SEEN_HEADERS = {
    'Content-Type': 'content_type', 'ETag': 'etag',
    'Content-Disposition': 'content_disposition',
    'Last-Modified': 'last_modified'}


class Response:
    """What a naming function gets to see of an answer, by the names that
    aiohttp's has: .url (after redirects), .status, .headers (Content-Type,
    Content-Disposition, Content-Length, ETag and Last-Modified, if known),
    and what follows from these."""

    ok, method = True, 'GET'        # else no function is asked

    def __init__(self, answer):
        self.url = URL(os.fsdecode(answer.final_url or answer.url))
        self.real_url, self.host = self.url, self.url.host
        self.status = answer.http_status
        self.reason = http.client.responses.get(self.status, '')
        self.content_length = None
        self.headers = Headers()
        if answer.size_bytes >= 0:
            self.content_length = answer.size_bytes
            self.headers['Content-Length'] = str(answer.size_bytes)
        for name, field in SEEN_HEADERS.items():
            value = getattr(answer, field)
            if value:
                self.headers[name] = value.decode('utf-8', 'surrogateescape')
        self.content_type = self.headers.get_content_type() \
            if 'Content-Type' in self.headers else 'application/octet-stream'
        self.charset = self.headers.get_content_charset()
        self.suggested_name = os.fsdecode(answer.suggested_name)

    @property
    def content_disposition(self):
        """Type, parameters and file name; None if it was not sent."""
        header = 'content-disposition'
        if header not in self.headers:
            return None
        (kind, _), *pairs = self.headers.get_params(header=header)
        return ContentDisposition(kind.lower(), dict(pairs),
                                  self.headers.get_filename())

    def __repr__(self):
        return f'<Response({self.url}) [{self.status}]>'


def default_name(path, resp, url):
    """The name that haul takes by itself: the server's, else the URL's."""
    name = getattr(resp, 'suggested_name', None)
    if name is None:
        found = resp and resp.headers.get_filename()
        name = found or urllib.parse.urlsplit(url).path.rsplit('/', 1)[-1]
    return pathlib.Path(path) / pathlib.PurePosixPath(name).name


class Target:
    """Where a file is to go: what .errors has as filepath_partial when the
    caller gave no function. As a function it names the path."""

    def __init__(self, path, name=None):
        self.path, self.name = path, name

    def __call__(self, resp, url):
        if self.name is not None:
            return self.path / self.name
        return default_name(self.path, resp, url)

    def __repr__(self):
        return repr(str(self.path / (self.name or '')))


def printable(url):
    """A URL without blanks and other characters than ASCII's, as browsers
    send it; what is quoted already stays."""
    if url.isascii() and url.isprintable() and ' ' not in url:
        return url
    parts = urllib.parse.urlsplit(url)
    quoted = [urllib.parse.quote(part, safe="%!$&'()*+,/:;=@[]~?")
              for part in (parts.path, parts.query, parts.fragment)]
    host = parts.netloc
    if not host.isascii():
        user, at, name = host.rpartition('@')
        host = user + at + name.encode('idna').decode()
    return urllib.parse.urlunsplit((parts.scheme, host, *quoted))
