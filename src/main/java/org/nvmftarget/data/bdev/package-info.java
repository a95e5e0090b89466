/**
 * Block devices. A {@link org.nvmftarget.data.bdev.BdevIo} is submitted on any reactor and completes on that same
 * reactor; what must be atomic between reactors is locked inside the device. Create, resize and close are for the
 * control thread. Imports {@code model} alone.
 */
@NullMarked
package org.nvmftarget.data.bdev;

import org.jspecify.annotations.NullMarked;
