"""Who answers for an area: the units of identity, found by the codes of releases and by the areas given to them."""
