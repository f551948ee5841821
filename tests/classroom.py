"""An instructor and learners at one application, each with a browser of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from sim import people

PAGE = {"accept": "text/html", "sec-fetch-site": "same-origin"}
PLAN = {"name": "Monday class", "personas": "ada", "attempts": "2", "hints": "on", "retention_days": "30"}


@dataclass
class Person:
    """Somebody with a browser; cookies are kept, redirects are not followed."""

    client: TestClient
    cookies: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, **request: Any) -> Any:
        """Send a request and keep the cookies that come back."""
        headers = PAGE | {"cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())} | request.pop("headers", {})
        self.client.cookies.clear()
        answer = self.client.request(method, path, headers=headers, follow_redirects=False, **request)
        self.cookies |= dict(answer.cookies)
        self.client.cookies.clear()
        return answer

    def get(self, path: str, status: int = 200, **request: Any) -> Any:
        """Get a page, which must have this status."""
        answer = self.send("GET", path, **request)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:600])
        return answer

    def post(self, path: str, status: int = 303, **form: str) -> Any:
        """Send a form, which must have this status."""
        answer = self.send("POST", path, data=form)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:600])
        return answer


@dataclass
class Room:
    """One application, and who is in it."""

    app: FastAPI
    client: TestClient

    def learner(self) -> Person:
        """Return somebody new."""
        return Person(self.client)

    def instructor(self, email: str = "ivo@example.org") -> Person:
        """Return somebody who is signed in."""

        async def let_in() -> str:
            registry = self.app.state.registry
            owner = await registry.accounts.owner()
            link = await people.invite(registry, owner.account) if owner else await people.owner_link(registry)
            return await people.accept(registry, link, password="seven grey herons", email=email, name="Ivo")

        assert self.client.portal is not None
        return Person(self.client, {"sim_account": self.client.portal.call(let_in)})

    def run(self, work: Any) -> Any:
        """Run a coroutine function in the application's loop."""
        assert self.client.portal is not None
        return self.client.portal.call(work)


def opened(instructor: Person, **plan: str) -> str:
    """Make a workshop; return its id."""
    return str(instructor.post("/workshops", **PLAN | plan).headers["location"]).split("/")[2]


def code_of(instructor: Person, workshop: str) -> str:
    """Return the join code as the instructor's page shows it."""
    page = instructor.get(f"/workshops/{workshop}").text
    return str(page.split("Code: </span>")[1][:9])


def joined(room: Room, instructor: Person, workshop: str, name: str) -> Person:
    """Let somebody new join under a name."""
    learner = room.learner()
    learner.post(f"/join/{code_of(instructor, workshop)}", name=name)
    return learner


def begun(learner: Person, workshop: str, **form: str) -> str:
    """Open an attempt and begin the meeting; return the session's id."""
    session = str(learner.post(f"/joined/{workshop}/sessions", persona="ada", **form).headers["location"]).split("/")[2]
    learner.post(f"/sessions/{session}/begin", goal="Learn")
    return session


def finished(learner: Person, workshop: str, text: str = "How is the river?", **form: str) -> str:
    """Hold a whole short attempt; return the session's id."""
    session = begun(learner, workshop, **form)
    learner.post(f"/sessions/{session}/say", text=text, key="k1", notes="a note")
    learner.post(f"/sessions/{session}/end")
    learner.post(f"/sessions/{session}/thank-you", to_contact="Thank you.")
    return session


def submitted(learner: Person, workshop: str, text: str = "How is the river?", **form: str) -> str:
    """The same, handed in."""
    session = finished(learner, workshop, text, **form)
    learner.post(f"/sessions/{session}/submit")
    return session
