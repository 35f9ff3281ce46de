"""Several processes that make, rename, link, copy up and remove the same few names at a time.

usage: crowd.py DIRECTORY SECONDS PROCESSES SEED

Prints one line "OPERATION ERRNO COUNT" for each kind of failure that was seen. What a file system may answer is for the caller to judge;
what was written and can't be read back ends this with an exit code.
"""
import ctypes
import errno
import os
import random
import sys
import time
from collections import Counter

libc = ctypes.CDLL(None, use_errno=True)
NOREPLACE, EXCHANGE = 1, 2


def rename2(old, new, flags):
    if libc.renameat2(-100, old.encode(), -100, new.encode(), flags) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), old)


def write(path, flags, text):
    fd = os.open(path, flags, 0o644)
    try:
        os.write(fd, text)
    finally:
        os.close(fd)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def look(path):
    for entry in os.scandir(path):
        try:
            entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            pass


def keep_open(path):
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        mark = os.urandom(8)
        os.pwrite(fd, mark, 4096)
        try:
            os.unlink(path)
        except OSError:
            pass  # somebody was faster
        os.fstat(fd)
        os.fsync(fd)
        os.pread(fd, 8, 4096)
    finally:
        os.close(fd)


def replace(path, other):
    """As programs save a file: whole or not at all."""
    write(other, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, b"saved")
    os.rename(other, path)


OPERATIONS = {
    "create": lambda one, two: write(one, os.O_WRONLY | os.O_CREAT | os.O_EXCL, b"new"),
    "append": lambda one, two: write(one, os.O_WRONLY | os.O_APPEND, b"more"),
    "truncate": lambda one, two: os.truncate(one, 1),
    "unlink": lambda one, two: os.unlink(one),
    "mkdir": lambda one, two: os.mkdir(one),
    "rmdir": lambda one, two: os.rmdir(one),
    "rename": lambda one, two: os.rename(one, two),
    "noreplace": lambda one, two: rename2(one, two, NOREPLACE),
    "exchange": lambda one, two: rename2(one, two, EXCHANGE),
    "link": lambda one, two: os.link(one, two, follow_symlinks=False),
    "symlink": lambda one, two: os.symlink("target", one),
    "chmod": lambda one, two: os.chmod(one, 0o755),
    "setxattr": lambda one, two: os.setxattr(one, "user.crowd", b"x", follow_symlinks=False),
    "read": lambda one, two: read(one),
    "list": lambda one, two: look(os.path.dirname(one)),
    "stat": lambda one, two: os.lstat(one),
    "keep": lambda one, two: keep_open(one),
    "replace": replace,
}


def path(chance, root):
    depth = chance.choice((0, 1, 1, 2))
    return "/".join([root] + [f"d{chance.randrange(3)}" for _ in range(depth)] + [chance.choice("abcdef") if chance.random() < 0.75 else f"d{chance.randrange(3)}"])


def play(root, until, seed):
    chance = random.Random(seed)
    names = list(OPERATIONS)
    failures = Counter()
    while time.monotonic() < until:
        name = chance.choice(names)
        try:
            OPERATIONS[name](path(chance, root), path(chance, root))
        except OSError as failure:
            failures[f"{name} {errno.errorcode[failure.errno]}"] += 1
        failures["done OK"] += 1
    return failures


def main():
    root, seconds, processes, seed = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    until = time.monotonic() + seconds
    children = []
    for number in range(processes):
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            code = 1
            try:
                lines = [f"{key} {count}" for key, count in play(root, until, seed * 1000 + number).items()]
                os.write(writer, "\n".join(lines).encode())
                code = 0
            finally:
                os._exit(code)
        os.close(writer)
        children.append((pid, reader))
    total = Counter()
    failed = 0
    for pid, reader in children:
        with os.fdopen(reader) as answers:
            for line in answers.read().splitlines():
                name, code, count = line.split()
                total[f"{name} {code}"] += int(count)
        failed |= os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    for key in sorted(total):
        print(key, total[key])
    sys.exit(failed)


main()
