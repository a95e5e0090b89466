package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class StripeLocksTest {

    private final StripeLocks locks = new StripeLocks();

    private static StripeHold hold(boolean alone, long... offsets) {
        StripeHold hold = new StripeHold();
        hold.begin(alone);
        for (long offset : offsets) {
            hold.add(offset, 4096);
        }
        hold.sort();
        return hold;
    }

    @Test
    void shouldLetManyShareAndOneBeAlone() {
        StripeHold a = hold(false, 0);
        StripeHold b = hold(false, 512);
        StripeHold alone = hold(true, 1024);
        assertTrue(a.take(locks));
        assertTrue(b.take(locks));
        assertFalse(alone.take(locks));
        a.release(locks);
        assertFalse(alone.take(locks));
        b.release(locks);
        assertTrue(alone.take(locks));
        assertFalse(hold(false, 0).take(locks));
        assertFalse(hold(true, 0).take(locks));
        alone.release(locks);
        assertTrue(a.take(locks) && hold(false, 0).take(locks));
    }

    @Test
    void shouldNotOvertakeWhoWantsToBeAlone() {
        StripeHold reader = hold(false, 0);
        StripeHold writer = hold(true, 0);
        assertTrue(reader.take(locks));
        assertFalse(writer.take(locks));
        StripeHold later = hold(false, 0);
        assertFalse(later.take(locks));
        reader.release(locks);
        assertTrue(writer.take(locks));
        writer.release(locks);
        assertTrue(later.take(locks));
    }

    @Test
    void shouldKeepWhatItHasAndGoOn() {
        StripeHold first = hold(true, 5L << 20);
        assertTrue(first.take(locks));
        StripeHold both = hold(true, 9L << 20, 2L << 20, 5L << 20, 2L << 20);
        assertFalse(both.take(locks));
        assertFalse(hold(false, 2L << 20).take(locks), "the lower one is held meanwhile");
        StripeHold higher = hold(false, 9L << 20);
        assertTrue(higher.take(locks), "the higher one is not");
        higher.release(locks);
        first.release(locks);
        assertTrue(both.take(locks));
        both.release(locks);
    }

    @Test
    void shouldHoldEveryStripeOfALongRangeAndFreeItAgain() {
        StripeHold all = new StripeHold();
        all.begin(true);
        all.add(3L << 20, 5000L << 20);
        all.sort();
        assertTrue(all.take(locks));
        for (long stripe = 0; stripe < StripeLocks.PLACES; stripe += 97) {
            assertFalse(hold(false, stripe << 20).take(locks));
        }
        all.release(locks);
        for (long stripe = 0; stripe < StripeLocks.PLACES; stripe++) {
            assertTrue(hold(true, stripe << 20).take(locks));
        }
    }
}
