package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The messages of authentication and of DH-HMAC-CHAP (NVMe Base specification 2.0, section 8.13). All begin with
 *
 * <pre>
 *  0 AUTH_TYPE   1 AUTH_ID   2..3 reserved   4..5 T_ID
 * </pre>
 *
 * What a host sends is decoded: empty where the lengths that a message tells of do not add up to its own.
 */
@SuppressWarnings("ArrayRecordComponent") // messages are never compared
public sealed interface AuthMessage {
    long TYPE = 0;
    long ID = 1;
    long TID = 4;
    int HEADER_BYTES = 6;

    int TYPE_COMMON = 0;
    int TYPE_DHCHAP = 1;

    int ID_NEGOTIATE = 0x00;
    int ID_CHALLENGE = 0x01;
    int ID_REPLY = 0x02;
    int ID_SUCCESS1 = 0x03;
    int ID_SUCCESS2 = 0x04;
    int ID_FAILURE2 = 0xF0;
    int ID_FAILURE1 = 0xF1;

    // What AUTH_Failure gives as its reason code's explanation
    int FAILED = 1;
    int PROTOCOL_UNUSABLE = 2;
    int CONCATENATION_MISMATCH = 3;
    int HASH_UNUSABLE = 4;
    int DHGROUP_UNUSABLE = 5;
    int INCORRECT_PAYLOAD = 6;
    int INCORRECT_MESSAGE = 7;

    int tid();

    static int type(MemorySegment m) {
        return Wire.u8(m, TYPE);
    }

    static int id(MemorySegment m) {
        return Wire.u8(m, ID);
    }

    static int tid(MemorySegment m) {
        return Wire.u16(m, TID);
    }

    private static MemorySegment begin(int bytes, int type, int id, int tid) {
        MemorySegment m = MemorySegment.ofArray(new byte[bytes]);
        Wire.putU8(m, TYPE, type);
        Wire.putU8(m, ID, id);
        Wire.putU16(m, TID, tid);
        return m;
    }

    private static byte[] bytes(MemorySegment m, long offset, int length) {
        return m.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    }

    private static void put(MemorySegment m, long offset, byte[] bytes) {
        MemorySegment.copy(bytes, 0, m, ValueLayout.JAVA_BYTE, offset, bytes.length);
    }

    /**
     * AUTH_Negotiate, from the host (section 8.13.3.1):
     *
     * <pre>
     *  6 SC_C   7 NAPD   8.. protocol descriptors of 64 bytes
     * </pre>
     *
     * @param scc what is asked for in the way of secure channel concatenation
     */
    record Negotiate(int tid, int scc, List<Dhchap> protocols) implements AuthMessage {
        private static final long SC_C = 6;
        private static final long NAPD = 7;
        private static final int FIXED_BYTES = 8;
        private static final int DESCRIPTOR_BYTES = 64;

        /** The most that such a message can have. */
        public static final int MOST_BYTES = FIXED_BYTES + 255 * DESCRIPTOR_BYTES;

        public static Optional<Negotiate> decode(MemorySegment m) {
            if (m.byteSize() < FIXED_BYTES
                    || m.byteSize() != FIXED_BYTES + (long) Wire.u8(m, NAPD) * DESCRIPTOR_BYTES) {
                return Optional.empty();
            }
            List<Dhchap> protocols = new ArrayList<>();
            for (int i = 0; i < Wire.u8(m, NAPD); i++) {
                MemorySegment d = m.asSlice(FIXED_BYTES + (long) i * DESCRIPTOR_BYTES, DESCRIPTOR_BYTES);
                if (Wire.u8(d, Dhchap.AUTHID) == TYPE_DHCHAP) {
                    Optional<Dhchap> protocol = Dhchap.decode(d);
                    if (protocol.isEmpty()) {
                        return Optional.empty();
                    }
                    protocols.add(protocol.get());
                }
            }
            return Optional.of(new Negotiate(AuthMessage.tid(m), Wire.u8(m, SC_C), List.copyOf(protocols)));
        }
    }

    /**
     * A protocol descriptor for DH-HMAC-CHAP (section 8.13.5.2):
     *
     * <pre>
     *  0 AUTHID   1 reserved   2 HALEN   3 DHLEN   4..33 hash functions   34..63 groups
     * </pre>
     */
    record Dhchap(List<Integer> hashes, List<Integer> groups) {
        private static final long AUTHID = 0;
        private static final long HALEN = 2;
        private static final long DHLEN = 3;
        private static final long HASHES = 4;
        private static final long GROUPS = 34;
        private static final int MOST = 30;

        private static Optional<Dhchap> decode(MemorySegment d) {
            int hashes = Wire.u8(d, HALEN);
            int groups = Wire.u8(d, DHLEN);
            return hashes > MOST || groups > MOST
                    ? Optional.empty()
                    : Optional.of(new Dhchap(ids(d, HASHES, hashes), ids(d, GROUPS, groups)));
        }

