package io.jvmmedic.core.instrument.immunity;

import io.jvmmedic.core.util.Phrases;

/**
 * One instruction of one method, with the body it was taken from.
 *
 * @param type binary name of the class
 * @param index number of the instruction in the method, from 0; labels and line numbers do not count. 0 for a whole method
 * @param line source line, for people; negative if unknown
 * @param hash of the method's body, {@link MethodCode#hash()}: what another build does not share
 */
record Place(String type, String method, String descriptor, int index, int line, String hash) {

    /** The same without what is only for people. */
    String key() {
        return type + "." + method + descriptor + "#" + index + "/" + hash;
    }

    /** {@code Bank.transfer:88}. */
    String text() {
        return Phrases.type(type) + "." + method + (line > 0 ? ":" + line : "");
    }

    String internalName() {
        return type.replace('.', '/');
    }
}
