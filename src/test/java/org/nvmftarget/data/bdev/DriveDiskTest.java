package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nvmftarget.data.bdev.DiskRig.Work;
import org.nvmftarget.data.drive.DriveAtomicity;
import org.nvmftarget.data.drive.DriveFacts;
import org.nvmftarget.data.ffi.libc.DiskFiles;
import org.nvmftarget.data.ffi.libc.FileStatus;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;

/** Which commands an operation becomes, by what the drive can; and what becomes of their ends. */
@Timeout(60)
class DriveDiskTest {

    private static final int BLOCK = 512;
    private static final long SIZE_BYTES = 1 << 20;
    private static final int DNR = 1 << 14;

    @TempDir
    Path folder;

    private final FakeEngine engine = new FakeEngine();
    private final DiskRig rig = new DiskRig(1, reactor -> engine);

    @AfterEach
    void close() {
        rig.close();
    }

    /** A disk with that drive; the file is what it is held by. */
    private DiskBdev disk(DriveFacts facts, int blockBytes) throws Exception {
        return disk(rig.lanes(), facts, blockBytes);
    }

    private DiskBdev disk(DiskLanes lanes, DriveFacts facts, int blockBytes) throws Exception {
        lanes.ensureOpen();
        String path = Files.createFile(folder.resolve("node")).toString();
        int fd = DiskFiles.open(path, DiskFiles.O_RDWR, 0);
        assertTrue(fd >= 0);
        FileStatus status = ((FileStatus.Result.Found) FileStatus.of(fd)).status();
        OpenDisk open = new OpenDisk(
                fd, lanes.nextSlot(), status, new DiskShape(blockBytes, true, 4, ""), 1, Drives.drive(facts));
        lanes.attach(open);
        return new DiskBdev(
                new BdevSpec.Nvme("n0", path, 0, 0, new UUID(1, 2), BdevLimits.NONE).withShape(SIZE_BYTES, blockBytes),
                open,
                lanes);
    }

    private List<String> calls(Bdev disk, BdevOp op, long blocks) {
        assertEquals(BdevStatus.OK, run(disk, op, blocks));
        return engine.calls();
    }

    private BdevStatus run(Bdev disk, BdevOp op, long blocks) {
        return rig.run(disk, work(disk, op, blocks));
    }

    private static Work work(Bdev disk, BdevOp op, long blocks) {
        return Work.of(op, 8, blocks, DiskRig.aligned(new byte[(int) blocks * disk.blockSizeBytes()]));
    }

    @Test
    void aDriveDoesByItselfWhatItHasACommandFor() throws Exception {
        DiskBdev disk = disk(Drives.able(), BLOCK);
        assertEquals(List.of("READ 4096+512"), calls(disk, BdevOp.READ, 1));
        assertEquals(List.of("WRITE 4096+512"), calls(disk, BdevOp.WRITE, 1));
        assertEquals(BdevStatus.OK, rig.run(disk, work(disk, BdevOp.WRITE, 1).fua()));
        assertEquals(List.of("WRITE_STABLE 4096+512"), engine.calls());
        assertEquals(List.of("DATASYNC 0+0"), calls(disk, BdevOp.FLUSH, 0));
        assertEquals(List.of("COMPARE 4096+512"), calls(disk, BdevOp.COMPARE, 1));
        assertEquals(List.of("VERIFY 4096+512"), calls(disk, BdevOp.VERIFY, 1));
        assertEquals(List.of("FALLOCATE 4096+512 mode 17"), calls(disk, BdevOp.WRITE_ZEROES, 1));
        assertEquals(List.of("FALLOCATE 4096+512 mode 3"), calls(disk, BdevOp.UNMAP, 1), "and deallocates");
        disk.close();
    }

    @Test
    void whatADriveHasNoCommandForIsDoneByThoseThatItHas() throws Exception {
        DiskBdev disk = disk(Drives.plain(), BLOCK);
        assertEquals(List.of("READ 4096+512"), calls(disk, BdevOp.VERIFY, 1));
        assertEquals(List.of("WRITE 4096+512"), calls(disk, BdevOp.WRITE_ZEROES, 1));
        assertEquals(List.of("WRITE 4096+512"), calls(disk, BdevOp.UNMAP, 1));
        assertEquals(List.of("READ 4096+512"), compared(disk));
        disk.close();
    }

    /** What was read is whatever the memory had before, so only the calls say something. */
    private List<String> compared(Bdev disk) {
        run(disk, BdevOp.COMPARE, 1);
        return engine.calls();
    }

    @Test
    void aDriveThatZeroesAndDeallocatesByTwoCommandsGetsBoth() throws Exception {
        DiskBdev disk = disk(Drives.twoStep(), BLOCK);
        assertEquals(List.of("FALLOCATE 4096+512 mode 17", "DEALLOCATE 4096+512"), calls(disk, BdevOp.UNMAP, 1));
        assertEquals(List.of("FALLOCATE 4096+512 mode 17"), calls(disk, BdevOp.WRITE_ZEROES, 1));
        engine.say(Integer.MAX_VALUE);
        engine.sayStatus(0x006);
        assertEquals(BdevStatus.OK, run(disk, BdevOp.UNMAP, 1), "zeroes are there, and the rest is a hint");
        disk.close();
    }

