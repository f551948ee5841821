"""How far the marks can be trusted: agreement with raters, minimal pairs, attempts to talk marks up, and the gates for it all."""
