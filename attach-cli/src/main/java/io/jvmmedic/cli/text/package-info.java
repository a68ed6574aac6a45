/** Text for people: at most as wide as the terminal, without colour where nobody looks, safe against control characters. */
package io.jvmmedic.cli.text;
