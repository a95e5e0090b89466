package org.nvmftarget.data.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NumberTableTest {

    private final NumberTable<String> table = new NumberTable<>();

    @Test
    void whatWasPutIsFoundAndNothingElse() {
        table.put(0, "zero");
        table.put(17, "seventeen");
        assertEquals("zero", table.get(0));
        assertEquals("seventeen", table.get(17));
        assertNull(table.get(18));
    }

    @Test
    void aNumberThatIsUsedAgainMeansTheLaterThing() {
        String first = "first";
        table.put(5, first);
        table.put(5, "second");
        table.remove(5, first);
        assertEquals("second", table.get(5));
    }

    @Test
    void itAgreesWithAMapWhateverComesAndGoes() {
        long seed = 42;
        Random random = new Random(seed);
        Map<Integer, String> map = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            int number = random.nextInt(300);
            if (random.nextBoolean()) {
                String thing = "thing " + i;
                map.put(number, thing);
                table.put(number, thing);
            } else if (map.containsKey(number)) {
                table.remove(number, map.remove(number));
            }
            int probe = random.nextInt(300);
            assertEquals(map.get(probe), table.get(probe), "seed " + seed + ", step " + i);
        }
    }
}
