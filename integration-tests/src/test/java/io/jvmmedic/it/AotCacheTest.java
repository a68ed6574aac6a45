package io.jvmmedic.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.it.harness.Attach;
import io.jvmmedic.it.harness.Command;
import io.jvmmedic.it.harness.Folders;
import io.jvmmedic.it.harness.Invariants;
import io.jvmmedic.it.harness.Jdk;
import io.jvmmedic.it.harness.Jdks;
import io.jvmmedic.it.harness.PatientJvm;
import io.jvmmedic.it.harness.PatientSpec;
import io.jvmmedic.it.patients.IdlePatient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The recipe of the documentation: a cache trained with {@code --add-modules java.instrument} serves a host with the agent. */
@ExtendWith(Folders.class)
class AotCacheTest {

    @Test
    void cacheTrainedWithTheModuleIsUsed(Path directory) {
        Jdk jdk = Jdks.require(25);
        Path cache = directory.resolve("app.aot");
        // Only jars are archived; a folder on the class path makes the JVM refuse to train.
        Path jar = directory.resolve("app.jar");
        Command.run(Jdks.current().tool("jar").toString(), "cf", jar.toString(), "-C",
                System.getProperty("jvmmedic.it.patients"), "io");
        Command training = Command.run(Map.of(), "stop\n", List.of(jdk.tool("java").toString(),
                "-XX:AOTCacheOutput=" + cache, "--add-modules", "java.instrument", "-cp", jar.toString(),
                IdlePatient.class.getName()));
        assertTrue(Files.exists(cache), training.output());
        PatientSpec spec = PatientSpec.of(jdk, directory, IdlePatient.class).attach(Attach.PREMAIN).unwitnessed()
                // The mode "on" ends the JVM when the cache cannot be used.
                .jvmOptions("-XX:AOTCache=" + cache, "-XX:AOTMode=on", "--add-modules", "java.instrument")
                .program("-cp", jar.toString(), IdlePatient.class.getName())
                .build();
        try (PatientJvm jvm = PatientJvm.fork(spec)) {
            assertTrue(jvm.ask("threads").contains("jvm-medic-"));
            assertEquals(0, jvm.stop());
            Invariants.check(jvm, true, List.of());
        }
    }
}
