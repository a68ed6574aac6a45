package io.jvmmedic.core.policy;

import io.jvmmedic.core.model.Mode;
import io.jvmmedic.core.model.Plan;
import java.util.Optional;

/**
 * What the gates are asked: may this plan be carried out now?
 *
 * @param mode in force now, kill file and live changes included
 * @param noLongerNeeded the plan's live precondition: why the fault does not stand any more; empty when it does
 * @param ladderExhausted whether everything gentler was tried or ruled out
 */
public record Request(Plan plan, Mode mode, Optional<String> noLongerNeeded, boolean ladderExhausted) {
}
