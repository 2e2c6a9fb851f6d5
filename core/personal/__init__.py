"""Personal data: what of a text or a column is about a person, and how it is shown to those who may not know it.

One place for all features: whatever leaves the service passes `masked` or `masked_text`, unless the principal holds the
scope for it. Recognition errs on the side of certainty: house numbers, amounts, order numbers and coordinates stay.
"""

from core.personal.columns import (
    is_about_people,
    is_person_column,
    keeping_people,
    told_of_people,
    without_people,
)
from core.personal.text import holds_person, masked, masked_name, masked_phone, masked_text, without_person

__all__ = [
    "holds_person",
    "is_about_people",
    "is_person_column",
    "keeping_people",
    "masked",
    "masked_name",
    "masked_phone",
    "masked_text",
    "told_of_people",
    "without_people",
    "without_person",
]
