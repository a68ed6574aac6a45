package io.jvmmedic.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jvmmedic.it.harness.Attach;
import io.jvmmedic.it.harness.Database;
import io.jvmmedic.it.harness.MariaDatabase;
import io.jvmmedic.it.harness.PatientJvm;
import io.jvmmedic.it.harness.Scenario;
import io.jvmmedic.it.harness.Story;
import io.jvmmedic.it.harness.TcpProxy;
import io.jvmmedic.it.patients.OutagePatient;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The database goes away, in part or as a whole. Whoever is proven dead is let go; nobody else is touched. */
class OutageTest {

    private static final String HIKARI = "HikariCP-7.1.0";
    private static final String POOLS = HIKARI + "+agroal-3.2.1+tomcat-jdbc-11.0.25";
    private static final String MORE_POOLS = POOLS + "+commons-dbcp2-2.14.0+c3p0-0.14.1+druid-1.2.28";
    /** UCP finds dead peers by itself, Vibur a server that takes no writes. */
    private static final String VIBUR = "+vibur-26.0";
    private static final String UCP = "+ucp-23.9.0.25.07";
    private static final String ABORT = "abort-dead-sessions";
    private static final String EVICT = "soft-evict-pool";
    private static final Set<String> DONE_WELL = Set.of("HEALED", "RETRACTED");
    /** A statement may be asked about sooner than in a real service, where most take longer. */
    private static final String QUICK = "dead-peer.suspect-after=2s";
    /** HikariCP finds dead peers by itself after a pause of half a second, which a busy machine may make. */
    private static final String UNTESTED = "-Dcom.zaxxer.hikari.aliveBypassWindowMs=600000";

    @Scenario(patient = OutagePatient.class, libraries = "postgresql", arguments = {"%database", "%libs", MORE_POOLS + VIBUR},
            agentOptions = QUICK, jvmOptions = UNTESTED, jdks = 25, attach = Attach.HOT)
    void deadPeersAreAbortedAndALongReportIsNot(PatientJvm jvm, Database database) {
        deadPeers(jvm, database.proxy(), () -> database.execute("insert into report_end values(true)"));
    }

    @Scenario(patient = OutagePatient.class, libraries = "postgresql", arguments = {"%database", "%libs", POOLS},
            agentOptions = QUICK, jvmOptions = UNTESTED, jdks = 17)
    void nobodyIsAbortedUntilTheServiceCanBeReached(PatientJvm jvm, Database database) {
        List<String> pools = jvm.services();
        Story.awaitSeen(jvm, pools.size());
        Map<String, Double> before = jvm.rates(pools);
        database.proxy().refuse();
        database.proxy().silence(link -> true);
        jvm.witness().await(Story.SOON, "FreshConnection", row -> !row.getString("outcome").equals("OK"));
        Story.assertOnlyLooked(jvm);
        database.proxy().accept();
        Story.awaitHealed(jvm, ABORT, pools.size());
        jvm.awaitNinetyPercent(before);
    }

    @Scenario(patient = OutagePatient.class, libraries = "postgresql", arguments = {"%database", "%libs", HIKARI},
            agentOptions = QUICK + ",disabled-remedies=" + ABORT, jvmOptions = UNTESTED, jdks = 25)
    void deadPeersStayWhereAbortingIsSwitchedOff(PatientJvm jvm, Database database) {
        double before = jvm.rate();
        database.proxy().silence(link -> true);
        Story.awaitVerdict(jvm, ABORT, "REFUSED", "remedy off");
        jvm.awaitStandstill(before);
        Story.assertOnlyLooked(jvm);
    }

    /** Who connects is accepted and never hears a word, the agent too. */
    @Scenario(patient = OutagePatient.class, libraries = "postgresql", arguments = {"%database", "%libs", HIKARI, "9"},
            agentOptions = QUICK, jvmOptions = UNTESTED, jdks = 25)
    void aServiceThatSaysNothingIsCalledUnreachableUntilItSpeaksAgain(PatientJvm jvm, Database database) {
        List<String> pools = jvm.services();
        Story.awaitSeen(jvm, pools.size());
        Map<String, Double> before = jvm.rates(pools);
        database.proxy().silenceNewcomers(true);
        database.proxy().silence(link -> true);
        jvm.witness().await(Story.SOON, "FreshConnection", row -> row.getString("error").startsWith("no answer within"));
        jvm.witness().await(Story.SOON, "Finding", row -> row.getString("fault").equals("POOL_EXHAUSTION")
                && row.getString("summary").contains("the database cannot be reached"));
        Story.assertOnlyLooked(jvm);
        database.proxy().silenceNewcomers(false);
        Story.awaitHealed(jvm, ABORT, pools.size());
        jvm.awaitNinetyPercent(before);
    }

