package org.nvmftarget.control.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;

/** Binds {@code trtype}, {@code traddr}, {@code trsvcid} and {@code adrfam}. */
final class AddressBinder {

    private static final List<String> TYPES = List.of("rdma", "tcp");
    private static final List<String> FAMILIES = List.of("ipv4", "ipv6", "IPv4", "IPv6");

    private final Transports transports;

    AddressBinder(Transports transports) {
        this.transports = transports;
    }

    /** One of this machine, whose transport must be declared. */
    Optional<TransportAddress> ofListener(Fields f) {
        return address(f, f.require("trtype").flatMap(this::declared));
    }

    /** One of another machine. */
    Optional<TransportAddress> ofReferral(Fields f) {
        Optional<TransportAddress> address = address(f, f.require("trtype").flatMap(AddressBinder::trtype));
        return address.filter(a -> {
            if (a.isWildcard()) {
                f.get("traddr")
                        .ifPresent(v -> v.problem(
                                a.traddr() + " is no address that hosts can go to",
                                "write the address of the other discovery service"));
            }
            return !a.isWildcard();
        });
    }

    private static Optional<TransportAddress> address(Fields f, Optional<TransportType> trtype) {
        Optional<IpAddress> traddr = f.require("traddr").flatMap(AddressBinder::traddr);
        Optional<Long> trsvcid = f.require("trsvcid").flatMap(v -> v.integer(1, 65535));
        f.get("adrfam").ifPresent(v -> checkFamily(v, traddr));
        if (trtype.isEmpty() || traddr.isEmpty() || trsvcid.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new TransportAddress(
                trtype.get(),
                traddr.get().adrfam(),
                traddr.get().text(),
                trsvcid.get().intValue()));
    }

    private static Optional<TransportType> trtype(Value value) {
        return value.choice(TYPES).map(key -> TransportType.valueOf(key.toUpperCase(Locale.ROOT)));
    }

    private Optional<TransportType> declared(Value value) {
        return trtype(value).filter(type -> {
            boolean declared = transports.declared().contains(type);
            if (!declared) {
                value.problem(
                        "trtype " + type.key() + " is not declared under `transports`",
                        "add `" + type.key() + ":` to `transports`");
            }
            return declared;
        });
    }

    private static Optional<IpAddress> traddr(Value value) {
        return value.text("a numeric address").flatMap(text -> switch (IpAddress.parse(text)) {
            case IpAddress.Good good -> Optional.of(good.address());
            case IpAddress.Bad bad -> {
                value.problem(bad.message(), bad.hint());
                yield Optional.empty();
            }
        });
    }

    private static void checkFamily(Value value, Optional<IpAddress> traddr) {
        value.choice(FAMILIES).ifPresent(text -> {
            AddressFamily family = AddressFamily.valueOf(text.toUpperCase(Locale.ROOT));
            if (traddr.isPresent() && traddr.get().adrfam() != family) {
                value.problem(
                        text + " does not fit traddr, which is "
                                + traddr.get().adrfam().json(),
                        "leave it out: traddr tells");
            }
        });
    }
}
