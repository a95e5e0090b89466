@NullMarked
package org.nvmftarget.control.metrics;

import org.jspecify.annotations.NullMarked;
