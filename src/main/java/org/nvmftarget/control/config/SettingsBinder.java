package org.nvmftarget.control.config;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.nvmftarget.model.DesiredState;

/** Binds the sections that are about the program and not about the target: reconcile, log, rpc. */
final class SettingsBinder {

    private static final List<String> LEVELS = List.of("error", "warn", "info", "debug", "trace");
    private static final List<String> FLAGS =
            List.of("admit", "bdev", "nvmf", "nvmf_rdma", "nvmf_tcp", "reactor", "reconcile", "rpc");
    private static final Pattern GROUP = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,31}");
    private static final Pattern MODE = Pattern.compile("0?[0-7]{3}");
    private static final Pattern PERCENT = Pattern.compile("([0-9]|[1-9][0-9]|100)%");
    private static final int OWNER_READ_WRITE = 0600;

    private SettingsBinder() {}

    static DesiredState.Reconcile reconcile(Optional<Value> section) {
        DesiredState.Reconcile defaults = DesiredState.Reconcile.DEFAULTS;
        return section.flatMap(s -> s.fields(Section.RECONCILE))
                .map(f -> new DesiredState.Reconcile(
                        duration(f, "resync", defaults.resync(), Duration.ofMillis(100), Duration.ofHours(24)),
                        duration(
                                f,
                                "pause_timeout",
                                defaults.pauseTimeout(),
                                Duration.ofMillis(10),
                                Duration.ofMinutes(10)),
                        duration(f, "settle", defaults.settle(), Duration.ZERO, Duration.ofMinutes(10)),
                        f.get("max_deletions").flatMap(SettingsBinder::percent).orElse(defaults.maxDeletionsPercent()),
                        f.get("on_active").flatMap(SettingsBinder::onActive).orElse(defaults.onActive())))
                .orElse(defaults);
    }

    private static Optional<Integer> percent(Value value) {
        return value.text("a percentage").flatMap(text -> {
            if (PERCENT.matcher(text).matches()) {
                return Optional.of(Integer.parseInt(text.substring(0, text.length() - 1)));
            }
            value.problem(
                    Wording.quoted(text) + " is not a percentage from 0% to 100%",
                    PERCENT.matcher(text + "%").matches() ? "write " + text + "%" : "percentages are written 25%");
            return Optional.empty();
        });
    }

    private static Optional<DesiredState.OnActive> onActive(Value value) {
        List<DesiredState.OnActive> all = List.of(DesiredState.OnActive.values());
        return value.choice(all.stream().map(DesiredState.OnActive::key).toList())
                .map(word -> DesiredState.OnActive.valueOf(word.toUpperCase(Locale.ROOT)));
    }

    private static Duration duration(Fields f, String key, Duration otherwise, Duration least, Duration most) {
        return f.get(key).flatMap(v -> v.duration(least, most)).orElse(otherwise);
    }

    static DesiredState.Log log(Optional<Value> section) {
        DesiredState.Log defaults = DesiredState.Log.DEFAULTS;
        return section.flatMap(s -> s.fields(Section.LOG))
                .map(f -> new DesiredState.Log(
                        f.get("level").flatMap(v -> v.choice(LEVELS)).orElse(defaults.level()),
                        f.get("flags").map(SettingsBinder::flags).orElse(defaults.flags())))
                .orElse(defaults);
    }

    /** Sorted, because the order of flags means nothing. */
    private static List<String> flags(Value list) {
        Set<String> flags = new LinkedHashSet<>();
        for (Value item : list.items().orElse(List.of())) {
            item.choice(FLAGS).ifPresent(flag -> {
                if (!flags.add(flag)) {
                    item.problem("flag " + flag + " is in the list already");
                }
            });
        }
        return flags.stream().sorted().toList();
    }

    static DesiredState.Rpc rpc(Optional<Value> section) {
        DesiredState.Rpc defaults = DesiredState.Rpc.DEFAULTS;
        return section.flatMap(s -> s.fields(Section.RPC))
                .map(f -> new DesiredState.Rpc(
                        f.get("group").flatMap(SettingsBinder::group),
                        f.get("mode").flatMap(SettingsBinder::mode).orElse(defaults.mode())))
                .orElse(defaults);
    }

    private static Optional<String> group(Value value) {
        return value.text("the name of a group").filter(text -> {
            boolean good = GROUP.matcher(text).matches();
            if (!good) {
                value.problem(Wording.quoted(text) + " is not the name of a group");
            }
            return good;
        });
    }

    private static Optional<Integer> mode(Value value) {
        return value.text("permission bits").flatMap(text -> {
            if (!MODE.matcher(text).matches()) {
                value.problem(Wording.quoted(text) + " is not a mode in octal", "modes are written \"0660\"");
                return Optional.empty();
            }
            int mode = Integer.parseInt(text, 8);
            if ((mode & OWNER_READ_WRITE) != OWNER_READ_WRITE || (mode & 0111) != 0) {
                value.problem(
                        "mode " + text + " is none for a socket: the owner reads and writes, nobody executes",
                        "use \"0600\" or \"0660\"");
                return Optional.empty();
            }
            return Optional.of(mode);
        });
    }
}
