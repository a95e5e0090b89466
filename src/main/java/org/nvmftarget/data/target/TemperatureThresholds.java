package org.nvmftarget.data.target;

import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;

/**
 * Feature 04h. The composite temperature is that of the warmest drive that takes its commands as they are. Without such, the
 * target has no sensor, and a nominal one that never changes. A threshold that is set beyond it is a critical warning and an
 * event in either case, as hosts and their tests expect; a drive that warms up is a warning without an event.
 */
final class TemperatureThresholds implements ControllerFeature {

    /** 30 °C. */
    static final int NOMINAL_KELVIN = 273 + 30;

    /** WCTEMP, which revisions from 1.2 on require and recommend so: 70 °C. The threshold over it is so by default. */
    static final int WARNING_KELVIN = 0x157;

    /** CCTEMP: 85 °C. */
    static final int CRITICAL_KELVIN = 273 + 85;

    private static final int OVER = 0;
    private static final int UNDER = 1;
    private static final int COMPOSITE = 0;
    private static final int ALL_SENSORS = 15;

    private final Controller controller;
    private int over = WARNING_KELVIN;
    private int under;

    TemperatureThresholds(Controller controller) {
        this.controller = controller;
    }

    @Override
    public int capabilities() {
        return CHANGEABLE;
    }

    @Override
    public int set(Command c) {
        int cdw11 = Sqe.cdw11(c.sqe());
        int sensor = Feature.thresholdSensor(cdw11);
        if (sensor != COMPOSITE && sensor != ALL_SENSORS) {
            return c.invalidField(Sqe.CDW11 + 2);
        }
        int kelvin = Health.of(c.pair().seen().namespaces()).kelvin();
        int before = criticalWarnings(kelvin);
        switch (Feature.thresholdType(cdw11)) {
            case OVER -> over = Feature.threshold(cdw11);
            case UNDER -> under = Feature.threshold(cdw11);
            default -> {
                return c.invalidField(Sqe.CDW11 + 2);
            }
        }
        if (before == 0 && criticalWarnings(kelvin) != 0) {
            controller.events().temperatureCrossed();
        }
        return Status.SUCCESS;
    }

    @Override
    public int get(Command c, boolean afterReset) {
        int cdw11 = Sqe.cdw11(c.sqe());
        if (Feature.thresholdSensor(cdw11) != COMPOSITE) {
            return c.invalidField(Sqe.CDW11 + 2);
        }
        switch (Feature.thresholdType(cdw11)) {
            case OVER -> c.result(afterReset ? WARNING_KELVIN : over);
            case UNDER -> c.result(afterReset ? 0 : under);
            default -> {
                return c.invalidField(Sqe.CDW11 + 2);
            }
        }
        return Status.SUCCESS;
    }

    @Override
    public void reset() {
        over = WARNING_KELVIN;
        under = 0;
    }

    /** The critical warnings of SMART at such a temperature. */
    int criticalWarnings(int kelvin) {
        boolean crossed = kelvin >= over || kelvin <= under;
        return crossed ? LogPage.WARNING_TEMPERATURE : 0;
    }
}
