package org.nvmftarget.data.target;

import java.util.UUID;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;

/**
 * What must be the same for a namespace to be the one that it was: another device under its nsid, or it under another
 * nsid, is another namespace.
 *
 * @param uuid of the namespace
 * @param bdevUuid of the device behind it
 */
public record NamespaceIdentity(Nqn nqn, Nsid nsid, UUID uuid, UUID bdevUuid) {}
