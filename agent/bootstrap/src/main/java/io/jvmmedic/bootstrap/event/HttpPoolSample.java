package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** State of one HTTP client, each second. Public schema: a field is added, never renamed. */
@Name("jvmmedic.HttpPoolSample")
@Label("HTTP Pool Sample")
@Description("State of one HTTP client, each second")
@Category({"JVM Medic", "Samples"})
@StackTrace(false)
public final class HttpPoolSample extends Event {

    @Label("Sample number")
    @Description("Number of the sampling round since the agent started")
    public long tick;

    @Label("Resource")
    @Description("What the row is about, for example pool:orders")
    public String resource;

    @Label("Library")
    @Description("Name of the client library")
    public String library;

    @Label("Leased")
    @Description("Connections in use, or requests in flight")
    public int leased;

    @Label("Available")
    @Description("Connections kept alive and free")
    public int available;

    @Label("Maximum")
    @Description("Connections allowed; -1 if unbounded")
    public int max;

    @Label("Pending")
    @Description("Requests waiting for a connection")
    public int pending;

    @Label("Fullest Route")
    @Description("Route with the fewest free connections")
    public String route;

    @Label("Route Leased")
    @Description("Connections in use on that route")
    public int routeLeased;

    @Label("Route Maximum")
    @Description("Connections allowed on that route; -1 if unbounded")
    public int routeMax;

    @Label("Route Pending")
    @Description("Requests waiting on that route")
    public int routePending;

    @Label("Clients")
    @Description("Clients alive behind this row")
    public long clients;
}
