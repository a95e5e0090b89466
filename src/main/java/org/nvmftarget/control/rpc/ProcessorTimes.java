package org.nvmftarget.control.rpc;

/**
 * The processor time that a thread has had, as the kernel counts it: in its clock ticks, hundredths of a second
 * ({@code proc(5)}).
 */
record ProcessorTimes(long user, long system) {

    static final ProcessorTimes NONE = new ProcessorTimes(0, 0);

    /** The field behind {@code utime}, counted from the one after the thread's name, which may have blanks in it. */
    private static final int STIME = 12;

    /**
     * From a thread's {@code stat}.
     *
     * @param line holds it, in ASCII
     * @param length how many bytes of {@code line} are it
     */
    static ProcessorTimes parse(byte[] line, int length) {
        int at = length - 1;
        while (at >= 0 && line[at] != ')') {
            at--;
        }
        long user = 0;
        long number = 0;
        at += 2; // behind the parenthesis and a blank
        for (int field = 0; at < length; at++) {
            if (line[at] != ' ') {
                number = number * 10 + line[at] - '0';
            } else if (field == STIME) {
                return new ProcessorTimes(user, number);
            } else {
                user = number;
                number = 0;
                field++;
            }
        }
        return NONE;
    }
}
