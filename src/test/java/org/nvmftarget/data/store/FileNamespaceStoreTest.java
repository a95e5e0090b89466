package org.nvmftarget.data.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nvmftarget.data.reservation.HostId;
import org.nvmftarget.data.reservation.NamespaceState;
import org.nvmftarget.data.reservation.Registrant;
import org.nvmftarget.data.reservation.ReservationType;
import org.nvmftarget.data.reservation.Reservations;
import org.nvmftarget.data.reservation.WriteProtection;
import org.nvmftarget.data.target.NamespaceIdentity;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;

class FileNamespaceStoreTest {

    private static final NamespaceIdentity IDENTITY = new NamespaceIdentity(
            new Nqn("nqn.2026-11.org.example:disk0"), new Nsid(0xFFFF_FFFE), new UUID(1, 2), new UUID(3, 4));
    private static final HostId A = new HostId(0x0011_2233_4455_6677L, 0x8899_AABB_CCDD_EEFFL);
    private static final HostId B = new HostId(0, -1);

    @TempDir
    Path folder;

    private Path states = Path.of("");

    @BeforeEach
    void setUp() {
        states = folder.resolve("namespaces");
    }

    private FileNamespaceStore store() {
        return new FileNamespaceStore(states);
    }

    private static NamespaceState reserved(ReservationType type) {
        return new NamespaceState(
                new Reservations(
                        List.of(new Registrant(A, 0x8000_0000_0000_0001L), new Registrant(B, 1)),
                        type,
                        type.isHeldByAll() ? null : A,
                        true,
                        -2),
                0,
                WriteProtection.NONE);
    }

    private static final NamespaceState PROTECTED = new NamespaceState(Reservations.NONE, 0, WriteProtection.PROTECTED);

