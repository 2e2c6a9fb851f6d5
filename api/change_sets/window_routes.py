"""The window of a draft that an editor on a map works on."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from api.change_sets import answers, schemas
from api.change_sets.routes import READ, Id
from api.http.access import Viewer
from api.http.answers import json_response
from api.http.dependencies import SnapshotDep
from api.http.openapi import feature_router
from api.http.parameters import box_of
from api.http.texts import Line
from grids.change_sets import window_queries

router = feature_router(prefix="/v1/change-sets", tags=["boundary desk"])


@router.get("/{change_set}/window", response_model=schemas.EditWindowOut, responses=READ)
def get_edit_window(
    session: SnapshotDep,
    viewer: Viewer,
    change_set: Id,
    code: Annotated[
        list[Line] | None, Query(max_length=100, description="Areas to edit; the window reaches a quarter beyond.")
    ] = None,
    bbox: Annotated[str | None, Query(max_length=100, description="Or west,south,east,north in degrees.")] = None,
) -> Response:
    """Show the areas to edit with all that lies beside them, vertices of neighbours matched.

    At most 1,000 areas and 100,000 vertices. A vertex inside `bbox` that is moved inside it has to be moved in every
    area of the answer that has it; the changed outlines are then sent as one edit, `redraw`.
    """
    del viewer
    box = None if bbox is None else box_of(bbox)
    window = window_queries.edit_window(session, change_set_id=change_set, codes=code or (), box=box)
    found = answers.features(dict(window.areas)) | {"bbox": list(window.box), "version": window.change_set.version}
    return json_response(found, headers={"ETag": f'"{window.change_set.version}"'})
