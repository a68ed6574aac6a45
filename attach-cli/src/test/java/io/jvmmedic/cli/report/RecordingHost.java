package io.jvmmedic.cli.report;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingStream;

/** A JVM that records into its repository as one with the agent does, a stream included, until it is killed. */
public final class RecordingHost {

    private RecordingHost() {
    }

    public static void main(String[] arguments) throws Exception {
        Recording recording = new Recording();
        recording.setToDisk(true);
        recording.enable("jdk.JVMInformation").with("period", "beginChunk");
        recording.start();
        RecordingStream stream = new RecordingStream();
        stream.startAsync();
        Events.health(3);
        Events.repaired("20261121-101530-1");
        // Two flushes later both stand in the file; the line tells the parent that the JVM may be killed.
        for (int flushes = 0; flushes < 2;) {
            CountDownLatch flushed = new CountDownLatch(1);
            Runnable count = flushed::countDown;
            stream.onFlush(count);
            if (!flushed.await(120, TimeUnit.SECONDS)) {
                throw new IllegalStateException("Flight Recorder does not flush");
            }
            stream.remove(count);
            flushes++;
        }
        System.out.println("ready");
        while (System.in.read() >= 0) {
            // Until it is killed.
        }
    }
}
