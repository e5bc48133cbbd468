# SPDX-License-Identifier: MIT
"""Warnings, and how a file is named when nobody says how."""

import email.message
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


class Response:
    """What a naming function gets to see of an answer: .url (after
    redirects), .status, .headers (Content-Type, Content-Disposition and
    Content-Length, if known), .content_length, .content_type."""

    def __init__(self, answer):
        self.url = os.fsdecode(answer.final_url or answer.url)
        self.status = answer.http_status
        self.content_length = None
        self.headers = email.message.Message()
        if answer.size_bytes >= 0:
            self.content_length = answer.size_bytes
            self.headers['Content-Length'] = str(answer.size_bytes)
        for name in ('content_type', 'content_disposition'):
            value = getattr(answer, name)
            if value:
                self.headers[name.replace('_', '-').title()] = \
                    value.decode('utf-8', 'surrogateescape')
        self.content_type = self.headers.get_content_type()
        self.suggested_name = os.fsdecode(answer.suggested_name)

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
