"""Commands to a Linux host's NVMe disk, each as the host has it from us: with its status, without a retry.

    nvme_io.py DISK NSID read|write|fua|compare|compare-other|verify|zeroes|deallocate|flush [LBA [BLOCKS]]    prints the status as Linux has it, such as 0x281

A write of block LBA (fua: with FUA) has LBA + 1 in each of its 64-bit words, and so has a compare, but compare-other. DISK has blocks of 4096 bytes, or BLOCK_SIZE of the
environment. Whatever is wrong below NVMe ends it with exit status 1.
"""

import fcntl
import mmap
import os
import struct
import sys

FLUSH, WRITE, READ, COMPARE, ZEROES, DSM, VERIFY = 0, 1, 2, 5, 8, 9, 12
FUA = 1 << 30
DEALLOCATE = 1 << 2
# struct nvme_passthru_cmd of linux/nvme_ioctl.h and NVME_IOCTL_IO_CMD.
COMMAND = struct.Struct("<BBHIIIQQIIIIIIIIII")
IO_CMD = 0xC0484E43
TIMEOUT_MS = 60_000
MORE = 0x2000  # of a status: the error log says more


def command(fd, nsid, opcode, lba=0, blocks=1, address=0, length=0, flags=0):
    """The command's status; 0 when it succeeded."""
    sized = 0 if opcode == FLUSH else blocks - 1
    packed = bytearray(COMMAND.pack(opcode, 0, 0, nsid, 0, 0, 0, address, 0, length, lba & 0xFFFFFFFF, lba >> 32,
                                    sized | flags, 0, 0, 0, TIMEOUT_MS, 0))
    return fcntl.ioctl(fd, IO_CMD, packed, True) & ~MORE


class Memory:
    """Memory that may be given to a device."""

    def __init__(self, length):
        import ctypes
        self.view = mmap.mmap(-1, length)
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(self.view))


def deallocate(fd, nsid, lba, blocks):
    memory = Memory(mmap.PAGESIZE)
    memory.view[:16] = struct.pack("<IIQ", 0, blocks, lba)
    packed = bytearray(COMMAND.pack(DSM, 0, 0, nsid, 0, 0, 0, memory.address, 0, 16, 0, DEALLOCATE, 0, 0, 0, 0, TIMEOUT_MS, 0))
    return fcntl.ioctl(fd, IO_CMD, packed, True) & ~MORE


OPCODES = {"read": READ, "write": WRITE, "fua": WRITE, "compare": COMPARE, "compare-other": COMPARE}


def main(disk, nsid, what, lba="0", blocks="1"):
    block_size = int(os.environ.get("BLOCK_SIZE", "4096"))
    nsid, lba, blocks = int(nsid), int(lba), int(blocks)
    fd = os.open(disk, os.O_RDWR)
    if what == "flush":
        status = command(fd, nsid, FLUSH)
    elif what == "deallocate":
        status = deallocate(fd, nsid, lba, blocks)
    elif what in ("zeroes", "verify"):
        status = command(fd, nsid, ZEROES if what == "zeroes" else VERIFY, lba, blocks)
    else:
        memory = Memory(blocks * block_size)
        if what in ("write", "fua", "compare"):
            memory.view[:] = b"".join(struct.pack("<Q", lba + n + 1) * (block_size // 8) for n in range(blocks))
        status = command(fd, nsid, OPCODES[what], lba, blocks, memory.address, blocks * block_size,
                         FUA if what == "fua" else 0)
    print(hex(status))


if __name__ == "__main__":
    main(*sys.argv[1:])
