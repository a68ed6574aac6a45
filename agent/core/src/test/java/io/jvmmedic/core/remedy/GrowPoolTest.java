package io.jvmmedic.core.remedy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GrowPoolTest {

    private final ResourceRegistry registry = new ResourceRegistry();
    private final FakePool pool = new FakePool(registry, "orders", 4);
    private final GrowPool remedy = new GrowPool(registry, MedicConfig.of(Map.of("pool.grow-cap", "100")));
    private final List<Object> handles = new ArrayList<>();
    private final List<Object> entries = new ArrayList<>();

    /** Each slot out, and its borrowers waiting for another. */
    private void nest(int waiters) {
        while (pool.state().active() < pool.state().max()) {
            Object handle = new Object();
            handles.add(handle);
            entries.add(pool.borrow(handle));
        }
        for (int i = 0; i < waiters; i++) {
            pool.await(handles::add);
        }
    }

    private void everybodyGivesBack() {
        while (pool.state().active() > 0) {
            pool.entriesInUse().forEach(pool::giveBack);
        }
    }

    private Diagnosis nested(long needed) {
        return Given.diagnosis(Fault.NESTED_BORROW, pool.id(), Confidence.CERTAIN, List.of(), List.of(),
                Map.of("neededSlots", needed));
    }

    private Diagnosis exhausted(String cause) {
        return Given.diagnosis(Fault.POOL_EXHAUSTION, pool.id(), Confidence.SUSPECTED, List.of(), List.of(),
                Map.of("cause." + cause, 4L));
    }

    private Loan grow(long needed) throws Throwable {
        Action action = Given.ready(remedy.prepare(nested(needed))).action();
        action.apply();
        assertTrue(action.claimHolds());
        return action.loan().orElseThrow();
    }

    @Test
    void growsByWhatIsNeededAndGivesBackWhenNobodyWaits() throws Throwable {
        nest(2);
        Preparation.Ready ready = Given.ready(remedy.prepare(nested(2)));
        assertEquals(Risk.GENTLE, ready.plan().risk());
        assertEquals("with a maximum of 6 instead of 4, at least one of 2 waiters gets a connection within 5 s",
                ready.plan().claim().text());
        assertEquals(Optional.empty(), ready.action().noLongerNeeded());
        ready.action().apply();
        assertTrue(ready.action().claimHolds());
        assertEquals("active=6 idle=0 total=6 max=6 waiting=0", ready.action().observe());

        Loan loan = ready.action().loan().orElseThrow();
        assertEquals("maximum 4 -> 6", loan.text());
        assertFalse(loan.unneeded(), "6 are out");
        assertFalse(loan.moot());
        everybodyGivesBack();
        assertTrue(loan.unneeded());
        loan.giveBack();
        assertEquals(4, pool.state().max());
        assertTrue(loan.moot());
    }

    @Test
    void theLoanIsNeededWhileSomebodyWaits() throws Throwable {
        nest(1);
        Loan loan = grow(1);
        everybodyGivesBack();
        nest(0);
        pool.await(handles::add);
        assertFalse(loan.unneeded());
    }

    @Test
    void theCapCountsFromTheOriginalAndNeverAGrownSizeIsGivenBack() throws Throwable {
        nest(9);
        Loan first = grow(2);
        Loan second = grow(9);
        assertEquals(8, pool.state().max(), "100 percent of 4, not of 6");
        assertEquals("pool:orders: it was grown from 4 to 8 already, pool.grow-cap=100 percent allows no more",
                Given.impossible(remedy.prepare(nested(1))));
        everybodyGivesBack();
        second.giveBack();
        assertEquals(4, pool.state().max());
        assertTrue(first.moot(), "both are given back");
        first.giveBack();
        assertEquals(4, pool.state().max());
        assertEquals("maximum 4 -> 8", first.text());
    }

    @Test
    void growsAtLeastByOneWhateverTheCap() throws Throwable {
        GrowPool careful = new GrowPool(registry, MedicConfig.of(Map.of("pool.grow-cap", "1")));
        nest(3);
        Action action = Given.ready(careful.prepare(nested(3))).action();
        action.apply();
        assertEquals(5, pool.state().max());
        assertTrue(action.claimHolds());
    }

    @Test
    void aMaximumThatSomebodyElseSetIsLeftAlone() throws Throwable {
        nest(1);
        Loan loan = grow(1);
        pool.changeMax(20);
        assertTrue(loan.moot());
        loan.giveBack();
        assertEquals(20, pool.state().max());
        assertEquals("maximum 4 -> 5 (somebody else changed it since, which is left alone)", loan.text());

        nest(1);
        Loan later = grow(1);
        assertEquals("maximum 20 -> 21", later.text(), "their size is the original now");
        everybodyGivesBack();
        later.giveBack();
        assertEquals(20, pool.state().max());
    }

    @Test
    void aGrowthOnTopOfSomebodyElsesSizeIsALoanOfItsOwn() throws Throwable {
        nest(1);
        Loan first = grow(1);
        pool.changeMax(20);
        nest(1);
        Loan second = grow(1);
        assertTrue(first.moot());
        assertFalse(second.moot());
        second.giveBack();
        assertEquals(20, pool.state().max());
    }

    @Test
    void theLoanIsMootWhenThePoolIsGone() throws Throwable {
        nest(1);
        Loan loan = grow(1);
        pool.gone = true;
        assertTrue(loan.moot());
        assertEquals("maximum 4 -> 5 (closed since)", loan.text());
    }

    @Test
    void anActThatFailsHalfWayLeavesALoanToGiveBack() throws Throwable {
        nest(1);
        pool.kick = Lever.of("FakePool.kick", count -> {
            throw new IllegalStateException("no");
        });
        Action action = Given.ready(remedy.prepare(nested(1))).action();
        assertThrows(IllegalStateException.class, action::apply);
        assertEquals(5, pool.state().max());
        Loan loan = action.loan().orElseThrow();
        assertFalse(loan.moot());
        loan.giveBack();
        assertEquals(4, pool.state().max());
    }

    @Test
    void anActThatDidNothingLeavesNothingToGiveBack() throws Throwable {
        nest(1);
        pool.resize = Lever.of("FakePool.setMax", size -> {
            throw new IllegalStateException("no");
        });
        Action action = Given.ready(remedy.prepare(nested(1))).action();
        assertThrows(IllegalStateException.class, action::apply);
        assertTrue(action.loan().orElseThrow().moot());
    }

    @Test
    void anEarlierLoanIsNotMootWhileTheNextGrowthIsUnderWay() throws Throwable {
        nest(2);
        Loan first = grow(1);
        Action action = Given.ready(remedy.prepare(nested(1))).action();
        List<Boolean> moot = new ArrayList<>();
        Lever<Integer> real = pool.resize;
        pool.resize = Lever.of("FakePool.setMax", size -> {
            moot.add(first.moot());
            real.pull(size);
            moot.add(first.moot());
        });
        action.apply();
        assertEquals(List.of(false, false), moot);
    }

    @Test
    void aGrowthThatServesNobodyIsNoSuccess() throws Throwable {
        nest(2);
        pool.databaseUp = false;
        Action action = Given.ready(remedy.prepare(nested(2))).action();
        action.apply();
        assertFalse(action.claimHolds());
        pool.timeOut();
        assertFalse(action.claimHolds(), "somebody gave up, which is not being served");
        pool.databaseUp = true;
        pool.kick.pull(1);
        assertTrue(action.claimHolds());
    }

    @Test
    void isRetractedWhenTheNeedOrTheSizeChanged() {
        nest(1);
        Action action = Given.ready(remedy.prepare(nested(1))).action();
        pool.changeMax(9);
        assertEquals("its maximum was changed from 4 to 9 meanwhile", action.noLongerNeeded().orElseThrow());
        pool.changeMax(4);
        assertEquals(Optional.empty(), action.noLongerNeeded());
        pool.timeOut();
        assertEquals("nobody waits for a connection any more", action.noLongerNeeded().orElseThrow());
        assertEquals("pool:orders: nobody waits for a connection any more", Given.impossible(remedy.prepare(nested(1))));
        assertEquals(4, pool.state().max(), "preparing changes nothing");
    }

    @Test
    void anExhaustedPoolIsGrownOnlyWhenItIsTooSmall() throws Throwable {
        nest(3);
        assertEquals("pool:orders: its slots are held across other work, more of them would only move the limit",
                Given.impossible(remedy.prepare(exhausted("held-across-io"))));
        assertEquals("pool:orders: its slots are leaked, more of them would only move the limit",
                Given.impossible(remedy.prepare(exhausted("leak"))));
        Action action = Given.ready(remedy.prepare(exhausted("too-small"))).action();
        action.apply();
        assertEquals(7, pool.state().max(), "one for each who waits");
    }

    @Test
    void refusesWithTheSentenceOfTheMissingLever() {
        nest(1);
        pool.kick = Lever.absent("nothing makes this pool look at its waiters");
        assertEquals("pool:orders: nothing makes this pool look at its waiters",
                Given.impossible(remedy.prepare(nested(1))));
        pool.resize = Lever.absent("the maximum of this pool is fixed");
        assertEquals("pool:orders: the maximum of this pool is fixed", Given.impossible(remedy.prepare(nested(1))));
        pool.gone = true;
        assertEquals("pool:orders: the pool is gone", Given.impossible(remedy.prepare(nested(1))));
    }

    /** Else the pool would knock at the full database for as long as somebody waits. */
    @Test
    void slotsThatTheDatabaseRefusesToFillAreNoHelp() throws Throwable {
        nest(2);
        pool.refuse("53300");
        pool.databaseUp = false;
        Action action = Given.ready(remedy.prepare(nested(2))).action();
        action.apply();
        Loan loan = action.loan().orElseThrow();
        assertEquals(6, pool.state().max());
        assertEquals(Optional.empty(), loan.useless(), "what it said before the growth is not about it");
        pool.refuse("08006");
        assertEquals(Optional.empty(), loan.useless(), "that may pass");
        pool.refuse("53300");
        assertEquals(Optional.of("the database has no session to spare for more than 4: 53300"), loan.useless());
        assertFalse(loan.unneeded(), "somebody waits");
        loan.giveBack();
        assertEquals(4, pool.state().max());
        assertEquals(Optional.empty(), loan.useless(), "nothing is lent any more");
    }

    @Test
    void aGrowthOfWhichTheDatabaseGaveAPartIsKept() throws Throwable {
        nest(2);
        Loan loan = grow(2);
        pool.refuse("53300");
        assertEquals(Optional.empty(), loan.useless());
    }
}
