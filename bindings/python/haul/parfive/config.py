# SPDX-License-Identifier: MIT
"""parfive's settings, and the environment variables that change them."""

import dataclasses
import os
import platform
import typing
import warnings

from ..library import VERSION
from .utils import ParfiveUserWarning

__all__ = ['ClientTimeout', 'DownloaderConfig', 'EnvConfig', 'SessionConfig']


@dataclasses.dataclass(frozen=True)
class ClientTimeout:
    """Seconds, as in aiohttp's class of that name, which is taken as well;
    None or 0 is no limit. haul counts `total` for a file with all its tries,
    and takes `sock_connect`, else `connect`, for each connection."""

    total: typing.Optional[float] = None
    connect: typing.Optional[float] = None
    sock_read: typing.Optional[float] = None
    sock_connect: typing.Optional[float] = None


def is_set(name):
    """As the command reads its own and parfive's: a word is yes, but these
    are no."""
    value = os.environ.get(name, '')
    return value.lower() not in ('', '0', 'no', 'false', 'off')


@dataclasses.dataclass
class EnvConfig:
    """What the environment says."""

    serial_mode: bool = dataclasses.field(default=False, init=False)
    disable_range: bool = dataclasses.field(default=False, init=False)
    hide_progress: bool = dataclasses.field(default=False, init=False)
    debug_logging: bool = dataclasses.field(default=False, init=False)
    timeout_total: float = dataclasses.field(default=0, init=False)
    timeout_sock_read: float = dataclasses.field(default=90, init=False)
    override_use_aiofiles: bool = dataclasses.field(default=False, init=False)

    def __post_init__(self):
        self.serial_mode = is_set('PARFIVE_SINGLE_DOWNLOAD')
        self.disable_range = is_set('PARFIVE_DISABLE_RANGE')
        # parfive's manual has the second spelling.
        self.hide_progress = is_set('PARFIVE_HIDE_PROGRESS') or \
            is_set('PARFIVE_HIDE_PROGESS')
        self.debug_logging = is_set('PARFIVE_DEBUG')
        self.timeout_total = float(
            os.environ.get('PARFIVE_TOTAL_TIMEOUT') or 0)
        self.timeout_sock_read = float(
            os.environ.get('PARFIVE_SOCK_READ_TIMEOUT') or 90)
        self.override_use_aiofiles = is_set(
            'PARFIVE_OVERWRITE_ENABLE_AIOFILES')


def default_headers():
    return {'User-Agent':
            f'haul/{VERSION} python/{platform.python_version()}'}


@dataclasses.dataclass
class SessionConfig:
    """Settings of a Downloader.

    http_proxy, https_proxy    URLs of proxies, by the scheme of what is
                               fetched; else HTTP_PROXY and HTTPS_PROXY
    headers                    sent with each request
    chunksize                  taken, and without effect
    file_progress              show the files that run, not only their number
    notebook                   whether tqdm shall draw for a notebook
    log_level                  log to stderr, this and above
    use_aiofiles               without effect: a warning if it is set
    timeouts                   a ClientTimeout
    aiohttp_session_generator  impossible here: an error if it is set
    done_callbacks             functions called once for each file that ends:
                               f(path or None, url, exception or None)
    haul_options               what parfive does not have: options of haul by
                               their names, such as {'retries': 2}
    env                        what the environment says
    """

    http_proxy: typing.Optional[str] = None
    https_proxy: typing.Optional[str] = None
    headers: typing.Optional[typing.Dict[str, str]] = dataclasses.field(
        default_factory=default_headers)
    chunksize: float = 1024
    file_progress: bool = True
    notebook: typing.Optional[bool] = None
    log_level: typing.Optional[str] = None
    use_aiofiles: typing.Optional[bool] = False
    timeouts: typing.Any = None
    aiohttp_session_generator: typing.Optional[typing.Callable] = None
    done_callbacks: typing.Sequence[typing.Callable] = ()
    haul_options: typing.Dict[str, typing.Any] = dataclasses.field(
        default_factory=dict)
    env: EnvConfig = dataclasses.field(default_factory=EnvConfig)

    def __post_init__(self):
        if self.aiohttp_session_generator is not None:
            raise NotImplementedError(
                'aiohttp_session_generator: haul does not use aiohttp. Say '
                'what the session was for by headers, http_proxy, timeouts, '
                'the arguments of enqueue_file(), or haul_options')
        if self.use_aiofiles or self.env.override_use_aiofiles:
            warnings.warn('use_aiofiles has no effect: haul always writes in '
                          'a thread of its own', ParfiveUserWarning,
                          stacklevel=3)
            self.use_aiofiles = False
        if self.notebook not in (None, True, False):
            raise ValueError('notebook must be None, True or False')
        if self.timeouts is None:
            self.timeouts = ClientTimeout(
                total=self.env.timeout_total,
                sock_read=self.env.timeout_sock_read)
        self.http_proxy = self.http_proxy or os.environ.get('HTTP_PROXY')
        self.https_proxy = self.https_proxy or os.environ.get('HTTPS_PROXY')
        if self.env.debug_logging:
            self.log_level = 'DEBUG'


@dataclasses.dataclass
class DownloaderConfig:
    """What a Downloader goes by; fields of its SessionConfig are seen as its
    own. May be changed until the download begins."""

    max_conn: int = 5
    max_splits: int = 5
    progress: bool = True
    overwrite: typing.Union[bool, str] = False
    config: typing.Optional[SessionConfig] = None
    env: EnvConfig = dataclasses.field(default_factory=EnvConfig)

    def __post_init__(self):
        if self.config is None:
            self.config = SessionConfig()
        if self.max_splits is None:
            self.max_splits = 5
        if self.env.serial_mode:
            self.max_conn = 1
        if self.env.serial_mode or self.env.disable_range:
            self.max_splits = 1
        if self.env.hide_progress:
            self.progress = False
        self.file_progress = bool(self.progress and
                                  self.config.file_progress)

    def __getattr__(self, name):
        if name == 'config':        # not there yet, as in copy.copy()
            raise AttributeError(name)
        return getattr(self.config, name)
