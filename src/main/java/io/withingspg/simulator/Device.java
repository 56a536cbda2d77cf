package io.withingspg.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What people own, as the API names it. */
enum Device {
    BODY("Scale", "Body+", 5),
    BODY_SCAN("Scale", "Body Scan", 10),
    BPM("Blood Pressure Monitor", "BPM Core", 44),
    WATCH("Activity Tracker", "ScanWatch", 93),
    OLD_WATCH("Activity Tracker", "Activite Steel HR", 55),
    MAT("Sleep Monitor", "Aura Sensor V2", 63),
    THERMO("Smart Connected Thermometer", "Thermo", 70);

    private final String type;
    private final String model;
    private final int modelId;

    Device(String type, String model, int modelId) {
        this.type = type;
        this.model = model;
        this.modelId = modelId;
    }

    static Device scaleOf(Persona persona) {
        return persona.is(Trait.BODY_SCAN) ? BODY_SCAN : BODY;
    }

    boolean ownedBy(Persona persona) {
        return switch (this) {
            case BODY -> !persona.is(Trait.BODY_SCAN);
            case BODY_SCAN -> persona.is(Trait.BODY_SCAN);
            case BPM, THERMO -> true;
            case WATCH -> !persona.is(Trait.PHONE_ONLY);
            case OLD_WATCH -> persona.is(Trait.TWO_WATCHES) && !persona.is(Trait.PHONE_ONLY);
            case MAT -> persona.is(Trait.SLEEP_MAT);
        };
    }

    /** {@code deviceid} and {@code hash_deviceid} of this device in this person's hands. */
    ObjectNode identify(ObjectNode row, Day day) {
        return row.put("deviceid", id(day)).put("hash_deviceid", hash(day));
    }

    String id(Day day) {
        return Dice.of(day.seed(), day.persona().number(), 0, "device " + model).hex();
    }

    String hash(Day day) {
        return Dice.of(day.seed(), day.persona().number(), 0, "hash " + model).hex();
    }

    String type() {
        return type;
    }

    String model() {
        return model;
    }

    int modelId() {
        return modelId;
    }
}
