package org.nvmftarget.control.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.nvmftarget.control.config.SpecReader;
import org.nvmftarget.control.config.SpecText;
import org.nvmftarget.model.TargetConfig;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An SPDK 26.09-pre that had taken this program's {@code save_config} of {@code loaded/target.yaml} by {@code
 * load_config} saved {@code loaded/save_config.json} itself: the same calls with the same parameters, in another order
 * here and there, without the ANA states that SPDK does not save, and with options of its own.
 */
final class SpdkLoadedTest {

    private static final String ANA_STATE = "nvmf_subsystem_listener_set_ana_state";

    private final TargetConfig target = target();
    private final JsonNode saved = Json.parse(text("save_config.json"));

    @Test
    void itHasTheKeys() {
        assertSame("keyring", SpdkConfig.keyring(target));
    }

    @Test
    void itHasTheBdevsAndTheirLimits() {
        assertSame("bdev", SpdkConfig.bdevs(target));
    }

    @Test
    void itHasTransportsSubsystemsHostsNamespacesListenersAndReferrals() {
        assertSame("nvmf", SpdkConfig.nvmf(target).flatMap(calls -> calls));
    }

    private void assertSame(String part, Stream<ObjectNode> ours) {
        List<ObjectNode> calls =
                ours.filter(call -> !method(call).equals(ANA_STATE)).toList();
        Set<String> methods = new HashSet<>();
        calls.forEach(call -> methods.add(method(call)));
        List<String> spdks = saved.path("subsystems")
                .valueStream()
                .filter(each -> each.path("subsystem").stringValue().equals(part))
                .flatMap(each -> each.path("config").valueStream())
                .filter(call -> methods.contains(method(call)))
                .map(JsonNode::toString)
                .sorted()
                .toList();
        assertEquals(
                String.join("\n", spdks),
                String.join(
                        "\n", calls.stream().map(JsonNode::toString).sorted().toList()));
    }

    private static String method(JsonNode call) {
        return call.path("method").stringValue();
    }

    private static TargetConfig target() {
        return SpecReader.read(List.of(new SpecText("target.yaml", text("target.yaml"))))
                .state()
                .orElseThrow()
                .target();
    }

    private static String text(String name) {
        try (InputStream in =
                Objects.requireNonNull(SpdkLoadedTest.class.getResourceAsStream("/spdk-rpc/loaded/" + name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
