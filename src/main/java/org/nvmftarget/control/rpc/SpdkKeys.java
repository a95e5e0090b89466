package org.nvmftarget.control.rpc;

import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.nvmftarget.model.DhchapDigest;
import org.nvmftarget.model.DhchapGroup;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.KeyFile;
import org.nvmftarget.model.TargetConfig;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Keys as SPDK's keyring has them: a file is one key, and its path is the key's name. */
final class SpdkKeys {
    private SpdkKeys() {}

    /** How many hosts use each file. */
    private static SortedMap<String, Integer> files(TargetConfig target) {
        SortedMap<String, Integer> files = new TreeMap<>();
        all(target).flatMap(HostKeys::files).map(KeyFile::path).forEach(path -> files.merge(path, 1, Integer::sum));
        return files;
    }

    private static Stream<HostKeys> all(TargetConfig target) {
        return target.subsystems().values().stream().flatMap(s -> s.hostKeys().values().stream());
    }

    /** What {@code keyring_get_keys} answers. */
    static ArrayNode keyring(TargetConfig target) {
        ArrayNode keys = Json.array();
        files(target)
                .forEach((path, hosts) -> keys.addObject()
                        .put("name", path)
                        .put("module", "keyring_file")
                        .put("removed", false)
                        .put("probed", false)
                        .put("refcnt", hosts)
                        .put("path", path));
        return keys;
    }

    /** Parameters of the calls that make the keyring. */
    static Stream<ObjectNode> calls(TargetConfig target) {
        return files(target).keySet().stream()
                .map(path -> Json.object().put("name", path).put("path", path));
    }

    /** The names of a host's keys. */
    static void add(ObjectNode host, HostKeys keys) {
        host.put("dhchap_key", keys.dhchapKey().path());
        keys.dhchapCtrlrKey().ifPresent(file -> host.put("dhchap_ctrlr_key", file.path()));
    }

    /** SPDK has one list of each for all hosts: what any of them may use. */
    static void addAgreeable(ObjectNode config, TargetConfig target) {
        ArrayNode digests = config.putArray("dhchap_digests");
        union(target, HostKeys::digests, DhchapDigest.ALL).forEach(digest -> digests.add(digest.key()));
        ArrayNode groups = config.putArray("dhchap_dhgroups");
        union(target, HostKeys::dhgroups, DhchapGroup.ALL).forEach(group -> groups.add(group.key()));
    }

    private static <T> Set<T> union(TargetConfig target, Function<HostKeys, Set<T>> part, Set<T> otherwise) {
        Set<T> union = new TreeSet<>();
        all(target).map(part).forEach(union::addAll);
        return union.isEmpty() ? otherwise : union;
    }
}
