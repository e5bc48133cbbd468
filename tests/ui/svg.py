# SPDX-License-Identifier: MIT
"""A terminal's screen as SVG, dark or light.

Blocks are drawn as rectangles that fill their cells to the edge, so that bars
and graphs have no seams, whatever font the viewer has; letters are placed cell
by cell, so that columns stay columns.
"""

import html

CELL_W, CELL_H, FONT = 9, 19, 15
PAD, BAR = 14, 30               # around the cells; the window's title bar

SCHEMES = {
    "dark": {
        "fg": "#d8dee9", "bg": "#14171c", "frame": "#1f242c",
        "title": "#8b95a5",
        "colours": ("#3b4252", "#f2777a", "#8fd18a", "#e6c07b", "#6cb6ff",
                    "#d59bf6", "#5fd0d8", "#c8d0dc"),
        "bright": ("#5c6370", "#ff8f92", "#a8e6a3", "#f2d08b", "#8cc8ff",
                   "#e3b5ff", "#7fe3ea", "#ffffff"),
    },
    "light": {
        "fg": "#24292f", "bg": "#fbfbfa", "frame": "#e8e9eb",
        "title": "#6e7781",
        "colours": ("#24292f", "#c4232d", "#1a7f37", "#9a6700", "#0a5fc2",
                    "#8335c9", "#10788a", "#6e7781"),
        "bright": ("#57606a", "#a40e26", "#116329", "#7d4e00", "#0a4fae",
                   "#6a24ad", "#0b6474", "#3b434b"),
    },
}
# Glyphs that fonts draw in very different ways, or as emoji: paths in a box of
# 8 by 8 around the cell's middle; f is filled, s is stroked.
SHAPES = {
    "▶": ("f", "M1.2 .6L7.4 4L1.2 7.4z"),
    "◆": ("f", "M4 .2L7.6 4L4 7.8L.4 4z"),
    "○": ("s", "M7 4A3 3 0 1 1 1 4A3 3 0 1 1 7 4z"),
    "◌": ("d", "M7 4A3 3 0 1 1 1 4A3 3 0 1 1 7 4z"),
    "‖": ("s", "M2.4 .8V7.2M5.6 .8V7.2"),
    "✓": ("s", "M.8 4.4L3.1 6.8L7.2 1.2"),
    "✗": ("s", "M1 1L7 7M7 1L1 7"),
    "↻": ("s", "M6.6 2.6A3.1 3.1 0 1 0 7.1 4.6M6.9 .4V2.9H4.4"),
    "−": ("s", "M1 4H7"),
    "⋯": ("f", "M.4 3.4h1.3v1.3H.4zM3.4 3.4h1.3v1.3H3.4z"
               "M6.4 3.4h1.3v1.3H6.4z"),
}
NAMES = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")


