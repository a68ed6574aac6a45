package io.jvmmedic.it.harness;

import io.jvmmedic.it.patients.Patient;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Declares the JVM that a test method gets as its {@link PatientJvm} parameter, running and with the agent in it. The
 * method runs once per combination of library, JDK and way in, see {@link ScenarioExtension}. Afterwards the patient is stopped and the invariants of
 * {@link Invariants} are checked, whether or not the method mentions them.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(ScenarioExtension.class)
public @interface Scenario {

    Class<? extends Patient> patient();

    /** Class paths, one run each: folders of {@code target/libs} joined by {@code +}, {@code HikariCP-7.1.0+h2}. */
    String[] libraries() default {""};

    Attach[] attach() default {Attach.PREMAIN};

    int[] jdks() default {17, 25};

    /** Agent options; {@code %dir} is the folder of the run. {@code dir=} is always given. */
    String agentOptions() default "";

    /** JVM options; {@code %dir} as above. */
    String[] jvmOptions() default {};

    /**
     * Arguments of the patient's {@code main}; {@code %dir} as above, {@code %libs} the folder of the libraries,
     * {@code %postgres} the URL of a real server, {@code %database} the URL of the scenario's own {@link Database},
     * {@code %demotable} of one that can be demoted, {@code %server} of one on a server of its own; {@code %mariadb} and
     * {@code %mysql} the URL of its own {@link MariaDatabase} for either driver.
     */
    String[] arguments() default {};

    /** Nothing is wrong with this patient: any treatment and any certain finding is a failure. */
    boolean healthy() default false;

    /** Whether the child records by itself; false shows the agent as the first who starts Flight Recorder. */
    boolean witnessed() default true;

    /** Warnings of the agent that belong to this scenario: regular expressions found in the line. */
    String[] warnings() default {};
}
