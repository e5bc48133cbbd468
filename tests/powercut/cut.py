# SPDX-License-Identifier: MIT
"""What a power cut leaves of a directory, by the log that shim.c wrote.

A file system owes what was synced, and nothing more: data of a file by
fsync or fdatasync of it, names by fsync of the directory, both by syncfs.
Of the rest any part may have reached the disk, in any order: Directory.cut()
rolls the dice for each operation and each page.
"""

import os

PAGE = 4096


class File:
    def __init__(self, data=b''):
        self.base = bytes(data)         # on the disk for certain
        self.pending = []               # (offset, bytes) or (length, None)
        self.count = 0                  # of operations, synced ones too

    def add(self, offset, data):
        self.pending.append((offset, data))
        self.count += 1

    def synced(self, count):
        """The first count operations are on the disk."""
        done = len(self.pending) - (self.count - count)
        if done > 0:
            self.base = self.apply(self.pending[:done])
            del self.pending[:done]

    def apply(self, operations):
        data = bytearray(self.base)
        for offset, more in operations:
            if more is None:
                del data[offset:]
                data.extend(bytes(offset - len(data)))
                continue
            if len(data) < offset + len(more):
                data.extend(bytes(offset + len(more) - len(data)))
            data[offset:offset + len(more)] = more
        return bytes(data)

    def cut(self, dice):
        whole = self.apply(self.pending)
        mood = dice.choice(('lost', 'some', 'some', 'kept'))
        if mood == 'kept' or not self.pending:
            return whole
        if mood == 'lost':
            # The length may be there before the data is.
            size = dice.choice((len(self.base), len(whole)))
            return (self.base + bytes(max(0, size - len(self.base))))
        kept = []
        for offset, more in self.pending:
            if more is None:
                if dice.random() < .5:
                    kept.append((offset, None))
                continue
            for at in range(0, len(more), PAGE):
                if dice.random() < .5:
                    kept.append((offset + at, more[at:at + PAGE]))
        return self.apply(kept)


class Directory:
    """The model: begins with what is there now, all of it on the disk."""

    def __init__(self, path):
        self.path = path
        self.by_inode, self.names = {}, {}
        for entry in os.scandir(path):
            with open(entry.path, 'rb') as file:
                known = File(file.read())
            self.by_inode[entry.inode()] = known
            self.names[entry.name] = known
        self.pending, self.count = [], 0
        self.syncs = {}

    # -- reading the log

    def read(self, log):
        with open(log, 'rb') as text:
            for line in iter(text.readline, b''):
                if not line.endswith(b'\n'):
                    break               # killed while writing it down
                words = line.decode().split()
                kind = words.pop(0)
                data = None
                if kind == 'W':
                    data = text.read(int(words[2]))
                getattr(self, 'on_' + kind)(*words, *(
                    [] if data is None else [data]))

    def change(self, *operation):
        self.pending.append(operation)
        self.count += 1

    def on_C(self, inode, name):
        self.by_inode[inode := int(inode)] = File()
        self.change('set', name, self.by_inode[inode])

    def on_O(self, inode):
        self.by_inode[int(inode)] = File()

    def on_W(self, inode, offset, length, data):
        if len(data) < int(length):
            return              # killed while writing it down
        self.by_inode[int(inode)].add(int(offset), data)

    def on_T(self, inode, length):
        self.by_inode[int(inode)].add(int(length), None)

    def on_L(self, inode, name):
        self.change('set', name, self.by_inode[int(inode)])

    def on_R(self, old, new):
        self.change('move', old, new)

    def on_U(self, name):
        self.change('drop', name)

    def on_B(self, number, inode):
        file = self.by_inode[int(inode)]
        self.syncs[number] = [(file, file.count)]

    def on_D(self, number):
        self.syncs[number] = [(self, self.count)]

    def on_F(self, number):
        self.syncs[number] = [(file, file.count)
                              for file in self.by_inode.values()]
        self.syncs[number] += [(self, self.count)]

    def on_S(self, number):
        for what, count in self.syncs.pop(number):
            what.synced(count)

    def synced(self, count):
        done = len(self.pending) - (self.count - count)
        if done > 0:
            self.names = self.apply(self.pending[:done])
            del self.pending[:done]

    def apply(self, operations):
        names = dict(self.names)
        for kind, name, *more in operations:
            if kind == 'set':
                names[name] = more[0]
            elif kind == 'drop':
                names.pop(name, None)
            elif name in names:
                names[more[0]] = names.pop(name)
        return names

    # -- the cut

    def lose(self, name):
        """Of that file's bytes leaves those that are owed, and its length;
        all else stays as it is."""
        file = self.apply(self.pending)[name]
        whole = file.apply(file.pending)
        with open(os.path.join(self.path, name), 'r+b') as out:
            out.write(file.base.ljust(len(whole), b'\0')[:len(whole)])

    def certain(self, name):
        """The bytes of that name that are owed to us, or None."""
        return self.names[name].base if name in self.names else None

    def cut(self, dice):
        """Rewrites the directory as it is after a cut."""
        mood = dice.choice(('lost', 'prefix', 'some', 'kept'))
        kept = list(self.pending)
        if mood == 'lost':
            kept = []
        elif mood == 'prefix':
            kept = kept[:dice.randint(0, len(kept))]
        elif mood == 'some':
            kept = [op for op in kept if dice.random() < .5]
        left = self.apply(kept)
        contents = {id(file): file.cut(dice) for file in left.values()}
        for entry in os.scandir(self.path):
            os.unlink(entry.path)
        for name, file in left.items():
            path = os.path.join(self.path, name)
            with open(path, 'wb') as out:
                out.write(contents[id(file)])
