package io.withingspg.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * {@code heart get}: the curve of a record, from its signal id alone. Beats come at the record's heart rate, each a P
 * wave, a QRS complex and a T wave; with atrial fibrillation ({@code afib} 1) irregularly and with a tremor for P; one
 * that is inconclusive (2) is noisy. Microvolts.
 */
final class Electrocardiogram {
    private static final int LEFT_WRIST = 1;
    private static final int LEFT_ARM = 3;
    private static final double REACH = 4; // in widths: beyond it a wave is below a microvolt

    private final Dice dice;
    private final int hertz;
    private final double[] signal;
    private final int afib;

    private Electrocardiogram(Dice dice, int hertz, int seconds, int afib) {
        this.dice = dice;
        this.hertz = hertz;
        this.signal = new double[hertz * seconds];
        this.afib = afib;
    }

    /** @param row of {@code heart list}, with an {@code ecg} */
    static ObjectNode of(long seed, JsonNode row) {
        boolean cuff = row.path("model").asInt() == Device.BPM.modelId();
        int heartRate = row.path("heart_rate").asInt(70);
        var dice = Dice.of(seed, row.at("/ecg/signalid").asLong(), 0, "signal");
        var curve = new Electrocardiogram(
                dice, cuff ? 500 : 300, cuff ? 20 : 30, row.at("/ecg/afib").asInt());
        curve.beat(Math.clamp(heartRate, 25, 250));
        curve.tremble();
        var answer = Json.object();
        var signal = answer.putArray("signal");
        for (double value : curve.signal) {
            signal.add(Math.round(value));
        }
        return answer.put("sampling_frequency", curve.hertz)
                .put("wearposition", cuff ? LEFT_ARM : LEFT_WRIST)
                .put("model", row.path("model").asInt())
                .put("heart_rate", heartRate);
    }

    private void beat(int heartRate) {
        double length = 60.0 / heartRate;
        double scale = Math.min(1, StrictMath.sqrt(length)); // all intervals shorten when the heart is fast
        double at = dice.between(0.1, 0.4);
        double ends = (double) signal.length / hertz;
        while (at < ends + 1) {
            if (afib != 1) {
                wave(at - 0.16 * scale, 0.024 * scale, 110);
            }
            wave(at - 0.030, 0.009, -95);
            wave(at, 0.011, dice.noise(1050, 30));
            wave(at + 0.028, 0.010, -210);
            wave(at + 0.26 * scale, 0.045 * scale, 260);
            at += length * (1 + dice.noise(afib == 1 ? 0.2 : 0.025));
        }
    }

    private void wave(double at, double width, double height) {
        int from = (int) Math.max(0, (at - REACH * width) * hertz);
        int to = (int) Math.min(signal.length, (at + REACH * width) * hertz);
        for (int i = from; i < to; i++) {
            double away = ((double) i / hertz - at) / width;
            signal[i] += height * StrictMath.exp(-away * away / 2);
        }
    }

    /** Breath moves the baseline, muscles roughen it. */
    private void tremble() {
        double phase = dice.between(0.0, 6.28);
        double roughness = afib == 2 ? 120 : 9;
        for (int i = 0; i < signal.length; i++) {
            double seconds = (double) i / hertz;
            signal[i] += 40 * StrictMath.sin(phase + seconds * 1.5) + dice.noise(roughness);
            if (afib == 1) {
                signal[i] += 28 * StrictMath.sin(phase + seconds * 41);
            }
        }
    }
}