    private List<String> files() throws IOException {
        try (Stream<Path> list = Files.list(states)) {
            return list.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }

    private Path onlyFile() throws IOException {
        assertEquals(1, files().size(), () -> "files");
        return states.resolve(files().getFirst());
    }

    @Test
    void nothingWasKeptAtFirst() {
        assertEquals(NamespaceState.INITIAL, store().load(IDENTITY));
        assertFalse(Files.exists(states), "a folder is made when there is something to keep");
        assertTrue(store().isDurable());
    }

    @ParameterizedTest
    @EnumSource(ReservationType.class)
    void whatIsKeptIsThereAgain(ReservationType type) throws IOException {
        store().save(IDENTITY, reserved(type));
        assertEquals(reserved(type), store().load(IDENTITY));
    }

    @Test
    void registrantsWithoutAReservationAreKept() throws IOException {
        NamespaceState state = new NamespaceState(
                new Reservations(List.of(new Registrant(A, 7)), null, null, true, 0), 0, WriteProtection.PROTECTED);
        store().save(IDENTITY, state);
        assertEquals(state, store().load(IDENTITY));
        NamespaceState empty = new NamespaceState(Reservations.NONE.withPtpl(true), 0, WriteProtection.NONE);
        store().save(IDENTITY, empty);
        assertEquals(empty, store().load(IDENTITY));
    }

    @Test
    void writeProtectionIsKept() throws IOException {
        store().save(IDENTITY, PROTECTED);
        assertEquals(PROTECTED, store().load(IDENTITY));
    }

    @Test
    void whatIsNotKeptAnyMoreLeavesNoFile() throws IOException {
        store().save(IDENTITY, PROTECTED);
        store().save(IDENTITY, NamespaceState.INITIAL);
        assertEquals(List.of(), files());
        store().save(IDENTITY, NamespaceState.INITIAL);
        assertEquals(NamespaceState.INITIAL, store().load(IDENTITY));
    }

    @Test
    void theFileIsForItsOwnerAloneAndSaysWhatItIs() throws IOException {
        store().save(IDENTITY, reserved(ReservationType.EXCLUSIVE_ACCESS_REGISTRANTS_ONLY));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(states)));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(onlyFile())));
        assertEquals("""
            {
              "format_version" : 1,
              "subsystem" : "nqn.2026-11.org.example:disk0",
              "nsid" : "4294967294",
              "uuid" : "00000000-0000-0001-0000-000000000002",
              "bdev_uuid" : "00000000-0000-0003-0000-000000000004",
              "write_protected" : false,
              "reservations" : {
                "generation" : 4294967294,
                "type" : "exclusive_access_registrants_only",
                "holder" : "00112233445566778899aabbccddeeff",
                "registrants" : [ {
                  "host_id" : "00112233445566778899aabbccddeeff",
                  "key" : "0x8000000000000001"
                }, {
                  "host_id" : "0000000000000000ffffffffffffffff",
                  "key" : "0x1"
                } ]
              }
            }
            """, Files.readString(onlyFile()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void anotherIdentityIsAnotherNamespace(int differs) throws IOException {
        store().save(IDENTITY, PROTECTED);
        NamespaceIdentity other = new NamespaceIdentity(
                differs == 0 ? new Nqn("nqn.2026-11.org.example:disk1") : IDENTITY.nqn(),
                differs == 1 ? new Nsid(1) : IDENTITY.nsid(),
                differs == 2 ? new UUID(9, 9) : IDENTITY.uuid(),
                differs == 3 ? new UUID(9, 9) : IDENTITY.bdevUuid());
        assertEquals(NamespaceState.INITIAL, store().load(other));
        store().save(other, reserved(ReservationType.WRITE_EXCLUSIVE));
        assertEquals(PROTECTED, store().load(IDENTITY));
    }

    /** Where the power fails: before, amid and after the bytes, and before the rename. */
    @ParameterizedTest
    @CsvSource({"0", "1", "100", "100000"})
    void aCrashWhileWritingLeavesWhatWasKeptBefore(int bytesWritten) throws IOException {
        NamespaceState before = reserved(ReservationType.WRITE_EXCLUSIVE);
        store().save(IDENTITY, before);
        FileNamespaceStore crashing = new FileNamespaceStore(new StateFiles(states, (file, text) -> {
            Files.writeString(file, text.substring(0, Math.min(bytesWritten, text.length())));
            throw new IOException("the power has failed");
        }));
        assertThrows(IOException.class, () -> crashing.save(IDENTITY, PROTECTED));
        assertEquals(before, store().load(IDENTITY));
        assertEquals(2, files().size());
        store().save(IDENTITY, PROTECTED);
        assertEquals(PROTECTED, store().load(IDENTITY));
        assertEquals(1, files().size(), "the rest of the crash is gone");
    }

    @Test
    void aFolderThatCannotBeMadeFailsTheSave() throws IOException {
        Files.writeString(states, "a file");
        assertThrows(IOException.class, () -> store().save(IDENTITY, PROTECTED));
        assertEquals(NamespaceState.INITIAL, store().load(IDENTITY));
    }

    @Test
    void everyTornFileIsPutAside() throws IOException {
        store().save(IDENTITY, reserved(ReservationType.EXCLUSIVE_ACCESS));
        String whole = Files.readString(onlyFile());
        Path file = onlyFile();
        for (int length = 0; length < whole.stripTrailing().length(); length += 7) {
            Files.writeString(file, whole.substring(0, length));
            assertEquals(NamespaceState.INITIAL, store().load(IDENTITY), "cut at " + length);
            assertFalse(Files.exists(file));
            Path bad = file.resolveSibling(file.getFileName() + ".bad-1");
            assertEquals(whole.substring(0, length), Files.readString(bad));
            Files.delete(bad);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        "format_version" : 1         | "format_version" : 2
        :disk0"                      | :disk1"
        "nsid" : "4294967294"        | "nsid" : 4294967294
        "write_protected" : false    | "write_protected" : "no"
        "generation" : 4294967294    | "generation" : 4294967296
        "exclusive_access"           | "exclusive"
        "key" : "0x1"                | "key" : "1"
        "key" : "0x1"                | "key" : "0x0"
        "key" : "0x1"                | "key" : "0x10000000000000000"
        "0000000000000000ffffffffffffffff" | "ffff"
        "0000000000000000ffffffffffffffff" | "00112233445566778899aabbccddeeff"
        "holder" : "0011             | "holder" : "ff11
        """)
    void aFileThatCannotBeIsPutAside(String part, String instead) throws IOException {
        store().save(IDENTITY, reserved(ReservationType.EXCLUSIVE_ACCESS));
        Path file = onlyFile();
        String text = Files.readString(file);
        assertTrue(text.contains(part), part);
        Files.writeString(file, text.replace(part, instead));
        assertEquals(NamespaceState.INITIAL, store().load(IDENTITY));
        assertEquals(List.of(file.getFileName() + ".bad-1"), files());
    }

    @Test
    void badFilesDoNotOverwriteEachOther() throws IOException {
        store().save(IDENTITY, PROTECTED);
        Path file = onlyFile();
        for (int i = 1; i <= 3; i++) {
            Files.writeString(file, "torn " + i);
            store().load(IDENTITY);
        }
        store().save(IDENTITY, PROTECTED);
        assertEquals(PROTECTED, store().load(IDENTITY));
        for (int i = 1; i <= 3; i++) {
            assertEquals("torn " + i, Files.readString(file.resolveSibling(file.getFileName() + ".bad-" + i)));
        }
    }

    @Test
    void aFileThatIsNoFileStaysAndIsReported() throws IOException {
        store().save(IDENTITY, PROTECTED);
        Path file = onlyFile();
        Files.delete(file);
        Files.createDirectory(file);
        assertEquals(NamespaceState.INITIAL, store().load(IDENTITY));
        store().save(IDENTITY, PROTECTED);
        assertEquals(PROTECTED, store().load(IDENTITY));
    }
}
