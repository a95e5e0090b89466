package org.nvmftarget.control.admit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nvmftarget.control.config.SpecReader;
import org.nvmftarget.control.config.SpecText;
import org.nvmftarget.model.TargetConfig;

/** Which edits take something away from a host, as a torn file would, and so must lie still for a while. */
class RemovalsTest {

    private static final String NAMESPACE = "bdev: a";
    private static final String LISTENER = "trtype: tcp, traddr: 10.0.0.1, trsvcid: 4420";

    private static TargetConfig config(String namespace, String listener, String discovery) {
        String text = """
                version: 1
                transports: { tcp: }
                bdevs: { a: { type: malloc, size: 1MiB } }
                subsystems:
                  nqn.2026-11.org.example:a:
                    allow_any_host: true
                    namespaces: { 1: { %s } }
                    listeners: [ { %s } ]
                discovery: { %s }
                """.formatted(namespace, listener, discovery);
        var result = SpecReader.read(List.of(new SpecText("target.yaml", text)));
        assertEquals(List.of(), result.problems());
        return result.state().orElseThrow().target();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|hosts: {}|true",
                "hosts: {}|''|false",
                "hosts: { nqn.2026-11.org.example:x: }|hosts: { nqn.2026-11.org.example:x: , nqn.2026-11.org.example:y: }|false",
                "hosts: { nqn.2026-11.org.example:x: , nqn.2026-11.org.example:y: }|hosts: { nqn.2026-11.org.example:x: }|true",
                "''|ana_group: 2|false",
                "''|uuid: 00000000-0000-0000-0000-0000000000a0|true",
            })
    void aNamespaceIsTakenAwayIfSomeHostMayLoseIt(String before, String after, boolean takesAway) {
        assertEquals(
                takesAway,
                Removals.in(
                        config(NAMESPACE + ", " + before, LISTENER, ""),
                        config(NAMESPACE + ", " + after, LISTENER, "")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "trtype: tcp, traddr: 10.0.0.1, trsvcid: 4420, ana_state: inaccessible|false",
                "trtype: tcp, traddr: 10.0.0.2, trsvcid: 4420|true",
            })
    void aListenerIsTakenAwayWithItsAddress(String after, boolean takesAway) {
        assertEquals(takesAway, Removals.in(config(NAMESPACE, LISTENER, ""), config(NAMESPACE, after, "")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|referrals: [{ trtype: tcp, traddr: 10.0.0.9, trsvcid: 1 }]|false",
                "referrals: [{ trtype: tcp, traddr: 10.0.0.9, trsvcid: 1 }]|''|true",
                "listeners: [{ trtype: tcp, traddr: 10.0.0.9, trsvcid: 1 }]|''|true",
                "referrals: [{ trtype: tcp, traddr: 10.0.0.9, trsvcid: 1 }]|referrals: [{ trtype: tcp, traddr: 10.0.0.9, trsvcid: 1, secure_channel: true }]|false",
            })
    void discoveryLosesAListenerOrAReferral(String before, String after, boolean takesAway) {
        assertEquals(takesAway, Removals.in(config(NAMESPACE, LISTENER, before), config(NAMESPACE, LISTENER, after)));
    }
}
