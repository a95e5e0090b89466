package org.nvmftarget.control.config;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.nvmftarget.model.ByteSize;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

/**
 * {@code transports:} of the spec.
 *
 * @param declared the types that may be used by listeners, be their options right or wrong
 */
record Transports(SortedMap<TransportType, TransportOptions> options, Set<TransportType> declared) {

    private static final int MAX_IO_SIZE_BYTES = 16 << 20;
    private static final int RDMA_LEAST_IN_CAPSULE_BYTES = 256;

    /** A command with as many SGL descriptors as a host may send needs so many. */
    private static final int RDMA_LEAST_DATA_WRS = 15;

    private static final int MAX_KATO_MS = 86_400_000;
    private static final int MILLION = 1_000_000;

    static Transports bind(Optional<Value> section, Declarations declarations) {
        SortedMap<TransportType, TransportOptions> options = new TreeMap<>();
        if (section.isEmpty()) {
            return new Transports(options, Set.of());
        }
        Optional<Fields> types = section.get().fields(Section.TRANSPORTS);
        if (types.isEmpty()) {
            return new Transports(options, EnumSet.allOf(TransportType.class));
        }
        Set<TransportType> declared = EnumSet.noneOf(TransportType.class);
        for (TransportType type : TransportType.values()) {
            types.get().get(type.key()).ifPresent(value -> {
                declared.add(type);
                declarations.add(new ObjectRef.Transport(type), value.owner());
                options.put(type, type == TransportType.RDMA ? rdma(value) : tcp(value));
            });
        }
        return new Transports(options, declared);
    }

    private static TransportOptions rdma(Value value) {
        TransportOptions.Rdma defaults = TransportOptions.rdma();
        return value.fields(Section.RDMA)
                .<TransportOptions>map(f -> {
                    TransportOptions.Common common = common(f, defaults.common(), RDMA_LEAST_IN_CAPSULE_BYTES);
                    boolean noSrq = f.flag("no_srq", defaults.noSrq());
                    return new TransportOptions.Rdma(
                            common,
                            maxSrqDepth(f, defaults.maxSrqDepth(), common, noSrq),
                            noSrq,
                            f.integer("num_cqe", defaults.numCqe(), 16, MILLION),
                            f.integer("acceptor_backlog", defaults.acceptorBacklog(), 1, 65535),
                            f.flag("no_wr_batching", defaults.noWrBatching()),
                            f.integer("data_wr_pool_size", defaults.dataWrPoolSize(), RDMA_LEAST_DATA_WRS, MILLION),
                            poll(f, defaults.poll()));
                })
                .orElse(defaults);
    }

    /** Shared receives that do not cover one queue would let no host in. */
    private static int maxSrqDepth(Fields f, int otherwise, TransportOptions.Common common, boolean noSrq) {
        Optional<Integer> depth = f.integerOrWrong("max_srq_depth", otherwise, 2, MILLION);
        boolean adminIsLarger = common.maxAqDepth() > common.maxQueueDepth();
        String key = adminIsLarger ? "max_aq_depth" : "max_queue_depth";
        int largest = adminIsLarger ? common.maxAqDepth() : common.maxQueueDepth();
        if (!noSrq && depth.isPresent() && depth.get() < largest) {
            f.get("max_srq_depth")
                    .or(() -> f.get(key))
                    .ifPresent(value -> value.problem(
                            "the shared receives, max_srq_depth " + depth.get() + ", do not cover one queue of " + key
                                    + " " + largest,
                            "write a max_srq_depth of at least " + largest + ", or no_srq: true"));
        }
        return depth.orElse(otherwise);
    }

    private static TransportOptions.Poll poll(Fields f, TransportOptions.Poll otherwise) {
        List<String> words = Stream.of(TransportOptions.Poll.values())
                .map(TransportOptions.Poll::key)
                .toList();
        return f.get("poll")
                .flatMap(value -> value.choice(words))
                .map(word -> TransportOptions.Poll.valueOf(word.toUpperCase(Locale.ROOT)))
                .orElse(otherwise);
    }

