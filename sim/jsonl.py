"""JSON lines that stay lines, whoever splits them."""

from __future__ import annotations

import json
from typing import Any

_BREAKS = {ord(c): f"\\u{ord(c):04x}" for c in "\x85\u2028\u2029"}
"""Characters that JSON leaves as they are and many programs break lines at; the other such characters JSON escapes itself."""


def json_line(data: Any) -> str:
    """Return `data` as JSON on one line, readable in any script."""
    return json.dumps(data, ensure_ascii=False).translate(_BREAKS)
