package org.nvmftarget.control.plan;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Set;
import org.nvmftarget.model.BdevError;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Referral;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;

/**
 * Feeds configurations to SHA-256 in one canonical form: maps and sets in their sorted order with their counts, texts
 * with their length, so that two unequal configurations never give the same bytes.
 */
final class Canonical {
    /** No count of a set. */
    private static final int ALL_HOSTS = -1;

    /** No count of anything, and no length of a text. */
    private static final int KEYS = -1;

    private static final int LIMITS = -1;

    private final MessageDigest sha = sha256();

    void add(TargetConfig config) {
        count(config.transports().size());
        // Options hold numbers and booleans alone, so a record's own text is unambiguous.
        config.transports().values().stream().map(TransportOptions::toString).forEach(this::text);
        count(config.bdevs().size());
        config.bdevs().values().forEach(this::bdev);
        count(config.subsystems().size());
        config.subsystems().values().forEach(this::subsystem);
        count(config.discovery().listeners().size());
        config.discovery().listeners().forEach(this::address);
        count(config.discovery().referrals().size());
        config.discovery().referrals().values().forEach(this::referral);
    }

    byte[] digest() {
        return sha.digest();
    }

    private void bdev(BdevSpec bdev) {
        text(bdev.type());
        text(bdev.name());
        number(bdev.sizeBytes());
        number(bdev.blockSizeBytes());
        if (!bdev.path().isEmpty()) {
            text(bdev.path()); // the type says whether there is one
        }
        if (!bdev.base().isEmpty()) {
            text(bdev.base()); // as above
        }
        text(bdev.uuid().toString());
        addOwn(bdev);
        if (bdev.limits().isAny()) {
            limits(bdev.limits());
        }
    }

    /** What only devices of one type have. */
    private void addOwn(BdevSpec bdev) {
        if (bdev instanceof BdevSpec.Delay delay) {
            number(delay.latencies().avgReadUs());
            number(delay.latencies().p99ReadUs());
            number(delay.latencies().avgWriteUs());
            number(delay.latencies().p99WriteUs());
        }
        if (bdev instanceof BdevSpec.Failing error) {
            count(error.errors().size());
            error.errors().forEach(this::error);
        }
    }

    private void error(BdevError error) {
        text(error.ioType().key());
        text(error.status().key());
        number(error.lba());
        number(error.blocks());
        number(error.every());
        number(error.num());
    }

    private void limits(BdevLimits limits) {
        count(LIMITS);
        number(limits.iops());
        number(limits.readIops());
        number(limits.writeIops());
        number(limits.bandwidthBytes());
        number(limits.readBandwidthBytes());
        number(limits.writeBandwidthBytes());
    }

    private void subsystem(SubsystemSpec s) {
        text(s.nqn().value());
        text(s.serialNumber());
        text(s.modelNumber());
        number(s.maxNamespaces());
        number(s.minCntlid());
        number(s.maxCntlid());
        number(s.allowAnyHost() ? 1 : 0);
        number(s.protect() ? 1 : 0);
        count(s.hosts().size());
        s.hosts().forEach(host -> {
            text(host.value());
            s.keysOf(host).ifPresent(this::hostKeys);
        });
        count(s.namespaces().size());
        s.namespaces().values().forEach(this::namespace);
        count(s.listeners().size());
        s.listeners().values().forEach(this::listener);
    }

    /** Where they stand, and whether they are in force; what they are is not known here. */
    private void hostKeys(HostKeys keys) {
        count(KEYS);
        count(keys.dhchapCtrlrKey().isPresent() ? 2 : 1);
        keys.files().forEach(file -> {
            text(file.path());
            text(file.state().name());
        });
        count(keys.digests().size());
        keys.digests().forEach(digest -> text(digest.key()));
        count(keys.dhgroups().size());
        keys.dhgroups().forEach(group -> text(group.key()));
    }

    private void namespace(NamespaceSpec ns) {
        number(ns.nsid().value());
        text(ns.bdev());
        text(ns.uuid().toString());
        text(ns.nguid());
        text(ns.eui64().orElse(""));
        number(ns.anaGroup());
        count(ns.hosts().map(Set::size).orElse(ALL_HOSTS));
        ns.hosts().ifPresent(hosts -> hosts.forEach(host -> text(host.value())));
    }

    private void listener(ListenerSpec listener) {
        address(listener.address());
        text(listener.anaState().key());
        count(listener.anaStates().size());
        listener.anaStates().forEach((group, state) -> {
            number(group);
            text(state.key());
        });
    }

    private void referral(Referral referral) {
        address(referral.address());
        text(referral.subnqn().value());
        number(referral.secureChannel() ? 1 : 0);
    }

    private void address(TransportAddress address) {
        text(address.trtype().key());
        text(address.adrfam().json());
        text(address.traddr());
        number(address.trsvcid());
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        count(bytes.length);
        sha.update(bytes);
    }

    private void count(int count) {
        number(count);
    }

    private void number(long number) {
        sha.update(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