class Painter:
    def __init__(self, screen, scheme, title):
        self.screen, self.title = screen, title
        self.scheme = SCHEMES[scheme]
        self.parts = []

    def colour(self, name, fallback, bold=False):
        if name == "default":
            return self.scheme[fallback]
        if name in NAMES:
            return self.scheme["colours"][NAMES.index(name)]
        if name.startswith("bright") and name[6:] in NAMES:
            return self.scheme["bright"][NAMES.index(name[6:])]
        return "#" + name

    def colours(self, cell):
        fg = self.colour(cell.fg, "fg", cell.bold)
        bg = self.colour(cell.bg, "bg")
        return (bg, fg) if cell.reverse else (fg, bg)

    def rect(self, x, y, w, h, fill, opacity=1.0):
        more = f' fill-opacity="{opacity}"' if opacity < 1 else ""
        self.parts.append(f'<rect x="{x:g}" y="{y:g}" width="{w:g}" '
                          f'height="{h:g}" fill="{fill}"{more}/>')

    def block(self, character, x, y, w, fill):
        """Draws a block element; false if it is none."""
        code = ord(character)
        if 0x2581 <= code <= 0x2588:            # from the bottom
            height = CELL_H * (code - 0x2580) / 8
            self.rect(x, y + CELL_H - height, w, height, fill)
        elif 0x2589 <= code <= 0x258F:          # from the left
            self.rect(x, y, w * (0x2590 - code) / 8, CELL_H, fill)
        elif 0x2591 <= code <= 0x2593:
            self.rect(x, y, w, CELL_H, fill, (code - 0x2590) * 0.25)
        elif character in "─│┌┐└┘├┤":
            self.line(character, x, y, w, fill)
        elif character in SHAPES:
            self.shape(character, x, y, fill)
        elif character == "·":
            self.rect(x + w / 2 - 0.9, y + CELL_H / 2 - 0.9, 1.8, 1.8, fill,
                      0.8)
        else:
            return False
        return True

    def line(self, character, x, y, w, fill):
        middle_x, middle_y, thick = x + w / 2, y + CELL_H / 2, 1.2
        if character not in "│":
            left = x if character in "─┐┘┤" else middle_x
            right = x + w if character in "─┌└├" else middle_x
            self.rect(left, middle_y - thick / 2, right - left, thick, fill)
        if character not in "─":
            top = y if character in "│└┘├┤" else middle_y
            end = y + CELL_H if character in "│┌┐├┤" else middle_y
            self.rect(middle_x - thick / 2, top, thick, end - top, fill)

    def shape(self, character, x, y, fill):
        kind, path = SHAPES[character]
        look = f'fill="{fill}"' if kind == "f" else \
            f'fill="none" stroke="{fill}" stroke-width="1.25"'
        if kind == "d":
            look += ' stroke-dasharray="1.2 1.16"'
        self.parts.append(
            f'<path transform="translate({x + CELL_W / 2 - 4:.1f} '
            f'{y + CELL_H / 2 - 4:.1f})" d="{path}" {look}/>')

    def backgrounds(self, row, cells):
        y = PAD + BAR + row * CELL_H
        start = 0
        while start < len(cells):
            end, bg = start, self.colours(cells[start])[1]
            while end < len(cells) and self.colours(cells[end])[1] == bg:
                end += 1
            if bg != self.scheme["bg"]:
                self.rect(PAD + start * CELL_W, y, (end - start) * CELL_W,
                          CELL_H, bg)
            start = end

    def blocks_of(self, row, cells):
        """Equal neighbours as one rectangle: no seams, and smaller."""
        y = PAD + BAR + row * CELL_H
        start = 0
        while start < len(cells):
            cell = cells[start]
            end = start + 1
            whole = cell.data in ("█", "─") and cell.data
            while whole and end < len(cells) and \
                    cells[end].data == whole and \
                    self.colours(cells[end]) == self.colours(cell):
                end += 1
            if cell.data and cell.data != " ":
                self.block(cell.data[0], PAD + start * CELL_W, y,
                           (end - start) * CELL_W, self.colours(cell)[0])
            start = end

    def is_text(self, cell):
        character = cell.data[:1]
        return character not in ("", " ") and not (
            0x2580 <= ord(character) <= 0x2593 or character in "─│┌┐└┘├┤·" or
            character in SHAPES)

    def texts(self, row, cells):
        y = PAD + BAR + row * CELL_H
        column = 0
        while column < len(cells):
            cell = cells[column]
            if not self.is_text(cell):
                column += 1
                continue
            look = self.look(cell)
            end, places = column, []
            while end < len(cells) and self.is_text(cells[end]) and \
                    self.look(cells[end]) == look:
                places.append(f"{PAD + end * CELL_W:g}")
                end += 1
                while end < len(cells) and cells[end].data == "":
                    end += 1            # the right half of a wide one
            text = "".join(c.data for c in cells[column:end])
            if len(text) != len(places):        # with combining marks
                places = places[:1]
            self.parts.append(
                f'<text x="{" ".join(places)}" y="{y + 14.3:g}"{look}>'
                f"{html.escape(text)}</text>")
            column = max(end, column + 1)

    def look(self, cell):
        look = f' fill="{self.colours(cell)[0]}"'
        if cell.bold:
            look += ' font-weight="bold"'
        if cell.underscore:
            look += ' text-decoration="underline"'
        return look

    def paint(self):
        screen = self.screen
        width = screen.columns * CELL_W + 2 * PAD
        height = screen.lines * CELL_H + 2 * PAD + BAR
        scheme = self.scheme
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" '
            f'height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}" '
            "font-family=\"'DejaVu Sans Mono','Noto Sans Mono',Menlo,"
            "Consolas,'Noto Sans Mono CJK JP',monospace\" "
            f'font-size="{FONT}" xml:space="preserve" '
            'shape-rendering="geometricPrecision">',
            # Cells that meet show no seam, at whatever size.
            "<style>rect{shape-rendering:crispEdges}</style>",
            f'<rect width="100%" height="100%" rx="9" '
            f'fill="{scheme["bg"]}"/>',
            f'<path d="M0 {BAR}V9a9 9 0 0 1 9-9H{width - 9:.0f}a9 9 0 0 1 9 '
            f'9V{BAR}z" fill="{scheme["frame"]}"/>',
            f'<text x="{width / 2:.0f}" y="{BAR / 2 + 4.5}" '
            f'text-anchor="middle" font-size="12" '
            f'fill="{scheme["title"]}">{html.escape(self.title)}</text>']
        for at, colour in enumerate(("#ff5f57", "#febc2e", "#28c840")):
            self.parts.append(f'<circle cx="{18 + 18 * at}" cy="{BAR / 2}" '
                              f'r="5.5" fill="{colour}"/>')
        for row in range(screen.lines):
            cells = screen.cells(row)
            self.backgrounds(row, cells)
            self.blocks_of(row, cells)
            self.texts(row, cells)
        return "\n".join(self.parts) + "\n</svg>\n"


def draw(screen, scheme="dark", title="haul"):
    return Painter(screen, scheme, title).paint()
