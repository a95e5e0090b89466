package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.nvmftarget.data.nvme.AsyncEvent;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Referral;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

/**
 * Whatever is declared and taken back: each host's discovery log lists just what is for it, its generation changes when
 * the entries do and not otherwise, and the host is told of it once.
 */
class DiscoveryProperties {

    private static final List<Nqn> SUBSYSTEMS =
            List.of(new Nqn("nqn.2026-11.org.example:a"), new Nqn("nqn.2026-11.org.example:b"));
    private static final List<Nqn> HOSTS = List.of(
            new Nqn("nqn.2026-11.org.example:host0"),
            new Nqn("nqn.2026-11.org.example:host1"),
            new Nqn("nqn.2026-11.org.example:host2"));
    private static final List<TransportAddress> ADDRESSES =
            IntStream.range(0, 3).mapToObj(DiscoveryProperties::address).toList();

    private static TransportAddress address(int i) {
        String traddr = i == 2 ? "0.0.0.0" : "10.0.0." + (i + 2);
        return new TransportAddress(TransportType.TCP, AddressFamily.IPV4, traddr, 4420 + i);
    }

    enum Kind {
        LISTENER,
        HOST,
        ANY_HOST,
        DISCOVERY_LISTENER,
        REFERRAL,
        SUBSYSTEM,
        READ
    }

    /** Each makes what is not there, and takes away what is. */
    record Act(Kind kind, int subsystem, int which) {}

    @Provide
    Arbitrary<List<Act>> acts() {
        Arbitrary<Integer> three = Arbitraries.integers().between(0, 2);
        return Combinators.combine(Arbitraries.of(Kind.class), three.map(i -> i % 2), three)
                .as(Act::new)
                .list()
                .ofMaxSize(50);
    }

    @Property
    void eachHostHasALogOfItsOwn(@ForAll("acts") List<Act> acts) {
        World world = new World();
        world.check();
        for (Act act : acts) {
            world.play(act);
            world.check();
        }
    }

    /** A subsystem as it was declared. */
    private static final class Declared {
        boolean anyHost;
        final SortedSet<Nqn> hosts = new TreeSet<>();
        final SortedSet<TransportAddress> listeners = new TreeSet<>();
    }

    /** A host with a discovery controller that stays. */
    private static final class Client {
        final Nqn host;
        final TestQueue queue;
        List<String> known = List.of();
        long generation;
        TestRequest aer;
        boolean told;

        Client(Nqn host, TestQueue queue) {
            this.host = host;
            this.queue = queue;
            aer = request(queue);
        }

        static TestRequest request(TestQueue queue) {
            return queue.send(Sq.command(Opcode.ASYNC_EVENT_REQUEST, 0));
        }
    }

    private static final class World {
        final TestTarget t = new TestTarget();
        final SortedMap<Nqn, Declared> subsystems = new TreeMap<>();
        final SortedSet<TransportAddress> discovery = new TreeSet<>();
        final SortedSet<TransportAddress> referrals = new TreeSet<>();
        final List<Client> clients = new ArrayList<>();

        World() {
            t.done(new Step.CreateTransport(TransportOptions.tcp()));
            t.done(new Step.AddListener(Nqn.DISCOVERY, TestTarget.ADDRESS));
            discovery.add(TestTarget.ADDRESS);
            SUBSYSTEMS.forEach(this::toggleSubsystem);
            for (Nqn host : HOSTS) {
                Client client = new Client(host, t.admin(Nqn.DISCOVERY, host, 0));
                client.known = expected(client);
                client.generation = Wire.u64(log(client, true), 0);
                clients.add(client);
            }
        }

        void play(Act act) {
            Nqn nqn = SUBSYSTEMS.get(act.subsystem());
            Declared s = subsystems.get(nqn);
            TransportAddress address = ADDRESSES.get(act.which());
            switch (act.kind()) {
                case SUBSYSTEM -> toggleSubsystem(nqn);
                case DISCOVERY_LISTENER ->
                    toggle(
                            discovery,
                            address,
                            new Step.AddListener(Nqn.DISCOVERY, address),
                            new Step.RemoveListener(Nqn.DISCOVERY, address));
                case REFERRAL ->
                    toggle(
                            referrals,
                            address,
                            new Step.AddReferral(Referral.of(address)),
                            new Step.RemoveReferral(address));
                case READ -> read(clients.get(act.which()));
                default -> {
                    if (s != null) {
                        play(act, nqn, s);
                    }
                }
            }
            t.settle();
        }

