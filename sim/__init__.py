"""Twenty Minutes: practise the informational interview before it counts.

`sim` holds the rules and the adapters that need no web server; `web` sits on top and is never imported from here.
"""

__version__ = "0.1.0"
