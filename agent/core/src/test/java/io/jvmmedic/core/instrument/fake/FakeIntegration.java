package io.jvmmedic.core.instrument.fake;

import static io.jvmmedic.core.instrument.Member.field;
import static io.jvmmedic.core.instrument.Member.method;

import io.jvmmedic.core.instrument.Integration;
import io.jvmmedic.core.instrument.Weave;
import io.jvmmedic.core.resource.HandleFactory;
import java.util.List;

/** How the fake library is watched. */
public final class FakeIntegration implements Integration {

    private static final String HERE = "io.jvmmedic.core.instrument.fake.";
    private static final String ENTRY = "Lio/jvmmedic/core/instrument/fake/FakePool$Entry;";

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public List<Weave> weaves() {
        return List.of(Weave.into(HERE + "FakePool")
                .needs(field("size", "I"))
                .hook(HERE + "BorrowedAdvice",
                        method("wrap", "(" + ENTRY + ")Lio/jvmmedic/core/instrument/fake/FakePool$Handle;"))
                .hook(HERE + "ReturnedAdvice", method("giveBack", "(" + ENTRY + ")V")));
    }

    @Override
    public HandleFactory handles() {
        return FakeHandle::new;
    }
}
