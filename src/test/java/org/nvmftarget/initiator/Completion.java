package org.nvmftarget.initiator;

/**
 * How a command ended.
 *
 * @param status status code type and status code as {@code sct << 8 | sc}
 * @param dnr Do Not Retry
 * @param result the entry's DW0 and DW1
 * @param byFlag no entry came: the SUCCESS flag of the last C2HData said it
 * @param data what came from the controller
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Completion(int status, boolean dnr, long result, int sqHead, boolean byFlag, byte[] data) {

    public boolean succeeded() {
        return status == 0;
    }
}
