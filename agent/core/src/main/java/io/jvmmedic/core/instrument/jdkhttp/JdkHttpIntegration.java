package io.jvmmedic.core.instrument.jdkhttp;

import io.jvmmedic.core.instrument.Integration;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.instrument.ThreadDiscovery;
import io.jvmmedic.core.instrument.Weave;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.util.List;

/** {@code java.net.http.HttpClient}: all clients of the JVM as one resource, counted, not acted upon. */
public final class JdkHttpIntegration implements Integration {

    @Override
    public String name() {
        return "jdkhttp";
    }

    @Override
    public List<Weave> weaves() {
        return List.of();
    }

    @Override
    public List<ThreadDiscovery> discoveries(ResourceRegistry registry, ModuleOpener opener) {
        return List.of(new JdkHttpDiscovery(registry, opener));
    }
}
