package org.nvmftarget.control.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.DhchapDigest;
import org.nvmftarget.model.DhchapGroup;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.KeyFile;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;
import tools.jackson.databind.node.ArrayNode;

/** Keys in SPDK's words: by their files' paths, never by what those hold. */
class SpdkKeysTest {
    private static final Nqn NQN = new Nqn("nqn.2026-11.org.example:a");
    private static final Nqn HOST = new Nqn("nqn.2026-11.org.example:h1");
    private static final Nqn OTHER = new Nqn("nqn.2026-11.org.example:h2");

    private static final SubsystemSpec SUBSYSTEM = new SubsystemSpec(
                    NQN, "s", "m", 32, 1, 9, false, new TreeSet<>(), new TreeMap<>(), new TreeMap<>(), false)
            .withHosts(
                    false,
                    new TreeSet<>(List.of(HOST, OTHER)),
                    new TreeMap<>(Map.of(
                            HOST,
                            new HostKeys(
                                    KeyFile.declared("/k/h1"),
                                    Optional.of(KeyFile.declared("/k/c")),
                                    new TreeSet<>(List.of(DhchapDigest.SHA512)),
                                    new TreeSet<>(List.of(DhchapGroup.FFDHE3072))))));
    private static final TargetConfig TARGET =
            new TargetConfig(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(Map.of(NQN, SUBSYSTEM)));

    @Test
    void aHostHasTheNamesOfItsKeys() {
        assertEquals(
                "[{\"nqn\":\"" + HOST + "\",\"dhchap_key\":\"/k/h1\",\"dhchap_ctrlr_key\":\"/k/c\"},{\"nqn\":\"" + OTHER
                        + "\"}]",
                SpdkJson.subsystem(SUBSYSTEM).path("hosts").toString());
    }

    @Test
    void aKeyringHasEachFileOnce() {
        assertEquals(
                "[{\"name\":\"/k/c\",\"module\":\"keyring_file\",\"removed\":false,\"probed\":false,\"refcnt\":1,"
                        + "\"path\":\"/k/c\"},{\"name\":\"/k/h1\",\"module\":\"keyring_file\",\"removed\":false,"
                        + "\"probed\":false,\"refcnt\":1,\"path\":\"/k/h1\"}]",
                SpdkKeys.keyring(TARGET).toString());
    }

    /** Without them the host would be let in by everybody who loads the configuration. */
    @Test
    void aConfigurationForSpdkHasTheKeysOfItsHosts() {
        ArrayNode calls = Json.array();
        SpdkConfig.keyring(TARGET).forEach(calls::add);
        assertEquals(
                "[{\"method\":\"keyring_file_add_key\",\"params\":{\"name\":\"/k/c\",\"path\":\"/k/c\"}},"
                        + "{\"method\":\"keyring_file_add_key\",\"params\":{\"name\":\"/k/h1\",\"path\":\"/k/h1\"}}]",
                calls.toString());
        String nvmf = SpdkConfig.nvmf(TARGET).flatMap(c -> c).toList().toString();
        assertEquals(
                2,
                nvmf.split("\"host\":\"" + HOST + "\",\"dhchap_key\":\"/k/h1\",\"dhchap_ctrlr_key\":\"/k/c\"", -1)
                        .length,
                nvmf);
        assertEquals(2, nvmf.split("\"dhchap_digests\":\\[\"sha512\"\\]", -1).length, nvmf);
        assertEquals(2, nvmf.split("\"dhchap_dhgroups\":\\[\"ffdhe3072\"\\]", -1).length, nvmf);
    }

    @Test
    void aQueuePairTellsHowFarItsHostHasCome() {
        TransportAddress address = new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "10.0.0.1", 4420);
        LiveState.QueueAuth begun = new LiveState.QueueAuth(false, "negotiate", Optional.empty(), Optional.empty());
        LiveState.QueueAuth done =
                new LiveState.QueueAuth(true, "completed", Optional.of("sha512"), Optional.of("ffdhe2048"));
        for (LiveState.QueueAuth auth : List.of(begun, done)) {
            LiveState.QueuePair pair =
                    new LiveState.QueuePair(0, false, "reactor-0", address, Optional.empty(), Optional.of(auth));
            LiveState.Controller controller =
                    new LiveState.Controller(1, HOST, "1".repeat(32), address, List.of(pair), new TreeSet<>());
            var json = SpdkLiveJson.queuePair(controller, pair, "t");
            assertEquals(
                    auth.authenticated() ? "enabled" : "authenticating",
                    json.path("state").asString());
            assertEquals(
                    auth.authenticated()
                            ? "{\"state\":\"completed\",\"digest\":\"sha512\",\"dhgroup\":\"ffdhe2048\"}"
                            : "{\"state\":\"negotiate\",\"digest\":\"unknown\",\"dhgroup\":\"unknown\"}",
                    json.path("auth").toString());
        }
    }
}
