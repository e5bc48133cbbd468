# SPDX-License-Identifier: MIT
"""What became of the files."""

from collections import UserList, namedtuple

__all__ = ['Results', 'Error']


class Error(namedtuple('Error', 'filepath_partial url exception')):
    """A file that failed: a name, or the function that names it; the URL as
    it was asked for; the cause. retry() goes by .request, if it is there."""

    request = None

    def __str__(self):
        name = self.filepath_partial
        lines = [name] if isinstance(name, str) else []
        return ',\n'.join([*lines, str(self.url), str(self.exception)])

    def __repr__(self):
        return f'{object.__repr__(self)}\n{self}'


class Results(UserList):
    """The paths of the files that are there, in the order of the queue, with
    .urls beside them and .errors for the others."""

    def __init__(self, initlist=None, errors=None, urls=None):
        super().__init__(initlist)
        if isinstance(initlist, Results):
            errors = initlist.errors if errors is None else errors
            urls = initlist.urls if urls is None else urls
        self._errors = list(errors or ())
        self._urls = list(urls or ())

    @property
    def errors(self):
        """(filepath_partial, url, exception) of each that failed."""
        return self._errors

    @property
    def urls(self):
        """The URL that each path was asked for by."""
        return self._urls

    def add_error(self, filename, url, exception, request=None):
        error = Error(filename, url, exception)
        error.request = request
        self._errors.append(error)

    def append(self, path, url=None):
        super().append(path)
        if url is not None:
            self._urls.append(url)

    def __add__(self, other):
        sum = Results(self)
        sum += other
        return sum

    def __iadd__(self, other):
        """Programs for older parfives add the errors themselves, before:
        none counts twice."""
        if isinstance(other, Results):
            here = {id(error) for error in self._errors}
            self._errors += [error for error in other.errors
                             if id(error) not in here]
            self._urls += other.urls
        return super().__iadd__(other)

    def __str__(self):
        text = super().__repr__()
        if self._errors:
            text += '\nErrors:\n' + '\n'.join(
                f'({error!r})' for error in self._errors)
        return text

    def __repr__(self):
        return f'{object.__repr__(self)}\n{self}'
