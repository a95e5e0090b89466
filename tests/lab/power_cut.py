"""Writes to a disk of a Linux host while dm-log-writes, below the target, notes what would survive a loss of power; and
checks that all of it that the host had been promised is there, at every flush and at every cut.

    power_cut.py write DISK NSID NAME HISTORY SEED CUTS    NAME: of the log-writes device below the target
    power_cut.py check LOG BYTES HISTORY                   LOG: what it wrote
    power_cut.py check LOG BYTES HISTORY FILE FOLDER       the same for FILE on the ext4 that LOG is of

dm-log-writes (Documentation/admin-guide/device-mapper/log-writes.rst) has a write in its log once it is stable and not
before: with FUA, or when a flush that began after its completion is done. So what the log has at a moment is what a
disk with a cache that never writes back by itself would have after a loss of power at that moment, the worst that a
disk may do. A mark in the log ties its order to the host's.

The history is a list of tuples: (write, number, lba, blocks, fua) and (done, number), (flush, number) and (flushed,
number), (cut, number) and (cut-done, number), as the host began and ended them. Exit status of check: 0, or 3 if something
that was promised is not there.
"""

import itertools
import os
import pickle
import random
import struct
import subprocess
import sys
import threading
import time

import nvme_io

BLOCK = 4096
THREADS = 6
BLOCKS_OF_EACH = 64
MOST_BLOCKS = 4
FLUSHES, WITH_FUA = 0.03, 0.05  # few, so that much is under way and not stable at a cut
PAUSE_S = (0.05, 0.3)
WHERE = 1 << 20  # a block holds number * WHERE + lba in each of its words


# Writing


