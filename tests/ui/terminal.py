# SPDX-License-Identifier: MIT
"""A terminal in memory: what a program writes to its pty, as cells.

pyte emulates; here it learns what ncurses uses of an xterm and pyte lacks
(repeat, scroll), and the modes that must be given back at the end are kept.
"""

import pyte
import pyte.modes
from wcwidth import wcwidth

pyte.Stream.csi.update({"b": "repeat", "S": "scroll_up", "T": "scroll_down"})
pyte.ByteStream.csi.update({"b": "repeat", "S": "scroll_up",
                            "T": "scroll_down"})

ALTERNATE = 1049
MOUSE = {1000, 1002, 1003, 1006}
PASTE = 2004


class Screen(pyte.Screen):
    """Cells, and which private modes are on."""

    def __init__(self, columns, rows):
        self.private = set()
        self.last_drawn = " "
        self.scrolled = 0       # by writing past the last line's end
        super().__init__(columns, rows)

    def draw(self, data):
        if data:
            self.last_drawn = data[-1]
        super().draw(data)

    def index(self):
        top, bottom = self.margins or (0, self.lines - 1)
        if ALTERNATE in self.private and self.cursor.y == self.lines - 1:
            self.scrolled += 1
        super().index()

    def repeat(self, count=1, **_):
        super().draw(self.last_drawn * (count or 1))

    def scroll_up(self, count=1, **_):
        top, bottom = self.margins or (0, self.lines - 1)
        row, column = self.cursor.y, self.cursor.x
        for _ in range(count or 1):
            self.cursor.y = bottom
            self.index()
        self.cursor.y, self.cursor.x = row, column

    def scroll_down(self, count=1, **_):
        top, bottom = self.margins or (0, self.lines - 1)
        row, column = self.cursor.y, self.cursor.x
        for _ in range(count or 1):
            self.cursor.y = top
            self.reverse_index()
        self.cursor.y, self.cursor.x = row, column

    def set_mode(self, *modes, **flags):
        if flags.get("private"):
            if ALTERNATE in modes and ALTERNATE not in self.private:
                self.normal = self.rows()
                self.erase_in_display(2)
            self.private.update(modes)
        super().set_mode(*modes, **flags)

    def reset_mode(self, *modes, **flags):
        if flags.get("private"):
            if ALTERNATE in modes and ALTERNATE in self.private:
                self.erase_in_display(2)
            self.private.difference_update(modes)
        super().reset_mode(*modes, **flags)

    def report_device_attributes(self, *_, **__):
        """Nobody answers: what is not answered must not be waited for."""

    report_device_status = report_device_attributes

    # -- looking

    def cells(self, row):
        return [self.buffer[row][column] for column in range(self.columns)]

    def row(self, row):
        return "".join(cell.data for cell in self.cells(row))

    def rows(self):
        return [self.row(row) for row in range(self.lines)]

    def text(self):
        return "\n".join(self.rows())

    def find(self, words, start=0):
        """(row, column) of words on the screen, or None."""
        for row in range(start, self.lines):
            at = self.row(row).find(words)
            if at >= 0:
                return row, width(self.row(row)[:at])
        return None

    def row_of(self, words):
        found = self.find(words)
        assert found, f"{words!r} is not on the screen:\n{self.text()}"
        return found[0]


def width(text):
    return sum(max(wcwidth(character), 0) for character in text)


def paint(cell):
    """What a cell looks like, in a few words; '' as the terminal has it."""
    words = [cell.fg if cell.fg != "default" else "",
             "on " + cell.bg if cell.bg != "default" else ""]
    words += [word for word in ("bold", "underscore", "reverse", "italics",
                                "strikethrough", "blink")
              if getattr(cell, word, False)]
    return " ".join(word for word in words if word)


def dump_text(screen):
    """Rows between bars, so that blanks at their ends are seen."""
    return "".join(f"|{row}|\n" for row in screen.rows())


LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def dump_paint(screen):
    """A letter for each look, '.' for the terminal's own, and their list."""
    looks, lines = {}, []
    for row in range(screen.lines):
        line = ""
        for cell in screen.cells(row):
            look = paint(cell)
            if not look or cell.data == " " and not (
                    cell.reverse or cell.underscore or cell.bg != "default"):
                line += "."
            else:
                line += looks.setdefault(look, LETTERS[len(looks)])
        lines.append(f"|{line}|\n")
    lines += [f"{letter} {look}\n" for look, letter in looks.items()]
    return "".join(lines)
