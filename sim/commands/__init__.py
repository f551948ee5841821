"""One module for each command of `sim`. They read arguments, call what they need, and print; they decide nothing."""
