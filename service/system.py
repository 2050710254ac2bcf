"""What is stored, and how it got there: sources, models, the vector index, loads, failures."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from loader.rows import rows_of
from service.rendering import page
from service.state import service_of

router = APIRouter(include_in_schema=False)


@router.get("/system")
def system(request: Request) -> Response:
    """Sources, models, the vector index, and the loads; a load that runs shows what is left."""
    service = service_of(request)
    with service.sessions.one() as database:
        return page(
            request,
            "system.html",
            sources=rows_of(database, "img_report.sources"),
            models=rows_of(database, "img_service.models"),
            loads=rows_of(database, "img_service.loads"),
            failures=rows_of(database, "img_service.failures"),
            indexes=rows_of(database, "img_service.vector_indexes"),
            description=database.description,
            model=service.classifier.model,
        )
