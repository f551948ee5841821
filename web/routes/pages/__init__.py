"""The pages: parse the form, call one use case, render. All works by plain forms; htmx asks for parts of the pages."""

from fastapi import APIRouter

from web.routes.pages import afterwards, before, meeting

router = APIRouter(include_in_schema=False)
for module in (before, meeting, afterwards):
    router.include_router(module.router)

__all__ = ["router"]
