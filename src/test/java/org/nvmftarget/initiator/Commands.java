package org.nvmftarget.initiator;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Submission queue entries, without identifier and SGL. */
public final class Commands {

    public static final int CONNECT_DATA_LENGTH = 1024;
    public static final int CC = 0x14;
    public static final int CSTS = 0x1C;
    public static final int CAP = 0x00;

    private Commands() {}

    private static ByteBuffer command(int opcode, int nsid) {
        return RawConnection.buffer(64).put(0, (byte) opcode).putInt(4, nsid);
    }

    private static ByteBuffer fabrics(int type) {
        return RawConnection.buffer(64).put(0, (byte) 0x7F).put(4, (byte) type);
    }

    /**
     * @param sqSize zero-based
     * @param katoMs keep-alive timeout
     * @param noFlowControl disable submission queue flow control
     */
    public static ByteBuffer connect(int qid, int sqSize, int katoMs, boolean noFlowControl) {
        return fabrics(0x01)
                .putShort(42, (short) qid)
                .putShort(44, (short) sqSize)
                .put(46, (byte) (noFlowControl ? 4 : 0))
                .putInt(48, katoMs);
    }

    /** @param cntlid 0xFFFF for the admin queue */
    public static byte[] connectData(UUID hostId, int cntlid, String subsystem, String host) {
        byte[] bytes = new byte[CONNECT_DATA_LENGTH];
        ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer id = ByteBuffer.allocate(16)
                .putLong(hostId.getMostSignificantBits())
                .putLong(hostId.getLeastSignificantBits());
        data.put(0, id, 0, 16).putShort(16, (short) cntlid);
        data.put(256, subsystem.getBytes(StandardCharsets.UTF_8));
        data.put(512, host.getBytes(StandardCharsets.UTF_8));
        return bytes;
    }

    public static ByteBuffer propertyGet(int offset, boolean eightBytes) {
        return fabrics(0x04).put(40, (byte) (eightBytes ? 1 : 0)).putInt(44, offset);
    }

    public static ByteBuffer propertySet(int offset, int value) {
        return fabrics(0x00).putInt(44, offset).putLong(48, value);
    }

    public static ByteBuffer authSend(int length) {
        return fabrics(0x05).putInt(40, 0xE901_0100).putInt(44, length);
    }

    public static ByteBuffer authReceive(int length) {
        return fabrics(0x06).putInt(40, 0xE901_0100).putInt(44, length);
    }

    public static ByteBuffer identify(int cns, int nsid) {
        return command(0x06, nsid).putInt(40, cns);
    }

    public static ByteBuffer getLogPage(int id, int nsid, long offset, int length, boolean retainEvent) {
        int dwords = length / 4 - 1;
        return command(0x02, nsid)
                .putInt(40, id | (retainEvent ? 1 << 15 : 0) | (dwords & 0xFFFF) << 16)
                .putInt(44, dwords >>> 16)
                .putLong(48, offset);
    }

    public static ByteBuffer setFeatures(int id, int value) {
        return command(0x09, 0).putInt(40, id).putInt(44, value);
    }

    public static ByteBuffer getFeatures(int id) {
        return command(0x0A, 0).putInt(40, id);
    }

    public static ByteBuffer asyncEvent() {
        return command(0x0C, 0);
    }

    public static ByteBuffer keepAlive() {
        return command(0x18, 0);
    }

    public static ByteBuffer abort(int sqid, int cid) {
        return command(0x08, 0).putInt(40, cid << 16 | sqid);
    }

    public static ByteBuffer read(int nsid, long lba, int blocks) {
        return io(0x02, nsid, lba, blocks);
    }

    public static ByteBuffer write(int nsid, long lba, int blocks) {
        return io(0x01, nsid, lba, blocks);
    }

    public static ByteBuffer writeZeroes(int nsid, long lba, int blocks) {
        return io(0x08, nsid, lba, blocks);
    }

    public static ByteBuffer compare(int nsid, long lba, int blocks) {
        return io(0x05, nsid, lba, blocks);
    }

    public static ByteBuffer verify(int nsid, long lba, int blocks) {
        return io(0x0C, nsid, lba, blocks);
    }

    /** Copy of one range to {@code destination}; its data are {@link #copyRange}. */
    public static ByteBuffer copy(int nsid, long destination) {
        return command(0x19, nsid).putLong(40, destination);
    }

    /** Source Range Entry, format 0. */
    public static byte[] copyRange(long lba, int blocks) {
        byte[] bytes = new byte[32];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(8, lba).putShort(16, (short) (blocks - 1));
        return bytes;
    }

    private static ByteBuffer io(int opcode, int nsid, long lba, int blocks) {
        return command(opcode, nsid).putLong(40, lba).putInt(48, blocks - 1);
    }

    /** A reservation command: CDW10 is its action with type and flags, or what a report is to be long. */
    public static ByteBuffer reservation(int opcode, int nsid, int cdw10) {
        return command(opcode, nsid).putInt(40, cdw10);
    }

    public static ByteBuffer flush(int nsid) {
        return command(0x00, nsid);
    }

    /** Dataset Management, deallocate, of one range; its data are {@link #range}. */
    public static ByteBuffer deallocate(int nsid) {
        return command(0x09, nsid).putInt(40, 0).putInt(44, 4);
    }

    public static byte[] range(long lba, int blocks) {
        byte[] bytes = new byte[16];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(4, blocks).putLong(8, lba);
        return bytes;
    }
}
