package io.jvmmedic.core.instrument.immunity;

import io.jvmmedic.bootstrap.Gates;

/** All gates, by the numbers of the sites that are woven into the host. */
final class GateHouse extends Gates {

    static final int MAX_GATES = SignatureFile.MAX_SIGNATURES;
    private static final int MAX_SITES = MAX_GATES * Signature.MAX_THREADS;
    private static final int GATE_SHIFT = 16;
    private static final int NUMBER_MASK = Occupants.MAX_SIZE - 1;

    /** Written before a class that names the site is woven, so seen by it. */
    private final Gate[] gates = new Gate[MAX_GATES];
    private final int[] gateOf = new int[MAX_SITES];
    private final int[] positionOf = new int[MAX_SITES];
    private final Callee[] calleeOf = new Callee[MAX_SITES];
    private int gateCount;
    private int siteCount;

    /** Adds a gate; its number, -1 when there are too many. */
    synchronized int add(Gate gate) {
        if (gateCount == MAX_GATES) {
            return -1;
        }
        gates[gateCount] = gate;
        return gateCount++;
    }

    /** A new site, at a position of a gate. */
    synchronized int site(int gate, int position) {
        gateOf[siteCount] = gate;
        positionOf[siteCount] = position;
        return siteCount++;
    }

    /** Calls of a site are asked about their receivers; before one of them is woven. */
    void ask(int site, Callee callee) {
        calleeOf[site] = callee;
    }

    @Override
    public int enterOf(Object receiver, int site) {
        return receiver != null && calleeOf[site].isRunBy(receiver.getClass()) ? enter(receiver, site) : 0;
    }

    @Override
    public int enter(Object lock, int site) {
        int gate = gateOf[site];
        int number = gates[gate].enter(positionOf[site], lock);
        return number < 0 ? 0 : (gate << GATE_SHIFT | number) + 1;
    }

    @Override
    public void leave(int token) {
        gateOf(token).leave(number(token));
    }

    @Override
    public int released(Object lock, int token) {
        return gateOf(token).released(number(token), lock) ? 0 : token;
    }

    @Override
    public void end(int token) {
        gateOf(token).end(number(token));
    }

    private Gate gateOf(int token) {
        return gates[token - 1 >>> GATE_SHIFT];
    }

    private static int number(int token) {
        return token - 1 & NUMBER_MASK;
    }
}
