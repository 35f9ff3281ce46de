"""Plays a person at a terminal: runs the command line given, types, looks, and prints what a test is to see.

Each argument before "--" is one step: "size ROWS COLUMNS" changes the terminal, "type TEXT" types it, "see TEXT" waits until it appears.
What follows "--" is the command. At the end prints its exit code, and whether the terminal echoes again.
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

LIMIT_SECONDS = 60


def set_size(descriptor, rows, columns):
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def see(descriptor, wanted):
    seen = b""
    end = time.monotonic() + LIMIT_SECONDS
    while wanted not in seen:
        if time.monotonic() > end:
            sys.exit("'%s' doesn't appear, but: %r" % (wanted.decode(), seen))
        if select.select([descriptor], [], [], 0.1)[0]:
            try:
                data = os.read(descriptor, 4096)
            except OSError:
                data = b""
            if not data:
                sys.exit("ended before '%s', after: %r" % (wanted.decode(), seen))
            seen += data


split = sys.argv.index("--")
child, terminal = pty.fork()
if child == 0:
    set_size(0, 24, 80)
    os.execvp(sys.argv[split + 1], sys.argv[split + 1 :])
for step in sys.argv[1:split]:
    verb, _, rest = step.partition(" ")
    if verb == "size":
        set_size(terminal, *map(int, rest.split()))
    elif verb == "type":
        os.write(terminal, rest.encode().decode("unicode_escape").encode())
    elif verb == "see":
        see(terminal, rest.encode())
while True:
    try:
        if not os.read(terminal, 4096):
            break
    except OSError:
        break
print("exit", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
