"""What is stored, and how it got there: sources, models, the vector index, loads, failures."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from service import reading
from service.rendering import page
from service.state import service_of

router = APIRouter(include_in_schema=False)
_SOURCE = ("source", "labels", "images", "waiting", "failed", "loads", "last_load_at")
_INDEX = ("name", "kind", "state", "dimension", "target_accuracy", "images_at_build", "images_since", "megabytes")


@router.get("/system")
def system(request: Request) -> Response:
    """Sources, models, the vector index, and the loads; a load that runs shows what is left."""
    service = service_of(request)
    with service.sessions.one() as database:
        return page(
            request,
            "system.html",
            sources=reading.named(_SOURCE, database.rows("img_report.sources")),
            models=reading.models(database),
            loads=reading.loads(database),
            failures=reading.failures(database),
            findings=reading.findings(database),
            indexes=reading.named(_INDEX, database.rows("img_service.vector_indexes")),
            description=database.description,
            settings=service.settings,
            model=service.classifier.model,
        )
