package org.nvmftarget.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** CPUs as Linux lists them: {@code 0-3,8}. */
record CpuList(List<Integer> cpus) {

    private static final Pattern PART = Pattern.compile("([0-9]{1,4})(?:-([0-9]{1,4}))?");

    CpuList {
        cpus = List.copyOf(cpus);
    }

    /** For picocli. */
    static final class Converter implements ITypeConverter<CpuList> {
        @Override
        public CpuList convert(String text) {
            SortedSet<Integer> cpus = new TreeSet<>();
            for (String part : text.split(",", -1)) {
                Matcher m = PART.matcher(part);
                if (!m.matches()) {
                    throw new TypeConversionException("'" + text + "' is no list of CPUs (0-3,8)");
                }
                int first = Integer.parseInt(m.group(1));
                int last = m.group(2) == null ? first : Integer.parseInt(m.group(2));
                for (int cpu = first; cpu <= last; cpu++) {
                    cpus.add(cpu);
                }
            }
            if (cpus.isEmpty()) {
                throw new TypeConversionException("'" + text + "' names no CPU");
            }
            return new CpuList(new ArrayList<>(cpus));
        }
    }
}