    @Test
    void nothingIsLargerThanTheDriveTakes() throws Exception {
        DiskBdev disk = disk(Drives.able(), 4096);
        assertEquals(List.of("READ 32768+65536", "READ 98304+65536", "READ 163840+4096"), calls(disk, BdevOp.READ, 33));
        assertEquals(List.of("VERIFY 32768+65536", "VERIFY 98304+4096"), calls(disk, BdevOp.VERIFY, 17));
        assertEquals(
                List.of("FALLOCATE 32768+262144 mode 17", "FALLOCATE 294912+4096 mode 17"),
                calls(disk, BdevOp.WRITE_ZEROES, 65));
        disk.close();
    }

    /** What a reactor that turns by hand asks the drive for, when a write comes while the disk is read by three commands. */
    private List<String> callsOfAReadAndAWrite(DriveFacts facts) throws Exception {
        HandReactor hand = new HandReactor(() -> 0);
        DiskLanes lanes = new DiskLanes(List.of(hand), _ -> engine);
        DiskBdev disk = disk(lanes, facts, 4096);
        List<BdevStatus> ends = new ArrayList<>();
        submit(disk, BdevOp.READ, 0, 33, ends);
        submit(disk, BdevOp.WRITE, 15, 2, ends);
        for (int turn = 0; turn < 8; turn++) {
            hand.turn();
        }
        disk.close();
        lanes.close();
        assertEquals(List.of(BdevStatus.OK, BdevStatus.OK), ends);
        return engine.calls();
    }

    private static void submit(DiskBdev disk, BdevOp op, long lba, int blocks, List<BdevStatus> ends) {
        BdevIo io = new BdevIo() {
            @Override
            protected void completed(BdevStatus status) {
                ends.add(status);
            }

            @Override
            protected void deferred() {
                throw new AssertionError("disks put nothing off");
            }
        };
        io.prepare(op, lba, blocks, 0, 0);
        io.data(DiskRig.aligned(new byte[blocks * disk.blockSizeBytes()]), 0);
        disk.submit(io);
    }

    @Test
    void aWriteThatIsPromisedToBeWholeComesNotBetweenTheReadsOfOneOperation() throws Exception {
        assertEquals(
                List.of("READ 0+65536", "WRITE 61440+8192", "READ 65536+65536", "READ 131072+4096"),
                callsOfAReadAndAWrite(Drives.able()),
                "a drive that promises a block alone");
        Files.delete(folder.resolve("node"));
        assertEquals(
                List.of("READ 0+65536", "READ 65536+65536", "READ 131072+4096", "WRITE 61440+8192"),
                callsOfAReadAndAWrite(Drives.atomic(new DriveAtomicity(8192, 512, 0, 0, 0))));
    }

    @Test
    void memoryThatTheDriveDoesNotTakeIsCopied() throws Exception {
        DiskBdev disk = disk(Drives.able(), BLOCK);
        MemorySegment odd = DiskRig.unaligned(new byte[BLOCK]);
        assertEquals(BdevStatus.OK, rig.run(disk, Work.of(BdevOp.WRITE, 8, 1, odd)));
        assertEquals(List.of("WRITE 4096+512"), engine.calls());
        assertEquals(List.of("READ 4096+512"), callsOf(disk, Work.of(BdevOp.COMPARE, 8, 1, odd)));
        disk.close();
    }

    private List<String> callsOf(Bdev disk, Work work) {
        rig.run(disk, work);
        return engine.calls();
    }

    @ParameterizedTest
    @CsvSource({
        "READ, 0x281, IO_ERROR",
        "READ, 0x4281, UNREADABLE",
        "READ, 0x286, ACCESS_DENIED",
        "WRITE, 0x280, IO_ERROR",
        "WRITE, 0x083, RESERVED",
        "WRITE, 0x081, NO_SPACE",
        "WRITE_ZEROES, 0x020, READ_ONLY",
        "COMPARE, 0x285, MISCOMPARE",
        "VERIFY, 0x281, IO_ERROR",
        "FLUSH, 0x370, GONE",
        "READ, 0x006, FAILED",
    })
    void theDrivesStatusIsTheHosts(BdevOp op, String status, BdevStatus expected) throws Exception {
        DiskBdev disk = disk(Drives.able(), BLOCK);
        engine.sayStatus(Integer.decode(status));
        assertEquals(expected, run(disk, op, 1));
        assertEquals(1, engine.calls().size(), "it is not asked again");
        disk.close();
    }

    @Test
    void whatTheDriveWasKeptFromIsAskedAgain() throws Exception {
        DiskBdev disk = disk(Drives.able(), BLOCK);
        engine.sayStatus(0x021);
        engine.sayStatus(0x021);
        assertEquals(BdevStatus.OK, run(disk, BdevOp.WRITE, 1));
        assertEquals(3, engine.calls().size());
        engine.sayStatus(0x021 | DNR);
        assertEquals(BdevStatus.FAILED, run(disk, BdevOp.WRITE, 1));
        disk.close();
    }

    @Test
    void theDriveIsWhatItsFactsSay() throws Exception {
        DiskBdev disk = disk(Drives.able(), BLOCK);
        assertEquals("io_uring_cmd", disk.live("io_uring").engine());
        assertEquals(Drives.IDENTITY, disk.live("io_uring").drive().orElseThrow());
        assertEquals(Granularity.of(8), disk.traits().granularity());
        assertEquals(WriteAtomicity.BLOCK, disk.traits().atomicity());
        disk.close();
    }
}
