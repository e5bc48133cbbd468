# SPDX-License-Identifier: MIT
"""One file of the queue: what was asked for, checked as far as can be."""

import os
import pathlib

from ..session import Options
from . import options as parfive_options
from .utils import Response, Target, printable


class Request:
    """.target names the path if .namer, the caller's own function, does
    not."""

    def __init__(self, url, path=None, filename=None, overwrite=None,
                 checksum=None, headers=None, max_splits=None, params=None,
                 proxy=None, proxy_auth=None, timeout=None, **arguments):
        self.url = str(url)
        self.scheme = parfive_options.scheme(self.url)
        self.asked = printable(parfive_options.with_params(self.url, params)
                               if params else self.url)
        self.namer = None
        self.set_target(path, filename)
        self.overwrite = overwrite
        if overwrite is not None:
            parfive_options.overwrite_option(overwrite)
        self.headers, self.own = headers or {}, {}
        self.proxy, self.proxy_auth = proxy, proxy_auth
        if checksum not in (None, False):
            self.own['checksum'] = parfive_options.checksum_option(checksum)
        if max_splits is not None:
            self.own['max-splits'] = max(1, int(max_splits))
        self.own.update(parfive_options.timeout_options(timeout))
        if not self.is_http() and 'port' in arguments:
            self.asked = parfive_options.with_port(self.asked,
                                                   arguments.pop('port'))
        take = parfive_options.http_options if self.is_http() else \
            parfive_options.ftp_options
        self.own.update(take(arguments))
        self.cookies = self.own.pop('cookies', {})
        parfive_options.refuse_rest(arguments)
        Options({**self.own, 'header': self.header_lines({})})

    def is_http(self):
        return self.scheme in ('http', 'https')

    def set_target(self, path, filename):
        if path is None and filename is None:
            raise ValueError('enqueue_file() needs a path or a filename')
        if isinstance(filename, Target):        # of an earlier result
            self.target = filename
        elif callable(filename):
            self.namer, self.target = filename, None
        else:
            self.target = Target(pathlib.Path(path or './'),
                                 filename or None)

    @property
    def filepath_partial(self):
        return self.namer or self.target

    def header_lines(self, common):
        return parfive_options.header_lines(common, self.headers,
                                            self.cookies)

    def place(self):
        """Its directory, and its name if that is known."""
        if self.namer is not None:
            return '/', None
        if self.target.name is None:
            return str(self.target.path), None
        path = self.target.path / self.target.name
        return str(path.parent), path.name

    def options(self, config):
        """By their names in haul; what holds for all comes from config."""
        overwrite = config.overwrite if self.overwrite is None else \
            self.overwrite
        values = {
            'overwrite': parfive_options.overwrite_option(overwrite),
            'max-splits': max(1, config.max_splits),
            'disable-range': config.env.disable_range,
            'header': self.header_lines(config.headers),
            **self.own,
        }
        proxy = self.proxy or {'http': config.http_proxy,
                               'https': config.https_proxy}.get(self.scheme)
        if proxy:
            values['proxy'] = parfive_options.with_login(
                proxy, self.proxy_auth) if self.proxy_auth else str(proxy)
        return values

    def call_namer(self, answer):
        """What the caller's function says, below the root, for libhaul."""
        response = Response(answer) if self.is_http() else None
        self.named = pathlib.Path(self.namer(response, self.url))
        return os.path.abspath(self.named).lstrip('/')

    def result_path(self, path):
        """The path as parfive tells it: in the caller's own spelling."""
        if self.namer is None:
            return str(pathlib.Path(path))
        # It may have a number now.
        return str(self.named.parent / os.path.basename(path))
