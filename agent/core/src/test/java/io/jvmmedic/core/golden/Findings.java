package io.jvmmedic.core.golden;

import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Finding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Beliefs as a text to compare: each in full when it changes its kind, and once more as it was last. */
final class Findings {

    /** What a belief is; who waits at the moment and numbers that grow from round to round are no change. */
    private record Kind(String resource, String primary, List<String> others, List<Long> leases) {
        static Kind of(Diagnosis diagnosis) {
            return new Kind(diagnosis.resource().toString(), headline(diagnosis.primary()),
                    diagnosis.others().stream().map(Findings::headline).toList(), diagnosis.primary().evidence().leases());
        }
    }

    private Findings() {
    }

    static String text(List<Replay.Belief> beliefs) {
        List<String> lines = new ArrayList<>();
        lines.add(beliefs.size() + " rounds");
        Map<String, Kind> before = new HashMap<>();
        Map<String, Diagnosis> last = new TreeMap<>();
        for (Replay.Belief belief : beliefs) {
            Map<String, Kind> now = new HashMap<>();
            for (Diagnosis diagnosis : belief.diagnoses()) {
                Kind kind = Kind.of(diagnosis);
                now.put(kind.resource(), kind);
                last.put(kind.resource(), diagnosis);
                if (!kind.equals(before.get(kind.resource()))) {
                    lines.add("");
                    lines.add("round " + belief.tick());
                    lines.addAll(lines(diagnosis));
                }
            }
            before.keySet().stream().filter(resource -> !now.containsKey(resource)).sorted()
                    .forEach(resource -> lines.add("\nround " + belief.tick() + "\n" + resource + ": over"));
            before = now;
        }
        last.values().forEach(diagnosis -> {
            lines.add("");
            lines.add("last");
            lines.addAll(lines(diagnosis));
        });
        return String.join("\n", lines) + "\n";
    }

    private static List<String> lines(Diagnosis diagnosis) {
        Finding finding = diagnosis.primary();
        List<String> lines = new ArrayList<>();
        lines.add(headline(finding));
        lines.add("  summary " + finding.summary());
        lines.add("  cause   " + finding.cause());
        lines.add("  victims " + finding.victims());
        lines.add("  advice  " + finding.advice());
        lines.add("  proof   " + finding.evidence().proof());
        finding.evidence().facts().forEach(fact -> lines.add("  fact    " + fact));
        lines.add("  leases  " + finding.evidence().leases());
        lines.add("  threads " + finding.evidence().threads());
        lines.add("  numbers " + new TreeMap<>(finding.evidence().measures()));
        diagnosis.others().forEach(other -> lines.add("  other   " + headline(other)));
        diagnosis.waitForGraph().lines().forEach(edge -> lines.add("  waits   " + edge));
        return lines.stream().map(String::stripTrailing).toList();
    }

    private static String headline(Finding finding) {
        return finding.fault() + " " + finding.resource() + " " + finding.confidence();
    }
}
