"""What can go wrong with layers, releases, imports and exports; each class's docstring is its message."""

from __future__ import annotations

from core.errors import DomainError, Kind


class LayerNotFoundError(DomainError):
    """There is no such layer. GET /v1/layers (or `wangge layers list`) names those there are."""

    code = "layer-not-found"
    kind = Kind.NOT_FOUND


class LayerExistsError(DomainError):
    """A layer of that code exists already."""

    code = "layer-exists"
    kind = Kind.CONFLICT


class LayerInvalidError(DomainError):
    """The layer definition is not valid."""

    code = "layer-invalid"


class LayerInUseError(DomainError):
    """The layer has releases: what they answer by is changed with a draft, or not at all."""

    code = "layer-in-use"
    kind = Kind.CONFLICT


class GapInvalidError(DomainError):
    """A declared gap does not fit: it is no polygon, or its name is taken or not known."""

    code = "gap-invalid"


class GapCoveredError(DomainError):
    """A declared gap covers an area that answers there."""

    code = "gap-covered"
    kind = Kind.CONFLICT


class ReleaseNotFoundError(DomainError):
    """There is no such release of this layer."""

    code = "release-not-found"
    kind = Kind.NOT_FOUND


class ReleaseWithdrawnError(DomainError):
    """The release was withdrawn before it took effect; it has no areas."""

    code = "release-withdrawn"
    kind = Kind.NOT_FOUND


class ReleaseInForceError(DomainError):
    """The release is in force, or about to be: it cannot be withdrawn. Roll back to the one before instead."""

    code = "release-in-force"
    kind = Kind.CONFLICT


class ReleaseNeededError(DomainError):
    """A later release or a draft stands on this release: it has to be withdrawn first."""

    code = "release-needed"
    kind = Kind.CONFLICT


class WithdrawalRequestedError(DomainError):
    """The withdrawal of this release is asked for already; a second person has to approve it."""

    code = "withdrawal-requested"
    kind = Kind.CONFLICT


class WithdrawalNotRequestedError(DomainError):
    """Nobody has asked for the withdrawal of this release."""

    code = "withdrawal-not-requested"
    kind = Kind.NOT_FOUND


class AreaNotFoundError(DomainError):
    """There is no such area in this layer at that instant."""

    code = "area-not-found"
    kind = Kind.NOT_FOUND


class AreaCollapsedError(DomainError):
    """A ring of an area's outline is narrower than what is stored (1 cm): take it away, or draw it wider."""

    code = "area-collapsed"


class EffectiveInstantError(DomainError):
    """A release cannot take effect at that instant."""

    code = "effective-instant-invalid"
    kind = Kind.CONFLICT


class EffectiveInstantDoubtfulError(DomainError):
    """The instant is so far off that its year may be mistyped: correct it, or say that it is meant."""

    code = "effective-instant-doubtful"
    kind = Kind.CONFLICT


class ReleaseOvertakenError(DomainError):
    """Another release was published meanwhile; look at it and import again."""

    code = "release-overtaken"
    kind = Kind.CONFLICT


class ImportBlockedError(DomainError):
    """The boundaries have defects that block publishing; nothing was changed."""

    code = "boundaries-blocked"


class FileRefusedError(DomainError):
    """The boundary file cannot be taken."""

    code = "file-refused"


class FileUnreadableError(DomainError):
    """The boundary file cannot be read in its format."""

    code = "file-unreadable"


class FileTooLargeError(DomainError):
    """The boundary file is larger than this service takes."""

    code = "file-too-large"
    kind = Kind.TOO_LARGE


class FileTooSlowError(DomainError):
    """Reading or checking the boundaries took longer than it may; nothing was changed."""

    code = "file-too-slow"


class FormatUnknownError(DomainError):
    """The file format is not known."""

    code = "format-unknown"


class CrsMissingError(DomainError):
    """The file does not say which coordinate reference system its numbers are in, and it is never guessed."""

    code = "crs-missing"


class CrsUnknownError(DomainError):
    """The coordinate reference system is not known."""

    code = "crs-unknown"


class FieldMissingError(DomainError):
    """A field that is needed is not in the file."""

    code = "field-missing"


class FieldUnknownError(DomainError):
    """A column is said to hold a field that areas do not have."""

    code = "field-unknown"


class ReadersBusyError(DomainError):
    """As many boundary files are being read as this process takes on at once; nothing was changed."""

    code = "readers-busy"
    kind = Kind.UNAVAILABLE


class ParameterInvalidError(DomainError):
    """A parameter is not valid."""

    code = "parameter-invalid"
