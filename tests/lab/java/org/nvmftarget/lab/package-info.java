/**
 * Reports the lab's scenarios as JUnit tests. The scenarios themselves are shell scripts in
 * {@code tests/lab/scenarios}; nothing here knows what they check.
 */
package org.nvmftarget.lab;
