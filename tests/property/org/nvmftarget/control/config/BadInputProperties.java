package org.nvmftarget.control.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import org.nvmftarget.model.Problem;

/** Good files that an accident has happened to: never an exception, never a hang, and every problem has its line. */
class BadInputProperties {

    private static final long GENEROUS_S = 60;

    private static final List<String> GOOD =
            Specs.examples().map(BadInputProperties::text).toList();

    /** A value of a map, without quotes. */
    private static final Pattern VALUE = Pattern.compile("(?m)^[^#\n]*?: +()([^\\s,{}\\[\\]\"#&*]+)(?=[\\s,}])");

    private static final ExecutorService READER = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "reader");
        thread.setDaemon(true);
        return thread;
    });

    @AfterContainer
    static void endReader() {
        READER.shutdownNow();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String good(Random random) {
        return random.nextInt(3) == 0
                ? GOOD.get(random.nextInt(GOOD.size()))
                : GoodSpec.random(random).text(random);
    }

    private static <T> T bounded(Supplier<T> work) throws InterruptedException, ExecutionException {
        try {
            return READER.submit(work::get).get(GENEROUS_S, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("it hangs", e);
        }
    }

    private static byte[] damaged(byte[] good, Random random) {
        List<Byte> bytes = new ArrayList<>();
        for (byte b : good) {
            bytes.add(b);
        }
        for (int accidents = 1 + random.nextInt(5); accidents > 0 && !bytes.isEmpty(); accidents--) {
            int at = random.nextInt(bytes.size());
            switch (random.nextInt(7)) {
                case 0 -> bytes.set(at, (byte) random.nextInt(256));
                case 1 -> bytes.set(at, (byte) (bytes.get(at) ^ (1 << random.nextInt(8))));
                case 2 -> bytes.remove(at);
                case 3 -> bytes.add(at, (byte) random.nextInt(256));
                case 4 -> bytes.subList(at, bytes.size()).clear();
                case 5 -> bytes.addAll(at, List.copyOf(bytes.subList(at, Math.min(bytes.size(), at + 100))));
                default -> bytes.subList(at, Math.min(bytes.size(), at + 512)).replaceAll(b -> (byte) 0);
            }
        }
        byte[] out = new byte[bytes.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = bytes.get(i);
        }
        return out;
    }

    private static SpecFiles.Loaded load(byte[] bytes) {
        try {
            Path file = Files.createTempFile("damaged", ".yaml");
            try {
                return SpecFiles.load(Files.write(file, bytes));
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Property
    void aFileWithDamagedBytesHasEitherAStateOrProblems(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        byte[] bytes = damaged(good(random).getBytes(StandardCharsets.UTF_8), random);

        SpecFiles.Loaded loaded = bounded(() -> load(bytes));

        assertEquals(loaded.problems().isEmpty(), !loaded.texts().isEmpty());
        if (!loaded.texts().isEmpty()) {
            SpecResult result = bounded(() -> SpecReader.read(loaded.texts()));
            assertEquals(result.problems().isEmpty(), result.state().isPresent());
        }
        for (Problem problem : loaded.problems()) {
            assertTrue(problem.line() > 0, problem::toString);
        }
    }

    @Property
    void everyProblemHasALineUnlessThereIsNothingInTheFile(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        SpecFiles.Loaded loaded = load(damaged(good(random).getBytes(StandardCharsets.UTF_8), random));
        if (loaded.texts().isEmpty()) {
            return;
        }
        String text = loaded.texts().getFirst().text();
        boolean nothing = Stream.of(text.split("[\r\n]"))
                .allMatch(line -> line.replace("\uFEFF", "").strip().matches("(#.*|---|~|null|\\.\\.\\.)?"));
        for (Problem problem : bounded(() -> SpecReader.read(loaded.texts())).problems()) {
            assertTrue(problem.line() > 0 || nothing, problem + "\n" + text);
        }
    }

    @Property
    void aWrongValueIsReportedWhereItStands(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        String text = GOOD.get(random.nextInt(GOOD.size()));
        Matcher values = VALUE.matcher(text);
        List<Integer> starts = new ArrayList<>();
        List<Integer> ends = new ArrayList<>();
        for (int from = 0; values.find(from); from = values.end(2)) {
            starts.add(values.start(2));
            ends.add(values.end(2));
        }
        int one = random.nextInt(starts.size());
        int at = starts.get(one);
        // A bell is right for no key at all.
        String wrong = text.substring(0, at) + "\"\\a\"" + text.substring(ends.get(one));
        int line = (int) text.substring(0, at).chars().filter(c -> c == '\n').count() + 1;
        int column = at - text.lastIndexOf('\n', at);

        SpecResult result = bounded(() -> Specs.read(wrong));

        assertTrue(
                result.problems().stream().anyMatch(p -> p.line() == line && p.column() == column),
                () -> line + ":" + column + " of\n" + wrong + "\n" + Specs.report(result.problems()));
    }

    @Property
    void everyBeginningOfAGoodFileIsReadToItsEnd(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        String text = good(random);
        String prefix = text.substring(0, random.nextInt(text.length()));

        SpecResult result = bounded(() -> Specs.read(prefix));

        assertEquals(result.problems().isEmpty(), result.state().isPresent());
    }

    @Property
    void aKeyThatTwoFilesDeclareIsReportedInTheLaterOne(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        String[] files = GoodSpec.random(random).spread(random).toArray(String[]::new);
        String bdevs = "bdevs:\n  twice: { type: malloc, size: 1MiB }\n";
        String[] all = Arrays.copyOf(files, files.length + 2);
        all[files.length] = bdevs;
        all[files.length + 1] = "# so that the line differs\n" + bdevs;

        List<Problem> problems = bounded(() -> Specs.read(all)).problems();

        assertFalse(problems.isEmpty());
        assertEquals(1, problems.size(), () -> Specs.report(problems));
        assertEquals(
                (char) ('a' + files.length + 1) + ".yaml", problems.getFirst().file());
        assertEquals(3, problems.getFirst().line());
    }
}
