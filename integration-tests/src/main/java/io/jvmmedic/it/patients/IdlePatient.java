package io.jvmmedic.it.patients;

/** Does nothing but leave garbage: what a guard needs that looks at the agent alone. */
public final class IdlePatient extends Patient {

    public static void main(String[] arguments) throws Exception {
        new IdlePatient().serve();
    }

    @Override
    protected void open() {
        Garbage.produce();
    }
}
