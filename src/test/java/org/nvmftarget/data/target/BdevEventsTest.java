package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.bdev.Bdevs;
import org.nvmftarget.model.Activity;
import org.nvmftarget.model.Activity.EventType;
import org.nvmftarget.model.BdevSpec;

class BdevEventsTest {

    @Test
    void whatBecomesOfADeviceIsKeptInOrder() {
        BdevRegistry registry = new BdevRegistry(new Bdevs(List.of(new TestReactor("r"))));
        registry.create(new BdevSpec.Null("zero", 1 << 20, 512, new UUID(1, 1)));
        registry.resize(registry.find("zero").orElseThrow(), 1 << 21);
        registry.remove("zero");
        registry.remove("zero");
        assertEquals(
                List.of(
                        new Activity.Event(0, EventType.BDEV_REGISTER, "zero"),
                        new Activity.Event(1, EventType.BDEV_RESIZE, "zero"),
                        new Activity.Event(2, EventType.BDEV_UNREGISTER, "zero")),
                registry.events());
    }

    @Test
    void theOldestGoWhenTheRingIsFullAndIdsGoOn() {
        BdevEvents events = new BdevEvents();
        for (int i = 0; i < BdevEvents.KEPT + 3; i++) {
            events.add(EventType.BDEV_REGISTER, "b" + i);
        }
        List<Activity.Event> all = events.list();
        assertEquals(BdevEvents.KEPT, all.size());
        assertEquals(3, all.getFirst().id());
        assertEquals(BdevEvents.KEPT + 2, all.getLast().id());
    }
}
