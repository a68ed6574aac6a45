package io.jvmmedic.core.model;

/**
 * What would be done, before anybody decides whether it may.
 *
 * @param remedy name of the remedy, {@code reclaim-leaked-connection}
 * @param confidence of the finding it rests on
 * @param proof why, in one sentence
 * @param undo how it is given back, or why there is nothing to give back
 */
public record Plan(
        ResourceId resource, String remedy, Risk risk, Confidence confidence, String proof, Claim claim, String undo) {
}