        private void play(Act act, Nqn nqn, Declared s) {
            TransportAddress address = ADDRESSES.get(act.which());
            Nqn host = HOSTS.get(act.which());
            switch (act.kind()) {
                case LISTENER ->
                    toggle(
                            s.listeners,
                            address,
                            new Step.AddListener(nqn, address),
                            new Step.RemoveListener(nqn, address));
                case HOST -> toggle(s.hosts, host, new Step.AddHost(nqn, host), new Step.RemoveHost(nqn, host));
                default -> {
                    s.anyHost = !s.anyHost;
                    t.done(new Step.SetAllowAnyHost(nqn, s.anyHost));
                }
            }
        }

        private <T> void toggle(Set<T> set, T element, Step add, Step remove) {
            boolean added = set.add(element);
            if (!added) {
                set.remove(element);
            }
            t.done(added ? add : remove);
        }

        private void toggleSubsystem(Nqn nqn) {
            if (subsystems.remove(nqn) == null) {
                subsystems.put(nqn, new Declared());
                t.done(new Step.CreateSubsystem(nqn, "NT01", "nvmf-target", 8, 1, 0xFFEF));
            } else {
                t.done(new Step.RemoveSubsystem(nqn));
            }
        }

        /** Subtype, flags, name and address of each entry. */
        private List<String> expected(Client client) {
            SortedMap<Nqn, Declared> allowed = new TreeMap<>(subsystems);
            allowed.values().removeIf(s -> !s.anyHost && !s.hosts.contains(client.host));
            boolean wildcard = discovery.stream().anyMatch(TransportAddress::isWildcard)
                    || allowed.values().stream()
                            .anyMatch(s -> s.listeners.stream().anyMatch(TransportAddress::isWildcard));
            List<String> list = new ArrayList<>();
            list.add("3 3 " + Nqn.DISCOVERY + " " + TestTarget.ADDRESS);
            discovery.stream()
                    .filter(a -> !a.equals(TestTarget.ADDRESS))
                    .forEach(a -> list.add((wildcard ? "3 2 " : "3 3 ") + Nqn.DISCOVERY + " " + reached(a)));
            allowed.forEach((nqn, s) -> s.listeners.forEach(a -> list.add("2 0 " + nqn + " " + reached(a))));
            referrals.forEach(a -> list.add("1 0 " + Nqn.DISCOVERY + " " + a));
            return list;
        }

        private static TransportAddress reached(TransportAddress a) {
            return a.isWildcard()
                    ? new TransportAddress(a.trtype(), a.adrfam(), TestTarget.ADDRESS.traddr(), a.trsvcid())
                    : a;
        }

        private static MemorySegment log(Client client, boolean retain) {
            return client.queue
                    .read(Sq.log(LogPage.DISCOVERY, 1024 * 24, 0, retain), 1024 * 24)
                    .page();
        }

        private static void read(Client client) {
            log(client, false);
            client.told = false;
            if (client.aer.isAnswered()) {
                client.aer = Client.request(client.queue);
            }
        }

        private static List<String> entries(MemorySegment log) {
            List<String> found = new ArrayList<>();
            for (int i = 0; i < Wire.u64(log, 8); i++) {
                long at = 1024 + i * 1024L;
                TransportAddress address = new TransportAddress(
                        TransportType.TCP,
                        AddressFamily.IPV4,
                        Wire.text(log, at + 512, 256).strip(),
                        Integer.parseInt(Wire.text(log, at + 32, 32).strip()));
                found.add(Wire.u8(log, at + 2) + " " + Wire.u16(log, at + 10) + " " + Wire.text(log, at + 256, 256)
                        + " " + address);
            }
            return found;
        }

        void check() {
            for (Client client : clients) {
                MemorySegment log = log(client, true);
                List<String> wanted = expected(client);
                assertEquals(wanted, entries(log));
                if (!wanted.equals(client.known)) {
                    client.known = wanted;
                    client.generation++;
                    client.told = true;
                }
                assertEquals(client.generation, Wire.u64(log, 0), "generation");
                assertEquals(client.told, client.aer.isAnswered(), "told of a change");
                if (client.told) {
                    assertEquals(AsyncEvent.DISCOVERY_CHANGED, client.aer.dw0());
                }
            }
        }
    }
}