class Writer:
    """One of several; each has blocks of its own, so that what is on a block has one order."""

    def __init__(self, index, disk, nsid, events, numbers, seed):
        self.first = index * BLOCKS_OF_EACH
        self.nsid, self.events, self.numbers = nsid, events, numbers
        self.random = random.Random(seed)
        self.fd = os.open(disk, os.O_RDWR | os.O_DIRECT)
        self.memory = nvme_io.Memory(MOST_BLOCKS * BLOCK)
        self.trouble = None

    def run(self, stop):
        try:
            while not stop.is_set():
                if self.random.random() < FLUSHES:
                    self.flush()
                else:
                    self.write(self.random.random() < WITH_FUA)
        except BaseException as trouble:  # told by the main thread
            self.trouble = trouble

    def write(self, fua):
        number = next(self.numbers)
        blocks = self.random.randint(1, MOST_BLOCKS)
        lba = self.first + self.random.randrange(BLOCKS_OF_EACH - blocks + 1)
        data = b"".join(struct.pack("<Q", number * WHERE + lba + n) * (BLOCK // 8) for n in range(blocks))
        self.memory.view[:len(data)] = data
        self.events.append(("write", number, lba, blocks, fua))
        if fua:
            # A file's O_DSYNC would bring a flush as well.
            status = nvme_io.command(self.fd, self.nsid, nvme_io.WRITE, lba, blocks, self.memory.address, len(data),
                                     nvme_io.FUA)
            assert status == 0, "status %#x" % status
        else:
            with memoryview(self.memory.view) as view:
                assert os.pwrite(self.fd, view[:len(data)], lba * BLOCK) == len(data)
        self.events.append(("done", number))

    def flush(self):
        number = next(self.numbers)
        self.events.append(("flush", number))
        os.fsync(self.fd)
        self.events.append(("flushed", number))


def mark(name, events, number):
    events.append(("cut", number))
    subprocess.run(["dmsetup", "message", name, "0", "mark", "cut-%d" % number], check=True)
    events.append(("cut-done", number))


def read_back(reader, events):
    """Every block has what was written to it last."""
    last = Promises(events).ended[-1]
    for lba in range(THREADS * BLOCKS_OF_EACH):
        assert os.preadv(reader.fd, [reader.memory.view], lba * BLOCK) == MOST_BLOCKS * BLOCK
        seen = struct.unpack_from("<Q", reader.memory.view)[0]
        assert seen == (last[lba] * WHERE + lba if lba in last else 0), "block %d reads as %#x" % (lba, seen)


def write(disk, nsid, name, history, seed, cuts):
    events = []
    if os.path.exists(history):
        with open(history, "rb") as file:
            events = pickle.load(file)
    began = len(events)
    numbers = itertools.count(1 + max((event[1] for event in events), default=0))
    cut = itertools.count(sum(event[0] == "cut" for event in events))
    chance = random.Random(seed)
    writers = [Writer(n, disk, int(nsid), events, numbers, "%s/%d" % (seed, n)) for n in range(THREADS)]
    stop = threading.Event()
    threads = [threading.Thread(target=writer.run, args=(stop,)) for writer in writers]
    for thread in threads:
        thread.start()
    for _ in range(int(cuts)):
        time.sleep(chance.uniform(*PAUSE_S))
        mark(name, events, next(cut))
    stop.set()
    for thread in threads:
        thread.join()
    mark(name, events, next(cut))
    for writer in writers:
        if writer.trouble is not None:
            raise writer.trouble
    read_back(writers[0], events)
    with open(history, "wb") as file:
        pickle.dump(events, file)
    done = [event[0] for event in events[began:]]
    print("%d writes, %d of them with FUA, and %d flushes; %d cuts in their midst" % (
        done.count("write"), sum(event[0] == "write" and event[4] for event in events[began:]), done.count("flush"),
        int(cuts)))


# Checking


class Promises:
    """What the host had been promised at each cut, and what may be there at most: for each block a write's number."""

    def __init__(self, events):
        writes, flushes = {}, {}
        begun, ended, stable = {}, {}, {}
        self.stable, self.begun, self.ended = [], [], []
        for event in events:
            kind, number = event[:2]
            if kind == "write":
                writes[number] = event[2:]
                self.note(begun, number, event)
            elif kind == "done":
                self.note(ended, number, (kind, number, *writes[number]))
                if writes[number][2]:
                    self.note(stable, number, (kind, number, *writes[number]))
            elif kind == "flush":
                flushes[number] = dict(ended)
            elif kind == "flushed":
                for lba, write in flushes.pop(number).items():
                    stable[lba] = max(write, stable.get(lba, 0))
            elif kind == "cut":
                self.stable.append(dict(stable))
                self.ended.append(dict(ended))
            elif kind == "cut-done":
                self.begun.append(dict(begun))

    @staticmethod
    def note(where, number, event):
        for lba in range(event[2], event[2] + event[3]):
            where[lba] = number


class Checker:
    """@param size of the disk in blocks"""

    def __init__(self, promises):
        self.promises = promises
        self.cut = -1
        self.checks = self.lost_cuts = 0
        self.violations = []

    def check(self, read, lbas, where):
        """@param read the bytes of a block"""
        least = self.promises.stable[self.cut] if self.cut >= 0 else {}
        most = self.promises.begun[min(self.cut + 1, len(self.promises.begun) - 1)]
        lost = False
        for lba in lbas:
            data = read(lba)
            word, = struct.unpack_from("<Q", data)
            number = word // WHERE
            self.checks += 1
            if data != data[:8] * (BLOCK // 8) or (word and word % WHERE != lba):
                self.violations.append("%s: block %d is torn, or another one" % (where, lba))
            elif number < least.get(lba, 0):
                self.violations.append("%s: block %d has write %d, and %d was promised" % (where, lba, number, least[lba]))
            elif number > most.get(lba, 0):
                self.violations.append("%s: block %d has write %d of the future" % (where, lba, number))
            if self.cut >= 0 and number < self.promises.ended[self.cut].get(lba, 0):
                lost = True
        return lost


FLUSH_FLAG, FUA_FLAG, DISCARD_FLAG, MARK_FLAG = 1, 2, 4, 8
MAGIC = 0x6A736677736872


def entries(log):
    """(flags, offset in bytes, data) of each entry, in order."""
    magic, version, count, sector = struct.unpack_from("<QQQI", log.read(4096))
    assert (magic, version) == (MAGIC, 1), "this is no log"
    at = sector
    for _ in range(count):
        log.seek(at)
        head = log.read(sector)
        first, sectors, flags, length = struct.unpack_from("<QQQQ", head)
        at += sector
        if flags & MARK_FLAG:
            yield flags, 0, head[32:32 + length]
        elif flags & DISCARD_FLAG:
            yield flags, first * sector, bytes(sectors * sector)
        else:
            yield flags, first * sector, log.read(sectors * sector)
            at += sectors * sector


def is_written(data):
    return len(data) == BLOCK and data == data[:8] * (BLOCK // 8)


def overwrite(image, offset, data):
    """What a disk has after a write. A write with FUA is in the log before older ones, which a flush brings later; the disk
    had it after them, since the host has one write of a block under way at a time. So a block never goes back."""
    if offset % BLOCK:
        image[offset:offset + len(data)] = data
        return
    for start in range(0, len(data), BLOCK):
        new, at = data[start:start + BLOCK], offset + start
        old = image[at:at + BLOCK]
        if is_written(new) and is_written(old):
            before, after = (struct.unpack_from("<Q", block)[0] for block in (old, new))
            if before % WHERE == after % WHERE and before > after > 0:
                continue
        image[at:at + len(new)] = new


def mounted(image, folder, name):
    """A function that reads a block of the file NAME on IMAGE, and one that ends it."""
    subprocess.run(["mount", "-o", "loop", image, folder], check=True)
    try:
        fd = os.open(os.path.join(folder, name), os.O_RDONLY)
    except FileNotFoundError:
        subprocess.run(["umount", folder], check=True)
        return None, lambda: None

    def end():
        os.close(fd)
        subprocess.run(["umount", folder], check=True)
    return lambda lba: os.pread(fd, BLOCK, lba * BLOCK), end


def check(log_path, size, history, name=None, folder=None):
    with open(history, "rb") as file:
        promises = Promises(pickle.load(file))
    checker = Checker(promises)
    image = bytearray(int(size))
    everything = range(THREADS * BLOCKS_OF_EACH)
    flushes = lost_at = 0
    touched = set()

    def of_image(lba):
        return bytes(image[lba * BLOCK:(lba + 1) * BLOCK])

    def cut():
        if name is None:
            return checker.check(of_image, everything, "cut %d" % checker.cut)
        with open(folder + ".img", "wb") as copy:
            copy.write(image)
        read, end = mounted(folder + ".img", folder, name)
        if read is None:
            if promises.stable[checker.cut]:
                checker.violations.append("cut %d: there is no file" % checker.cut)
            return False
        try:
            return checker.check(read, everything, "cut %d" % checker.cut)
        finally:
            end()

    with open(log_path, "rb") as log:
        for flags, offset, data in entries(log):
            if flags & MARK_FLAG:
                if data.startswith(b"cut-"):
                    checker.cut = int(data[4:].rstrip(b"\0"))
                    lost_at += cut()
                continue
            overwrite(image, offset, data)
            touched.update(range(offset // BLOCK, (offset + len(data) + BLOCK - 1) // BLOCK))
            if flags & (FLUSH_FLAG | FUA_FLAG):
                flushes += 1
                if name is None:
                    checker.check(of_image, touched.intersection(everything), "flush %d" % flushes)
                touched.clear()
    print("%d cuts, %d flushes and writes with FUA in the log, %d blocks looked at; at %d cuts something was not on the disk"
          " yet that had not been promised" % (checker.cut + 1, flushes, checker.checks, lost_at))
    for violation in checker.violations[:10]:
        print(violation)
    if checker.cut + 1 != len(promises.stable):
        sys.exit("the log ends with cut %d of %d" % (checker.cut + 1, len(promises.stable)))
    if checker.violations:
        print("%d violations" % len(checker.violations))
        sys.exit(3)


if __name__ == "__main__":
    {"write": write, "check": check}[sys.argv[1]](*sys.argv[2:])
