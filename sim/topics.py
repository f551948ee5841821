"""What one can ask a contact about: the catalogue that questions, persona answers and private facts share.

A topic's `kind` is the question kind of the `sim acts` contract. `basic` topics are those a website answers or that are far
below the contact's level; `hiring` ones ask how hiring works in general.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

QuestionKind = Literal["career_path", "role", "organisation", "industry", "advice", "basic", "hiring", "other"]


@dataclass(frozen=True)
class Topic:
    """One subject of a question: its id, the contract's question kind, and what it covers in plain words."""

    id: str
    kind: QuestionKind
    about: str


def _topics(kind: QuestionKind, **about: str) -> list[Topic]:
    return [Topic(name, kind, text) for name, text in about.items()]


CATALOGUE: dict[str, Topic] = {
    t.id: t
    for t in (
        _topics(
            "career_path",
            career_path="how they got here",
            why_field="what drew them, why this work",
            first_job="the early years, starting out",
            mentors="who helped them on the way",
            regrets="what they would do differently",
            progression="promotion, the next steps in such a career",
            future_plans="the contact's own plans",
            background="age, origin, language, gender; being an outsider in the field",
        )
        + _topics(
            "role",
            daily_work="a typical day or week",
            responsibilities="what the role covers, who decides what",
            best_part="what they like best",
            worst_part="frustrations, what they dislike",
            challenge="the biggest problem at the moment",
            project="a piece of work, a case, an event they were part of",
            decisions="how they weigh things and decide",
            methods="tools, software, techniques; how a thing is done",
            measures="how success or quality is judged",
            mistakes="errors, failures and their lessons",
            leadership="how they lead and manage",
            stakeholders="customers, patients, politicians; dealing with people",
            work_life="hours, balance, remote work, stress",
            pay="money and salaries",
            surprises="misconceptions; what nobody tells you",
        )
        + _topics(
            "organisation",
            team="who they work with, how the team is built",
            organisation="how the company or department is organised",
            culture="values and atmosphere",
            company_direction="plans, strategy and changes at the company",
            place="locations, travel, moving",
            security="layoffs and stability",
        )
        + _topics(
            "industry",
            competitors="the market, rivals, customers",
            industry_trends="where the field is going",
            technology="automation, AI, tools that change the work",
            regulation="rules, funding, politics",
        )
        + _topics(
            "advice",
            advice="what they would do in the learner's place",
            prepare="what to learn, build or do next",
            career_change="moving over from something else",
            education="degrees, certificates, training",
            skills="what it takes to be good at it",
            resources="books, courses, events, associations",
            resume_feedback="an opinion on a résumé or portfolio",
            networking="how to meet people in the field",
        )
        + _topics(
            "hiring",
            looks_for="what they look for in people they take on",
            hiring_process="how people get in, how hiring works",
        )
        + _topics(
            "basic",
            company_basics="what the company does, how big it is",
            role_basics="what a person with that title does at all",
        )
        + _topics(
            "other",
            personal="hobbies and family",
            followup="more on the answer just given",
            other="a question of no topic here",
        )
    )
}
"""Every topic by id. A persona's `answers` may add topics of its own, with example questions."""


def kind_of(topic: str) -> QuestionKind:
    """Return the contract's question kind for a topic; a persona's own topic counts as a question about the role."""
    return CATALOGUE[topic].kind if topic in CATALOGUE else "role"
