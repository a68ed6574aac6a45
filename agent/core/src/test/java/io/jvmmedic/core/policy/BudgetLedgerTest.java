package io.jvmmedic.core.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.config.Budget;
import io.jvmmedic.core.util.FakeClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BudgetLedgerTest {

    private static final Budget TWICE_AN_HOUR = new Budget(2, Duration.ofHours(1));
    private static final Duration KEEP = Duration.ofHours(1);
    private static final String RESTART = "budget.restart";

    @TempDir
    private Path folder;
    private final FakeClock clock = new FakeClock();
    private final List<String> warnings = new ArrayList<>();

    @Test
    void aBudgetIsIntensityOverASlidingPeriod() {
        BudgetLedger ledger = open();
        assertSpending(0, Duration.ZERO, ledger);
        assertTrue(ledger.spend(RESTART, true));
        clock.advance(Duration.ofMinutes(40));
        assertSpending(1, Duration.ZERO, ledger);
        assertTrue(ledger.spend(RESTART, true));
        assertSpending(2, Duration.ofMinutes(20), ledger);
        assertTrue(ledger.spending(RESTART, TWICE_AN_HOUR).exhausted());

        clock.advance(Duration.ofMinutes(20).minusMillis(1));
        assertSpending(2, Duration.ofMillis(1), ledger);
        clock.advance(Duration.ofMillis(1));
        assertSpending(1, Duration.ZERO, ledger);
        assertFalse(ledger.spending(RESTART, TWICE_AN_HOUR).exhausted());
    }

    @Test
    void budgetsAreApart() {
        BudgetLedger ledger = open();
        ledger.spend("budget.grow", false);
        assertSpending(0, Duration.ZERO, ledger);
    }

    @Test
    void aBudgetOfNoTimesForbidsForEver() {
        Spending spending = open().spending(RESTART, new Budget(0, Duration.ofHours(1)));
        assertTrue(spending.exhausted());
        assertEquals(Duration.ZERO, spending.freeIn());
    }

    @Test
    void whatWasSpentSurvivesTheRestartThatItAllowed() {
        BudgetLedger before = open();
        before.spend(RESTART, true);
        clock.advance(Duration.ofMinutes(10));
        before.spend(RESTART, true);
        clock.advance(Duration.ofMinutes(10));

        BudgetLedger after = open();
        assertSpending(2, Duration.ofMinutes(40), after);
        assertTrue(after.durable());
        clock.advance(Duration.ofMinutes(40));
        assertSpending(1, Duration.ZERO, open());
        assertEquals(List.of(), warnings);
    }

    @Test
    void aClockSetForwardFreesNothing() {
        BudgetLedger ledger = open();
        ledger.spend(RESTART, true);
        clock.setWall(clock.millis() + Duration.ofDays(1).toMillis());
        assertSpending(1, Duration.ZERO, ledger);
    }

    @Test
    void aClockSetBackLocksNothingUp() {
        BudgetLedger ledger = open();
        ledger.spend(RESTART, true);
        ledger.spend(RESTART, true);
        clock.setWall(clock.millis() - Duration.ofDays(365).toMillis());

        BudgetLedger after = open();
        assertSpending(2, Duration.ofHours(1), after);
        clock.advance(Duration.ofHours(1));
        assertSpending(0, Duration.ZERO, after);
        assertSpending(0, Duration.ZERO, ledger);
    }

    @Test
    void linesThatCannotBeReadAreSkippedWithOneWarning() throws IOException {
        long now = clock.millis();
        Files.writeString(file(), now + " budget.restart\nrubbish\n\n-5 budget.restart\n99999999999999999999 budget.restart\n"
                + now + " budget.restart budget.restart\n" + (now - 1) + " budget.restart\n" + now + " budg\u0000");
        BudgetLedger ledger = open();
        assertSpending(2, Duration.ofHours(1).minusMillis(1), ledger);
        assertEquals(List.of("budget ledger " + file() + ": 5 unreadable lines skipped"), warnings);

        ledger.spend(RESTART, false);
        assertEquals(3, open().spending(RESTART, TWICE_AN_HOUR).spent());
    }

    @Test
    void anUnwritableFileIsOneWarningAndMemoryThenTriedAgain() throws IOException {
        Files.createDirectory(file());
        BudgetLedger ledger = open();
        assertFalse(ledger.spend(RESTART, true));
        assertFalse(ledger.durable());
        assertSpending(1, Duration.ZERO, ledger);
        assertEquals(1, warnings.size());
        assertTrue(warnings.get(0).endsWith("budgets are kept in memory and nothing drastic is done"), warnings.get(0));

        Files.delete(file());
        assertFalse(ledger.durable(), "what could not be read may hold restarts");
        assertTrue(open().durable());
        assertSpending(1, Duration.ZERO, open());
    }

    @Test
    void aFileThatCouldNotBeWrittenForAWhileGetsEverything() throws IOException {
        BudgetLedger ledger = open();
        ledger.spend(RESTART, true);
        Path away = folder.resolve("away");
        Files.move(file(), away);
        Files.createDirectory(file());
        assertFalse(ledger.spend(RESTART, true));
        assertFalse(ledger.spend("budget.grow", false));
        assertEquals(1, warnings.size());

        Files.delete(file());
        Files.move(away, file());
        assertTrue(ledger.durable());
        BudgetLedger after = open();
        assertEquals(2, after.spending(RESTART, TWICE_AN_HOUR).spent());
        assertEquals(1, after.spending("budget.grow", TWICE_AN_HOUR).spent());
        assertEquals(1, warnings.size());
    }

    @Test
    void theFileStaysSmall() throws IOException {
        BudgetLedger ledger = open();
        for (int i = 0; i < 5_000; i++) {
            ledger.spend("budget.jvm", false);
            clock.advance(Duration.ofSeconds(10));
        }
        long lines = Files.readAllLines(file()).size();
        assertTrue(lines < 2_100, lines + " lines, 360 of them within the period");
        assertEquals(359, open().spending("budget.jvm", TWICE_AN_HOUR).spent());
        try (var files = Files.list(folder)) {
            assertEquals(List.of(file()), files.toList());
        }
    }

    @Test
    void twoJvmsOfOneNameKeepEachOthersLines() {
        BudgetLedger one = open();
        BudgetLedger other = open();
        one.spend(RESTART, true);
        other.spend(RESTART, true);
        assertEquals(2, open().spending(RESTART, TWICE_AN_HOUR).spent());
    }

    @Test
    void aLedgerInMemoryCountsButIsNotDurable() {
        BudgetLedger ledger = BudgetLedger.inMemory(KEEP, clock);
        assertFalse(ledger.spend(RESTART, true));
        assertSpending(1, Duration.ZERO, ledger);
        assertFalse(ledger.durable());
    }

    private void assertSpending(int spent, Duration freeIn, BudgetLedger ledger) {
        assertEquals(new Spending(RESTART, TWICE_AN_HOUR, spent, freeIn), ledger.spending(RESTART, TWICE_AN_HOUR));
    }

    private BudgetLedger open() {
        return BudgetLedger.open(file(), KEEP, clock, warnings::add);
    }

    private Path file() {
        return folder.resolve("orders.ledger");
    }
}
