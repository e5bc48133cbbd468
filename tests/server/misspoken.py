# SPDX-License-Identifier: MIT
"""An FTP server that says what it is told to say.

Everything it knows is one file, whose content is sent whatever its name; it
can lie about the size, send half of it at first, have another file from then
on, take no notice of REST, and leave out the replies that end a transfer or a
connection, or the end of the data, or pause in them.
"""

import socket
import threading


class Ftp:
    def __init__(self, content, size=None, last=b'226 Done', leaves=True,
                 halves=False, rests=True, later=None, ends=True, says={},
                 pause=None):
        self.content, self.last, self.leaves = content, last, leaves
        self.halves, self.rests, self.asked = halves, rests, []
        self.later, self.ends, self.commands = later, ends, []
        self.size, self.says, self.pause = size, says, pause
        self.stopping = threading.Event()
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.url = f'ftp://127.0.0.1:{self.listener.getsockname()[1]}/'
        self.threads = []
        self.run(self.accept)

    def run(self, *call):
        self.threads.append(threading.Thread(
            target=call[0], args=call[1:], daemon=True))
        self.threads[-1].start()

    def accept(self):
        self.listener.settimeout(0.1)
        while not self.stopping.is_set():
            try:
                control, _ = self.listener.accept()
            except OSError:
                continue
            self.run(self.serve, control)
        self.listener.close()

    def serve(self, control):
        control.settimeout(20)
        data = socket.create_server(('127.0.0.1', 0))
        data.settimeout(5)
        port = data.getsockname()[1]
        replies = {
            b'USER': b'331 Password', b'PASS': b'230 Come in',
            b'PWD': b'257 "/"', b'CWD': b'250 There', b'TYPE': b'200 Good',
            b'SIZE': self.tell_size, b'MDTM': b'213 20200101000000',
            b'EPSV': b'229 Go (|||%d|)' % port,
            b'PASV': b'227 Go (127,0,0,1,%d,%d)' % divmod(port, 256),
            b'RETR': b'150 Comes',
            b'REST': b'350 From there', b'QUIT': b'221 Bye' if self.leaves
            else None, **self.says}
        start = 0
        try:
            control.sendall(b'220 Hello\r\n')
            for line in control.makefile('rb'):
                verb = line.split()[0].upper()
                self.commands.append(line.decode().strip())
                reply = replies.get(verb, b'500 What?')
                self.say(control, reply() if callable(reply) else reply)
                if verb == b'REST':
                    start = int(line.split()[1])
                if verb == b'RETR' and replies[verb][:1] == b'1':
                    self.asked.append(start)
                    self.send(data, start if self.rests else 0)
                    self.say(control, self.last)
                    start = 0
                    if self.later is not None:
                        self.content = self.later
        except OSError:
            pass
        finally:
            data.close()
            control.close()

    def tell_size(self):
        return b'213 %d' % (len(self.content) if self.size is None
                            else self.size)

    def say(self, control, reply):
        if reply is None:
            self.stopping.wait(20)
            raise OSError
        control.sendall(reply + b'\r\n')

    def send(self, data, start):
        peer, _ = data.accept()
        end = len(self.content)
        if self.halves and len(self.asked) == 1:
            end //= 2
        with peer:
            try:
                if self.pause:
                    position, seconds = self.pause
                    peer.sendall(self.content[start:position])
                    self.stopping.wait(seconds)
                    start = position
                peer.sendall(self.content[start:end])
                if not self.ends:
                    self.stopping.wait(20)
            except OSError:
                pass

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(2)
