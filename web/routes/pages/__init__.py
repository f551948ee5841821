"""The pages: parse the form, call one use case, render. All works by plain forms; htmx asks for parts of the pages."""

from fastapi import APIRouter, Depends

from web.context import account_of
from web.routes.pages import afterwards, before, examples, joining, meeting, people, reading, studio, usage, workshops

# Every page shows who is signed in.
router = APIRouter(include_in_schema=False, dependencies=[Depends(account_of)])
for module in (before, meeting, afterwards, examples, people, studio, joining, workshops, reading, usage):
    router.include_router(module.router)

__all__ = ["router"]
