package io.withingspg.resource;

import io.withingspg.withings.Answer;
import io.withingspg.withings.Envelope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** An answer of 100 records, from bytes to rows. */
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class NormalisedPage {
    @Param({"measures", "activity", "workouts", "sleep", "heart"})
    public String resource;

    private Answer answer;

    private static Answer page(String resource) throws IOException {
        var action = Resources.named(resource).orElseThrow().call().action();
        return Answer.of(Files.readAllBytes(Path.of(System.getProperty("bench.pages"), action + ".json")));
    }

    /** The rows of a first page. */
    public static Normalised of(String resource) throws IOException {
        return of(resource, page(resource));
    }

    private static Normalised of(String resource, Answer answer) {
        return Resources.named(resource)
                .orElseThrow()
                .normalise(Envelope.kept(answer, false).next(), new Span.Everything(), Bounds.NONE);
    }

    @Setup
    public void read() throws IOException {
        answer = page(resource);
    }

    @Benchmark
    public Normalised normalised() {
        return of(resource, answer);
    }
}
