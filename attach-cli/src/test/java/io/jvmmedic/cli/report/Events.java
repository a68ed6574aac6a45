package io.jvmmedic.cli.report;

import io.jvmmedic.bootstrap.event.AgentHealth;
import io.jvmmedic.bootstrap.event.Decision;
import io.jvmmedic.bootstrap.event.Finding;
import io.jvmmedic.bootstrap.event.Remediation;
import io.jvmmedic.bootstrap.event.ShadowScore;
import io.jvmmedic.bootstrap.event.Undo;
import io.jvmmedic.bootstrap.event.Verification;

/** Commits the bridge's events as the agent does. */
final class Events {

    private static final String POOL = "pool:orders";
    private static final String SITE = "com.acme.shop.orders.persistence.OrderRepositoryCustomImplementation"
            + ".findAll(OrderRepositoryCustomImplementation.java:1288)";

    private Events() {
    }

    /** A leak that was repaired, with evidence taken and the claim checked. */
    static void repaired(String id) {
        finding(id, POOL, "CONNECTION_LEAK", "CERTAIN", "its handle is unreachable while the slot is out");
        Remediation dump = remediation(id, POOL, "dump-threads", "NONE");
        dump.begin();
        dump.outcome = "HEALED";
        dump.commit();
        decision(id, POOL, "reclaim-leaked-connection", "FORCEFUL", "ALLOWED", "", "all gates passed");
        Remediation remedy = remediation(id, POOL, "reclaim-leaked-connection", "FORCEFUL");
        remedy.begin();
        remedy.outcome = "HEALED";
        remedy.before = "active=10 idle=0 max=10 waiting=4";
        remedy.after = "active=6 idle=0 max=10 waiting=0";
        remedy.commit();
        Verification check = new Verification();
        check.incidentId = id;
        check.resource = POOL;
        check.remedy = "reclaim-leaked-connection";
        check.claim = "active falls from 10 to at most 9 within 5 s";
        check.observed = "active=6 idle=0 max=10 waiting=0";
        check.held = true;
        check.commit();
    }

    /** A pool that was grown and shrank again. */
    static void lent(String id) {
        finding(id, "pool:reports", "POOL_EXHAUSTION", "SUSPECTED", "all 5 slots are out and 3 threads wait");
        decision(id, "pool:reports", "grow-pool", "GENTLE", "ALLOWED", "", "all gates passed");
        Remediation remedy = remediation(id, "pool:reports", "grow-pool", "GENTLE");
        remedy.begin();
        remedy.outcome = "INEFFECTIVE";
        remedy.undo = "the maximum is set back to 5";
        remedy.commit();
        Undo undo = new Undo();
        undo.incidentId = id;
        undo.resource = "pool:reports";
        undo.remedy = "grow-pool";
        undo.loan = "maximum 5 -> 7";
        undo.outcome = "GIVEN_BACK";
        undo.reason = "not needed for 8 s";
        undo.commit();
    }

    /** A plan that was only shadowed, and scored. */
    static void shadowed(String id) {
        finding(id, POOL, "CONNECTION_LEAK", "SUSPECTED", "held for 9 s, usually 120 ms");
        decision(id, POOL, "reclaim-leaked-connection", "FORCEFUL", "SHADOWED", "confidence",
                "FORCEFUL needs CERTAIN, this is SUSPECTED");
        ShadowScore score = new ShadowScore();
        score.incidentId = id;
        score.resource = POOL;
        score.remedy = "reclaim-leaked-connection";
        score.score = "WRONG";
        score.reason = "it came back 4 s later";
        score.commit();
    }

    /** A finding and nothing else. */
    static void found(String id) {
        finding(id, "lock:transfer", "LOCK_DEADLOCK", "CERTAIN", "2 threads wait for each other | in a *cycle*");
    }

    static void health(int rounds) {
        for (int i = 0; i < rounds; i++) {
            AgentHealth health = new AgentHealth();
            health.tick = i;
            health.mode = "heal";
            health.commit();
        }
    }

    private static void finding(String id, String resource, String fault, String confidence, String proof) {
        Finding finding = new Finding();
        finding.incidentId = id;
        finding.resource = resource;
        finding.detector = "test";
        finding.fault = fault;
        finding.confidence = confidence;
        finding.summary = resource + ": 1 of 10 is concerned";
        finding.proof = proof;
        finding.cause = SITE;
        finding.victims = "4 threads wait, http-nio-8080-exec-2 for 2.5 s";
        finding.advice = "close it in a finally block";
        finding.commit();
    }

    private static void decision(
            String id, String resource, String remedy, String risk, String verdict, String gate, String reason) {
        Decision decision = new Decision();
        decision.incidentId = id;
        decision.resource = resource;
        decision.remedy = remedy;
        decision.risk = risk;
        decision.verdict = verdict;
        decision.gate = gate;
        decision.reason = reason;
        decision.mode = "heal";
        decision.commit();
    }

    private static Remediation remediation(String id, String resource, String remedy, String risk) {
        Remediation event = new Remediation();
        event.incidentId = id;
        event.resource = resource;
        event.remedy = remedy;
        event.risk = risk;
        event.confidence = "CERTAIN";
        event.proof = "unreachable";
        event.claim = "active falls from 10 to at most 9 within 5 s";
        event.undo = "nothing to give back";
        return event;
    }
}
