package org.nvmftarget.data.tcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nvmftarget.initiator.Commands;
import org.nvmftarget.initiator.Completion;
import org.nvmftarget.initiator.Host;
import org.nvmftarget.initiator.HostQueue;
import org.nvmftarget.model.BdevError;
import org.nvmftarget.model.BdevError.IoType;
import org.nvmftarget.model.BdevLatencies;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.Identity;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Step;

/** A bdev that fails, on one that is slow, as hosts see them. */
@Timeout(120)
class FaultsOverTcpIT {

    private static final int BLOCK = TargetRig.BLOCK;
    private static final int NSID = 2;
    /** Where {@link #copies} to. */
    private static final int ELSEWHERE = 100;

    private static final int OK = 0;
    private static final int CAPACITY_EXCEEDED = 0x081;
    private static final int INTERNAL_ERROR = 0x006;
    private static final int WRITE_PROTECTED = 0x020;
    private static final int WRITE_FAULT = 0x280;
    private static final int UNRECOVERED_READ_ERROR = 0x281;
    private static final int INTERNAL_PATH_ERROR = 0x300;
    private static final int DNR = 0x4000;

    private final TargetRig rig = new TargetRig();

    FaultsOverTcpIT() {
        UUID uuid = Identity.bdevUuid("malloc", "memory", "");
        rig.apply(new Step.CreateBdev(new BdevSpec.Malloc("memory", TargetRig.DISK_BYTES, BLOCK, uuid)));
        rig.apply(new Step.CreateBdev(
                new BdevSpec.Delay("slow", "memory", BdevLatencies.NONE, 0, 0, new UUID(1, 2), BdevLimits.NONE)));
        rig.apply(new Step.CreateBdev(
                new BdevSpec.Failing("bad", "slow", List.of(), 0, 0, new UUID(2, 2), BdevLimits.NONE)));
        UUID namespace = Identity.namespaceUuid(TargetRig.NQN, new Nsid(NSID), uuid);
        rig.apply(new Step.AddNamespace(
                TargetRig.NQN,
                new NamespaceSpec(new Nsid(NSID), "bad", namespace, Identity.nguid(namespace), Optional.empty())));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void errors(BdevError... errors) {
        rig.apply(new Step.SetBdevErrors("bad", List.of(errors)));
    }

    private static BdevError rule(IoType type, BdevError.Status status, long lba, long blocks) {
        return new BdevError(type, status, lba, blocks, 1, 0);
    }

    private void latencies(long avgReadUs, long p99ReadUs, long avgWriteUs, long p99WriteUs) {
        rig.apply(new Step.SetBdevLatencies("slow", new BdevLatencies(avgReadUs, p99ReadUs, avgWriteUs, p99WriteUs)));
    }

    // Commands

    private static int status(CompletableFuture<Completion> command) {
        Completion done = HostQueue.await(command);
        return done.status() | (done.dnr() ? DNR : 0);
    }

    private static int reads(HostQueue io, long lba, int blocks) {
        return status(io.submitRead(Commands.read(NSID, lba, blocks), blocks * BLOCK));
    }

    private static int writes(HostQueue io, long lba, int blocks) {
        return status(io.submitWrite(Commands.write(NSID, lba, blocks), new byte[blocks * BLOCK]));
    }

    private static int flushes(HostQueue io) {
        return status(io.submit(Commands.flush(NSID)));
    }

    private static int copies(HostQueue io, long lba) {
        return status(io.submitWrite(Commands.copy(NSID, ELSEWHERE), Commands.copyRange(lba, 1)));
    }

    /** How a command of each kind ends, on one block of zeroes. */
    private static Map<IoType, Integer> each(HostQueue io, long lba) {
        Map<IoType, Integer> ends = new EnumMap<>(IoType.class);
        ends.put(IoType.READ, reads(io, lba, 1));
        ends.put(IoType.WRITE, writes(io, lba, 1));
        ends.put(IoType.FLUSH, flushes(io));
        ends.put(IoType.UNMAP, status(io.submitWrite(Commands.deallocate(NSID), Commands.range(lba, 1))));
        ends.put(IoType.WRITE_ZEROES, status(io.submit(Commands.writeZeroes(NSID, lba, 1))));
        ends.put(IoType.COMPARE, status(io.submitWrite(Commands.compare(NSID, lba, 1), new byte[BLOCK])));
        ends.put(IoType.COPY, copies(io, lba));
        ends.put(IoType.VERIFY, status(io.submit(Commands.verify(NSID, lba, 1))));
        return ends;
    }

    private static boolean isOfReading(IoType type) {
        return type == IoType.READ || type == IoType.COMPARE || type == IoType.VERIFY;
    }

    // Errors

    @Test
    void shouldFailTheCommandsOfItsKindOnItsBlocksAndNoOthers() throws Exception {
        try (Host host = rig.host()) {
            HostQueue io = host.connectIoQueues(1).getFirst();
            Map<IoType, Integer> sound = each(io, 8);
            assertTrue(sound.values().stream().allMatch(status -> status == OK), sound::toString);
            for (IoType type : sound.keySet()) {
                errors(rule(type, BdevError.Status.IO_ERROR, 8, 4));
                int fault = isOfReading(type) ? UNRECOVERED_READ_ERROR : WRITE_FAULT;
                Map<IoType, Integer> hit = new EnumMap<>(sound);
                hit.put(type, fault);
                assertEquals(hit, each(io, 8), () -> "a rule for " + type + " at its first block");
                assertEquals(hit, each(io, 11), () -> "a rule for " + type + " at its last block");
                // A flush is for all blocks.
                assertEquals(type == IoType.FLUSH ? hit : sound, each(io, 7), () -> "before a rule for " + type);
                assertEquals(type == IoType.FLUSH ? hit : sound, each(io, 12), () -> "after a rule for " + type);
            }
        }
        rig.assertNothingLeft();
    }

    @Test
    void shouldFailAllKindsByOneRule() throws Exception {
        try (Host host = rig.host()) {
            HostQueue io = host.connectIoQueues(1).getFirst();
            errors(rule(IoType.ALL, BdevError.Status.IO_ERROR, 0, 0));
            each(io, 4711)
                    .forEach((type, status) ->
                            assertEquals(isOfReading(type) ? UNRECOVERED_READ_ERROR : WRITE_FAULT, status, type::key));
        }
        rig.assertNothingLeft();
    }

    @Test
    void shouldEndInTheStatusThatIsPromised() throws Exception {
        Map<BdevError.Status, Integer> promised = new EnumMap<>(Map.of(
                BdevError.Status.NO_SPACE, CAPACITY_EXCEEDED | DNR,
                BdevError.Status.READ_ONLY, WRITE_PROTECTED | DNR,
                BdevError.Status.GONE, INTERNAL_PATH_ERROR,
                BdevError.Status.FAILED, INTERNAL_ERROR,
                BdevError.Status.UNREADABLE, UNRECOVERED_READ_ERROR | DNR));
        try (Host host = rig.host()) {
            HostQueue io = host.connectIoQueues(1).getFirst();
            promised.forEach((status, expected) -> {
                errors(rule(IoType.ALL, status, 0, 0));
                each(io, 0).forEach((type, end) -> assertEquals(expected, end, () -> type + " " + status));
            });
        }
        rig.assertNothingLeft();
    }

    @Test
    void shouldFailWhatTouchesItsBlocksAtEitherEnd() throws Exception {
        try (Host host = rig.host()) {
            HostQueue io = host.connectIoQueues(1).getFirst();
            errors(rule(IoType.WRITE, BdevError.Status.IO_ERROR, 8, 4));
            assertEquals(OK, writes(io, 4, 4));
            assertEquals(WRITE_FAULT, writes(io, 4, 5));
            assertEquals(WRITE_FAULT, writes(io, 0, 32));
            assertEquals(WRITE_FAULT, writes(io, 11, 2));
            assertEquals(OK, writes(io, 12, 4));
            errors(rule(IoType.COPY, BdevError.Status.IO_ERROR, ELSEWHERE, 1));
            assertEquals(WRITE_FAULT, copies(io, 0), "it is copied there");
            errors(rule(IoType.READ, BdevError.Status.IO_ERROR, 12, 0));
            assertEquals(OK, reads(io, 0, 12));
            assertEquals(UNRECOVERED_READ_ERROR, reads(io, 0, 13));
            assertEquals(UNRECOVERED_READ_ERROR, reads(io, TargetRig.DISK_BYTES / BLOCK - 1, 1));
        }
        rig.assertNothingLeft();
    }

    @Test
    void shouldFailEverySoManiethOverAllQueuesAndNoMoreThanItsNumber() throws Exception {
        try (Host host = rig.host()) {
            List<HostQueue> queues = host.connectIoQueues(4);
            errors(new BdevError(IoType.READ, BdevError.Status.FAILED, 0, 0, 5, 7));
            List<CompletableFuture<Completion>> all = new ArrayList<>();
            for (int i = 0; i < 25; i++) {
                for (HostQueue queue : queues) {
                    all.add(queue.submitRead(Commands.read(NSID, i, 1), BLOCK));
                }
            }
            long failed =
                    all.stream().filter(read -> status(read) == INTERNAL_ERROR).count();
            assertEquals(7, failed);
            errors(new BdevError(IoType.READ, BdevError.Status.FAILED, 0, 0, 5, 7));
            assertEquals(INTERNAL_ERROR, reads(queues.getFirst(), 0, 1), "rules that changed count anew");
        }
        rig.assertNothingLeft();
    }

    @Test
    void shouldLeaveTheBlocksOfAWriteThatFailsAsTheyWere() throws Exception {
        try (Host host = rig.host()) {
            HostQueue io = host.connectIoQueues(1).getFirst();
            byte[] ones = new byte[2 * BLOCK];
            Arrays.fill(ones, (byte) 1);
            assertEquals(OK, status(io.submitWrite(Commands.write(NSID, 3, 2), ones)));
            errors(
                    rule(IoType.WRITE, BdevError.Status.NO_SPACE, 4, 1),
                    rule(IoType.UNMAP, BdevError.Status.GONE, 4, 1));
            assertEquals(CAPACITY_EXCEEDED | DNR, writes(io, 3, 2));
            assertEquals(INTERNAL_PATH_ERROR, each(io, 4).get(IoType.UNMAP));
            errors();
            assertEquals(OK, status(io.submitWrite(Commands.write(NSID, 4, 1), Arrays.copyOf(ones, BLOCK))));
            assertArrayEquals(
                    ones,
                    HostQueue.await(io.submitRead(Commands.read(NSID, 3, 2), 2 * BLOCK))
                            .data());
        }
        rig.assertNothingLeft();
    }

    // Delays: that nothing comes too early can be asserted; how late it comes can not.

    private static long tookUs(Runnable what) {
        long beganNs = System.nanoTime();
        what.run();
        return (System.nanoTime() - beganNs) / 1000;
    }

    @Test
    void shouldDelayReadsAndWritesByWhatIsSaidOfEach() throws Exception {
        try (Host host = rig.host()) {
            HostQueue io = host.connectIoQueues(1).getFirst();
            latencies(30_000, 30_000, 60_000, 60_000);
            assertTrue(tookUs(() -> assertEquals(OK, reads(io, 0, 1))) >= 30_000);
            assertTrue(tookUs(() -> assertEquals(OK, writes(io, 0, 1))) >= 60_000);
            assertTrue(tookUs(() -> each(io, 0)) >= 3 * 30_000 + 4 * 60_000, "all but the flush are late");
        }
        rig.assertNothingLeft();
    }

    @Test
    void shouldDelayEveryHundredthOfAReactorByItsOwnTime() throws Exception {
        try (Host host = rig.host()) {
            HostQueue io = host.connectIoQueues(1).getFirst();
            latencies(0, 100_000, 0, 0);
            long tookUs = tookUs(() -> {
                for (int i = 0; i < 300; i++) {
                    assertEquals(OK, reads(io, i, 1));
                }
            });
            assertTrue(tookUs >= 3 * 100_000, () -> "300 reads took " + tookUs + " us");
        }
        rig.assertNothingLeft();
    }

    @Test
    void shouldGoByLatenciesThatChangeWhileCommandsAreUnderWay() throws Exception {
        try (Host host = rig.host()) {
            List<HostQueue> queues = host.connectIoQueues(2);
            latencies(2_000_000, 2_000_000, 0, 0);
            long beganNs = System.nanoTime();
            CompletableFuture<Completion> slow = queues.getFirst().submitRead(Commands.read(NSID, 0, 1), BLOCK);
            assertEquals(OK, writes(queues.getFirst(), 0, 1), "a delayed read holds up nothing");
            latencies(0, 0, 0, 0);
            assertEquals(OK, reads(queues.getFirst(), 0, 1));
            assertEquals(OK, reads(queues.getLast(), 0, 1));
            assertEquals(OK, status(slow));
            assertTrue(System.nanoTime() - beganNs >= 2_000_000_000L, "it goes by what was said when it began");
        }
        rig.assertNothingLeft();
    }
}
