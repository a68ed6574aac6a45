package io.jvmmedic.cli.host;

/** A JVM that does nothing until its parent goes. */
public final class PlainHost {

    private PlainHost() {
    }

    public static void main(String[] arguments) throws Exception {
        System.out.println("ready");
        while (System.in.read() >= 0) {
            // The parent's end of the pipe is still open.
        }
    }
}
