package org.nvmftarget.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

/** Values of options, and what holds without them. */
final class OptionsTest {

    @Test
    void rootsPlacesAreTheSystems() {
        assertEquals(
                new Places(
                        Path.of("/run/nvmf-target/rpc.sock"),
                        Path.of("/var/lib/nvmf-target"),
                        Optional.of(Path.of("/var/tmp/spdk.sock"))),
                Places.of(Map.of("XDG_RUNTIME_DIR", "/run/user/0"), 0, Path.of("/root")));
    }

    @Test
    void otherUsersPlacesAreBelowTheirXdgFolders() {
        assertEquals(
                new Places(Path.of("/run/user/7/nvmf-target/rpc.sock"), Path.of("/s/nvmf-target"), Optional.empty()),
                Places.of(Map.of("XDG_RUNTIME_DIR", "/run/user/7", "XDG_STATE_HOME", "/s"), 7, Path.of("/home/u")));
    }

    @Test
    void withoutXdgFoldersThePlacesAreInTmpAndHome() {
        assertEquals(
                new Places(
                        Path.of("/tmp/nvmf-target-7/rpc.sock"),
                        Path.of("/home/u/.local/state/nvmf-target"),
                        Optional.empty()),
                Places.of(Map.of("XDG_STATE_HOME", "not/absolute"), 7, Path.of("/home/u")));
    }

    @Test
    void cpusAreListedAsLinuxListsThem() {
        assertEquals(
                List.of(0, 2, 3, 4, 8),
                new CpuList.Converter().convert("2-4,0,8,3").cpus());
        for (String wrong : List.of("", "a", "1-", "3-1", "1,,2")) {
            assertThrows(TypeConversionException.class, () -> new CpuList.Converter().convert(wrong), wrong);
        }
    }

    @Test
    void metricsAreAtAnAddressAndAPort() {
        MetricsAddress converter = new MetricsAddress();
        assertEquals(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 9100), converter.convert("127.0.0.1:9100"));
        assertEquals(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0), converter.convert("[::1]:0"));
        for (String wrong : List.of(
                "",
                ":1",
                "9100",
                "127.0.0.1",
                "127.0.0.1:",
                "127.0.0.1:65536",
                "localhost:1",
                "::1:1",
                "[1.2.3.4]:1")) {
            assertThrows(TypeConversionException.class, () -> converter.convert(wrong), wrong);
        }
    }

    @Test
    void durationsHaveUnits() {
        assertEquals(Duration.ofMillis(500), Durations.parse("500ms"));
        assertEquals(Duration.ofSeconds(30), Durations.parse("30s"));
        assertEquals(Duration.ofMinutes(2), Durations.parse("2m"));
        assertThrows(TypeConversionException.class, () -> Durations.parse("30"));
    }

    @Test
    void halfTheCpusGetAReactor() {
        assertEquals(1, DataPlane.defaultReactors(1));
        assertEquals(1, DataPlane.defaultReactors(2));
        assertEquals(4, DataPlane.defaultReactors(8));
        assertEquals(16, DataPlane.defaultReactors(128));
    }
}
