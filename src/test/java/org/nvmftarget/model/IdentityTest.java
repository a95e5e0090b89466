package org.nvmftarget.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Hosts keep a disk by its identity, over restarts and upgrades: the values here were computed by another program and
 * must never change.
 */
class IdentityTest {

    private static final Nqn NQN = new Nqn("nqn.2026-11.org.example:disk0");
    private static final Nsid ONE = new Nsid(1);
    private static final UUID DISK0 = UUID.fromString("cb1c9a9a-bade-8094-9ad0-02f640a60e38");

    @Test
    void aBdevIsTheSameEverywhereAndForever() {
        assertEquals(DISK0, Identity.bdevUuid("malloc", "disk0", ""));
        assertEquals(
                UUID.fromString("c8130d29-2f72-8924-b39c-2d73edd29d1f"),
                Identity.bdevUuid("file", "disk0", "/srv/disk0.img"));
    }

    @Test
    void aNamespaceIsTheSameEverywhereAndForever() {
        assertEquals(UUID.fromString("804c72fe-fa8e-813e-b71d-36a14a9632c9"), Identity.namespaceUuid(NQN, ONE, DISK0));
    }

    @Test
    void theyAreNameBasedUuidsOfVersion8() {
        UUID uuid = Identity.namespaceUuid(NQN, ONE, DISK0);
        assertEquals(8, uuid.version());
        assertEquals(2, uuid.variant());
    }

    @Test
    void otherDataNeverHaveAKnownIdentity() {
        Set<UUID> all = new HashSet<>();
        all.add(Identity.namespaceUuid(NQN, ONE, DISK0));
        all.add(Identity.namespaceUuid(NQN, ONE, Identity.bdevUuid("malloc", "disk1", "")));
        all.add(Identity.namespaceUuid(NQN, ONE, Identity.bdevUuid("null", "disk0", "")));
        all.add(Identity.namespaceUuid(NQN, ONE, Identity.bdevUuid("malloc", "disk0", "/a")));
        all.add(Identity.namespaceUuid(NQN, new Nsid(2), DISK0));
        all.add(Identity.namespaceUuid(new Nqn("nqn.2026-11.org.example:disk1"), ONE, DISK0));
        assertEquals(6, all.size());
    }

    @Test
    void whereAPartEndsIsPartOfTheIdentity() {
        assertNotEquals(Identity.bdevUuid("file", "ab", "c"), Identity.bdevUuid("file", "a", "bc"));
        assertNotEquals(Identity.bdevUuid("file", "a", ""), Identity.bdevUuid("file", "", "a"));
    }

    @Test
    void anNguidIsTheUuidsDigits() {
        assertEquals("CB1C9A9ABADE80949AD002F640A60E38", Identity.nguid(DISK0));
    }
}
