"""What a change of boundaries does to the matters in hand: seen before it is published, carried out after."""
