package org.nvmftarget.data.rdma;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How the control thread and the reaper wait for another thread; a simulation that is all threads has a way of its own. */
@FunctionalInterface
interface Waiting {

    /** Blocks the calling thread. */
    Waiting BLOCKING = Waiting::block;

    /** Waits until {@code answer} is complete; false if {@code timeoutMs} ran out first, or the thread was interrupted. */
    boolean within(CompletableFuture<?> answer, long timeoutMs);

    /** Waits for an answer that comes in any case. */
    default <T> T join(CompletableFuture<T> answer) {
        boolean _ = within(answer, Long.MAX_VALUE);
        return answer.join();
    }

    private static boolean block(CompletableFuture<?> answer, long timeoutMs) {
        try {
            var _ = answer.get(timeoutMs, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
