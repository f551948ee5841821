"""What models used: all of it for the owner, an instructor's own workshops' for them, and a submitted session reply by reply."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from sim import workshop
from web.context import InstructorHere, OfficeHere
from web.rendering import page
from web.routes.pages.common import PageRoute
from web.views.usage import session_usage_page, usage_page

router = APIRouter(route_class=PageRoute)


@router.get("/usage")
async def usage(office: OfficeHere, account: InstructorHere) -> Response:
    """Show tokens and cost by day, workshop and session, and how far the limits are used."""
    return page("usage.html", page=usage_page(await workshop.spending(office, account), account))


@router.get("/submitted/{session_id}/usage")
async def of_session(session_id: str, office: OfficeHere, account: InstructorHere) -> Response:
    """Show what a submitted session used, reply by reply."""
    return page("session_usage.html", page=session_usage_page(await workshop.session_spending(office, account, session_id)))