    private static TransportOptions tcp(Value value) {
        TransportOptions.Tcp defaults = TransportOptions.tcp();
        return value.fields(Section.TCP)
                .<TransportOptions>map(f -> new TransportOptions.Tcp(
                        common(f, defaults.common(), 0),
                        f.flag("c2h_success", defaults.c2hSuccess()),
                        f.integer("sock_priority", defaults.sockPriority(), 0, 16),
                        f.integer("control_msg_num", defaults.controlMsgNum(), 1, 65535)))
                .orElse(defaults);
    }

    private static TransportOptions.Common common(Fields f, TransportOptions.Common defaults, int leastInCapsule) {
        Optional<Integer> maxIoSize = maxIoSize(f, defaults.maxIoSizeBytes());
        Optional<Integer> kas = f.integerOrWrong("kas", defaults.kasUnits(), 1, 65535);
        return new TransportOptions.Common(
                f.integer("max_queue_depth", defaults.maxQueueDepth(), 2, 65535),
                f.integer("max_io_qpairs_per_ctrlr", defaults.maxIoQpairsPerCtrlr(), 1, 65534),
                inCapsuleDataSize(f, defaults.inCapsuleDataSizeBytes(), leastInCapsule, maxIoSize),
                f.integer("max_aq_depth", defaults.maxAqDepth(), 32, 4096),
                maxIoSize.orElse(defaults.maxIoSizeBytes()),
                f.integer("ack_timeout", defaults.ackTimeoutMs(), 0, 3_600_000),
                kas.orElse(defaults.kasUnits()),
                minKato(f, defaults.minKatoMs(), kas),
                f.integer("abort_timeout_sec", defaults.abortTimeoutSec(), 0, 3600));
    }

    private static Optional<Integer> maxIoSize(Fields f, int otherwise) {
        Optional<Integer> size = f.sizeOrWrong("max_io_size", otherwise, 8192, MAX_IO_SIZE_BYTES);
        if (size.isPresent() && Integer.bitCount(size.get()) != 1) {
            f.get("max_io_size")
                    .ifPresent(value -> value.problem(
                            new ByteSize(size.get()) + " is not a power of two",
                            "write " + new ByteSize(Integer.highestOneBit(size.get())) + " or "
                                    + new ByteSize(2L * Integer.highestOneBit(size.get()))));
            return Optional.empty();
        }
        return size;
    }

    private static int inCapsuleDataSize(Fields f, int otherwise, int least, Optional<Integer> maxIoSize) {
        Optional<Integer> size = f.sizeOrWrong("in_capsule_data_size", otherwise, least, MAX_IO_SIZE_BYTES);
        f.get("in_capsule_data_size").filter(value -> size.isPresent()).ifPresent(value -> {
            if (size.get() % 16 != 0) {
                value.problem(size.get() + " bytes are not a multiple of 16");
            } else if (maxIoSize.isPresent() && size.get() > maxIoSize.get()) {
                value.problem(new ByteSize(size.get()) + " is more than max_io_size, which is "
                        + new ByteSize(maxIoSize.get()));
            }
        });
        return size.orElse(otherwise);
    }

    /** Granted keep-alive timeouts are multiples of kas, so the least one is too; the default follows kas upwards. */
    private static int minKato(Fields f, int otherwise, Optional<Integer> kas) {
        if (kas.isEmpty()) {
            return f.integer("min_kato", otherwise, 1, MAX_KATO_MS);
        }
        int unitMs = kas.get() * 100;
        int byDefault = Math.ceilDiv(otherwise, unitMs) * unitMs;
        int minKato = f.integer("min_kato", byDefault, 1, MAX_KATO_MS);
        if (minKato % unitMs != 0) {
            f.get("min_kato")
                    .ifPresent(value -> value.problem(
                            String.format(
                                    Locale.ROOT, "%d ms are not a multiple of kas, which is %d ms", minKato, unitMs),
                            "write " + Math.ceilDiv(minKato, unitMs) * unitMs
                                    + ", or a smaller kas (units of 100 ms)"));
        }
        return minKato;
    }
}
