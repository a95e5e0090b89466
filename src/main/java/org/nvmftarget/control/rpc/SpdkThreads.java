package org.nvmftarget.control.rpc;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.UnaryOperator;
import org.nvmftarget.model.EventLoops;
import org.nvmftarget.model.LiveState;

/**
 * This program's event loops by SPDK's names: a thread with a poll group for each reactor, since that is what monitors
 * look for, and {@code app_thread} for the acceptor. Each is on an lcore of its own: the CPU that it is bound to, else the
 * lowest number that is left.
 */
final class SpdkThreads {

    private static final String APP_THREAD = "app_thread";
    private static final int APP_THREAD_ID = 1;

    private static final int POLL_GROUP_DIGITS = 3;

    /** The first poll group's thread. */
    private static final int FIRST_ID = 2;

    private SpdkThreads() {}

    /** @param number counts threads from 1, as SPDK does */
    record LightThread(String name, int number, int lcore, String cpumask, EventLoops.EventLoop loop) {
        long elapsedNs() {
            return loop.busyNs() + loop.idleNs();
        }
    }

    /** The name of the poll group of a reactor. */
    static String pollGroup(int reactor) {
        String number = Integer.toString(reactor);
        return "nvmf_tgt_poll_group_" + "0".repeat(Math.max(0, POLL_GROUP_DIGITS - number.length())) + number;
    }

    /** The number of the thread of a reactor. */
    static int number(int reactor) {
        return FIRST_ID + reactor;
    }

    /** From a reactor's name to its thread's; one that is no reactor's is left as it is. */
    static UnaryOperator<String> names(LiveState.Stats stats) {
        List<String> reactors =
                stats.pollGroups().stream().map(LiveState.PollGroup::name).toList();
        return name -> {
            int i = reactors.indexOf(name);
            return i < 0 ? name : pollGroup(i);
        };
    }

    /** The application's first, as SPDK has it. */
    static List<LightThread> of(EventLoops loops) {
        List<LightThread> all = new ArrayList<>();
        List<Integer> lcores = lcores(loops);
        int reactors = loops.reactors().size();
        int processors = Runtime.getRuntime().availableProcessors();
        for (EventLoops.EventLoop other : loops.others()) {
            all.add(thread(APP_THREAD, APP_THREAD_ID, lcores.get(reactors + all.size()), other, processors));
        }
        for (int i = 0; i < reactors; i++) {
            all.add(thread(
                    pollGroup(i), number(i), lcores.get(i), loops.reactors().get(i), processors));
        }
        return all;
    }

    private static LightThread thread(String name, int number, int lcore, EventLoops.EventLoop loop, int processors) {
        return new LightThread(name, number, lcore, cpumask(loop, processors), loop);
    }

    private static List<Integer> lcores(EventLoops loops) {
        List<EventLoops.EventLoop> all = new ArrayList<>(loops.reactors());
        all.addAll(loops.others());
        BitSet taken = new BitSet();
        all.forEach(loop -> loop.cpu().ifPresent(taken::set));
        List<Integer> lcores = new ArrayList<>();
        for (EventLoops.EventLoop loop : all) {
            int lcore = loop.cpu().orElseGet(() -> taken.nextClearBit(0));
            taken.set(lcore);
            lcores.add(lcore);
        }
        return lcores;
    }

    /** In hexadecimal digits: the CPU that it is bound to, or all that this process may use. */
    private static String cpumask(EventLoops.EventLoop loop, int processors) {
        BigInteger mask = loop.cpu().isPresent()
                ? BigInteger.ZERO.setBit(loop.cpu().getAsInt())
                : BigInteger.ONE.shiftLeft(processors).subtract(BigInteger.ONE);
        return mask.toString(16);
    }
}
