"""Commands to a Linux host's NVMe disk, each as the host has it from us: with its status, without a retry.

    nvme_io.py DISK NSID read|write|flush [LBA [BLOCKS]]    prints the status as Linux has it, such as 0x281

A write of block LBA has LBA + 1 in each of its 64-bit words. DISK has blocks of 4096 bytes, or BLOCK_SIZE of the
environment. Whatever is wrong below NVMe ends it with exit status 1.
"""

import fcntl
import mmap
import os
import struct
import sys

FLUSH, WRITE, READ = 0, 1, 2
FUA = 1 << 30
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


def main(disk, nsid, what, lba="0", blocks="1"):
    block_size = int(os.environ.get("BLOCK_SIZE", "4096"))
    lba, blocks = int(lba), int(blocks)
    fd = os.open(disk, os.O_RDWR)
    if what == "flush":
        status = command(fd, int(nsid), FLUSH)
    else:
        memory = Memory(blocks * block_size)
        if what == "write":
            memory.view[:] = b"".join(struct.pack("<Q", lba + n + 1) * (block_size // 8) for n in range(blocks))
        status = command(fd, int(nsid), WRITE if what == "write" else READ, lba, blocks, memory.address,
                         blocks * block_size)
    print(hex(status))


if __name__ == "__main__":
    main(*sys.argv[1:])
