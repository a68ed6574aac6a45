/** From recordings and journals to the story of each incident, and from there to text, Markdown and JSON. */
package io.jvmmedic.cli.report;
