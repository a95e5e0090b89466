package org.nvmftarget.model;

import java.util.Optional;
import java.util.UUID;

/**
 * A namespace of a subsystem, its identity resolved.
 *
 * @param bdev name of the block device behind it
 * @param uuid declared, or derived by {@link Identity}
 * @param nguid 32 hexadecimal digits in upper case; declared, or derived from {@code uuid}
 * @param eui64 16 hexadecimal digits in upper case, if declared
 */
public record NamespaceSpec(Nsid nsid, String bdev, UUID uuid, String nguid, Optional<String> eui64) {}
