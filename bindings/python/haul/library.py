# SPDX-License-Identifier: MIT
"""Finds libhaul and makes sure that it is the one this package was made for.

The file comes from HAUL_LIBRARY in the environment, else from where haul was
installed together with this package, else from where the system looks.
"""

import ctypes
import os

from . import abi

VERSION = '0.1.0'           # of the haul.h that abi.py describes
SONAME = 'libhaul.so.0'


def candidates():
    named = os.environ.get('HAUL_LIBRARY')
    if named:
        return [named]
    try:
        from .installed import LIBDIR
    except ImportError:
        return [SONAME]
    beside = os.path.join(LIBDIR, SONAME)
    return [beside, SONAME] if os.path.exists(beside) else [SONAME]


def load():
    reasons = []
    for name in candidates():
        try:
            return check(ctypes.CDLL(name), name)
        except OSError as error:
            reasons.append(str(error))
    raise ImportError(
        f'haul needs its library, {SONAME}, which cannot be loaded: '
        f'{"; ".join(reasons)}. Install haul (make install, ldconfig), or '
        'set HAUL_LIBRARY to the path of the file')


def check(library, name):
    """Before 1.0 a new minor version may change structures."""
    try:
        library.haul_version.restype = ctypes.c_char_p
        found = library.haul_version().decode()
    except AttributeError:
        raise ImportError(f'{name} is no libhaul: it has no haul_version()')
    if found.split('.')[:2] != VERSION.split('.')[:2]:
        raise ImportError(f'{name} is libhaul {found}, but this Python '
                          f'package is for {VERSION}: install both of one '
                          'version')
    try:
        abi.declare(library)
    except AttributeError as error:
        raise ImportError(f'{name} is libhaul {found}, but lacks what this '
                          f'Python package of {VERSION} calls: {error}')
    return library


libhaul = load()
libc = ctypes.CDLL(None)
libc.strdup.restype = ctypes.c_void_p
libc.strdup.argtypes = (ctypes.c_char_p,)
