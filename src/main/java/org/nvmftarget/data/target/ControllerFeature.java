package org.nvmftarget.data.target;

/**
 * A feature of one controller: what Set Features and Get Features with its identifier do. On the admin queue's reactor;
 * a method that ends in a status may answer in the command's result or, with {@link #dataBytes}, its buffer.
 */
interface ControllerFeature {

    // Bits of the supported capabilities
    int SAVEABLE = 1;
    int NAMESPACE_SPECIFIC = 1 << 1;
    int CHANGEABLE = 1 << 2;

    /** The bits above; what is not changeable is never set, what is namespace specific sees to the NSID itself. */
    int capabilities();

    /** Bytes of the data structure of this command; 0 if the value is in CDW11 and DW0. */
    default int dataBytes(Command c) {
        return 0;
    }

    /** Takes the value of a Set Features command. */
    int set(Command c);

    /** Answers with the value that holds now, or with the one that holds after a reset. */
    int get(Command c, boolean afterReset);

    /** The controller was reset: nothing is saved. */
    default void reset() {}
}
