package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import org.nvmftarget.data.nvme.AsyncEvent;
import org.nvmftarget.data.nvme.ReservationNotification;
import org.nvmftarget.data.reservation.Notice;

/**
 * The reservation notifications of one controller that its host has not read yet, on the admin reactor (NVMe Base
 * specification 2.0, section 5.16.1.24 and "Reservation Notifications"). Each has a number; one for which there is no
 * room is lost, and the host sees that a number is missing.
 */
final class ReservationNotices {

    static final LogSource SOURCE = new LogSource() {
        @Override
        public MemorySegment page(Command c) {
            MemorySegment page = LogPages.zeroed(ReservationNotification.BYTES);
            c.controller().notices().encode(page);
            return page;
        }

        @Override
        public void wasRead(Command c) {
            c.controller().notices().wasRead();
        }
    };

    /** More would not show in the log page either. */
    private static final int CAPACITY = 255;

    private record Entry(long count, Notice.Kind kind, int nsid) {}

    private final AsyncEvents events;
    private final ArrayDeque<Entry> unread = new ArrayDeque<>();
    private long count;

    ReservationNotices(AsyncEvents events) {
        this.events = events;
    }

    void add(Notice.Kind kind, int nsid) {
        count++;
        if (count == 0) {
            count = 1; // 0 is an empty page
        }
        if (unread.size() < CAPACITY) {
            unread.addLast(new Entry(count, kind, nsid));
        }
        events.raise(AsyncEvent.RESERVATION_LOG_AVAILABLE, 0);
    }

    /** Writes the oldest over zeroed bytes, or an empty page. */
    void encode(MemorySegment page) {
        Entry oldest = unread.peekFirst();
        ReservationNotification log = oldest == null
                ? ReservationNotification.EMPTY
                : new ReservationNotification(oldest.count(), oldest.kind().code(), unread.size() - 1, oldest.nsid());
        log.encode(page);
    }

    /** The host has read the oldest without retaining it. */
    void wasRead() {
        unread.pollFirst();
        events.unmask(AsyncEvent.RESERVATION_LOG_AVAILABLE);
    }

    /** Controller reset. */
    void reset() {
        unread.clear();
        count = 0;
    }
}
