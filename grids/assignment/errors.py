"""Errors of requests about a point; each class's docstring is its message and names the mend."""

from __future__ import annotations

from core.errors import DomainError, Kind


class PointMissingError(DomainError):
    """A coordinate is missing. Send both lon and lat."""

    code = "point-missing"


class PointNotANumberError(DomainError):
    """A coordinate is not a number. Send decimal degrees, or metres of the stated crs, with a point."""

    code = "point-not-a-number"


class PointNotFiniteError(DomainError):
    """A coordinate is not finite. Send a number, or leave the point out."""

    code = "point-not-finite"


class PointOutOfRangeError(DomainError):
    """The coordinates are no degrees. Longitude is -180 to 180, latitude -90 to 90; for metres, name their crs."""

    code = "point-out-of-range"


class PointSwappedError(DomainError):
    """Longitude and latitude are likely swapped. Send longitude as lon, latitude as lat."""

    code = "point-swapped"


class PointOutsideCrsError(DomainError):
    """The point lies outside the area its crs is made for. Check the crs, and that x is east and y north."""

    code = "point-outside-crs"


class AccuracyInvalidError(DomainError):
    """The accuracy is no length. Send metres from 0 to 10000, or leave it out."""

    code = "accuracy-invalid"


class BoundariesNotLoadedError(DomainError):
    """The boundaries are not in memory yet, and the database is away. Ask again in a moment."""

    code = "boundaries-not-loaded"
    kind = Kind.UNAVAILABLE


class TooManyPointsError(DomainError):
    """More points than one call takes. Send them in parts."""

    code = "too-many-points"
    kind = Kind.TOO_LARGE


class TableUnreadableError(DomainError):
    """The table of points cannot be read."""

    code = "table-unreadable"


class LineUnreadableError(DomainError):
    """A line breaks the rule of comma separated values. Close its quotation mark, or write a quote in a value twice."""

    code = "line-unreadable"


class ColumnMissingError(DomainError):
    """A column that is needed is not in the table."""

    code = "column-missing"
