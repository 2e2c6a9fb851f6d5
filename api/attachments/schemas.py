"""What is decided about attachments, as JSON."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ClearingIn(BaseModel):
    """Whether the public may see a photo."""

    model_config = ConfigDict(extra="forbid")

    cleared: bool = Field(description="True: nothing in it tells who a person is, and the public may see it.")