    private static void deadPeers(PatientJvm jvm, TcpProxy proxy, Runnable endReports) {
        List<String> pools = jvm.services();
        Story.awaitSeen(jvm, pools.size());
        Set<Integer> alive = Stream.of(jvm.ask("report").split(" ")).map(Integer::valueOf).collect(Collectors.toSet());
        assertEquals(pools.size(), alive.size());
        Map<String, Double> before = jvm.rates(pools);
        proxy.silence(link -> !alive.contains(link.clientPort()));
        Story.awaitHealed(jvm, ABORT, pools.size());
        jvm.awaitNinetyPercent(before);
        assertEquals(each(pools, "running"), jvm.ask("reports"));
        endReports.run();
        Awaitility.await("reports are finished").atMost(Story.SOON).until(() -> jvm.ask("reports").equals(each(pools, "well")));
    }

    private static String each(List<String> pools, String state) {
        return pools.stream().collect(Collectors.joining("=" + state + ", ", "{", "=" + state + "}"));
    }

    @Scenario(patient = OutagePatient.class, libraries = "postgresql", arguments = {"%demotable", "%libs", MORE_POOLS + UCP})
    @ResourceLock("demotion")
    void sessionsOfADemotedServerAreEvicted(PatientJvm jvm, Database database) {
        List<String> pools = jvm.services();
        Story.awaitSeen(jvm, pools.size());
        Map<String, Double> before = jvm.rates(pools);
        database.demote();
        Story.awaitHealed(jvm, EVICT, pools.size());
        jvm.awaitNinetyPercent(before);
    }

    @Scenario(patient = OutagePatient.class, libraries = "postgresql",
            arguments = {"%database", "%libs", MORE_POOLS + VIBUR + UCP})
    void endedSessionsAreReplaced(PatientJvm jvm, Database database) {
        comesBack(jvm, database::terminateSessions);
    }

    @Scenario(patient = OutagePatient.class, libraries = "postgresql", arguments = {"%server", "%libs", POOLS}, jdks = 25)
    void aServerThatCrashedAndStartedAgainIsFoundAgain(PatientJvm jvm, Database database) {
        comesBack(jvm, database::crash);
    }

    @Scenario(patient = OutagePatient.class, libraries = "postgresql", arguments = {"%database", "%libs", POOLS}, jdks = 17)
    void aServerThatCannotBeReachedForAWhileIsFoundAgain(PatientJvm jvm, Database database) {
        comesBack(jvm, () -> {
            database.proxy().refuse();
            database.proxy().cut(link -> true);
            Awaitility.await("the outage is felt").atMost(Story.SOON).until(() -> jvm.rates(jvm.services()).values()
                    .stream().allMatch(rate -> rate == 0));
            database.proxy().accept();
        });
    }

    /** The pools do most of it by themselves; whatever was done beside that has helped and was not forceful, or came too late. */
    private static void comesBack(PatientJvm jvm, Runnable outage) {
        List<String> pools = jvm.services();
        Story.awaitSeen(jvm, pools.size());
        Map<String, Double> before = jvm.rates(pools);
        outage.run();
        jvm.awaitNinetyPercent(before);
        assertEquals(List.of(), jvm.witness().rows("Remediation", row -> !row.getString("risk").equals("NONE")
                && !(row.getString("remedy").equals(EVICT) && DONE_WELL.contains(row.getString("outcome")))));
    }

    @Scenario(patient = OutagePatient.class, libraries = "mysql-connector-j", arguments = {"%mysql", "%libs", POOLS}, jdks = 17)
    @ResourceLock("MariaDB")
    void sessionsOfADemotedMariaDbAreEvicted(PatientJvm jvm, MariaDatabase database) {
        List<String> pools = jvm.services();
        Story.awaitSeen(jvm, pools.size());
        Map<String, Double> before = jvm.rates(pools);
        database.demote();
        Story.awaitHealed(jvm, EVICT, pools.size());
        jvm.awaitNinetyPercent(before);
    }

    @Scenario(patient = OutagePatient.class, libraries = "mysql-connector-j", arguments = {"%mysql", "%libs", POOLS}, jdks = 25)
    @ResourceLock("MariaDB")
    void killedSessionsOfMariaDbAreReplaced(PatientJvm jvm, MariaDatabase database) {
        comesBack(jvm, database::terminateSessions);
    }

    @Scenario(patient = OutagePatient.class, libraries = "mariadb-java-client", arguments = {"%mariadb", "%libs", POOLS},
            agentOptions = QUICK, jvmOptions = UNTESTED, jdks = 25)
    @ResourceLock("MariaDB")
    void deadSessionsOfMariaDbAreAbortedAndALongReportIsNot(PatientJvm jvm, MariaDatabase database) {
        database.holdReports();
        deadPeers(jvm, database.proxy(), database::endReports);
    }
}
