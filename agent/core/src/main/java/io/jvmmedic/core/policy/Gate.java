package io.jvmmedic.core.policy;

/** One reason not to act. Pure: the same request in the same situation gets the same answer. */
@FunctionalInterface
interface Gate {

    Answer ask(Request request, Situation situation);

    /** What a gate says. */
    sealed interface Answer {

        Pass PASS = new Pass();

        /** This gate has nothing against it. */
        record Pass() implements Answer {
        }

        /** It must not be done now. */
        record Refuse(String reason) implements Answer {
        }

        /** It is not done, but worth watching whether it would have been right. */
        record Shadow(String reason) implements Answer {
        }
    }
}
