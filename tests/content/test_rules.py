"""The pure rules: which step follows which, whose eyes count, what is wider."""

import itertools

import pytest

from app.content.models import ContentStatus, RevisionState
from app.content.rules import (
    PINNED,
    Deed,
    Desk,
    Reach,
    Seat,
    is_wider,
    rank_of,
    reach_path,
    status_of,
    step,
)
from app.errors import Conflict
from app.visibility import AudienceScope

_LEADS = {
    "WORKING": {"WRITE": "WORKING", "SUBMIT": "IN_REVIEW"},
    "IN_REVIEW": {
        "WRITE": "WORKING",
        "PUBLISH": "PUBLISHED",
        "SCHEDULE": "SCHEDULED",
        "RETURN": "RETURNED",
    },
    "RETURNED": {"WRITE": "WORKING", "SUBMIT": "IN_REVIEW"},
    "SCHEDULED": {
        "WRITE": "WORKING",
        "PUBLISH": "PUBLISHED",
        "SCHEDULE": "SCHEDULED",
        "RETURN": "RETURNED",
    },
    "PUBLISHED": {"WRITE": "WORKING", "RECOMMEND": "IN_REVIEW"},
    "SUPERSEDED": {},
}


@pytest.mark.parametrize(("state", "deed"), list(itertools.product(RevisionState, Deed)))
def test_every_step_leads_where_the_table_says_or_nowhere(state, deed):
    if (leads := _LEADS[state].get(deed)) is None:
        with pytest.raises(Conflict):
            step(state, deed)
    else:
        assert step(state, deed) == leads


def test_what_is_shown_stays_published_whatever_is_worked_on():
    for state in RevisionState:
        assert status_of(state, is_shown=True) is ContentStatus.PUBLISHED
    unseen = {state: status_of(state, is_shown=False).value for state in RevisionState}
    assert unseen == {
        "WORKING": "DRAFT",
        "IN_REVIEW": "IN_REVIEW",
        "RETURNED": "DRAFT",
        "SCHEDULED": "SCHEDULED",
        "PUBLISHED": "PUBLISHED",
        "SUPERSEDED": "DRAFT",
    }


@pytest.mark.parametrize(
    ("seats", "somebody"),
    [
        ([], False),
        ([Seat(9, "/1/2/")], True),
        ([Seat(9, "/1/")], True),
        ([Seat(5, "/1/"), Seat(6, "/1/")], False),
        ([Seat(9, "/1/3/")], False),
    ],
)
def test_somebody_else_is_whoever_may_publish_and_did_not_write(seats, somebody):
    desk = Desk(
        ContentStatus.IN_REVIEW,
        author_id=5,
        path="/1/2/",
        state=RevisionState.IN_REVIEW,
        audience_path="/1/2/",
        writers=[6],
        seats=seats,
        four_eyes=True,
    )
    assert desk.somebody_else_may_publish() is somebody


def test_somebody_else_must_reach_the_audience_as_well():
    desk = Desk(ContentStatus.IN_REVIEW, 5, "/1/2/", RevisionState.IN_REVIEW, "/1/", [], [], True)
    below = desk._replace(seats=[Seat(9, "/1/2/")])
    assert not below.somebody_else_may_publish()
    assert below._replace(seats=[Seat(9, "/1/2/"), Seat(9, "/1/")]).somebody_else_may_publish()
    assert not below._replace(seats=[Seat(9, "/1/2/"), Seat(5, "/1/")]).somebody_else_may_publish()


_REACHES = [
    Reach(AudienceScope.ORGANIZATION, "/1/2/"),
    Reach(AudienceScope.SUBTREE, "/1/2/"),
    Reach(AudienceScope.SUBTREE, "/1/"),
    Reach(AudienceScope.EVERYONE, "/1/"),
    Reach(AudienceScope.PUBLIC, "/1/"),
]


def test_each_audience_is_wider_than_those_before_it_alone():
    for (place, wanted), (other, current) in itertools.product(enumerate(_REACHES), repeat=2):
        assert is_wider(wanted, current) is (place > other), (wanted, current)


def test_a_neighbours_audience_is_not_wider():
    neighbour = Reach(AudienceScope.SUBTREE, "/1/3/")
    assert not is_wider(neighbour, Reach(AudienceScope.ORGANIZATION, "/1/2/"))


def test_the_top_of_the_tree_reaches_everyone():
    assert reach_path("/1/2/3/") == "/1/"
    assert reach_path("/7/") == "/7/"


def test_ranks_put_pinned_first_then_the_order_then_the_rest():
    ranks = [
        rank_of(0, 2, pinned=True),
        rank_of(2, 2, pinned=True),
        rank_of(0, 2, pinned=False),
        rank_of(1, 2, pinned=False),
        rank_of(2, 2, pinned=False),
    ]
    assert ranks == [PINNED + 2, PINNED, 2, 1, 0]
