package org.nvmftarget.control.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class TrayTest {

    private final Tray tray = new Tray(8);

    private void put(String text) throws IOException {
        tray.write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatDoesNotFitIsRefusedAndTheRestOfItTakenBack() throws IOException {
        put("first");
        tray.mark();
        put("sec");
        assertThrows(Tray.Full.class, () -> put("o"));
        assertThrows(Tray.Full.class, () -> tray.write('o'));
        tray.reset();
        assertEquals("first", new String(tray.rest(), StandardCharsets.UTF_8));
    }

    @Test
    void itKeepsWhatAClientDoesNotTake() throws IOException {
        Sink sink = new Sink(3);
        put("answers");
        tray.sendTo(sink);
        assertFalse(tray.isEmpty());
        assertEquals("wers", new String(tray.rest(), StandardCharsets.UTF_8));
        tray.sendTo(sink);
        tray.sendTo(sink);
        assertTrue(tray.isEmpty());
        assertEquals("answers", sink.taken.toString(StandardCharsets.UTF_8));
    }

    @Test
    void itIsUsedAgain() throws IOException {
        put("whatever");
        tray.clear();
        assertTrue(tray.isEmpty());
        put("new");
        assertEquals("new", new String(tray.rest(), StandardCharsets.UTF_8));
    }

    /** Takes so many bytes at a time. */
    private static final class Sink implements WritableByteChannel {

        final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private final int most;

        Sink(int most) {
            this.most = most;
        }

        @Override
        public int write(ByteBuffer from) {
            int length = Math.min(most, from.remaining());
            for (int i = 0; i < length; i++) {
                taken.write(from.get());
            }
            return length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // Nothing to close.
        }
    }
}
