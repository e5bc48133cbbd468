# SPDX-License-Identifier: MIT
"""haul for Python: many files, in parallel, each in parallel parts, whole or
not at all.

    from haul.parfive import Downloader     # the interface of parfive
    from haul import Session                # the engine itself

Nothing is compiled: ctypes loads libhaul.so. HAUL_LIBRARY in the environment
names another file than the one that the system finds.
"""

from .abi import Cause, EventKind, Note, State
from .errors import (ChecksumError, ConnectionFailed, DiskError,
                     DownloadError, HaulError, HTTPError, TimedOut,
                     UsageError)
from .library import VERSION as __version__
from .session import Options, Session

__all__ = ['Session', 'Options', 'Cause', 'EventKind', 'Note', 'State',
           'HaulError', 'UsageError', 'DownloadError', 'ConnectionFailed',
           'TimedOut', 'HTTPError', 'ChecksumError', 'DiskError',
           '__version__']
