package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nvmftarget.model.Nsid;

class WrittenNamespacesTest {
    private final WrittenNamespaces written = new WrittenNamespaces();

    @Test
    void holdsEachNamespaceOnceFromTheFirstToTheLast() {
        for (int nsid : new int[] {65536, 1, 64, 63, 1, 65536, 300}) {
            written.add(nsid);
        }

        assertEquals(
                List.of(1, 63, 64, 300, 65536),
                written.nsids().stream().map(Nsid::value).toList());
    }

    @Test
    void losesNothingThatReactorsAddAtOnce() throws InterruptedException {
        CountDownLatch begin = new CountDownLatch(1);
        List<Thread> reactors = IntStream.range(0, 4)
                .mapToObj(r -> Thread.ofPlatform().start(() -> {
                    try {
                        begin.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    for (int nsid = 1 + r; nsid <= 2000; nsid += 4) {
                        written.add(nsid);
                    }
                }))
                .toList();
        begin.countDown();
        for (Thread reactor : reactors) {
            reactor.join();
        }

        assertEquals(
                Set.copyOf(IntStream.rangeClosed(1, 2000).mapToObj(Nsid::new).toList()), Set.copyOf(written.nsids()));
    }
}
