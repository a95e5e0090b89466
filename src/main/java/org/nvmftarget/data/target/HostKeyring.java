package org.nvmftarget.data.target;

import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.auth.HeldKey;
import org.nvmftarget.data.auth.HostSecrets;
import org.nvmftarget.data.auth.KeyFileException;
import org.nvmftarget.data.auth.KeyFileWatch;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.KeyFile;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.SubsystemSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The secrets of all hosts. Steps and probes change it, reactors read it, and a thread of its own looks at the files: it
 * tells when one holds another key than the one that is in force, or one that was waited for.
 */
final class HostKeyring {
    private static final Logger LOG = LoggerFactory.getLogger(HostKeyring.class);

    private final Runnable onNews;
    private final Map<ObjectRef.HostKeys, HostSecrets> secrets = new ConcurrentHashMap<>();
    /** What a probe could not read: looked at until somebody can. */
    private final Map<ObjectRef.HostKeys, HostKeys> awaited = new ConcurrentHashMap<>();

    private Set<String> told = Set.of();
    private @Nullable KeyFileWatch watch;
    private boolean closed;

    /** @param onNews is called, on any thread, when a step may do something about a key */
    HostKeyring(Runnable onNews) {
        this.onNews = onNews;
    }

    /** Whether the files of the step can be read now. */
    Optional<StepResult.Waiting> probe(Step.SetHostKeys step) {
        return read(step).waiting();
    }

    /** Puts what the files of the step hold into force; or says why not, and changes nothing. */
    Optional<StepResult.Waiting> load(Step.SetHostKeys step) {
        Read read = read(step);
        read.found().ifPresent(found -> secrets.put(key(step.nqn(), step.host()), found));
        return read.waiting();
    }

    private record Read(Optional<HostSecrets> found, Optional<StepResult.Waiting> waiting) {}

    private Read read(Step.SetHostKeys step) {
        ObjectRef.HostKeys object = key(step.nqn(), step.host());
        Optional<HostKeys> keys = step.keys().filter(HostKeys::isUsable);
        if (keys.isEmpty()) {
            awaited.remove(object);
            return new Read(Optional.empty(), Optional.empty());
        }
        keepWatching();
        try {
            HostSecrets found = HostSecrets.read(keys.get());
            awaited.remove(object);
            return new Read(Optional.of(found), Optional.empty());
        } catch (KeyFileException e) {
            awaited.put(object, keys.get());
            return new Read(
                    Optional.empty(), Optional.of(new StepResult.Waiting(e.errno(), String.valueOf(e.getMessage()))));
        }
    }

    void forget(Nqn nqn, Nqn host) {
        secrets.remove(key(nqn, host));
        awaited.remove(key(nqn, host));
    }

    void forget(Nqn nqn) {
        secrets.keySet().removeIf(object -> object.nqn().equals(nqn));
        awaited.keySet().removeIf(object -> object.nqn().equals(nqn));
    }

    /** The secrets by which a host authenticates that comes now; null if there are none. */
    @Nullable
    HostSecrets of(Nqn nqn, Nqn host) {
        return secrets.get(key(nqn, host));
    }

    /** {@code spec} with what is known of its keys at this moment. */
    SubsystemSpec seen(SubsystemSpec spec) {
        if (spec.hostKeys().isEmpty()) {
            return spec;
        }
        SortedMap<Nqn, HostKeys> keys = new TreeMap<>(spec.hostKeys());
        keys.replaceAll((host, declared) -> {
            HostSecrets held = of(spec.nqn(), host);
            return held == null ? declared.in(KeyFile.State.UNREAD) : held.seen(declared);
        });
        return spec.withHosts(spec.allowAnyHost(), spec.hosts(), keys);
    }

    private static ObjectRef.HostKeys key(Nqn nqn, Nqn host) {
        return new ObjectRef.HostKeys(nqn, host);
    }

    // The watch

    private synchronized void keepWatching() {
        if (watch == null && !closed) {
            try {
                watch = KeyFileWatch.start(this::paths, this::look);
            } catch (IOException e) {
                LOG.warn("key files cannot be watched: changes are found when the target is compared", e);
                closed = true;
            }
        }
    }

    private Set<String> paths() {
        Set<String> paths = new HashSet<>();
        secrets.values().forEach(s -> {
            paths.add(s.host().path());
            s.ctrlr().map(HeldKey::path).ifPresent(paths::add);
        });
        awaited.values().forEach(keys -> keys.files().map(KeyFile::path).forEach(paths::add));
        return paths;
    }

    /** On the watch's thread. The same news is told once. */
    private void look() {
        Set<String> news = new HashSet<>();
        secrets.forEach((object, held) -> {
            if (!held.isCurrent()) {
                news.add(object + " " + held.stamp());
            }
        });
        awaited.forEach((object, keys) -> {
            try {
                HostSecrets.read(keys);
                news.add(object + " can be read");
            } catch (KeyFileException stillNot) {
                LOG.trace("{}: {}", object, stillNot.getMessage());
            }
        });
        boolean tell = !told.containsAll(news);
        told = news;
        if (tell) {
            onNews.run();
        }
    }

    synchronized void close() {
        closed = true;
        if (watch != null) {
            watch.close();
            watch = null;
        }
    }
}
