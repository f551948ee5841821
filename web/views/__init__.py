"""Domain values become the one frozen dataclass a page's template receives. Pure: nothing here knows HTTP, a store or a clock."""
