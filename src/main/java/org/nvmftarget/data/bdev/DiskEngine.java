package org.nvmftarget.data.bdev;

import org.jspecify.annotations.Nullable;

/** How one reactor's calls reach the system. For that reactor's thread. */
interface DiskEngine {

    /** Begins a call; {@link DiskCall#done} comes in a later turn of the reactor. */
    void start(DiskCall call);

    /** Does what there is to do; returns how much it was. */
    int poll();

    /** The reactor is about to sleep, and a completion must wake it; false if there may be one already. */
    boolean arm();

    /** Makes ready to pass commands to NVMe drives; null, or why it cannot. */
    @Nullable
    String refusesCommands();

    /** The file of {@code disk} will be used. */
    void attach(OpenDisk disk);

    /** No call uses the file any more. */
    void detach(OpenDisk disk);

    /** No call is under way. */
    void close();
}
