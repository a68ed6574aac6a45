package io.jvmmedic.core.instrument.jdkhttp;

import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.instrument.ThreadDiscovery;
import io.jvmmedic.core.resource.ResourceRegistry;

/** Each client has one selector thread, which knows it. */
final class JdkHttpDiscovery implements ThreadDiscovery {

    private static final String IMPLEMENTATION = "jdk.internal.net.http";
    private static final String SELECTOR = IMPLEMENTATION + ".HttpClientImpl$SelectorManager";

    private final ResourceRegistry registry;
    private final ModuleOpener opener;
    /** Made with the first client: a JVM without any shows no empty row. */
    private JdkHttpHandle clients;

    JdkHttpDiscovery(ResourceRegistry registry, ModuleOpener opener) {
        this.registry = registry;
        this.opener = opener;
    }

    @Override
    public void thread(Thread thread) {
        if (!thread.getClass().getName().equals(SELECTOR)) {
            return;
        }
        opener.open(thread.getClass().getModule(), IMPLEMENTATION);
        Object client = Members.read(thread, "owner");
        if (client == null) {
            return;
        }
        if (clients == null) {
            JdkHttpHandle first = new JdkHttpHandle(registry);
            registry.register(first, (self, same) -> first);
            clients = first;
        }
        clients.add(thread, client);
    }
}
