"""What counts of a report, held to a naive clock that ticks in whole seconds."""

from hypothesis import given
from hypothesis import strategies as st

from app.study import rules
from app.study.rules import (
    ALLOWANCE,
    LONGEST_SILENCE,
    LONGEST_VIDEO,
    OLDEST,
    SECOND,
    Clock,
    Playing,
    Progress,
    Video,
    is_complete,
    take,
)
from app.study.spans import measure, union

T = 2_000_000 * SECOND


def seconds(*pairs):
    return tuple((start * SECOND, end * SECOND) for start, end in pairs)


def online(*pairs):
    return Playing(seconds(*pairs))


def offline(started, ended, *pairs):
    return Playing(seconds(*pairs), (T + started * SECOND, T + ended * SECOND))


class Watching:
    """One member at one lecture of an hour; each report is told at a second after T."""

    def __init__(self, video=None, speed=1.0):
        self.clock, self.progress = Clock(), Progress()
        self.video, self.speed = video or Video(3600 * SECOND), speed

    def tell(self, at, playing):
        """How many seconds of ``playing`` counted."""
        before = measure(self.progress.watched)
        self.clock, self.progress = take(
            playing,
            self.clock,
            self.progress,
            video=self.video,
            at=T + at * SECOND,
            speed=self.speed,
        )
        return (measure(self.progress.watched) - before) / SECOND


def test_a_first_report_counts_for_a_minute_at_most():
    one = Watching()
    assert one.tell(0, online((0, 3600))) == 60
    assert one.progress == Progress(seconds((0, 60)), 3600 * SECOND, T)


def test_what_was_watched_since_the_last_report_counts():
    one = Watching()
    assert [one.tell(at, online((at - 30, at))) for at in (30, 60, 90)] == [30, 30, 30]
    assert one.progress.watched == seconds((0, 90))
    assert one.clock.occupied == ((T, T + 90 * SECOND),)


def test_nothing_counts_faster_than_time_goes():
    one = Watching()
    one.tell(0, online())
    assert one.tell(30, online((0, 600))) == 90
    assert one.tell(30, online((0, 600))) == 0
    assert one.tell(40, online((0, 600))) == 10
    assert one.progress.watched == seconds((0, 100))


def test_a_late_report_leaves_its_time_to_the_next():
    one = Watching()
    one.tell(0, online((0, 60)))
    assert one.tell(33, online((60, 90))) == 30
    assert one.tell(60, online((90, 120))) == 30


def test_what_is_watched_again_takes_no_time():
    one = Watching()
    one.tell(0, online((0, 60)))
    assert one.tell(30, online((0, 30))) == 0
    assert one.tell(60, online((60, 120))) == 60


def test_a_faster_player_counts_as_the_group_decides():
    one = Watching(speed=2.0)
    assert one.tell(0, online((0, 600))) == 120
    assert one.tell(30, online((0, 600))) == 60
    assert measure(one.clock.occupied) == 90 * SECOND


def test_after_a_long_silence_a_new_sitting_begins():
    one, silence = Watching(), LONGEST_SILENCE // SECOND
    one.tell(0, online((0, 60)))
    assert one.tell(silence, online((0, 3600))) == silence
    assert one.tell(2 * silence + 1, online((0, 3600))) == ALLOWANCE // SECOND


def test_a_long_sitting_gathers_no_more_than_the_longest_silence():
    one, silence = Watching(), LONGEST_SILENCE // SECOND
    for at in range(0, 3 * silence, 60):
        one.tell(at, online())
    assert one.tell(3 * silence, online((0, 3600))) == silence


def test_a_clock_that_is_set_back_pays_nothing_twice():
    one = Watching()
    one.tell(0, online())
    assert one.tell(100, online((0, 100))) == 100
    assert one.tell(70, online((0, 3600))) == 0
    assert one.tell(100, online((0, 3600))) == 0
    assert one.tell(160, online((0, 3600))) == 60


def test_a_clock_that_was_a_year_ahead_is_outlived():
    one = Watching()
    one.tell(365 * 24 * 3600, online((0, 60)))
    assert one.tell(0, online((60, 120))) == 60
    assert one.tell(60, online((120, 180))) == 60


def test_a_report_kept_offline_counts_for_the_time_it_took():
    one = Watching()
    assert one.tell(0, offline(-3600, -3000, (0, 900))) == 600
    assert one.clock.occupied == ((T - 3600 * SECOND, T - 3000 * SECOND),)


def test_two_reports_of_one_time_share_it():
    one = Watching()
    assert one.tell(0, offline(-600, -300, (0, 100))) == 100
    assert one.tell(0, offline(-400, -200, (1000, 2000))) == 100
    assert one.tell(0, offline(-600, -200, (2000, 3000))) == 0


def test_online_and_offline_share_their_time():
    one = Watching()
    one.tell(0, online((0, 60)))
    assert one.tell(0, offline(-90, 0, (100, 200))) == 30


def test_a_report_from_before_the_publication_counts_from_then():
    one = Watching(Video(3600 * SECOND, T - 500 * SECOND))
    assert one.tell(0, offline(-600, -400, (0, 200))) == 100
    assert one.tell(0, offline(-900, -800, (200, 300))) == 0


