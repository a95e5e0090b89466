package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestTarget.HOST;
import static org.nvmftarget.data.target.TestTarget.NQN;
import static org.nvmftarget.data.target.TestTarget.connectData;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.data.nvme.Property;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.initiator.Dhchap;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.KeyFile;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;

/** The steps of keys, and what the target says of their files. */
class HostKeysTest {
    @TempDir
    Path folder;

    private static Step.SetHostKeys step(HostKeys keys) {
        return new Step.SetHostKeys(NQN, HOST, Optional.of(keys));
    }

    private static KeyFile.State live(AuthHost host) {
        return host.t.spec().keysOf(HOST).orElseThrow().dhchapKey().state();
    }

    private static int connect(AuthHost host) {
        return host.t.accept(0).connect(0, connectData(NQN, HOST, 0xFFFF)).status();
    }

    /** Although any host is allowed. */
    @Test
    void aHostWhoseKeyWasNeverReadIsNotLetInAndMayComeBack() {
        AuthHost host = new AuthHost(TestTarget.serving(), folder);
        host.t.done(new Step.AddHost(NQN, HOST, Optional.of(host.keys(false))));
        assertTrue(host.t.spec().allowAnyHost());
        assertEquals(KeyFile.State.UNREAD, live(host));
        assertEquals(Status.CONNECT_CONTROLLER_BUSY, connect(host));
        host.set(host.keys(false));
        assertEquals(KeyFile.State.IN_FORCE, live(host));
        host.authenticated();
    }

    @Test
    void aKeyThatCannotBeReadIsWaitedForAndNothingChanges() throws IOException {
        AuthHost host = AuthHost.declared(folder, false);
        HostKeys before = host.t.spec().keysOf(HOST).orElseThrow();
        HostKeys next = new HostKeys(host.file("next.key"), Optional.empty(), before.digests(), before.dhgroups());
        StepResult.Waiting waiting = host.t.target.probe(step(next)).orElseThrow();
        assertEquals("ENOENT", waiting.errno());
        assertEquals("key file " + host.path("next.key") + " is not there", waiting.message());
        assertInstanceOf(StepResult.Waiting.class, host.t.apply(step(next)));
        assertEquals(before, host.t.spec().keysOf(HOST).orElseThrow());
        host.authenticated();

        host.write("next.key", host.key);
        Files.setPosixFilePermissions(host.path("next.key"), PosixFilePermissions.fromString("rw-r--r--"));
        assertEquals("EPERM", host.t.target.probe(step(next)).orElseThrow().errno());
        host.write("next.key", "nonsense");
        assertEquals("EINVAL", host.t.target.probe(step(next)).orElseThrow().errno());
        host.write("next.key", host.key);
        assertTrue(host.t.target.probe(step(next)).isEmpty());
    }

    @Test
    void whoIsConnectedStaysWhenTheKeyChangesAndWhoComesNeedsTheNewOne() {
        AuthHost host = AuthHost.declared(folder, false);
        TestQueue queue = host.authenticated();
        String old = host.key;
        host.key = Dhchap.newKey(2, 48);
        host.write("host.key", host.key);
        assertEquals(KeyFile.State.CHANGED, live(host));
        host.set(host.keys(false));
        assertEquals(KeyFile.State.IN_FORCE, live(host));
        assertFalse(queue.isDisconnected());
        assertEquals(0, queue.send(Sq.propertyGet(Property.VS, 0)).status());
        host.authenticated();
        Dhchap stale = new Dhchap(HOST.value(), NQN.value(), old, null).offering(new byte[] {1}, new byte[] {0});
        assertEquals(Dhchap.Outcome.REFUSED, stale.authenticate(host.link(host.connect())));
    }

    /** Between the challenge and the reply: what was begun goes by the key that held then. */
    @Test
    void aConversationGoesByTheKeyThatHeldWhenItBegan() {
        AuthHost host = AuthHost.declared(folder, false);
        TestQueue queue = host.connect();
        Dhchap dhchap = host.dhchap(null);
        Dhchap.Link link = host.link(queue);
        assertEquals(0, link.send(dhchap.negotiate()));
        assertTrue(dhchap.challenged(link.receive(4096)));
        host.write("host.key", Dhchap.newKey(1, 32));
        host.set(host.keys(false));
        assertEquals(0, link.send(dhchap.reply()));
        assertTrue(Dhchap.isMessage(link.receive(4096), 1, 3));
    }

    @Test
    void whoIsConnectedStaysWhenKeysComeAndGo() {
        AuthHost host = new AuthHost(TestTarget.serving(), folder);
        host.t.done(new Step.AddHost(NQN, HOST));
        TestQueue before = host.t.admin();
        host.set(host.keys(false));
        assertFalse(before.isDisconnected());
        assertEquals(0, before.send(Sq.propertyGet(Property.VS, 0)).status());
        TestQueue keyed = host.authenticated();
        host.t.done(new Step.SetHostKeys(NQN, HOST, Optional.empty()));
        assertFalse(keyed.isDisconnected());
        assertEquals(0, keyed.send(Sq.propertyGet(Property.VS, 0)).status());
        host.t.admin();
    }

    @Test
    void aHostThatIsDroppedIsForgottenWithItsKeys() {
        AuthHost host = AuthHost.declared(folder, false);
        host.t.done(new Step.RemoveHost(NQN, HOST));
        assertTrue(host.t.spec().keysOf(HOST).isEmpty());
        host.t.done(new Step.AddHost(NQN, HOST, Optional.of(host.keys(false))));
        assertEquals(KeyFile.State.UNREAD, live(host));
    }

    @Test
    void aHostThatIsNotListedCanHaveNoKeys() {
        AuthHost host = new AuthHost(TestTarget.serving(), folder);
        assertInstanceOf(StepResult.Failed.class, host.t.apply(step(host.keys(false))));
    }

    @Test
    void aKeyThatChangesIsNewsFromOutside() throws InterruptedException {
        AuthHost host = AuthHost.declared(folder, true);
        CountDownLatch told = new CountDownLatch(1);
        host.t.target.onOutsideEvent(told::countDown);
        host.write("ctrlr.key", Dhchap.newKey(1, 32));
        assertTrue(told.await(20, TimeUnit.SECONDS));
        HostKeys now = host.t.spec().keysOf(HOST).orElseThrow();
        assertEquals(KeyFile.State.IN_FORCE, now.dhchapKey().state());
        assertEquals(KeyFile.State.CHANGED, now.dhchapCtrlrKey().orElseThrow().state());
    }

    @Test
    void aKeyThatWasWaitedForIsNewsFromOutside() throws InterruptedException, IOException {
        AuthHost host = new AuthHost(TestTarget.serving(), folder);
        host.t.done(new Step.AddHost(NQN, HOST, Optional.of(host.keys(false))));
        Files.setPosixFilePermissions(host.path("host.key"), PosixFilePermissions.fromString("rw-rw-rw-"));
        assertTrue(host.t.target.probe(step(host.keys(false))).isPresent());
        CountDownLatch told = new CountDownLatch(1);
        host.t.target.onOutsideEvent(told::countDown);
        Files.setPosixFilePermissions(host.path("host.key"), PosixFilePermissions.fromString("rw-------"));
        assertTrue(told.await(20, TimeUnit.SECONDS));
    }
}
