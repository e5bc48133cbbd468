# SPDX-License-Identifier: MIT
"""How the programs under test were built."""
import pathlib


def sanitizers(program):
    """Those in it, of asan and tsan."""
    code = pathlib.Path(program).read_bytes()
    return {name for name in ('asan', 'tsan')
            if f'__{name}_init'.encode() in code}