        private static List<Integer> ids(MemorySegment d, long offset, int count) {
            List<Integer> ids = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                ids.add(Wire.u8(d, offset + i));
            }
            return List.copyOf(ids);
        }
    }

    /**
     * DH-HMAC-CHAP_Challenge, to the host (section 8.13.5.3):
     *
     * <pre>
     *  6 HL   7 reserved   8 HashID   9 DHgID   10..11 DHVLEN   12..15 SEQNUM   16.. CVAL, DH value
     * </pre>
     */
    record Challenge(int tid, int hash, int group, int seqnum, byte[] cval, byte[] dhValue) implements AuthMessage {
        private static final long HL = 6;
        private static final long HASH_ID = 8;
        private static final long GROUP_ID = 9;
        private static final long DHVLEN = 10;
        private static final long SEQNUM = 12;
        private static final int FIXED_BYTES = 16;

        public byte[] encode() {
            int length = FIXED_BYTES + cval.length + dhValue.length;
            MemorySegment m = begin(length, TYPE_DHCHAP, ID_CHALLENGE, tid);
            Wire.putU8(m, HL, cval.length);
            Wire.putU8(m, HASH_ID, hash);
            Wire.putU8(m, GROUP_ID, group);
            Wire.putU16(m, DHVLEN, dhValue.length);
            Wire.putU32(m, SEQNUM, seqnum);
            put(m, FIXED_BYTES, cval);
            put(m, FIXED_BYTES + (long) cval.length, dhValue);
            return bytes(m, 0, length);
        }
    }

    /**
     * DH-HMAC-CHAP_Reply, from the host (section 8.13.5.4):
     *
     * <pre>
     *  6 HL   7 reserved   8 CVALID   9 reserved   10..11 DHVLEN   12..15 SEQNUM   16.. RVAL, CVAL, DH value
     * </pre>
     *
     * @param cvalid 1: the host asks for a response to {@code cval}
     */
    record Reply(int tid, int cvalid, int seqnum, byte[] rval, byte[] cval, byte[] dhValue) implements AuthMessage {
        private static final long HL = 6;
        private static final long CVALID = 8;
        private static final long DHVLEN = 10;
        private static final long SEQNUM = 12;
        private static final int FIXED_BYTES = 16;

        public static Optional<Reply> decode(MemorySegment m) {
            if (m.byteSize() < FIXED_BYTES) {
                return Optional.empty();
            }
            int hl = Wire.u8(m, HL);
            int dhvlen = Wire.u16(m, DHVLEN);
            if (m.byteSize() != FIXED_BYTES + 2L * hl + dhvlen) {
                return Optional.empty();
            }
            return Optional.of(new Reply(
                    AuthMessage.tid(m),
                    Wire.u8(m, CVALID),
                    Wire.u32(m, SEQNUM),
                    bytes(m, FIXED_BYTES, hl),
                    bytes(m, FIXED_BYTES + (long) hl, hl),
                    bytes(m, FIXED_BYTES + 2L * hl, dhvlen)));
        }
    }

    /**
     * DH-HMAC-CHAP_Success1, to the host (section 8.13.5.5):
     *
     * <pre>
     *  6 HL   7 reserved   8 RVALID   9..15 reserved   16.. RVAL
     * </pre>
     *
     * @param hl of the hash function, also where there is no response: Linux looks at it
     * @param rval the response to the host's challenge; empty where it sent none
     */
    record Success1(int tid, int hl, byte[] rval) implements AuthMessage {
        private static final long HL = 6;
        private static final long RVALID = 8;
        private static final int FIXED_BYTES = 16;

        public byte[] encode() {
            int length = FIXED_BYTES + rval.length;
            MemorySegment m = begin(length, TYPE_DHCHAP, ID_SUCCESS1, tid);
            Wire.putU8(m, HL, hl);
            Wire.putU8(m, RVALID, rval.length == 0 ? 0 : 1);
            put(m, FIXED_BYTES, rval);
            return bytes(m, 0, length);
        }
    }

    /** DH-HMAC-CHAP_Success2, from the host (section 8.13.5.6): its header and ten reserved bytes. */
    record Success2(int tid) implements AuthMessage {
        private static final int BYTES = 16;

        public static Optional<Success2> decode(MemorySegment m) {
            return m.byteSize() == BYTES ? Optional.of(new Success2(AuthMessage.tid(m))) : Optional.empty();
        }
    }

    /**
     * AUTH_Failure1, to the host, and AUTH_Failure2, from it (section 8.13.3.2):
     *
     * <pre>
     *  6 reason code   7 its explanation
     * </pre>
     */
    record Failure(int tid, int explanation) implements AuthMessage {
        private static final long REASON = 6;
        private static final long EXPLANATION = 7;
        private static final int REASON_FAILURE = 1;
        public static final int BYTES = 8;

        public byte[] encode() {
            MemorySegment m = begin(BYTES, TYPE_COMMON, ID_FAILURE1, tid);
            Wire.putU8(m, REASON, REASON_FAILURE);
            Wire.putU8(m, EXPLANATION, explanation);
            return bytes(m, 0, BYTES);
        }

        public static Optional<Failure> decode(MemorySegment m) {
            return m.byteSize() == BYTES
                    ? Optional.of(new Failure(AuthMessage.tid(m), Wire.u8(m, EXPLANATION)))
                    : Optional.empty();
        }
    }
}
