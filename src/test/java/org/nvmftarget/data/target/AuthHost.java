package org.nvmftarget.data.target;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.nvme.AuthCommand;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.initiator.Dhchap;
import org.nvmftarget.model.DhchapDigest;
import org.nvmftarget.model.DhchapGroup;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.KeyFile;
import org.nvmftarget.model.Step;

/** A host that must authenticate, with its keys in files. */
final class AuthHost {
    final TestTarget t;
    private final Path folder;
    String key = Dhchap.newKey(1, 32);
    String ctrlrKey = Dhchap.newKey(0, 48);

    AuthHost(TestTarget t, Path folder) {
        this.t = t;
        this.folder = folder;
        write("host.key", key);
        write("ctrlr.key", ctrlrKey);
    }

    /** The subsystem goes by these keys. */
    static AuthHost declared(Path folder, boolean bidirectional) {
        AuthHost host = new AuthHost(TestTarget.serving(), folder);
        HostKeys keys = host.keys(bidirectional);
        host.t.done(new Step.AddHost(TestTarget.NQN, TestTarget.HOST, Optional.of(keys)));
        host.set(keys);
        return host;
    }

    void set(HostKeys keys) {
        t.done(new Step.SetHostKeys(TestTarget.NQN, TestTarget.HOST, Optional.of(keys)));
    }

    HostKeys keys(boolean bidirectional) {
        return new HostKeys(
                file("host.key"),
                bidirectional ? Optional.of(file("ctrlr.key")) : Optional.empty(),
                DhchapDigest.ALL,
                new TreeSet<>(java.util.List.of(DhchapGroup.NULL, DhchapGroup.FFDHE2048)));
    }

    KeyFile file(String name) {
        return KeyFile.declared(folder.resolve(name).toString());
    }

    Path path(String name) {
        return folder.resolve(name);
    }

    void write(String name, String text) {
        try {
            Path file = folder.resolve(name);
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, text + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A queue on which Connect has succeeded, with the answer's word for it that the host must authenticate. */
    TestQueue connect() {
        TestQueue queue = t.accept(0);
        TestRequest r = queue.connect(0, TestTarget.connectData(TestTarget.NQN, TestTarget.HOST, 0xFFFF));
        if (r.status() != 0 || (r.dw0() & AuthCommand.CONNECT_AUTHENTICATION_REQUIRED) == 0) {
            throw new AssertionError("connect: " + Integer.toHexString(r.status()) + " " + r.dw0());
        }
        return queue;
    }

    Dhchap dhchap(@Nullable String ctrlr) {
        return new Dhchap(TestTarget.HOST.value(), TestTarget.NQN.value(), key, ctrlr)
                .offering(new byte[] {1, 2, 3}, new byte[] {0, 1, 2});
    }

    Dhchap.Link link(TestQueue queue) {
        return new Dhchap.Link() {
            @Override
            public int send(byte[] message) {
                TestRequest r = queue.write(Sq.auth(Opcode.FABRICS_AUTH_SEND, message.length), message);
                t.settle();
                return r.status();
            }

            @Override
            public byte[] receive(int room) {
                TestRequest r = queue.read(Sq.auth(Opcode.FABRICS_AUTH_RECEIVE, room), room);
                t.settle();
                return r.status() == 0 ? r.read() : new byte[0];
            }
        };
    }

    /** A queue whose host has proven itself. */
    TestQueue authenticated() {
        TestQueue queue = connect();
        Dhchap.Outcome outcome = dhchap(null).authenticate(link(queue));
        if (outcome != Dhchap.Outcome.AUTHENTICATED) {
            throw new AssertionError(outcome);
        }
        return queue;
    }
}
