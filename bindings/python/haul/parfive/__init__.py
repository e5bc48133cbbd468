# SPDX-License-Identifier: MIT
"""parfive's interface on haul's engine: what differs is told in haul's
doc/from-parfive.md."""

import logging

from .. import __version__
from .config import ClientTimeout, EnvConfig, SessionConfig
from .downloader import Downloader
from .results import Results

__all__ = ['SessionConfig', 'Downloader', 'Results', 'ClientTimeout',
           'EnvConfig', 'log', '__version__']

log = logging.getLogger('haul.parfive')
