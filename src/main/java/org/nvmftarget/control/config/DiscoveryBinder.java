package org.nvmftarget.control.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.nvmftarget.model.DiscoverySpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.Referral;
import org.nvmftarget.model.TransportAddress;

/** Binds {@code discovery:}. To be called after every subsystem: referrals are compared with their listeners. */
record DiscoveryBinder(
        AddressBinder binder, ListenersBinder listeners, Declarations declarations, SharedAddresses addresses) {

    DiscoverySpec bind(Optional<Value> section) {
        return section.flatMap(s -> s.fields(Section.DISCOVERY))
                .map(f -> new DiscoverySpec(
                        new TreeSet<>(
                                listeners.bindDiscovery(f.get("listeners")).keySet()),
                        referrals(f.get("referrals"))))
                .orElse(DiscoverySpec.NONE);
    }

    private SortedMap<TransportAddress, Referral> referrals(Optional<Value> list) {
        SortedMap<TransportAddress, Referral> referrals = new TreeMap<>();
        Map<TransportAddress, Value> seen = new HashMap<>();
        for (Value item : list.flatMap(Value::items).orElse(List.of())) {
            Optional<Fields> fields = item.fields(Section.REFERRAL);
            Optional<TransportAddress> address = fields.flatMap(binder::ofReferral);
            Nqn subnqn = fields.flatMap(f -> f.get("subnqn"))
                    .flatMap(DiscoveryBinder::nqn)
                    .orElse(Nqn.DISCOVERY);
            boolean secureChannel =
                    fields.map(f -> f.flag("secure_channel", false)).orElse(false);
            address.filter(a -> isFirst(item, a, seen) && isElsewhere(item, a)).ifPresent(a -> {
                referrals.put(a, new Referral(a, subnqn, secureChannel));
                declarations.add(new ObjectRef.Referral(a), item.place());
            });
        }
        return referrals;
    }

    private static Optional<Nqn> nqn(Value value) {
        return value.text("an NQN").flatMap(text -> {
            Optional<String> fault = Nqn.fault(text);
            fault.ifPresent(message ->
                    value.problem(Wording.shown(message), "leave it out for the well-known name: " + Nqn.DISCOVERY));
            return fault.isEmpty() ? Optional.of(new Nqn(text)) : Optional.empty();
        });
    }

    private static boolean isFirst(Value item, TransportAddress address, Map<TransportAddress, Value> seen) {
        Value earlier = seen.putIfAbsent(address, item);
        if (earlier != null) {
            item.problem(
                    "a referral to " + address + " is there already: " + earlier.path() + " (" + earlier.owner() + ")");
        }
        return earlier == null;
    }

    /** A host follows referrals; one that leads back would send it in a circle. */
    private boolean isElsewhere(Value item, TransportAddress address) {
        Optional<String> own = addresses.find(address);
        own.ifPresent(use -> item.problem(
                address + " is a listener of this target: " + use,
                "leave it out: the discovery service is there on each listener by itself"));
        return own.isEmpty();
    }
}
