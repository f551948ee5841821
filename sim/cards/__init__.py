"""Character cards, as role-play front ends exchange them: read versions 1 to 3 and PNG pictures that carry them, write 2, 3 and PNG.

A card that somebody sends is untrusted text: bounded in size and depth, nothing in it is fetched or executed, and its instructions to
a model are left out unless whoever imports it says otherwise. Our own persona file travels along, so that export and import
lose nothing.
"""

from sim.cards.card import Card, CardError, read_card
from sim.cards.picture import card_in_png, picture_of
from sim.cards.reading import Imported, persona_from
from sim.cards.writing import card_json, card_of, card_png

__all__ = [
    "Card",
    "CardError",
    "Imported",
    "card_in_png",
    "card_json",
    "card_of",
    "card_png",
    "persona_from",
    "picture_of",
    "read_card",
]