def test_the_last_place_that_was_played_is_where_one_resumes():
    one = Watching()
    one.tell(0, online((500, 520), (100, 130)))
    assert one.progress.resume_at == 130 * SECOND
    one.tell(10, online())
    assert one.progress.resume_at == 130 * SECOND
    one.tell(20, offline(-900, -800, (200, 300)))
    assert one.progress.resume_at == 130 * SECOND
    one.tell(20, offline(10, 15, (300, 305)))
    assert one.progress.resume_at == 305 * SECOND


def test_nothing_beyond_the_end_counts():
    one = Watching(Video(100 * SECOND))
    assert one.tell(0, online((90, 3000), (4000, 5000))) == 10
    assert one.progress == Progress(seconds((90, 100)), 100 * SECOND, T)


def test_a_video_of_unknown_length_is_bounded_and_never_complete():
    one = Watching(Video(None))
    end = LONGEST_VIDEO // SECOND
    assert one.tell(0, online((end - 10, end + 10))) == 10
    assert not is_complete(LONGEST_VIDEO, Video(None), 0.9)


def test_completion_is_a_share_of_the_length():
    video = Video(100 * SECOND)
    assert not is_complete(90 * SECOND - 1, video, 0.9)
    assert is_complete(90 * SECOND, video, 0.9)
    assert not is_complete(0, Video(0), 0.9)


def test_many_shreds_are_kept_to_a_bound(monkeypatch):
    monkeypatch.setattr(rules, "MOST_WATCHED", 20)
    monkeypatch.setattr(rules, "MOST_OCCUPIED", 10)
    one = Watching(Video(None))
    for at in range(0, 3000, 61):
        one.tell(at, offline(at - 1, at, (at, at + 1)))
    assert len(one.progress.watched) == 20
    assert len(one.clock.occupied) == 10


def test_time_too_old_to_be_told_of_is_forgotten():
    one = Watching()
    one.tell(0, offline(-60, 0, (0, 60)))
    one.tell(OLDEST // SECOND, online((60, 70)))
    assert one.clock.occupied[0][0] > T


class Naive:
    """The same by sets of seconds, for two lectures of 40 seconds and one member."""

    def __init__(self):
        self.used, self.watched = set(), [set(), set()]
        self.opened = self.reported = None

    def tell(self, at, lecture, playing):
        said = {s for a, b in playing.watched for s in range(a // SECOND, b // SECOND) if s < 40}
        known = self.watched[lecture]
        held = known | said
        whole = held | {s for s in range(40) if s - 1 in held and s + 1 in held}
        free = sorted(set(range(*self._window(at, playing))) - self.used)
        new = sorted(whole - known)[: len(free)]
        known.update(new)
        if playing.during is None:
            self.used.update(free[len(free) - len(new) :])
        else:
            self.used.update(s - T // SECOND for s in range(*(x // SECOND for x in playing.during)))

    def _window(self, at, playing):
        if playing.during is not None:
            return [(edge - T) // SECOND for edge in playing.during]
        if self.reported is not None and 0 <= at - self.reported <= 600:
            self.opened = max(self.opened, at - 600)
        else:
            self.opened = at - 60
        self.reported = at
        return self.opened, at


pieces = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)).map(sorted), max_size=4)
clock_steps = st.sampled_from([0, 1, 2, 5, 20, 600, 601, -1, -30, -700])


@st.composite
def stories(draw):
    """Reports at instants that mostly rise, of either lecture, online or kept."""
    at, told = 0, []
    for _ in range(draw(st.integers(1, 25))):
        at += draw(clock_steps)
        watched = draw(pieces)
        if draw(st.booleans()):
            playing = online(*watched)
        else:
            ended = at - draw(st.integers(0, 90))
            playing = offline(ended - draw(st.integers(0, 40)), ended, *watched)
        told.append((at, draw(st.integers(0, 1)), playing))
    return told


@given(stories())
def test_the_rules_equal_the_naive_clock(story):
    naive, clock = Naive(), Clock()
    progress = [Progress(), Progress()]
    for at, lecture, playing in story:
        naive.tell(at, lecture, playing)
        clock, progress[lecture] = take(
            playing,
            clock,
            progress[lecture],
            video=Video(40 * SECOND),
            at=T + at * SECOND,
            speed=1.0,
        )
        shown = [
            {s for a, b in one.watched for s in range(a // SECOND, b // SECOND)} for one in progress
        ]
        assert shown == naive.watched
        used = {s - T // SECOND for a, b in clock.occupied for s in range(a // SECOND, b // SECOND)}
        assert used == naive.used


@given(stories(), st.sampled_from([1.0, 1.25, 1.7, 2.0]))
def test_no_more_counts_than_time_went_by(story, speed):
    one = Watching(Video(40 * SECOND), speed)
    for at, _, playing in story:
        one.tell(at, playing)
        assert measure(one.progress.watched) <= speed * measure(one.clock.occupied)
        assert one.progress.watched == union(one.progress.watched)
        assert all(0 <= a < b <= 40 * SECOND for a, b in one.progress.watched)
